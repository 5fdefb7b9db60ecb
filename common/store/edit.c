/* edit.c - see edit.h: what each change refuses and does; all run in the same frame. */
#include <inttypes.h>

#include "common/store/edit_frame.h"
#include "common/store/triplet.h"

static bool
report_duplicate(void *arg, const struct rule *there)
{
	err_set(arg, ERR_DATA,
	    "rule %" PRId64 " (%s) has this pattern for this scope already; remove it first",
	    there->id, rule_action_name(there->action));
	return false;
}

/* Another row than that of the operation. */
static int
refuse_duplicate(struct edit *edit, struct operation *op, struct err *err)
{
	const struct rule *rule = op->row;
	enum store_found found;
	int64_t there;

	found = store_rule_find(edit->store, rule->scope, rule->pattern, &there, err);
	if (found == STORE_NO || (found == STORE_YES && there == op->id))
		return 0;
	if (found == STORE_YES)
		store_rule_get(edit->store, there, report_duplicate, err, NULL);
	return -1;
}

static int
apply_rule_add(struct edit *edit, struct operation *op, struct err *err)
{
	return store_rule_add(edit->store, op->row, &op->id, err);
}

int
edit_rule_add(struct edit *edit, const struct rule *rule, int64_t *id_out, struct err *err)
{
	struct operation op = { .verb = "rule add",
		.object = "rule",
		.image = IMAGE_RULE,
		.find = refuse_duplicate,
		.apply = apply_rule_add,
		.row = rule };
	int result = edit_run(edit, &op, err);

	*id_out = op.id;
	return result;
}

static int
apply_rule_change(struct edit *edit, struct operation *op, struct err *err)
{
	if (refuse_duplicate(edit, op, err) == -1)
		return -1;
	return store_rule_change(edit->store, op->row, err);
}

int
edit_rule_change(struct edit *edit, const struct rule *rule, struct err *err)
{
	struct operation op = { .verb = "rule change",
		.object = "rule",
		.image = IMAGE_RULE,
		.id = rule->id,
		.must_exist = true,
		.apply = apply_rule_change,
		.row = rule };

	return edit_run(edit, &op, err);
}

static int
apply_rule_remove(struct edit *edit, struct operation *op, struct err *err)
{
	return store_rule_remove(edit->store, op->id, err);
}

int
edit_rule_remove(struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "rule remove",
		.object = "rule",
		.image = IMAGE_RULE,
		.id = id,
		.must_exist = true,
		.apply = apply_rule_remove };

	return edit_run(edit, &op, err);
}

static int
find_policy(struct edit *edit, struct operation *op, struct err *err)
{
	const struct policy *policy = op->row;
	enum store_found found;

	found = store_policy_find(edit->store, policy->scope, policy->sender, &op->id, err);
	return found == STORE_ERROR ? -1 : 0;
}

static int
apply_policy_set(struct edit *edit, struct operation *op, struct err *err)
{
	return store_policy_put(edit->store, op->row, &op->id, err);
}

int
edit_policy_set(struct edit *edit, const struct policy *policy, int64_t *id_out, struct err *err)
{
	struct operation op = { .verb = "policy set",
		.object = "policy",
		.image = IMAGE_POLICY,
		.find = find_policy,
		.apply = apply_policy_set,
		.row = policy };
	int result = edit_run(edit, &op, err);

	*id_out = op.id;
	return result;
}

static int
apply_policy_change(struct edit *edit, struct operation *op, struct err *err)
{
	const struct policy *policy = op->row;
	enum store_found found;
	int64_t there;

	found = store_policy_find(edit->store, policy->scope, policy->sender, &there, err);
	if (found == STORE_YES && there != op->id)
		return err_set(err, ERR_DATA,
		    "policy %" PRId64 " is for these recipients and senders already", there);
	if (found == STORE_ERROR)
		return -1;
	return store_policy_change(edit->store, policy, err);
}

int
edit_policy_change(struct edit *edit, const struct policy *policy, struct err *err)
{
	struct operation op = { .verb = "policy change",
		.object = "policy",
		.image = IMAGE_POLICY,
		.id = policy->id,
		.must_exist = true,
		.apply = apply_policy_change,
		.row = policy };

	return edit_run(edit, &op, err);
}

static int
apply_policy_unset(struct edit *edit, struct operation *op, struct err *err)
{
	return store_policy_remove(edit->store, op->id, err);
}

