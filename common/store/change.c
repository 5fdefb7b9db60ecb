/* change.c - see change.h. */
#include "common/store/change.h"

#include "common/store/db.h"

int
store_change_append(struct store *store, const struct change *c, int64_t *id_out, struct err *err)
{
	if (db_run(store, SQL_CHANGE_APPEND, err, "zitttinn", c->command_id, c->time_s, c->author,
		c->verb, c->object, c->object_id, c->before, c->after) == -1)
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
	return (struct change){ db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2), db_text(stmt, 3),
		db_text(stmt, 4), db_text(stmt, 5), db_int(stmt, 6), db_text(stmt, 7),
		db_text(stmt, 8) };
}

static bool
page_row(void *arg, sqlite3_stmt *stmt)
{
	struct page *page = arg;
	struct change row = read_row(stmt);

	page->last_id = row.id;
	return page->fn(page->arg, &row);
}

static int
walk(struct store *store, enum sql_id id, int64_t from_id, int64_t limit, store_change_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	struct page page = { fn, arg, 0 };
	int result = db_each(store, id, page_row, &page, err, "ii", from_id, limit);

	*last_id_out = page.last_id;
	return result;
}

int
store_change_page(struct store *store, int64_t before_id, int64_t limit, store_change_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_CHANGE_PAGE, before_id, limit, fn, arg, last_id_out, err);
}

int
store_change_after(struct store *store, int64_t after_id, int64_t limit, store_change_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_CHANGE_AFTER, after_id, limit, fn, arg, last_id_out, err);
}

int
store_change_of(struct store *store, struct slice object, int64_t object_id, int64_t limit,
    store_change_fn *fn, void *arg, struct err *err)
{
	struct page page = { fn, arg, 0 };

	return db_each(store, SQL_CHANGE_OF, page_row, &page, err, "tii", object, object_id, limit);
}

static enum store_found
one_row(struct store *store, enum sql_id sql, int64_t id, store_change_fn *fn, void *arg,
    struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, sql, &stmt, err, "i", id);
	struct change row;

	if (found == STORE_YES) {
		row = read_row(stmt);
		fn(arg, &row);
		db_done(stmt);
	}
	return found;
}

enum store_found
store_change_get(struct store *store, int64_t id, store_change_fn *fn, void *arg, struct err *err)
{
	return one_row(store, SQL_CHANGE_GET, id, fn, arg, err);
}

enum store_found
store_command_first(
    struct store *store, int64_t command_id, store_change_fn *fn, void *arg, struct err *err)
{
	return one_row(store, SQL_COMMAND_FIRST, command_id, fn, arg, err);
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

/* The newest row stays, so ids never begin again. */
int
store_change_trim(struct store *store, int64_t keep_rows, int64_t limit, struct err *err)
{
	return db_run(store, SQL_CHANGE_TRIM, err, "ii", keep_rows, limit);
}

enum store_found
store_command_before(struct store *store, int64_t before_id, int64_t *id_out, struct err *err)
{
	return db_find_int(store, SQL_COMMAND_BEFORE, id_out, err, "i", before_id);
}

enum store_found
store_command_left(
    struct store *store, int64_t command_id, int64_t before_id, int64_t *id_out, struct err *err)
{
	return db_find_int(store, SQL_COMMAND_LEFT, id_out, err, "ii", command_id, before_id);
}

int
store_command_count(struct store *store, int64_t command_id, int64_t *change_n_out,
    int64_t *undone_n_out, struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t last_id;

	if (db_row(store, SQL_COMMAND_COUNT, &stmt, err, "i", command_id) != STORE_YES)
		return -1;
	*change_n_out = db_int(stmt, 0);
	last_id = db_int(stmt, 1);
	db_done(stmt);
	return db_find_int(store, SQL_COMMAND_UNDONE, undone_n_out, err, "ii", command_id,
		   last_id) == STORE_YES
		   ? 0
		   : -1;
}
