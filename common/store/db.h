/* db.h - the handle and the few ways to run a statement; private to common/store. The only header
 * that knows SQLite. */
#ifndef COMMON_STORE_DB_H
#define COMMON_STORE_DB_H

#include <sqlite3.h>
#include <stdarg.h>
#include <sys/types.h>

#include "common/base/str.h"
#include "common/store/sql.h"
#include "common/store/store.h"

struct store {
	sqlite3 *db;
	char *path; /* its folder resolved */
	enum store_mode mode;
	int busy_ms;
	dev_t device; /* of the file that was opened */
	ino_t inode;
	int64_t data_version;
	sqlite3_stmt *stmts[SQL_N]; /* prepared at first use */
};

/* PATH with its folder resolved, to be freed. */
char *db_resolve(const char *path, struct err *err);

/* A handle on a file as it is, whatever its version: nothing is created, migrated or set, and its
 * bytes stay as they are until something is written. Closed by store_close(). */
struct store *db_open_plain(const char *path, struct err *err);

/* Fills ERR from the last failed call on the handle; WHAT is put before the path. Returns -1. */
int db_error(struct store *store, const char *what, struct err *err);

/* Runs SQL text without results: pragmas and schemas. */
int db_script(struct store *store, const char *sql, struct err *err);

/* Binds the values by FORMAT, in order: i int64_t, t struct slice, n struct slice (empty is NULL),
 * z int64_t (0 is NULL), u int64_t (POLICY_UNSET is NULL). db_run() expects no row. */
int db_run(struct store *store, enum sql_id id, struct err *err, const char *format, ...);

/* Steps to the first row. YES: read the columns of *STMT_OUT, then db_done(). */
enum store_found db_row(struct store *store, enum sql_id id, sqlite3_stmt **stmt_out,
    struct err *err, const char *format, ...);
void db_done(sqlite3_stmt *stmt);

/* Calls FN for each row until it returns false. */
typedef bool db_row_fn(void *arg, sqlite3_stmt *stmt);
int db_each(struct store *store, enum sql_id id, db_row_fn *fn, void *arg, struct err *err,
    const char *format, ...);

/* The id of an inserted row, and how many rows a statement changed. */
int64_t db_last_id(const struct store *store);
int64_t db_changes(const struct store *store);

/* The first integer of a statement's first row, an id for example; without one *VALUE_OUT stays. */
enum store_found db_find_int(struct store *store, enum sql_id id, int64_t *value_out,
    struct err *err, const char *format, ...);

/* The same of a statement that has nothing to bind and always a row; 0 for NULL. */
int db_int_row(struct store *store, enum sql_id id, int64_t *value_out, struct err *err);

struct slice db_text(sqlite3_stmt *stmt, int column);
int64_t db_int(sqlite3_stmt *stmt, int column);

#endif
