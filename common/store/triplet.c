/* triplet.c - see triplet.h. */
#include "common/store/triplet.h"

#include "common/store/db.h"

/* An original that equals its key is stored once. */
static struct slice
unless_equal(struct slice original, struct slice key)
{
	return slice_equal(original, key) ? SLICE_NONE : original;
}

int
store_triplet_append(struct store *store, const struct triplet *t, int64_t *id_out, struct err *err)
{
	const struct triplet_state *s = &t->state;

	if (db_run(store, SQL_TRIPLET_APPEND, err, "tttnntnniiiizznn", t->key.net, t->key.sender,
		t->key.recipient, unless_equal(t->sender, t->key.sender),
		unless_equal(t->recipient, t->key.recipient), t->client_address, t->client_name,
		t->helo, s->first_s, s->last_s, s->attempts, s->passes, s->passed_s, s->released_s,
		t->spf, t->spf_domain) == -1)
		return -1;
	*id_out = db_last_id(store);
	return 0;
}

static struct triplet_state
read_state(sqlite3_stmt *stmt, int column)
{
	return (struct triplet_state){ db_int(stmt, column), db_int(stmt, column + 1),
		db_int(stmt, column + 2), db_int(stmt, column + 3), db_int(stmt, column + 4),
		db_int(stmt, column + 5) };
}

enum store_found
store_triplet_match(struct store *store, int64_t id, const struct triplet_key *key,
    struct triplet_state *state_out, bool *spf_known_out, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_TRIPLET_MATCH, &stmt, err, "i", id);

	if (found != STORE_YES)
		return found;
	if (!slice_equal(db_text(stmt, 2), key->recipient) ||
	    !slice_equal(db_text(stmt, 1), key->sender) || !slice_equal(db_text(stmt, 0), key->net))
		found = STORE_OTHER;
	else
		*state_out = read_state(stmt, 3);
	if (spf_known_out != NULL)
		*spf_known_out = db_int(stmt, 9) != 0;
	db_done(stmt);
	return found;
}

int
store_triplet_merge(struct store *store, int64_t id, const struct triplet_delta *delta,
    const struct triplet_client *last, struct err *err)
{
	static const struct triplet_client nobody;
	const struct triplet_client *client = last != NULL ? last : &nobody;

	return db_run(store, SQL_TRIPLET_MERGE, err, "iiiiiznnn", id, delta->first_s, delta->last_s,
	    delta->attempts, delta->passes, delta->passed_s, client->address, client->name,
	    client->helo);
}

int
store_triplet_spf(
    struct store *store, int64_t id, struct slice result, struct slice domain, struct err *err)
{
	return db_run(store, SQL_TRIPLET_SPF, err, "inn", id, result, domain);
}

enum store_found
store_triplet_pool(struct store *store, int64_t id, struct slice sender_key,
    struct slice recipient_key, struct slice spf_domain, struct triplet_state *state_out,
    struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_TRIPLET_POOL, &stmt, err, "i", id);

	if (found != STORE_YES)
		return found;
	/* Without a pass the stored domain reads as "", which is nobody's. */
	if (spf_domain.len == 0 || !slice_equal(db_text(stmt, 8), spf_domain) ||
	    !slice_equal(db_text(stmt, 1), recipient_key) ||
	    !slice_equal(db_text(stmt, 0), sender_key))
		found = STORE_OTHER;
	else
		*state_out = read_state(stmt, 2);
	db_done(stmt);
	return found;
}

int
store_triplet_release(struct store *store, int64_t id, int64_t released_s, struct err *err)
{
	return db_run(store, SQL_TRIPLET_RELEASE, err, "iz", id, released_s);
}

int
store_triplet_delete(struct store *store, int64_t id, struct err *err)
{
	return db_run(store, SQL_TRIPLET_DELETE, err, "i", id);
}

static struct triplet
read_row(sqlite3_stmt *stmt)
{
	return (struct triplet){ db_int(stmt, 0),
		{ db_text(stmt, 1), db_text(stmt, 2), db_text(stmt, 3) }, db_text(stmt, 4),
		db_text(stmt, 5), db_text(stmt, 6), db_text(stmt, 7), db_text(stmt, 8),
		read_state(stmt, 9), db_text(stmt, 15), db_text(stmt, 16), db_int(stmt, 17) };
}

enum store_found
store_triplet_get(struct store *store, int64_t id, store_triplet_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_TRIPLET_GET, &stmt, err, "i", id);
	struct triplet row;

	if (found == STORE_YES) {
		row = read_row(stmt);
		fn(arg, &row);
		db_done(stmt);
	}
	return found;
}

struct page {
	store_triplet_fn *fn;
	store_triplet_key_fn *key_fn;
	void *arg;
	int64_t last_id;
};

static bool
page_row(void *arg, sqlite3_stmt *stmt)
{
	struct page *page = arg;
	struct triplet row = read_row(stmt);

	page->last_id = row.id;
	return page->fn(page->arg, &row);
}

static bool
key_row(void *arg, sqlite3_stmt *stmt)
{
	struct page *page = arg;
	struct triplet_key key = { db_text(stmt, 1), db_text(stmt, 2), db_text(stmt, 3) };
	struct triplet_state state = read_state(stmt, 4);

	page->last_id = db_int(stmt, 0);
	return page->key_fn(page->arg, page->last_id, &key, &state, db_text(stmt, 10));
}

static int
walk(struct store *store, enum sql_id id, int64_t from_id, int64_t limit, store_triplet_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	struct page page = { .fn = fn, .arg = arg };
	int result = db_each(store, id, page_row, &page, err, "ii", from_id, limit);

	*last_id_out = page.last_id;
	return result;
}

int
store_triplet_page(struct store *store, int64_t before_id, int64_t limit, store_triplet_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_TRIPLET_PAGE, before_id, limit, fn, arg, last_id_out, err);
}

int
store_triplet_page_up(struct store *store, int64_t after_id, int64_t limit, store_triplet_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store, SQL_TRIPLET_PAGE_UP, after_id, limit, fn, arg, last_id_out, err);
}

int
store_triplet_keys(struct store *store, int64_t after_id, int64_t limit, store_triplet_key_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	struct page page = { .key_fn = fn, .arg = arg };
	int result = db_each(store, SQL_TRIPLET_KEYS, key_row, &page, err, "ii", after_id, limit);

	*last_id_out = page.last_id;
	return result;
}

int
store_triplet_max_id(struct store *store, int64_t *id_out, struct err *err)
{
	return db_int_row(store, SQL_TRIPLET_MAX, id_out, err);
}

int
store_triplet_count(struct store *store, int64_t *n_out, struct err *err)
{
	return db_int_row(store, SQL_TRIPLET_COUNT, n_out, err);
}
