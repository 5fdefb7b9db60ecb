/* client.c - see client.h. */
#include "common/store/client.h"

#include "common/store/db.h"

int
store_client_append(struct store *store, const struct client *c, int64_t *id_out, struct err *err)
{
	if (db_run(store, SQL_CLIENT_APPEND, err, "tniii", c->address, c->name, c->state.first_s,
		c->state.last_s, c->state.passes) == -1)
		return -1;
	*id_out = db_last_id(store);
	return 0;
}

enum store_found
store_client_match(struct store *store, int64_t id, struct slice address,
    struct client_state *state_out, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_CLIENT_MATCH, &stmt, err, "i", id);

	if (found != STORE_YES)
		return found;
	if (!slice_equal(db_text(stmt, 0), address))
		found = STORE_OTHER;
	else
		*state_out =
		    (struct client_state){ db_int(stmt, 1), db_int(stmt, 2), db_int(stmt, 3) };
	db_done(stmt);
	return found;
}

int
store_client_merge(struct store *store, int64_t id, const struct client_state *delta,
    struct slice name, struct err *err)
{
	return db_run(store, SQL_CLIENT_MERGE, err, "iiiin", id, delta->first_s, delta->last_s,
	    delta->passes, name);
}

int
store_client_delete(struct store *store, int64_t id, struct err *err)
{
	return db_run(store, SQL_CLIENT_DELETE, err, "i", id);
}

int
store_client_restore(struct store *store, const struct client *c, int64_t *id_out, struct err *err)
{
	if (db_run(store, SQL_CLIENT_RESTORE, err, "tniii", c->address, c->name, c->state.first_s,
		c->state.last_s, c->state.passes) == -1)
		return -1;
	*id_out = db_last_id(store);
	return 0;
}

enum store_found
store_client_find(struct store *store, struct slice address, int64_t *id_out, struct err *err)
{
	return db_find_int(store, SQL_CLIENT_FIND, id_out, err, "t", address);
}

static struct client
read_row(sqlite3_stmt *stmt)
{
	return (struct client){ db_int(stmt, 0), db_text(stmt, 1), db_text(stmt, 2),
		{ db_int(stmt, 3), db_int(stmt, 4), db_int(stmt, 5) } };
}

enum store_found
store_client_get(struct store *store, int64_t id, store_client_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_CLIENT_GET, &stmt, err, "i", id);
	struct client row;

	if (found == STORE_YES) {
		row = read_row(stmt);
		fn(arg, &row);
		db_done(stmt);
	}
	return found;
}

struct page {
	store_client_fn *fn;
	void *arg;
	int64_t last_id;
};

static bool
page_row(void *arg, sqlite3_stmt *stmt)
{
	struct page *page = arg;
	struct client row = read_row(stmt);

	page->last_id = row.id;
	return page->fn(page->arg, &row);
}

static int
walk(struct store *store, enum sql_id id, int64_t from_id, int64_t limit, store_client_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	struct page page = { fn, arg, 0 };
	int result = db_each(store, id, page_row, &page, err, "ii", from_id, limit);

	*last_id_out = page.last_id;
	return result;
}

int
store_client_page(struct store *store, int64_t before_id, int64_t limit, store_client_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_CLIENT_PAGE, before_id, limit, fn, arg, last_id_out, err);
}

int
store_client_keys(struct store *store, int64_t after_id, int64_t limit, store_client_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_CLIENT_KEYS, after_id, limit, fn, arg, last_id_out, err);
}

int
store_client_max_id(struct store *store, int64_t *id_out, struct err *err)
{
	return db_int_row(store, SQL_CLIENT_MAX, id_out, err);
}

int
store_client_count(struct store *store, int64_t *n_out, struct err *err)
{
	return db_int_row(store, SQL_CLIENT_COUNT, n_out, err);
}
