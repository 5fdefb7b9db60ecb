/* transaction.c - BEGIN IMMEDIATE, COMMIT, ROLLBACK, and noticing the commits of others. */
#include <time.h>

#include "common/base/clock.h"
#include "common/store/db.h"

#define REST 3 /* times as long as the lock was held */

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

void
store_give_way(int64_t since_ms)
{
	int64_t ms = (clock_mono_ms() - since_ms) * REST;
	struct timespec pause = { .tv_nsec = 1000000L * (ms < 1 ? 1 : ms > 100 ? 100 : ms) };

	nanosleep(&pause, NULL);
}

bool
store_changed(struct store *store)
{
	int64_t before = store->data_version;

	if (db_int_row(store, SQL_DATA_VERSION, &store->data_version, NULL) == -1)
		return true;
	return store->data_version != before;
}
