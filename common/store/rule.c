/* rule.c - see rule.h. */
#include "common/store/rule.h"

#include "common/store/db.h"
#include "common/store/meta_columns.h"

static const char *const action_names[RULE_ACTION_N] = {
	[RULE_ALLOW] = "allow",
	[RULE_BLOCK] = "block",
	[RULE_EXPECT] = "expect",
};

const char *
rule_action_name(enum rule_action action)
{
	return action_names[action];
}

int
rule_action_parse(struct slice name, enum rule_action *action_out)
{
	int i;

	for (i = 0; i < RULE_ACTION_N; i++)
		if (slice_equal(name, slice_of(action_names[i]))) {
			*action_out = (enum rule_action)i;
			return 0;
		}
	return -1;
}

int
store_rule_add(struct store *store, const struct rule *r, int64_t *id_out, struct err *err)
{
	if (db_run(store, SQL_RULE_ADD, err, "ttttttiz", r->scope, r->pattern,
		slice_of(rule_action_name(r->action)), r->meta.comment, r->meta.author,
		r->meta.source, r->meta.created_s, r->meta.expires_s) == -1)
		return -1;
	*id_out = db_last_id(store);
	return 0;
}

int
store_rule_change(struct store *store, const struct rule *r, struct err *err)
{
	return db_run(store, SQL_RULE_CHANGE, err, "ittttz", r->id, r->scope, r->pattern,
	    slice_of(rule_action_name(r->action)), r->meta.comment, r->meta.expires_s);
}

int
store_rule_restore(struct store *store, const struct rule *r, struct err *err)
{
	return db_run(store, SQL_RULE_RESTORE, err, "ittttttiziz", r->id, r->scope, r->pattern,
	    slice_of(rule_action_name(r->action)), r->meta.comment, r->meta.author, r->meta.source,
	    r->meta.created_s, r->meta.expires_s, r->meta.hits, r->meta.last_hit_s);
}

int
store_rule_remove(struct store *store, int64_t id, struct err *err)
{
	return db_run(store, SQL_RULE_REMOVE, err, "i", id);
}

enum store_found
store_rule_find(
    struct store *store, struct slice scope, struct slice pattern, int64_t *id_out, struct err *err)
{
	return db_find_int(store, SQL_RULE_FIND, id_out, err, "tt", scope, pattern);
}

/* The table's CHECK admits only names of the three actions. */
static struct rule
read_row(sqlite3_stmt *stmt)
{
	struct rule row = { db_int(stmt, 0), db_text(stmt, 1), db_text(stmt, 2), RULE_ALLOW,
		meta_columns_read(stmt, 4) };

	rule_action_parse(db_text(stmt, 3), &row.action);
	return row;
}

struct walk {
	store_rule_fn *fn;
	void *arg;
};

static bool
each_row(void *arg, sqlite3_stmt *stmt)
{
	struct walk *walk = arg;
	struct rule row = read_row(stmt);

	return walk->fn(walk->arg, &row);
}

enum store_found
store_rule_get(struct store *store, int64_t id, store_rule_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_RULE_GET, &stmt, err, "i", id);
	struct rule row;

	if (found == STORE_YES) {
		row = read_row(stmt);
		fn(arg, &row);
		db_done(stmt);
	}
	return found;
}

int
store_rule_each(struct store *store, int64_t after_id, int64_t limit, store_rule_fn *fn, void *arg,
    struct err *err)
{
	struct walk walk = { fn, arg };

	return db_each(store, SQL_RULE_EACH, each_row, &walk, err, "ii", after_id, limit);
}

int
store_rule_hit(struct store *store, int64_t id, int64_t hits, int64_t last_hit_s, struct err *err)
{
	return db_run(store, SQL_RULE_HIT, err, "iii", id, hits, last_hit_s);
}
