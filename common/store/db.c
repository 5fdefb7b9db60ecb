/* db.c - statements prepared once and kept, values bound, errors captured before the next call. */
#include "common/store/db.h"

#include "common/store/policy.h"

static const struct {
	int result; /* primary result code */
	int code;
	const char *hint;
} classes[] = {
	{ SQLITE_BUSY, ERR_TEMP, " (another program is using it)" },
	{ SQLITE_LOCKED, ERR_TEMP, "" },
	{ SQLITE_PROTOCOL, ERR_TEMP, "" },
	{ SQLITE_CORRUPT, ERR_DATA, "" },
	{ SQLITE_NOTADB, ERR_DATA, "" },
	{ SQLITE_ERROR, ERR_DATA, "" }, /* our statements are right, so a table is missing */
	{ SQLITE_READONLY, ERR_PERM, "" },
	{ SQLITE_PERM, ERR_PERM, "" },
	{ SQLITE_AUTH, ERR_PERM, "" },
	{ SQLITE_CANTOPEN, ERR_PERM, " (its folder must exist and be writable too)" },
	{ SQLITE_IOERR, ERR_IO, " (file size limit, full or failing disk)" },
	{ SQLITE_NOMEM, ERR_OS, "" },
	{ SQLITE_CONSTRAINT, ERR_INTERNAL, "" },
	{ SQLITE_MISUSE, ERR_INTERNAL, "" },
};

int
db_error(struct store *store, const char *what, struct err *err)
{
	int extended = sqlite3_extended_errcode(store->db);
	const char *hint = "";
	int code = ERR_IO;
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (classes[i].result == (extended & 0xff)) {
			code = classes[i].code;
			hint = classes[i].hint;
		}
	err_set(err, code, "%s %s: %s%s", what, store->path, sqlite3_errmsg(store->db), hint);
	if (err != NULL)
		err->errnum = extended;
	return -1;
}

int
db_script(struct store *store, const char *sql, struct err *err)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_error(store, "setting up", err);
	return 0;
}

static sqlite3_stmt *
statement(struct store *store, enum sql_id id, struct err *err)
{
	if (store->stmts[id] == NULL &&
	    sqlite3_prepare_v3(store->db, sql_text(id), -1, SQLITE_PREPARE_PERSISTENT,
		&store->stmts[id], NULL) != SQLITE_OK)
		db_error(store, "reading the tables of", err);
	return store->stmts[id];
}

static void
bind_text(sqlite3_stmt *stmt, int column, struct slice s, bool empty_is_null)
{
	if (s.len == 0 && empty_is_null)
		sqlite3_bind_null(stmt, column);
	else
		sqlite3_bind_text64(
		    stmt, column, s.len == 0 ? "" : s.ptr, s.len, SQLITE_STATIC, SQLITE_UTF8);
}

static void
bind_int(sqlite3_stmt *stmt, int column, int64_t value, bool is_null)
{
	if (is_null)
		sqlite3_bind_null(stmt, column);
	else
		sqlite3_bind_int64(stmt, column, value);
}

/* Texts are bound by pointer: nothing reads them after the step that follows. */
static void
bind_all(sqlite3_stmt *stmt, const char *format, va_list args)
{
	int64_t value;
	int column;

	for (column = 1; *format != '\0'; format++, column++) {
		if (*format == 't' || *format == 'n') {
			bind_text(stmt, column, va_arg(args, struct slice), *format == 'n');
			continue;
		}
		value = va_arg(args, int64_t);
		bind_int(stmt, column, value,
		    (*format == 'z' && value == 0) || (*format == 'u' && value == POLICY_UNSET));
	}
}

void
db_done(sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
}

static const char *
attempt_name(enum sql_id id, sqlite3_stmt *stmt)
{
	return id != SQL_COMMIT && sqlite3_stmt_readonly(stmt) ? "reading" : "writing";
}

static enum store_found
step(struct store *store, enum sql_id id, sqlite3_stmt *stmt, struct err *err)
{
	int result = sqlite3_step(stmt);

	if (result == SQLITE_ROW)
		return STORE_YES;
	if (result != SQLITE_DONE)
		db_error(store, attempt_name(id, stmt), err);
	db_done(stmt);
	return result == SQLITE_DONE ? STORE_NO : STORE_ERROR;
}

static enum store_found
first_step(struct store *store, enum sql_id id, sqlite3_stmt **stmt_out, struct err *err,
    const char *format, va_list args)
{
	*stmt_out = statement(store, id, err);
	if (*stmt_out == NULL)
		return STORE_ERROR;
	bind_all(*stmt_out, format, args);
	return step(store, id, *stmt_out, err);
}

int
db_run(struct store *store, enum sql_id id, struct err *err, const char *format, ...)
{
	enum store_found found;
	sqlite3_stmt *stmt;
	va_list args;

	va_start(args, format);
	found = first_step(store, id, &stmt, err, format, args);
	va_end(args);
	if (found == STORE_YES)
		db_done(stmt);
	return found == STORE_ERROR ? -1 : 0;
}

enum store_found
db_row(struct store *store, enum sql_id id, sqlite3_stmt **stmt_out, struct err *err,
    const char *format, ...)
{
	enum store_found found;
	va_list args;

	va_start(args, format);
	found = first_step(store, id, stmt_out, err, format, args);
	va_end(args);
	return found;
}

int
db_each(struct store *store, enum sql_id id, db_row_fn *fn, void *arg, struct err *err,
    const char *format, ...)
{
	enum store_found found;
	sqlite3_stmt *stmt;
	va_list args;

	va_start(args, format);
	found = first_step(store, id, &stmt, err, format, args);
	va_end(args);
	while (found == STORE_YES) {
		if (!fn(arg, stmt)) {
			db_done(stmt);
			return 0;
		}
		found = step(store, id, stmt, err);
	}
	return found == STORE_ERROR ? -1 : 0;
}

int64_t
db_last_id(const struct store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}

int64_t
db_changes(const struct store *store)
{
	return sqlite3_changes64(store->db);
}

enum store_found
db_find_int(struct store *store, enum sql_id id, int64_t *value_out, struct err *err,
    const char *format, ...)
{
	enum store_found found;
	sqlite3_stmt *stmt;
	va_list args;

	va_start(args, format);
	found = first_step(store, id, &stmt, err, format, args);
	va_end(args);
	if (found == STORE_YES) {
		*value_out = db_int(stmt, 0);
		db_done(stmt);
	}
	return found;
}

int
db_int_row(struct store *store, enum sql_id id, int64_t *value_out, struct err *err)
{
	*value_out = 0;
	return db_find_int(store, id, value_out, err, "") == STORE_ERROR ? -1 : 0;
}

struct slice
db_text(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return (struct slice){ text, (size_t)sqlite3_column_bytes(stmt, column) };
}

int64_t
db_int(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt, column);
}
