/* domain.c - see domain.h. */
#include "common/store/domain.h"

#include <inttypes.h>

#include "common/store/db.h"

int
store_domain_add(struct store *store, const struct domain *d, int64_t *id_out, struct err *err)
{
	enum store_found found = store_domain_find(store, d->name, id_out, err);

	if (found == STORE_ERROR)
		return -1;
	if (found == STORE_YES)
		return err_set(err, ERR_DATA, "%.*s is whitelisted already (domain %" PRId64 ")",
		    (int)d->name.len, d->name.ptr, *id_out);
	if (db_run(store, SQL_DOMAIN_ADD, err, "tttti", d->name, d->comment, d->author, d->source,
		d->created_s) == -1)
		return -1;
	*id_out = db_last_id(store);
	return 0;
}

int
store_domain_comment(struct store *store, int64_t id, struct slice comment, struct err *err)
{
	return db_run(store, SQL_DOMAIN_COMMENT, err, "it", id, comment);
}

int
store_domain_restore(struct store *store, const struct domain *d, struct err *err)
{
	return db_run(store, SQL_DOMAIN_RESTORE, err, "itttti", d->id, d->name, d->comment,
	    d->author, d->source, d->created_s);
}

int
store_domain_remove(struct store *store, int64_t id, struct err *err)
{
	if (db_run(store, SQL_NETWORK_REMOVE_ALL, err, "i", id) == -1 ||
	    db_run(store, SQL_DIFFERENCE_REMOVE_ALL, err, "i", id) == -1)
		return -1;
	return db_run(store, SQL_DOMAIN_REMOVE, err, "i", id);
}

enum store_found
store_domain_find(struct store *store, struct slice name, int64_t *id_out, struct err *err)
{
	return db_find_int(store, SQL_DOMAIN_FIND, id_out, err, "t", name);
}

static struct domain
read_row(sqlite3_stmt *stmt)
{
	return (struct domain){ .id = db_int(stmt, 0),
		.name = db_text(stmt, 1),
		.comment = db_text(stmt, 2),
		.author = db_text(stmt, 3),
		.source = db_text(stmt, 4),
		.created_s = db_int(stmt, 5),
		.status = db_text(stmt, 6),
		.from = db_text(stmt, 7),
		.error = db_text(stmt, 8),
		.skipped = db_text(stmt, 9),
		.refreshed_s = db_int(stmt, 10),
		.good_s = db_int(stmt, 11),
		.next_s = db_int(stmt, 12),
		.failures = db_int(stmt, 13),
		.lookups = db_int(stmt, 14),
		.min_ttl_s = db_int(stmt, 15),
		.networks = db_int(stmt, 16) };
}

struct walk {
	store_domain_fn *fn;
	store_domain_network_fn *network_fn;
	store_domain_difference_fn *difference_fn;
	void *arg;
	int64_t last_id;
};

static bool
each_row(void *arg, sqlite3_stmt *stmt)
{
	struct walk *walk = arg;
	struct domain row = read_row(stmt);

	return walk->fn(walk->arg, &row);
}

enum store_found
store_domain_get(struct store *store, int64_t id, store_domain_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_DOMAIN_GET, &stmt, err, "i", id);
	struct domain row;

	if (found == STORE_YES) {
		row = read_row(stmt);
		fn(arg, &row);
		db_done(stmt);
	}
	return found;
}

int
store_domain_each(struct store *store, struct slice after, int64_t limit, store_domain_fn *fn,
    void *arg, struct err *err)
{
	struct walk walk = { .fn = fn, .arg = arg };

	return db_each(store, SQL_DOMAIN_EACH, each_row, &walk, err, "ti", after, limit);
}

int
store_domain_due(struct store *store, int64_t now_s, int64_t limit, store_domain_fn *fn, void *arg,
    struct err *err)
{
	struct walk walk = { .fn = fn, .arg = arg };

	return db_each(store, SQL_DOMAIN_DUE, each_row, &walk, err, "ii", now_s, limit);
}

static bool
network_row(void *arg, sqlite3_stmt *stmt)
{
	struct walk *walk = arg;
	struct domain_network row = { db_text(stmt, 1), db_text(stmt, 2) };

	return walk->network_fn(walk->arg, db_int(stmt, 0), &row);
}

int
store_domain_networks(
    struct store *store, int64_t id, store_domain_network_fn *fn, void *arg, struct err *err)
{
	struct walk walk = { .network_fn = fn, .arg = arg };

	if (id == 0)
		return db_each(store, SQL_NETWORK_EACH, network_row, &walk, err, "");
	return db_each(store, SQL_NETWORK_OF_DOMAIN, network_row, &walk, err, "i", id);
}

static bool
difference_row(void *arg, sqlite3_stmt *stmt)
{
	struct walk *walk = arg;
	struct domain_difference row = { db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2),
		db_text(stmt, 3), db_int(stmt, 4), db_int(stmt, 5), db_text(stmt, 6),
		db_text(stmt, 7) };

	walk->last_id = row.id;
	return walk->difference_fn(walk->arg, &row);
}

int
store_domain_differences(struct store *store, int64_t domain_id, int64_t before_id, int64_t limit,
    store_domain_difference_fn *fn, void *arg, int64_t *last_id_out, struct err *err)
{
	struct walk walk = { .difference_fn = fn, .arg = arg };
	int result = db_each(store, SQL_DIFFERENCE_PAGE, difference_row, &walk, err, "iii",
	    domain_id, before_id, limit);

	*last_id_out = walk.last_id;
	return result;
}

int
store_domain_want(struct store *store, int64_t id, struct err *err)
{
	return db_run(store, SQL_DOMAIN_WANT, err, "i", id);
}

int
store_domain_refreshed(struct store *store, const struct domain *d, struct err *err)
{
	return db_run(store, SQL_DOMAIN_REFRESHED, err, "ittttzziiiu", d->id, d->status, d->from,
	    d->error, d->skipped, d->refreshed_s, d->good_s, d->next_s, d->failures, d->lookups,
	    d->min_ttl_s);
}
