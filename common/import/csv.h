/* csv.h - records of comma-separated values (RFC 4180), and of values separated by tabs as MySQL
 * and PostgreSQL write them. */
#ifndef COMMON_IMPORT_CSV_H
#define COMMON_IMPORT_CSV_H

#include "common/import/lines.h"

#define CSV_FIELDS_MAX 32
#define CSV_RECORD_MAX 65536

enum csv_kind { CSV_COMMAS, CSV_TABS };

struct csv_field {
	struct slice text;
	bool is_null; /* \N, or NULL between tabs */
};

struct csv {
	struct lines *lines; /* borrowed */
	enum csv_kind kind;
	char *text; /* of the record */
	size_t len;
	struct csv_field fields[CSV_FIELDS_MAX];
	size_t n;
	int64_t line; /* in which the record begins */
	bool cut;     /* too many fields, or too long: the rest was dropped */
};

void csv_init(struct csv *csv, struct lines *lines, enum csv_kind kind);
void csv_clear(struct csv *csv);
/* The next record; false at the end. Empty lines are passed over. */
bool csv_next(struct csv *csv);

/* Undoes the escapes of a value in a COPY block or between tabs, in place: \t \n \\ and their like,
 * \ooo, \xhh. Returns the length. */
size_t csv_unescape(char *text, size_t len);
/* Splits LINE at tabs, and undoes escapes in place. Returns how many, at most MAX. */
size_t csv_split_tabs(char *line, size_t len, struct csv_field *fields, size_t max);

#endif
