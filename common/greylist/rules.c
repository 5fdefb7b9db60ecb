/* rules.c - see rules.h. Two matchers over the rows of the store: one for rules, one for policies.
 * A value of a matcher is the index of its row here. */
#include "common/greylist/rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/greylist/matcher.h"
#include "common/net/trie.h"
#include "common/store/domain.h"
#include "common/store/policy.h"
#include "common/store/rule.h"

struct rule_row {
	int64_t id;
	enum rule_action action;
	char *scope, *pattern;
};

struct policy_row {
	int64_t id;
	char *scope, *sender;
	/* POLICY_UNSET or a value */
	int64_t greylist, training, spf, delay_s, window_s, lifetime_s;
};

struct domain_row {
	int64_t id;
	char *name;
};

struct rules {
	int64_t generation;
	struct matcher *rule_matcher, *policy_matcher;
	struct rule_row *rule_rows;
	size_t rule_n;
	struct policy_row *policy_rows;
	size_t policy_n;
	struct domain_row *domain_rows; /* by id */
	size_t domain_n;
	struct trie *networks;
	size_t network_n;
};

/* Loading: where a remark about a row that does not parse goes. */
struct loading {
	struct rules *rules;
	struct buf notice;
};

static void
note_bad_row(struct loading *loading, const char *what, int64_t id, const struct err *err)
{
	buf_printf(&loading->notice, "%s%s %" PRId64 " is left out: %s",
	    loading->notice.len == 0 ? "" : "; ", what, id, err->text);
}

static bool
load_rule(void *arg, const struct rule *rule)
{
	struct loading *loading = arg;
	struct rules *rules = loading->rules;
	struct pattern scope, pattern;
	struct err err;

	if (pattern_parse(rule->scope, PATTERN_SCOPE, &scope, NULL, &err) == -1 ||
	    pattern_parse(rule->pattern, PATTERN_SENDER, &pattern, NULL, &err) == -1) {
		note_bad_row(loading, "rule", rule->id, &err);
		return true;
	}
	matcher_add(
	    rules->rule_matcher, &scope, &pattern, rule->meta.expires_s, (uint32_t)rules->rule_n);
	rules->rule_rows =
	    xreallocarray(rules->rule_rows, rules->rule_n + 1, sizeof(*rules->rule_rows));
	rules->rule_rows[rules->rule_n++] =
	    (struct rule_row){ rule->id, rule->action, xstrdup(scope.text), xstrdup(pattern.text) };
	return true;
}

static bool
load_policy(void *arg, const struct policy *policy)
{
	struct loading *loading = arg;
	struct rules *rules = loading->rules;
	struct pattern scope, sender;
	struct err err;

	if (pattern_parse(policy->scope, PATTERN_SCOPE, &scope, NULL, &err) == -1 ||
	    pattern_parse(policy->sender, PATTERN_SENDER, &sender, NULL, &err) == -1) {
		note_bad_row(loading, "policy", policy->id, &err);
		return true;
	}
	matcher_add(rules->policy_matcher, &scope, &sender, policy->meta.expires_s,
	    (uint32_t)rules->policy_n);
	rules->policy_rows =
	    xreallocarray(rules->policy_rows, rules->policy_n + 1, sizeof(*rules->policy_rows));
	rules->policy_rows[rules->policy_n++] = (struct policy_row){ policy->id,
		xstrdup(scope.text), xstrdup(sender.text), policy->greylist, policy->training,
		policy->spf, policy->delay_s, policy->window_s, policy->lifetime_s };
	return true;
}

static bool
load_domain(void *arg, const struct domain *domain)
{
	struct rules *rules = ((struct loading *)arg)->rules;

	rules->domain_rows =
	    xreallocarray(rules->domain_rows, rules->domain_n + 1, sizeof(*rules->domain_rows));
	rules->domain_rows[rules->domain_n++] =
	    (struct domain_row){ domain->id, xslicedup(domain->name) };
	return true;
}

static int
by_id(const void *a, const void *b)
{
	const struct domain_row *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

static bool
load_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	struct loading *loading = arg;
	struct rules *rules = loading->rules;
	struct domain_row key = { .id = domain_id }, *row;
	struct addr_net net;
	struct err err;

	row = bsearch(&key, rules->domain_rows, rules->domain_n, sizeof(key), by_id);
	if (row == NULL) /* added since the domains were read: the generation will say so */
		return true;
	if (addr_net_parse(network->net, &net, NULL, &err) == -1) {
		note_bad_row(loading, "a network of domain", domain_id, &err);
		return true;
	}
	trie_add(rules->networks, &net, (uint32_t)(row - rules->domain_rows));
	rules->network_n++;
	return true;
}

