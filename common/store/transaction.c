/* transaction.c - BEGIN IMMEDIATE, COMMIT, ROLLBACK, and noticing the commits of others. */
#include "common/store/db.h"

int
store_begin(struct store *store, struct err *err)
{
	return db_run(store, SQL_BEGIN, err, "");
}

int
store_commit(struct store *store, struct err *err)
{
	return db_run(store, SQL_COMMIT, err, "");
}

void
store_rollback(struct store *store)
{
	/* After some errors SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(store->db))
		db_run(store, SQL_ROLLBACK, NULL, "");
}

bool
store_changed(struct store *store)
{
	int64_t before = store->data_version;

	if (db_int_row(store, SQL_DATA_VERSION, &store->data_version, NULL) == -1)
		return true;
	return store->data_version != before;
}
