/* json_read.c - see json_read.h. A database in memory without tables, for its json_tree(). */
#include "common/store/json_read.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

struct json_reader {
	sqlite3 *db;
	sqlite3_stmt *leaves;
};

struct json_reader *
json_reader_new(void)
{
	static const char sql[] = "SELECT path, key, atom, type = 'text' FROM json_tree(?1) "
				  "WHERE type NOT IN ('object', 'array')";
	struct json_reader *reader = xcalloc(1, sizeof(*reader));

	/* Nothing here depends on files or settings: it fails for want of memory alone. */
	if (sqlite3_open(":memory:", &reader->db) != SQLITE_OK ||
	    sqlite3_prepare_v3(
		reader->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &reader->leaves, NULL) != SQLITE_OK)
		abort();
	return reader;
}

void
json_reader_free(struct json_reader *reader)
{
	if (reader == NULL)
		return;
	sqlite3_finalize(reader->leaves);
	sqlite3_close(reader->db);
	free(reader);
}

static struct slice
column(sqlite3_stmt *stmt, int at)
{
	const char *text = (const char *)sqlite3_column_text(stmt, at);

	return (struct slice){ text, (size_t)sqlite3_column_bytes(stmt, at) };
}

bool
json_holds_nul(struct slice text)
{
	static const char nul[] = "\\u0000";
	size_t i, len = sizeof(nul) - 1;

	for (i = 0; i + len <= text.len; i++) {
		if (memcmp(text.ptr + i, nul, len) == 0)
			return true;
		if (text.ptr[i] == '\\')
			i++;
	}
	return false;
}

int
json_read(
    struct json_reader *reader, struct slice text, json_leaf_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *stmt = reader->leaves;
	bool more = true;
	int code, result = 0;

	code = sqlite3_bind_text64(
	    stmt, 1, text.ptr == NULL ? "" : text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
	while (code == SQLITE_OK && more && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct json_leaf leaf = { column(stmt, 0), column(stmt, 1), column(stmt, 2),
			sqlite3_column_int(stmt, 3) != 0 };

		more = fn(arg, &leaf);
		code = SQLITE_OK;
	}
	if (code != SQLITE_OK && code != SQLITE_DONE)
		result = err_set(err, ERR_DATA, "%s", sqlite3_errmsg(reader->db));
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return result;
}
