/* checkpoint.c - from the WAL into the database, and checks of the whole file. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/store/db.h"

static int64_t
file_bytes(const struct store *store, const char *tail)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", store->path, tail);
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

int64_t
store_wal_bytes(const struct store *store)
{
	return file_bytes(store, "-wal");
}

int64_t
store_file_bytes(const struct store *store)
{
	return file_bytes(store, "");
}

int
store_checkpoint(struct store *store, struct store_wal *wal_out, struct err *err)
{
	int pages = 0, moved = 0;
	int result =
	    sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);

	if (result != SQLITE_OK)
		return db_error(store, "moving the write-ahead log of", err);
	*wal_out = (struct store_wal){ pages, moved, store_wal_bytes(store) };
	return 0;
}

int
store_checkpoint_truncate(struct store *store, int busy_ms, struct err *err)
{
	int result;

	sqlite3_busy_timeout(store->db, busy_ms);
	result = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (result != SQLITE_OK)
		db_error(store, "emptying the write-ahead log of", err);
	sqlite3_busy_timeout(store->db, store->busy_ms);
	return result == SQLITE_OK ? 0 : -1;
}

/* The statement succeeds whatever it finds: its text tells, in the last of its lines. */
enum store_found
store_quick_check(struct store *store, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_QUICK_CHECK, &stmt, err, "");
	const char *text, *line;

	if (found != STORE_YES)
		return STORE_ERROR;
	text = (const char *)sqlite3_column_text(stmt, 0);
	if (strcmp(text, "ok") != 0) {
		line = strrchr(text, '\n');
		err_set(err, ERR_DATA, "%s is damaged: %s", store->path,
		    line != NULL ? line + 1 : text);
		found = STORE_NO;
	}
	db_done(stmt);
	return found;
}
