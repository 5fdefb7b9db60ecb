/* event.c - see event.h. */
#include "common/store/event.h"

#include "common/store/db.h"

int
store_event_append(struct store *store, const struct event *e, struct err *err)
{
	return db_run(store, SQL_EVENT_APPEND, err, "ittitttttzz", e->time_s, e->action, e->reason,
	    e->delay_s, e->client_address, e->client_name, e->helo, e->sender, e->recipient,
	    e->triplet_id, e->rule_id);
}

struct page {
	store_event_fn *fn;
	void *arg;
	int64_t last_id;
};

static bool
page_row(void *arg, sqlite3_stmt *stmt)
{
	struct page *page = arg;
	struct event row = { db_int(stmt, 0), db_int(stmt, 1), db_text(stmt, 2), db_text(stmt, 3),
		db_int(stmt, 4), db_text(stmt, 5), db_text(stmt, 6), db_text(stmt, 7),
		db_text(stmt, 8), db_text(stmt, 9), db_int(stmt, 10), db_int(stmt, 11) };

	page->last_id = row.id;
	return page->fn(page->arg, &row);
}

static int
walk(struct store *store, enum sql_id id, int64_t from_id, int64_t limit, store_event_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	struct page page = { fn, arg, 0 };
	int result = db_each(store, id, page_row, &page, err, "ii", from_id, limit);

	*last_id_out = page.last_id;
	return result;
}

int
store_event_page(struct store *store, int64_t before_id, int64_t limit, store_event_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_EVENT_PAGE, before_id, limit, fn, arg, last_id_out, err);
}

int
store_event_after(struct store *store, int64_t after_id, int64_t limit, store_event_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_EVENT_AFTER, after_id, limit, fn, arg, last_id_out, err);
}

/* Ids are without gaps but for the trimmed front, so they count rows. The newest row stays: without
 * it ids would begin again, below what readers have seen. */
int
store_event_trim(struct store *store, int64_t keep_rows, int64_t before_s, int64_t limit,
    int64_t *deleted_out, struct err *err)
{
	int64_t oldest_id, newest_id, end_id;
	sqlite3_stmt *stmt;

	if (db_row(store, SQL_EVENT_ENDS, &stmt, err, "") != STORE_YES)
		return -1;
	oldest_id = db_int(stmt, 0);
	newest_id = db_int(stmt, 1);
	db_done(stmt);
	end_id = newest_id < oldest_id + limit ? newest_id : oldest_id + limit;
	if (db_run(store, SQL_EVENT_TRIM, err, "iii", end_id, newest_id - keep_rows, before_s) ==
	    -1)
		return -1;
	*deleted_out = db_changes(store);
	return 0;
}
