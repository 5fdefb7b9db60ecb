/* staging.c - see staging.h. The scratch file is attached to the handle as "st"; its tables are
 * those of the database less what an import does not know. Each kind is a row of a table. */
#include "common/store/staging.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/store/staging_internal.h"

static const char scratch_schema[] =
    "PRAGMA temp_store = FILE; ATTACH '' AS st;"
    "PRAGMA st.journal_mode = MEMORY; PRAGMA st.synchronous = OFF; PRAGMA st.cache_size = -65536;"
    "CREATE TABLE st.triplet (id INTEGER PRIMARY KEY, net, sender_key, recipient_key, sender, "
    "recipient, client_address, client_name, helo, first_s, last_s, attempts, passes, passed_s, "
    "released_s, spf, spf_domain, UNIQUE (recipient_key, sender_key, net));"
    "CREATE TABLE st.triplet_match (staged_id INTEGER PRIMARY KEY, main_id);"
    "CREATE TABLE st.client (id INTEGER PRIMARY KEY, address UNIQUE, name, first_s, last_s, "
    "passes);"
    "CREATE TABLE st.client_match (staged_id INTEGER PRIMARY KEY, main_id);"
    "CREATE TABLE st.rule (id INTEGER PRIMARY KEY, scope, pattern, action, comment, author, "
    "source, created_s, expires_s, hits, last_hit_s, place, UNIQUE (scope, pattern));"
    "CREATE TABLE st.policy (id INTEGER PRIMARY KEY, scope, sender, greylist, training, spf, "
    "delay_s, window_s, lifetime_s, comment, author, source, created_s, expires_s, hits, "
    "last_hit_s, place, UNIQUE (scope, sender));"
    "CREATE TABLE st.domain (id INTEGER PRIMARY KEY, name UNIQUE, comment, author, source, "
    "created_s);"
    "CREATE TABLE st.network (id INTEGER PRIMARY KEY, domain, net, path, UNIQUE (domain, net));"
    "CREATE TABLE st.name (kind, id, text, PRIMARY KEY (kind, id)) WITHOUT ROWID;"
    "CREATE TABLE st.pair (id INTEGER PRIMARY KEY, kind, a, b, text, place);";

const struct staging_statements staging_statements[STAGING_N] = {
	[STAGING_DOMAIN] = { SQL_STAGE_DOMAIN_COUNT, NOTHING, NOTHING, NOTHING,
	    SQL_STAGE_DOMAIN_ADD, NOTHING, SQL_STAGE_DOMAIN_MAX, SQL_STAGE_DOMAIN_NOTE, NOTHING },
	[STAGING_NETWORK] = { SQL_STAGE_NETWORK_COUNT, NOTHING, NOTHING, NOTHING,
	    SQL_STAGE_NETWORK_ADD, NOTHING, NOTHING, NOTHING, NOTHING },
	[STAGING_POLICY] = { SQL_STAGE_POLICY_COUNT, NOTHING, NOTHING, NOTHING,
	    SQL_STAGE_POLICY_ADD, NOTHING, SQL_STAGE_POLICY_MAX, SQL_STAGE_POLICY_NOTE,
	    SQL_STAGE_POLICY_CONFLICTS },
	[STAGING_RULE] = { SQL_STAGE_RULE_COUNT, NOTHING, NOTHING, NOTHING, SQL_STAGE_RULE_ADD,
	    NOTHING, SQL_STAGE_RULE_MAX, SQL_STAGE_RULE_NOTE, SQL_STAGE_RULE_CONFLICTS },
	[STAGING_CLIENT] = { SQL_STAGE_CLIENT_COUNT, SQL_STAGE_CLIENT_MATCH, SQL_STAGE_CLIENT_SAVE,
	    SQL_STAGE_CLIENT_MERGE, SQL_STAGE_CLIENT_ADD, SQL_STAGE_CLIENT_BASE, SQL_CLIENT_MAX,
	    NOTHING, NOTHING },
	[STAGING_TRIPLET] = { SQL_STAGE_TRIPLET_COUNT, SQL_STAGE_TRIPLET_MATCH,
	    SQL_STAGE_TRIPLET_SAVE, SQL_STAGE_TRIPLET_MERGE, SQL_STAGE_TRIPLET_ADD,
	    SQL_STAGE_TRIPLET_BASE, SQL_TRIPLET_MAX, NOTHING, NOTHING },
};

