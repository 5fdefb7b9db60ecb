/* edit.c - see edit.h. Every change has the same frame: image before, the change, image after,
 * the audit row, the generation, COMMIT. */
#include "common/store/edit.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/store/change.h"
#include "common/store/db.h"
#include "common/store/image.h"
#include "common/store/triplet.h"

/* One change under way. FIND sets the ID of a row that is known by other means, or refuses; APPLY
 * does the change and, for a new row, sets ID. */
struct operation {
	const char *verb;
	const char *object;
	enum image_kind image;
	int64_t id; /* 0: a row to come */
	int (*find)(const struct edit *edit, struct operation *op, struct err *err);
	int (*apply)(const struct edit *edit, struct operation *op, struct err *err);
	const void *row;
	char *before, *after;
};

static int
write_audit(const struct edit *edit, const struct operation *op, struct err *err)
{
	struct change change = { .time_s = edit->now_s,
		.author = edit->author,
		.verb = slice_of(op->verb),
		.object = slice_of(op->object),
		.object_id = op->id,
		.before = slice_of(op->before),
		.after = slice_of(op->after) };
	int64_t id;

	return store_change_append(edit->store, &change, &id, err);
}

static int
run_steps(const struct edit *edit, struct operation *op, struct err *err)
{
	struct store *store = edit->store;

	if (op->find != NULL && op->find(edit, op, err) == -1)
		return -1;
	if (image_take(store, op->image, op->id, &op->before, err) == -1 ||
	    op->apply(edit, op, err) == -1 ||
	    image_take(store, op->image, op->id, &op->after, err) == -1 ||
	    write_audit(edit, op, err) == -1 || store_generation_bump(store, err) == -1)
		return -1;
	return store_commit(store, err);
}

static int
run(const struct edit *edit, struct operation *op, struct err *err)
{
	int result;

	if (store_begin(edit->store, err) == -1)
		return -1;
	result = run_steps(edit, op, err);
	if (result == -1)
		store_rollback(edit->store);
	free(op->before);
	free(op->after);
	return result;
}

static bool
report_duplicate(void *arg, const struct rule *there)
{
	err_set(arg, ERR_DATA,
	    "rule %" PRId64 " (%s) has this pattern for this scope already; remove it first",
	    there->id, rule_action_name(there->action));
	return false;
}

static int
refuse_duplicate(const struct edit *edit, struct operation *op, struct err *err)
{
	const struct rule *rule = op->row;
	enum store_found found;
	int64_t there;

	found = store_rule_find(edit->store, rule->scope, rule->pattern, &there, err);
	if (found == STORE_YES)
		store_rule_get(edit->store, there, report_duplicate, err, NULL);
	return found == STORE_NO ? 0 : -1;
}

static int
apply_rule_add(const struct edit *edit, struct operation *op, struct err *err)
{
	return store_rule_add(edit->store, op->row, &op->id, err);
}

int
edit_rule_add(const struct edit *edit, const struct rule *rule, int64_t *id_out, struct err *err)
{
	struct operation op = { .verb = "rule add",
		.object = "rule",
		.image = IMAGE_RULE,
		.find = refuse_duplicate,
		.apply = apply_rule_add,
		.row = rule };
	int result = run(edit, &op, err);

	*id_out = op.id;
	return result;
}

static int
nothing_there(const struct operation *op, struct err *err)
{
	return err_set(err, ERR_NOINPUT, "there is no %s %" PRId64, op->object, op->id);
}

static int
apply_rule_remove(const struct edit *edit, struct operation *op, struct err *err)
{
	if (op->before[0] == '\0')
		return nothing_there(op, err);
	return store_rule_remove(edit->store, op->id, err);
}

int
edit_rule_remove(const struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "rule remove",
		.object = "rule",
		.image = IMAGE_RULE,
		.id = id,
		.apply = apply_rule_remove };

	return run(edit, &op, err);
}

