/* stat.c - see stat.h. */
#include "common/store/stat.h"

#include "common/store/db.h"

int
store_stat_add(struct store *store, const struct stat_row *row, struct err *err)
{
	if (db_run(store, SQL_STAT_ADD, err, "itii", row->minute_s, row->reason, row->count,
		row->delay_s) == -1)
		return -1;
	return db_run(store, SQL_TOTAL_ADD, err, "tii", row->reason, row->count, row->delay_s);
}

struct walk {
	store_stat_fn *fn;
	void *arg;
};

static bool
each_row(void *arg, sqlite3_stmt *stmt)
{
	struct walk *walk = arg;
	struct stat_row row = { db_int(stmt, 0), db_text(stmt, 1), db_int(stmt, 2),
		db_int(stmt, 3) };

	return walk->fn(walk->arg, &row);
}

static int
each(struct store *store, enum sql_id id, int64_t from_s, int64_t to_s, store_stat_fn *fn,
    void *arg, struct err *err)
{
	struct walk walk = { fn, arg };

	return db_each(store, id, each_row, &walk, err, "ii", from_s, to_s);
}

int
store_stat_each(struct store *store, int64_t from_s, int64_t to_s, store_stat_fn *fn, void *arg,
    struct err *err)
{
	return each(store, SQL_STAT_EACH, from_s, to_s, fn, arg, err);
}

int
store_stat_sum(struct store *store, int64_t from_s, int64_t to_s, store_stat_fn *fn, void *arg,
    struct err *err)
{
	return each(store, SQL_STAT_SUM, from_s, to_s, fn, arg, err);
}

int
store_stat_hours(struct store *store, int64_t from_s, int64_t to_s, store_stat_fn *fn, void *arg,
    struct err *err)
{
	return each(store, SQL_STAT_HOURS, from_s, to_s, fn, arg, err);
}

int
store_stat_totals(struct store *store, store_stat_fn *fn, void *arg, struct err *err)
{
	struct walk walk = { fn, arg };

	return db_each(store, SQL_TOTAL_EACH, each_row, &walk, err, "");
}

int
store_stat_expire(
    struct store *store, int64_t before_s, int64_t limit, int64_t *deleted_out, struct err *err)
{
	if (db_run(store, SQL_STAT_EXPIRE, err, "ii", before_s, limit) == -1)
		return -1;
	*deleted_out = db_changes(store);
	return 0;
}