int
edit_policy_unset(struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "policy unset",
		.object = "policy",
		.image = IMAGE_POLICY,
		.id = id,
		.must_exist = true,
		.apply = apply_policy_unset };

	return edit_run(edit, &op, err);
}

static bool
copy_state(void *arg, const struct triplet *triplet)
{
	*(struct triplet_state *)arg = triplet->state;
	return false;
}

static int
apply_release(struct edit *edit, struct operation *op, struct err *err)
{
	int64_t seen_s = *(const int64_t *)op->row;
	struct triplet_state state;

	if (store_triplet_get(edit->store, op->id, copy_state, &state, err) != STORE_YES)
		return -1;
	if (seen_s != 0 && state.first_s != seen_s)
		return err_set(err, ERR_NOINPUT,
		    "triplet %" PRId64 " is another mail by now; look again", op->id);
	if (state.passed_s != 0)
		return err_set(err, ERR_DATA, "triplet %" PRId64 " has passed already", op->id);
	if (state.released_s != 0)
		return err_set(err, ERR_DATA,
		    "triplet %" PRId64 " is released already; it passes on its next try", op->id);
	return store_triplet_release(edit->store, op->id, edit->now_s, err);
}

int
edit_release(struct edit *edit, int64_t triplet_id, int64_t first_s, struct err *err)
{
	struct operation op = { .verb = "release",
		.object = "triplet",
		.image = IMAGE_TRIPLET,
		.id = triplet_id,
		.must_exist = true,
		.apply = apply_release,
		.row = &first_s };

	return edit_run(edit, &op, err);
}

static int
apply_domain_add(struct edit *edit, struct operation *op, struct err *err)
{
	return store_domain_add(edit->store, op->row, &op->id, err);
}

int
edit_domain_add(struct edit *edit, const struct domain *domain, int64_t *id_out, struct err *err)
{
	struct operation op = { .verb = "domain add",
		.object = "domain",
		.image = IMAGE_DOMAIN,
		.apply = apply_domain_add,
		.row = domain };
	int result = edit_run(edit, &op, err);

	*id_out = op.id;
	return result;
}

static int
apply_domain_comment(struct edit *edit, struct operation *op, struct err *err)
{
	return store_domain_comment(edit->store, op->id, *(const struct slice *)op->row, err);
}

int
edit_domain_comment(struct edit *edit, int64_t id, struct slice comment, struct err *err)
{
	struct operation op = { .verb = "domain change",
		.object = "domain",
		.image = IMAGE_DOMAIN,
		.id = id,
		.must_exist = true,
		.apply = apply_domain_comment,
		.row = &comment };

	return edit_run(edit, &op, err);
}

static int
apply_domain_remove(struct edit *edit, struct operation *op, struct err *err)
{
	return store_domain_remove(edit->store, op->id, err);
}

int
edit_domain_remove(struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "domain remove",
		.object = "domain",
		.image = IMAGE_DOMAIN,
		.id = id,
		.must_exist = true,
		.apply = apply_domain_remove };

	return edit_run(edit, &op, err);
}

static int
apply_domain_refresh(struct edit *edit, struct operation *op, struct err *err)
{
	return store_domain_want(edit->store, op->id, err);
}

int
edit_domain_refresh(struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "domain refresh",
		.object = "domain",
		.image = IMAGE_DOMAIN,
		.id = id,
		.must_exist = true,
		.apply = apply_domain_refresh };

	return edit_run(edit, &op, err);
}

static int
apply_client_remove(struct edit *edit, struct operation *op, struct err *err)
{
	struct slice seen = *(const struct slice *)op->row;
	struct client_state state;
	enum store_found found;

	found = seen.len == 0 ? STORE_YES
			      : store_client_match(edit->store, op->id, seen, &state, err);
	if (found == STORE_OTHER)
		return err_set(err, ERR_NOINPUT,
		    "client %" PRId64 " is another one by now; look again", op->id);
	if (found != STORE_YES)
		return -1;
	return store_client_delete(edit->store, op->id, err);
}

int
edit_client_remove(struct edit *edit, int64_t id, struct slice address, struct err *err)
{
	struct operation op = { .verb = "client remove",
		.object = "client",
		.image = IMAGE_CLIENT,
		.id = id,
		.must_exist = true,
		.apply = apply_client_remove,
		.row = &address };

	return edit_run(edit, &op, err);
}
