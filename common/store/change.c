/* change.c - see change.h. */
#include "common/store/change.h"

#include "common/store/db.h"

int
store_change_append(struct store *store, const struct change *c, int64_t *id_out, struct err *err)
{
	if (db_run(store, SQL_CHANGE_APPEND, err, "itttinn", c->time_s, c->author, c->verb,
		c->object, c->object_id, c->before, c->after) == -1)
		return -1;
	*id_out = db_last_id(store);
	return 0;
}

struct page {
	store_change_fn *fn;
	void *arg;
	int64_t last_id;
};

static struct change
read_row(sqlite3_stmt *stmt)
{
	return (struct change){ db_int(stmt, 0), db_int(stmt, 1), db_text(stmt, 2),
		db_text(stmt, 3), db_text(stmt, 4), db_int(stmt, 5), db_text(stmt, 6),
		db_text(stmt, 7) };
}

static bool
page_row(void *arg, sqlite3_stmt *stmt)
{
	struct page *page = arg;
	struct change row = read_row(stmt);

	page->last_id = row.id;
	return page->fn(page->arg, &row);
}

int
store_change_page(struct store *store, int64_t before_id, int64_t limit, store_change_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	struct page page = { fn, arg, 0 };
	int result = db_each(store, SQL_CHANGE_PAGE, page_row, &page, err, "ii", before_id, limit);

	*last_id_out = page.last_id;
	return result;
}

enum store_found
store_change_get(struct store *store, int64_t id, store_change_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_CHANGE_GET, &stmt, err, "i", id);
	struct change row;

	if (found == STORE_YES) {
		row = read_row(stmt);
		fn(arg, &row);
		db_done(stmt);
	}
	return found;
}

enum store_found
store_change_undone(struct store *store, int64_t id, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_CHANGE_UNDONE, &stmt, err, "i", id);

	if (found == STORE_YES)
		db_done(stmt);
	return found;
}