struct staging *
staging_open(struct store *store, struct err *err)
{
	struct staging *staging = xcalloc(1, sizeof(*staging));

	staging->store = store;
	/* Of a handle that only reads, the file is one that may not be written. */
	if ((store->mode == STORE_READ && db_script(store, "PRAGMA query_only = OFF", err) == -1) ||
	    db_script(store, scratch_schema, err) == -1 ||
	    db_run(store, SQL_STAGE_BEGIN, err, "") == -1) {
		staging_close(staging);
		return NULL;
	}
	staging->gathering = true;
	return staging;
}

/* Statements that know the scratch file would keep it. */
static void
forget_statements(struct store *store)
{
	int i;

	for (i = SQL_STAGE_BEGIN; i <= SQL_STAGE_RULE_NOTE; i++) {
		sqlite3_finalize(store->stmts[i]);
		store->stmts[i] = NULL;
	}
}

void
staging_close(struct staging *staging)
{
	if (staging == NULL)
		return;
	store_rollback(staging->store);
	forget_statements(staging->store);
	db_script(staging->store, "DETACH st; PRAGMA temp_store = MEMORY", NULL);
	if (staging->store->mode == STORE_READ)
		db_script(staging->store, "PRAGMA query_only = ON", NULL);
	free(staging);
}

/* ---- gathering ---- */

/* What is full while rows are gathered is not the disk of the database. */
static int
gathered(int result, struct err *err)
{
	if (result == -1 && (err->errnum & 0xff) == SQLITE_FULL)
		err_set(err, ERR_IO,
		    "no room for the scratch file of what is read, in $SQLITE_TMPDIR, $TMPDIR or "
		    "/var/tmp; nothing is written to the database");
	return result;
}

int
staging_triplet(struct staging *staging, const struct triplet *t, struct err *err)
{
	const struct triplet_state *s = &t->state;

	return gathered(
	    db_run(staging->store, SQL_STAGE_TRIPLET, err, "tttnntnniiiizznn", t->key.net,
		t->key.sender, t->key.recipient,
		slice_equal(t->sender, t->key.sender) ? SLICE_NONE : t->sender,
		slice_equal(t->recipient, t->key.recipient) ? SLICE_NONE : t->recipient,
		t->client_address, t->client_name, t->helo, s->first_s, s->last_s, s->attempts,
		s->passes, s->passed_s, s->released_s, t->spf, t->spf_domain),
	    err);
}

int
staging_client(struct staging *staging, const struct client *c, struct err *err)
{
	return gathered(db_run(staging->store, SQL_STAGE_CLIENT, err, "tniii", c->address, c->name,
			    c->state.first_s, c->state.last_s, c->state.passes),
	    err);
}

int
staging_rule(struct staging *staging, const struct rule *r, struct slice place, bool *taken_out,
    struct err *err)
{
	const struct entry_meta *m = &r->meta;
	int result = db_run(staging->store, SQL_STAGE_RULE, err, "ttttttizizt", r->scope,
	    r->pattern, slice_of(rule_action_name(r->action)), m->comment, m->author, m->source,
	    m->created_s, m->expires_s, m->hits, m->last_hit_s, place);

	*taken_out = db_changes(staging->store) > 0;
	return gathered(result, err);
}

int
staging_policy(struct staging *staging, const struct policy *p, struct slice place, bool *taken_out,
    struct err *err)
{
	const struct entry_meta *m = &p->meta;
	int result = db_run(staging->store, SQL_STAGE_POLICY, err, "ttuuuuuutttizizt", p->scope,
	    p->sender, p->greylist, p->training, p->spf, p->delay_s, p->window_s, p->lifetime_s,
	    m->comment, m->author, m->source, m->created_s, m->expires_s, m->hits, m->last_hit_s,
	    place);

	*taken_out = db_changes(staging->store) > 0;
	return gathered(result, err);
}

int
staging_domain(struct staging *staging, const struct domain *d, struct err *err)
{
	return gathered(db_run(staging->store, SQL_STAGE_DOMAIN, err, "tttti", d->name, d->comment,
			    d->author, d->source, d->created_s),
	    err);
}

int
staging_network(struct staging *staging, struct slice domain, const struct domain_network *network,
    struct err *err)
{
	return gathered(db_run(staging->store, SQL_STAGE_NETWORK, err, "ttt", domain, network->net,
			    network->path),
	    err);
}

int
staging_name_put(
    struct staging *staging, int64_t kind, int64_t id, struct slice text, struct err *err)
{
	return gathered(
	    db_run(staging->store, SQL_STAGE_NAME_PUT, err, "iit", kind, id, text), err);
}

static void
copy_text(char *out, size_t len, struct slice text)
{
	struct buf b;

	buf_init(&b, out, len);
	buf_add(&b, text);
}