static int
load_networks(struct store *store, struct loading *loading, struct err *err)
{
	struct rules *rules = loading->rules;

	rules->networks = trie_new();
	if (store_domain_each(store, SLICE_NONE, INT64_MAX, load_domain, loading, err) == -1)
		return -1;
	if (rules->domain_n > 0)
		qsort(rules->domain_rows, rules->domain_n, sizeof(*rules->domain_rows), by_id);
	if (store_domain_networks(store, 0, load_network, loading, err) == -1)
		return -1;
	trie_seal(rules->networks);
	return 0;
}

struct rules *
rules_load(struct store *store, char *notice_out, struct err *err)
{
	struct rules *rules = xcalloc(1, sizeof(*rules));
	struct loading loading = { .rules = rules };
	char storage[ERR_TEXT_MAX];

	buf_init(&loading.notice, notice_out == NULL ? storage : notice_out, ERR_TEXT_MAX);
	rules->rule_matcher = matcher_new();
	rules->policy_matcher = matcher_new();
	/* The generation first: a change in between is then loaded again, never missed. */
	if (store_generation(store, &rules->generation, err) == -1 ||
	    store_rule_each(store, 0, INT64_MAX, load_rule, &loading, err) == -1 ||
	    store_policy_each(store, 0, INT64_MAX, load_policy, &loading, err) == -1 ||
	    load_networks(store, &loading, err) == -1) {
		rules_free(rules);
		return NULL;
	}
	matcher_seal(rules->rule_matcher);
	matcher_seal(rules->policy_matcher);
	return rules;
}

void
rules_free(struct rules *rules)
{
	size_t i;

	if (rules == NULL)
		return;
	for (i = 0; i < rules->rule_n; i++) {
		free(rules->rule_rows[i].scope);
		free(rules->rule_rows[i].pattern);
	}
	for (i = 0; i < rules->policy_n; i++) {
		free(rules->policy_rows[i].scope);
		free(rules->policy_rows[i].sender);
	}
	for (i = 0; i < rules->domain_n; i++)
		free(rules->domain_rows[i].name);
	free(rules->domain_rows);
	trie_free(rules->networks);
	free(rules->rule_rows);
	free(rules->policy_rows);
	matcher_free(rules->rule_matcher);
	matcher_free(rules->policy_matcher);
	free(rules);
}

int64_t
rules_generation(const struct rules *rules)
{
	return rules->generation;
}

size_t
rules_count(const struct rules *rules)
{
	return rules->rule_n;
}

size_t
policies_count(const struct rules *rules)
{
	return rules->policy_n;
}

size_t
domains_count(const struct rules *rules)
{
	return rules->domain_n;
}

size_t
networks_count(const struct rules *rules)
{
	return rules->network_n;
}

bool
rules_network(const struct rules *rules, const struct addr *addr, struct slice *domain_out)
{
	uint32_t at;

	if (!trie_find(rules->networks, addr, &at))
		return false;
	*domain_out = slice_of(rules->domain_rows[at].name);
	return true;
}

bool
rules_match(
    const struct rules *rules, const struct rules_subject *subject, struct rule_match *match_out)
{
	const struct rule_row *row;
	uint32_t at;

	if (!matcher_find(
		rules->rule_matcher, subject->recipient, &subject->sender, subject->now_s, &at))
		return false;
	row = &rules->rule_rows[at];
	*match_out = (struct rule_match){ row->id, row->action, row->scope, row->pattern };
	return true;
}

static int64_t
either(int64_t own, int64_t fallback)
{
	return own == POLICY_UNSET ? fallback : own;
}

void
rules_policy(const struct rules *rules, const struct config *config,
    const struct rules_subject *subject, struct policy_match *match_out)
{
	static const struct policy_row nothing_set = { .greylist = POLICY_UNSET,
		.training = POLICY_UNSET,
		.spf = POLICY_UNSET,
		.delay_s = POLICY_UNSET,
		.window_s = POLICY_UNSET,
		.lifetime_s = POLICY_UNSET };
	const struct policy_row *row = &nothing_set;
	uint32_t at;

	if (matcher_find(
		rules->policy_matcher, subject->recipient, &subject->sender, subject->now_s, &at))
		row = &rules->policy_rows[at];
	*match_out = (struct policy_match){ .policy_id = row->id,
		.scope = row->scope,
		.sender = row->sender,
		.greylist = either(row->greylist, 1) != 0,
		.training = either(row->training, config->greylist_training) != 0,
		.spf = (enum config_spf)either(row->spf, config->spf_mode),
		.terms = { either(row->delay_s, config->greylist_delay_s),
		    either(row->window_s, config->greylist_window_s),
		    either(row->lifetime_s, config->greylist_lifetime_s) } };
}
