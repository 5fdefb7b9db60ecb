/* foreign.c - see foreign.h. */
#include "common/store/foreign.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

struct foreign {
	sqlite3 *db;
	const char *path; /* borrowed */
};

bool
foreign_is(const char *path)
{
	static const char head[] = "SQLite format 3";
	char found[sizeof(head)] = "";
	FILE *file = fopen(path, "re");
	bool is;

	if (file == NULL)
		return false;
	is = fread(found, 1, sizeof(found), file) == sizeof(found) &&
	     memcmp(found, head, sizeof(head)) == 0;
	fclose(file);
	return is;
}

struct foreign *
foreign_open(const char *path, struct err *err)
{
	struct foreign *foreign = xcalloc(1, sizeof(*foreign));

	foreign->path = path;
	if (sqlite3_open_v2(path, &foreign->db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK) {
		sqlite3_db_config(foreign->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(foreign->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
		sqlite3_busy_timeout(foreign->db, 5000);
		return foreign;
	}
	err_set(err, ERR_NOINPUT, "%s: %s", path, sqlite3_errmsg(foreign->db));
	foreign_close(foreign);
	return NULL;
}

void
foreign_close(struct foreign *foreign)
{
	if (foreign == NULL)
		return;
	sqlite3_close(foreign->db);
	free(foreign);
}

static int
fail(struct foreign *foreign, struct err *err)
{
	return err_set(err, ERR_DATA, "%s: %s", foreign->path, sqlite3_errmsg(foreign->db));
}

/* The columns that are there, of those that are asked for. */
static enum store_found
has_columns(struct foreign *foreign, const char *table, const char *const *columns, size_t n,
    struct err *err)
{
	static const char sql[] = "SELECT 1 FROM pragma_table_info(?) WHERE lower(name) = ?";
	enum store_found found = STORE_YES;
	sqlite3_stmt *stmt;
	size_t i;
	int code;

	if (sqlite3_prepare_v2(foreign->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return fail(foreign, err);
	for (i = 0; i < n && found == STORE_YES; i++) {
		sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, columns[i], -1, SQLITE_STATIC);
		code = sqlite3_step(stmt);
		if (code != SQLITE_ROW)
			found = code == SQLITE_DONE ? STORE_NO : fail(foreign, err);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return found;
}

static sqlite3_stmt *
prepare(struct foreign *foreign, const char *table, const char *const *columns, size_t n,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	char sql[1024];
	struct buf b;
	size_t i;

	buf_init(&b, sql, sizeof(sql));
	buf_add_text(&b, "SELECT ");
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s\"%s\"", i == 0 ? "" : ", ", columns[i]);
	buf_printf(&b, " FROM \"%s\"", table);
	if (sqlite3_prepare_v2(foreign->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail(foreign, err);
	return stmt;
}

enum store_found
foreign_each(struct foreign *foreign, const char *table, const char *const *columns, size_t n,
    foreign_row_fn *fn, void *arg, struct err *err)
{
	enum store_found found = has_columns(foreign, table, columns, n, err);
	struct slice values[FOREIGN_COLUMNS_MAX];
	sqlite3_stmt *stmt;
	size_t i;
	int code;

	if (found != STORE_YES)
		return found;
	stmt = prepare(foreign, table, columns, n, err);
	if (stmt == NULL)
		return STORE_ERROR;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		for (i = 0; i < n; i++) {
			const char *text = (const char *)sqlite3_column_text(stmt, (int)i);

			values[i] =
			    (struct slice){ text, (size_t)sqlite3_column_bytes(stmt, (int)i) };
		}
		if (!fn(arg, values))
			break;
	}
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		found = fail(foreign, err);
	sqlite3_finalize(stmt);
	return found;
}
