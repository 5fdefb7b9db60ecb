/* copy.c - see run.h: a database of its own for a run. */
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/replay/run.h"
#include "common/store/domain.h"
#include "common/store/policy.h"
#include "common/store/rule.h"

struct copy {
	struct store *from, *to;
	int64_t now_s;
	struct domain_network *networks; /* of one domain */
	size_t n, cap;
	int result;
	struct err *err;
};

static bool
is_in_force(const struct copy *c, const struct entry_meta *meta)
{
	return meta->expires_s == 0 || meta->expires_s > c->now_s;
}

/* Hits are counted anew. */
static bool
copy_rule(void *arg, const struct rule *rule)
{
	struct copy *c = arg;
	struct rule fresh = *rule;

	fresh.meta.hits = fresh.meta.last_hit_s = 0;
	if (is_in_force(c, &rule->meta))
		c->result = store_rule_restore(c->to, &fresh, c->err);
	return c->result == 0;
}

static bool
copy_policy(void *arg, const struct policy *policy)
{
	struct copy *c = arg;
	struct policy fresh = *policy;

	fresh.meta.hits = fresh.meta.last_hit_s = 0;
	if (is_in_force(c, &policy->meta))
		c->result = store_policy_restore(c->to, &fresh, c->err);
	return c->result == 0;
}

static bool
keep_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	struct copy *c = arg;

	(void)domain_id;
	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 64 : c->cap * 2;
		c->networks = xreallocarray(c->networks, c->cap, sizeof(*c->networks));
	}
	c->networks[c->n++] = (struct domain_network){ slice_of(xslicedup(network->net)),
		slice_of(xslicedup(network->path)) };
	return true;
}

static int
copy_networks(struct copy *c, int64_t domain_id)
{
	int result = store_domain_networks(c->from, domain_id, keep_network, c, c->err);

	if (result == 0 && c->n > 0)
		result = store_domain_replace(
		    c->to, domain_id, c->networks, c->n, SLICE("ok"), c->now_s, NULL, NULL, c->err);
	while (c->n > 0) {
		c->n--;
		free((char *)(uintptr_t)c->networks[c->n].net.ptr);
		free((char *)(uintptr_t)c->networks[c->n].path.ptr);
	}
	return result;
}

static bool
copy_domain(void *arg, const struct domain *domain)
{
	struct copy *c = arg;

	c->result = store_domain_restore(c->to, domain, c->err);
	if (c->result == 0)
		c->result = copy_networks(c, domain->id);
	return c->result == 0;
}

static int
copy_all(struct copy *c)
{
	if (store_rule_each(c->from, 0, INT64_MAX, copy_rule, c, c->err) == -1 || c->result == -1 ||
	    store_policy_each(c->from, 0, INT64_MAX, copy_policy, c, c->err) == -1 ||
	    c->result == -1 ||
	    store_domain_each(c->from, SLICE(""), INT64_MAX, copy_domain, c, c->err) == -1)
		return -1;
	return c->result;
}

int
replay_make_store(const char *path, struct store *from, int64_t now_s, struct err *err)
{
	struct store_options options = { .path = path, .mode = STORE_SERVER };
	struct copy copy = { .from = from, .now_s = now_s, .err = err };
	int result = -1;

	copy.to = store_open(&options, NULL, err);
	if (copy.to == NULL)
		return -1;
	if (store_begin(copy.to, err) == 0 && (from == NULL || copy_all(&copy) == 0))
		result = store_commit(copy.to, err);
	free(copy.networks);
	store_close(copy.to);
	return result;
}