enum store_found
staging_name_get(
    struct staging *staging, int64_t kind, int64_t id, char *out, size_t len, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found =
	    db_row(staging->store, SQL_STAGE_NAME_GET, &stmt, err, "ii", kind, id);

	if (found == STORE_YES) {
		copy_text(out, len, db_text(stmt, 0));
		db_done(stmt);
	}
	return found;
}

int
staging_pair_put(struct staging *staging, int64_t kind, int64_t a, int64_t b, struct slice text,
    struct slice place, struct err *err)
{
	return gathered(
	    db_run(staging->store, SQL_STAGE_PAIR_PUT, err, "iiitt", kind, a, b, text, place), err);
}

enum store_found
staging_pair_next(
    struct staging *staging, int64_t after_id, struct staging_pair *pair_out, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found =
	    db_row(staging->store, SQL_STAGE_PAIR_NEXT, &stmt, err, "i", after_id);

	if (found == STORE_YES) {
		pair_out->id = db_int(stmt, 0);
		pair_out->kind = db_int(stmt, 1);
		pair_out->a = db_int(stmt, 2);
		pair_out->b = db_int(stmt, 3);
		copy_text(pair_out->text, sizeof(pair_out->text), db_text(stmt, 4));
		copy_text(pair_out->place, sizeof(pair_out->place), db_text(stmt, 5));
		db_done(stmt);
	}
	return found;
}

/* ---- comparing ---- */

int
staging_match(struct staging *staging, enum staging_kind kind, struct err *err)
{
	const struct staging_terms *terms = &staging->terms;
	bool is_client = kind == STAGING_CLIENT;
	int64_t after_id = staging->matched_id[kind], max_id;

	if (staging_statements[kind].match == NOTHING || staging->staged[kind] == 0)
		return 0;
	if (db_int_row(staging->store, staging_statements[kind].max, &max_id, err) == -1)
		return -1;
	staging->matched_id[kind] = max_id;
	return db_run(staging->store, staging_statements[kind].match, err, is_client ? "ii" : "iii",
	    after_id, terms->now_s - (is_client ? terms->client_lifetime_s : terms->window_s),
	    terms->now_s - terms->lifetime_s);
}

static int
count(struct staging *staging, enum staging_kind kind, struct staging_count *out, struct err *err)
{
	sqlite3_stmt *stmt;

	if (db_row(staging->store, staging_statements[kind].count, &stmt, err, "") != STORE_YES)
		return -1;
	*out = (struct staging_count){ db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2) };
	db_done(stmt);
	staging->staged[kind] = out->staged;
	return 0;
}

struct conflicts {
	staging_conflict_fn *fn;
	void *arg;
};

static bool
tell_conflict(void *arg, sqlite3_stmt *stmt)
{
	struct conflicts *conflicts = arg;
	char why[512];

	snprintf(why, sizeof(why), "%s: number %" PRId64 " is there and says %s",
	    sqlite3_column_text(stmt, 2), db_int(stmt, 1), sqlite3_column_text(stmt, 3));
	conflicts->fn(conflicts->arg, db_text(stmt, 0), why);
	return true;
}

/* How many are staged, first of all: the comparison asks for it. */
static int
plan_kind(struct staging *staging, enum staging_kind kind, struct staging_count *out,
    struct conflicts *conflicts, struct err *err)
{
	if (count(staging, kind, out, err) == -1 || out->staged == 0)
		return out->staged == 0 ? 0 : -1;
	if (staging_statements[kind].match != NOTHING &&
	    (staging_match(staging, kind, err) == -1 || count(staging, kind, out, err) == -1))
		return -1;
	if (staging_statements[kind].conflicts == NOTHING)
		return 0;
	return db_each(
	    staging->store, staging_statements[kind].conflicts, tell_conflict, conflicts, err, "");
}

int
staging_plan(struct staging *staging, const struct staging_terms *terms,
    struct staging_count counts_out[STAGING_N], staging_conflict_fn *fn, void *arg, struct err *err)
{
	struct conflicts conflicts = { fn, arg };
	int kind;

	staging->terms = *terms;
	if (staging->gathering && gathered(store_commit(staging->store, err), err) == -1)
		return -1;
	staging->gathering = false;
	for (kind = 0; kind < STAGING_N; kind++) {
		counts_out[kind].staged = -1;
		if (gathered(plan_kind(staging, kind, &counts_out[kind], &conflicts, err), err) ==
		    -1)
			return -1;
	}
	return 0;
}
