/* foreign.h - the SQLite database of another program, only read. */
#ifndef COMMON_STORE_FOREIGN_H
#define COMMON_STORE_FOREIGN_H

#include "common/base/str.h"
#include "common/store/store.h"

#define FOREIGN_COLUMNS_MAX 16

struct foreign;

/* Whether the file at PATH begins as one of SQLite's does. */
bool foreign_is(const char *path);
struct foreign *foreign_open(const char *path, struct err *err);
void foreign_close(struct foreign *foreign); /* NULL is fine */

/* VALUES live until the callback returns; false ends the reading. */
typedef bool foreign_row_fn(void *arg, const struct slice *values);
/* The N named columns of all rows of TABLE: YES, NO such table or column, ERROR. */
enum store_found foreign_each(struct foreign *foreign, const char *table,
    const char *const *columns, size_t n, foreign_row_fn *fn, void *arg, struct err *err);

#endif
