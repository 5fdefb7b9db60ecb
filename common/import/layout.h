/* layout.h - tables of other programs: their columns, and who takes a row. The same table may come
 * as an INSERT, a COPY block, or records with a head. Private to common/import. */
#ifndef COMMON_IMPORT_LAYOUT_H
#define COMMON_IMPORT_LAYOUT_H

#include "common/import/csv.h"
#include "common/import/source.h"

#define LAYOUT_COLUMNS_MAX 16

struct layout {
	const char *table;
	/* VALUES are in the order of COLUMNS; one that is missing or NULL is empty. */
	int (*take)(struct import *import, const struct slice *values, struct err *err);
	/* As the table has them, for dumps that name none; one with a "?" before it may be missing.
	 */
	const char *columns[LAYOUT_COLUMNS_MAX]; /* ended by NULL */
};

/* Reads a dump; rows of other tables are passed over. */
int layout_read_sql(struct import *import, struct lines *lines, const struct layout *layouts,
    size_t n, struct err *err);
/* Reads records whose head tells the table by its columns. */
int layout_read_records(struct import *import, struct lines *lines, enum csv_kind kind,
    const struct layout *layouts, size_t n, struct err *err);

size_t layout_columns(const struct layout *layout);

#endif
