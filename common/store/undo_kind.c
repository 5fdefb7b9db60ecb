/* undo_kind.c - see undo_kind.h. */
#include "common/store/undo_kind.h"

#include <inttypes.h>

/* ---- rules ---- */

static void
say_rule(struct buf *b, const struct image *image)
{
	const struct rule *rule = &image->row.rule;

	buf_add_text(b, rule_action_name(rule->action));
	buf_add_char(b, ' ');
	buf_add(b, rule->pattern);
	buf_add_text(b, " to ");
	buf_add(b, rule->scope);
}

static int
look_at_rules(struct store *store, struct undo_rows *rows, struct buf *why, struct err *err)
{
	const struct rule *rule = &rows->was.row.rule;
	enum store_found found;
	int64_t there;

	if (!rows->was.there)
		return 0;
	found = store_rule_find(store, rule->scope, rule->pattern, &there, err);
	if (found == STORE_YES && there != rows->id)
		buf_printf(why, "rule %" PRId64 " has this pattern for this scope by now", there);
	return found == STORE_ERROR ? -1 : 0;
}

static int
remove_rule(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_rule_remove(store, rows->id, err);
}

static int
restore_rule(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_rule_restore(store, &rows->was.row.rule, err);
}

/* The whole row anew, with the hits of today: one way to write it back instead of two. */
static int
reset_rule(struct store *store, struct undo_rows *rows, struct err *err)
{
	struct rule rule = rows->was.row.rule;

	rule.meta.hits = rows->now.row.rule.meta.hits;
	rule.meta.last_hit_s = rows->now.row.rule.meta.last_hit_s;
	if (store_rule_remove(store, rule.id, err) == -1)
		return -1;
	return store_rule_restore(store, &rule, err);
}

/* ---- policies ---- */

static void
say_policy(struct buf *b, const struct image *image)
{
	buf_add(b, image->row.policy.scope);
	buf_add_text(b, " from ");
	buf_add(b, image->row.policy.sender);
}

static int
look_at_policies(struct store *store, struct undo_rows *rows, struct buf *why, struct err *err)
{
	const struct policy *policy = &rows->was.row.policy;
	enum store_found found;
	int64_t there;

	if (!rows->was.there)
		return 0;
	found = store_policy_find(store, policy->scope, policy->sender, &there, err);
	if (found == STORE_YES && there != rows->id)
		buf_printf(
		    why, "policy %" PRId64 " is for these recipients and senders by now", there);
	return found == STORE_ERROR ? -1 : 0;
}

static int
remove_policy(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_policy_remove(store, rows->id, err);
}

static int
restore_policy(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_policy_restore(store, &rows->was.row.policy, err);
}

static int
reset_policy(struct store *store, struct undo_rows *rows, struct err *err)
{
	struct policy policy = rows->was.row.policy;

	policy.meta.hits = rows->now.row.policy.meta.hits;
	policy.meta.last_hit_s = rows->now.row.policy.meta.last_hit_s;
	if (store_policy_remove(store, policy.id, err) == -1)
		return -1;
	return store_policy_restore(store, &policy, err);
}

/* ---- domains ---- */

static void
say_domain(struct buf *b, const struct image *image)
{
	buf_add(b, image->row.domain.name);
}

static int
look_at_domains(struct store *store, struct undo_rows *rows, struct buf *why, struct err *err)
{
	enum store_found found;
	int64_t there;

	if (!rows->was.there)
		return 0;
	found = store_domain_find(store, rows->was.row.domain.name, &there, err);
	if (found == STORE_YES && there != rows->id)
		buf_printf(why, "it is whitelisted again (domain %" PRId64 ")", there);
	return found == STORE_ERROR ? -1 : 0;
}

static int
remove_domain(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_domain_remove(store, rows->id, err);
}

static int
restore_domain(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_domain_restore(store, &rows->was.row.domain, err);
}

static int
reset_domain(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_domain_comment(store, rows->id, rows->was.row.domain.comment, err);
}

/* ---- triplets ---- */

static void
say_address(struct buf *b, struct slice address)
{
	buf_add(b, address.len == 0 ? SLICE("<>") : address);
}

static void
say_triplet(struct buf *b, const struct image *image)
{
	say_address(b, image->row.triplet.sender);
	buf_add_text(b, " to ");
	say_address(b, image->row.triplet.recipient);
}

static int
look_at_triplet(struct store *store, struct undo_rows *rows, struct buf *why, struct err *err)
{
	(void)store;
	(void)err;
	if (rows->now.there && rows->now.row.triplet.state.passed_s != 0)
		buf_add_text(why, "the mail has passed meanwhile");
	return 0;
}

static int
reset_triplet(struct store *store, struct undo_rows *rows, struct err *err)
{
	return store_triplet_release(store, rows->id, rows->was.row.triplet.state.released_s, err);
}

/* ---- clients ---- */

static void
say_client(struct buf *b, const struct image *image)
{
	buf_add(b, image->row.client.address);
}

/* It may have a row again, of its own doing; an id of this table may be another's by now. */
static int
look_at_clients(struct store *store, struct undo_rows *rows, struct buf *why, struct err *err)
{
	(void)why;
	rows->id = 0;
	return store_client_find(store, rows->was.row.client.address, &rows->id, err) == STORE_ERROR
		   ? -1
		   : 0;
}

/* What it earned meanwhile adds up, as always. */
static int
restore_client(struct store *store, struct undo_rows *rows, struct err *err)
{
	const struct client *client = &rows->was.row.client;

	if (rows->id != 0)
		return store_client_merge(store, rows->id, &client->state, SLICE_NONE, err);
	return store_client_restore(store, client, &rows->id, err);
}

const struct undo_kind undo_kinds[IMAGE_N] = {
	[IMAGE_RULE] = { "rule", say_rule, look_at_rules,
	    { remove_rule, restore_rule, reset_rule } },
	[IMAGE_POLICY] = { "policy", say_policy, look_at_policies,
	    { remove_policy, restore_policy, reset_policy } },
	[IMAGE_DOMAIN] = { "domain", say_domain, look_at_domains,
	    { remove_domain, restore_domain, reset_domain } },
	[IMAGE_TRIPLET] = { "triplet", say_triplet, look_at_triplet,
	    { NULL, NULL, reset_triplet } },
	[IMAGE_CLIENT] = { "client", say_client, look_at_clients, { NULL, restore_client, NULL } },
};
