/* sqldump.h - rows out of the dumps of MySQL, MariaDB and PostgreSQL: INSERT statements with one or
 * many rows, and COPY blocks. Statements are read as a stream and may have any size; nothing is
 * ever executed. Columns have the names that the INSERT, the COPY or a CREATE TABLE before it
 * gives; without any they are empty and only the order is known. */
#ifndef COMMON_IMPORT_SQLDUMP_H
#define COMMON_IMPORT_SQLDUMP_H

#include "common/import/lines.h"

#define SQLDUMP_COLUMNS_MAX 32
#define SQLDUMP_NAME_MAX 64
#define SQLDUMP_TEXT_MAX 65536 /* of a row: SQLTOKENS_TEXT_MAX */
#define SQLDUMP_TABLES_MAX 64  /* whose CREATE is remembered */

struct sqldump_value {
	struct slice text;
	bool is_null;
};

struct sqldump;

/* Reads LINES, which is borrowed. */
struct sqldump *sqldump_new(struct lines *lines);
void sqldump_free(struct sqldump *dump); /* NULL is fine */

struct sqldump_row {
	const char *table; /* without schema, lower case */
	size_t n;
	char (*columns)[SQLDUMP_NAME_MAX]; /* lower case; NULL: unknown */
	const struct sqldump_value *values;
	int64_t line;
	const char *bad; /* why the row cannot be read, or NULL */
};

/* The next row, which lives until the next call; false at the end. */
bool sqldump_next(struct sqldump *dump, struct sqldump_row *row_out);

#endif