static int
find_policy(const struct edit *edit, struct operation *op, struct err *err)
{
	const struct policy *policy = op->row;
	enum store_found found;

	found = store_policy_find(edit->store, policy->scope, policy->sender, &op->id, err);
	return found == STORE_ERROR ? -1 : 0;
}

static int
apply_policy_set(const struct edit *edit, struct operation *op, struct err *err)
{
	return store_policy_put(edit->store, op->row, &op->id, err);
}

int
edit_policy_set(
    const struct edit *edit, const struct policy *policy, int64_t *id_out, struct err *err)
{
	struct operation op = { .verb = "policy set",
		.object = "policy",
		.image = IMAGE_POLICY,
		.find = find_policy,
		.apply = apply_policy_set,
		.row = policy };
	int result = run(edit, &op, err);

	*id_out = op.id;
	return result;
}

static int
apply_policy_unset(const struct edit *edit, struct operation *op, struct err *err)
{
	if (op->before[0] == '\0')
		return nothing_there(op, err);
	return store_policy_remove(edit->store, op->id, err);
}

int
edit_policy_unset(const struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "policy unset",
		.object = "policy",
		.image = IMAGE_POLICY,
		.id = id,
		.apply = apply_policy_unset };

	return run(edit, &op, err);
}

static bool
copy_state(void *arg, const struct triplet *triplet)
{
	*(struct triplet_state *)arg = triplet->state;
	return false;
}

static int
apply_release(const struct edit *edit, struct operation *op, struct err *err)
{
	struct triplet_state state;
	enum store_found found;

	found = store_triplet_get(edit->store, op->id, copy_state, &state, err);
	if (found == STORE_ERROR)
		return -1;
	if (found == STORE_NO)
		return nothing_there(op, err);
	if (state.passed_s != 0)
		return err_set(err, ERR_DATA, "triplet %" PRId64 " has passed already", op->id);
	if (state.released_s != 0)
		return err_set(err, ERR_DATA,
		    "triplet %" PRId64 " is released already; it passes on its next try", op->id);
	return db_run(edit->store, SQL_TRIPLET_RELEASE, err, "ii", op->id, edit->now_s);
}

int
edit_release(const struct edit *edit, int64_t triplet_id, struct err *err)
{
	struct operation op = { .verb = "release",
		.object = "triplet",
		.image = IMAGE_TRIPLET,
		.id = triplet_id,
		.apply = apply_release };

	return run(edit, &op, err);
}

static int
apply_domain_add(const struct edit *edit, struct operation *op, struct err *err)
{
	return store_domain_add(edit->store, op->row, &op->id, err);
}

int
edit_domain_add(
    const struct edit *edit, const struct domain *domain, int64_t *id_out, struct err *err)
{
	struct operation op = { .verb = "domain add",
		.object = "domain",
		.image = IMAGE_DOMAIN,
		.apply = apply_domain_add,
		.row = domain };
	int result = run(edit, &op, err);

	*id_out = op.id;
	return result;
}

static int
apply_domain_remove(const struct edit *edit, struct operation *op, struct err *err)
{
	if (op->before[0] == '\0')
		return nothing_there(op, err);
	return store_domain_remove(edit->store, op->id, err);
}

int
edit_domain_remove(const struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "domain remove",
		.object = "domain",
		.image = IMAGE_DOMAIN,
		.id = id,
		.apply = apply_domain_remove };

	return run(edit, &op, err);
}

static int
apply_domain_refresh(const struct edit *edit, struct operation *op, struct err *err)
{
	if (op->before[0] == '\0')
		return nothing_there(op, err);
	return store_domain_want(edit->store, op->id, err);
}

int
edit_domain_refresh(const struct edit *edit, int64_t id, struct err *err)
{
	struct operation op = { .verb = "domain refresh",
		.object = "domain",
		.image = IMAGE_DOMAIN,
		.id = id,
		.apply = apply_domain_refresh };

	return run(edit, &op, err);
}
