/* table.h - rows in aligned columns. Widths come from the first rows, so that any number can
 * follow; on a terminal wide columns are cut to fit, in a pipe nothing is. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>

#include "common/base/str.h"

#define TABLE_COLUMNS_MAX 11
#define TABLE_LOOK_AHEAD 200 /* rows that are measured */

struct table_column {
	const char *title;
	bool right; /* aligned */
	bool may_shrink;
};

struct table {
	const struct table_column *columns;
	int column_n;
	int screen_width; /* 0: no terminal */
	int widths[TABLE_COLUMNS_MAX];
	char *cells[TABLE_LOOK_AHEAD][TABLE_COLUMNS_MAX];
	bool whole[TABLE_LOOK_AHEAD]; /* the last cell of a row is not cut */
	int row_n;
	int column; /* of the row being filled */
	bool begun; /* widths are fixed, the head is out */
	long total;
};

void table_init(
    struct table *t, const struct table_column *columns, int column_n, int screen_width);

/* The next cell of the row, escaped; after the last one the row is complete. */
void table_cell(struct table *t, struct slice text);
void table_number(struct table *t, long long number);
void table_text(struct table *t, const char *text);
/* The last cell of a row, which is to be copied: it is not cut, the terminal goes on below. */
void table_whole(struct table *t, const char *text);

/* Prints what is left and frees it. EMPTY is said when there was no row. */
void table_end(struct table *t, const char *empty);

/* Cells that TEXT takes on a terminal. */
int table_width(const char *text);

#endif
