/* policy.c - see policy.h. */
#include "common/store/policy.h"

#include "common/store/db.h"
#include "common/store/meta_columns.h"

int
store_policy_put(struct store *store, const struct policy *p, int64_t *id_out, struct err *err)
{
	enum store_found found = db_find_int(store, SQL_POLICY_PUT, id_out, err, "ttuuuuuutttiz",
	    p->scope, p->sender, p->greylist, p->training, p->spf, p->delay_s, p->window_s,
	    p->lifetime_s, p->meta.comment, p->meta.author, p->meta.source, p->meta.created_s,
	    p->meta.expires_s);

	return found == STORE_YES ? 0 : -1;
}

int
store_policy_change(struct store *store, const struct policy *p, struct err *err)
{
	return db_run(store, SQL_POLICY_CHANGE, err, "ittuuuuuutz", p->id, p->scope, p->sender,
	    p->greylist, p->training, p->spf, p->delay_s, p->window_s, p->lifetime_s,
	    p->meta.comment, p->meta.expires_s);
}

int
store_policy_restore(struct store *store, const struct policy *p, struct err *err)
{
	return db_run(store, SQL_POLICY_RESTORE, err, "ittuuuuuutttiziz", p->id, p->scope,
	    p->sender, p->greylist, p->training, p->spf, p->delay_s, p->window_s, p->lifetime_s,
	    p->meta.comment, p->meta.author, p->meta.source, p->meta.created_s, p->meta.expires_s,
	    p->meta.hits, p->meta.last_hit_s);
}

int
store_policy_remove(struct store *store, int64_t id, struct err *err)
{
	return db_run(store, SQL_POLICY_REMOVE, err, "i", id);
}

enum store_found
store_policy_find(
    struct store *store, struct slice scope, struct slice sender, int64_t *id_out, struct err *err)
{
	return db_find_int(store, SQL_POLICY_FIND, id_out, err, "tt", scope, sender);
}

static int64_t
optional(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? POLICY_UNSET
								: db_int(stmt, column);
}

static struct policy
read_row(sqlite3_stmt *stmt)
{
	return (struct policy){ db_int(stmt, 0), db_text(stmt, 1), db_text(stmt, 2),
		optional(stmt, 3), optional(stmt, 4), optional(stmt, 5), optional(stmt, 6),
		optional(stmt, 7), optional(stmt, 8), meta_columns_read(stmt, 9) };
}

struct walk {
	store_policy_fn *fn;
	void *arg;
};

static bool
each_row(void *arg, sqlite3_stmt *stmt)
{
	struct walk *walk = arg;
	struct policy row = read_row(stmt);

	return walk->fn(walk->arg, &row);
}

enum store_found
store_policy_get(struct store *store, int64_t id, store_policy_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_POLICY_GET, &stmt, err, "i", id);
	struct policy row;

	if (found == STORE_YES) {
		row = read_row(stmt);
		fn(arg, &row);
		db_done(stmt);
	}
	return found;
}

int
store_policy_each(struct store *store, int64_t after_id, int64_t limit, store_policy_fn *fn,
    void *arg, struct err *err)
{
	struct walk walk = { fn, arg };

	return db_each(store, SQL_POLICY_EACH, each_row, &walk, err, "ii", after_id, limit);
}

int
store_policy_hit(struct store *store, int64_t id, int64_t hits, int64_t last_hit_s, struct err *err)
{
	return db_run(store, SQL_POLICY_HIT, err, "iii", id, hits, last_hit_s);
}

int
store_policy_longest(
    struct store *store, int64_t *window_s_out, int64_t *lifetime_s_out, struct err *err)
{
	sqlite3_stmt *stmt;

	if (db_row(store, SQL_POLICY_LONGEST, &stmt, err, "") != STORE_YES)
		return -1;
	*window_s_out = db_int(stmt, 0);
	*lifetime_s_out = db_int(stmt, 1);
	db_done(stmt);
	return 0;
}
