/* lint.c - see lint.h. One table of checks; each looks at one entry and, at most, at what was
 * remembered of those before. */
#include "common/greylist/lint.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/names.h"
#include "common/base/xalloc.h"
#include "common/net/pattern.h"
#include "common/store/policy.h"
#include "common/store/rule.h"

#define UNMET_S (7 * 86400)

/* A rule or a policy as the checks see it. */
struct entry {
	int64_t id;
	const struct policy *policy; /* NULL: a rule */
	const struct entry_meta *meta;
	bool readable;
	struct pattern scope, pattern; /* when it is */
	struct err why;                /* when not */
};

/* The entry that decides for a set of mail. */
struct holder {
	int64_t id;
	int64_t expires_s;
	bool starred; /* written with * */
};

struct linter {
	const struct config *config;
	int64_t now_s;
	lint_fn *fn;
	void *arg;
	struct names sets; /* their numbers are the places of holders */
	struct holder *holders;
	size_t holder_cap;
};

/* ---- checks: true when there is something to say, which is then in FINDING ---- */

typedef bool check_fn(struct linter *lint, const struct entry *entry, struct lint_finding *finding);

static void say(struct lint_finding *finding, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
say(struct lint_finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->text, sizeof(finding->text), fmt, args);
	va_end(args);
}

static bool
is_expired(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	int64_t expires_s = entry->meta->expires_s;
	char ago[DURATION_TEXT_MAX];

	if (expires_s == 0 || expires_s > lint->now_s)
		return false;
	say(finding, "it expired %s ago", duration_format_human(lint->now_s - expires_s, ago));
	return true;
}

/* The forms that would be possible, which the error lists at its end, are no help here. */
static bool
is_unreadable(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	const char *text = entry->why.text, *forms;

	(void)lint;
	if (entry->readable)
		return false;
	forms = strstr(text, "; possible here");
	say(finding, "it is left out: %.*s",
	    (int)(forms == NULL ? strlen(text) : (size_t)(forms - text)), text);
	return true;
}

/* Bits from the first that an address with stars fixes without a gap. */
static unsigned
leading_bits(const struct pattern *starred)
{
	unsigned octets = 0;

	while (octets < 4 && starred->mask.bytes[octets] != 0)
		octets++;
	return octets * 8;
}

static bool
holds_all(const struct addr_net *net, const struct pattern *p)
{
	switch (p->kind) {
	case PATTERN_ADDR:
	case PATTERN_NET:
		return p->net.prefix >= net->prefix && addr_net_contains(net, &p->net.addr);
	case PATTERN_WILDCARD:
		return leading_bits(p) >= net->prefix && addr_net_contains(net, &p->value);
	default: return false;
	}
}

static bool
is_trusted(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	char net[ADDR_NET_TEXT_MAX];
	size_t i;

	for (i = 0; i < lint->config->trusted_networks_n; i++)
		if (holds_all(&lint->config->trusted_networks[i], &entry->pattern)) {
			say(finding,
			    "%s is in trusted_networks: it passes before rules and policies",
			    addr_net_format(&lint->config->trusted_networks[i], net));
			return true;
		}
	return false;
}

/* 192.0.2.*: every star is at the end. */
static bool
is_starred_network(const struct pattern *p)
{
	unsigned octet = leading_bits(p) / 8;

	while (octet < 4 && p->mask.bytes[octet] == 0)
		octet++;
	return p->kind == PATTERN_WILDCARD && octet == 4;
}

/* Patterns that stand for the same set of senders give the same text. */
static void
add_set(struct buf *b, const struct pattern *p)
{
	char text[ADDR_NET_TEXT_MAX];
	struct addr_net net;

	if (!is_starred_network(p)) {
		buf_add_text(b, p->text);
		return;
	}
	net = addr_net_of(&p->value, leading_bits(p), 0);
	buf_add_text(b, addr_net_format(&net, text));
}

/* Who has decided so far for the mail of ENTRY; ENTRY itself when nobody did. */
static struct holder *
holder_of(struct linter *lint, const struct entry *entry, bool *new_out)
{
	size_t known = lint->sets.n, at;
	char storage[2 * PATTERN_TEXT_MAX + 64];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	buf_printf(&b, "%d %zu ", entry->policy != NULL, strlen(entry->scope.text));
	buf_add_text(&b, entry->scope.text);
	add_set(&b, &entry->pattern);
	at = names_number(&lint->sets, buf_slice(&b));
	*new_out = at == known;
	if (at == lint->holder_cap) {
		lint->holder_cap = at == 0 ? 64 : at * 2;
		lint->holders =
		    xreallocarray(lint->holders, lint->holder_cap, sizeof(*lint->holders));
	}
	return &lint->holders[at];
}

static bool
outlives(const struct holder *a, const struct holder *b)
{
	return a->expires_s == 0 || (b->expires_s != 0 && a->expires_s >= b->expires_s);
}

/* As the matcher has it: a network before an address with stars; of two alike the one that was
 * added later takes the place of the other, but of two with stars the first is asked first. */
static bool
is_hidden(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	struct holder own = { entry->id, entry->meta->expires_s,
		entry->pattern.kind == PATTERN_WILDCARD };
	bool is_new, own_wins, replaced;
	struct holder *holder = holder_of(lint, entry, &is_new), loser;

	if (is_new) {
		*holder = own;
		return false;
	}
	own_wins = !own.starred;
	replaced = !own.starred && !holder->starred;
	loser = own_wins ? *holder : own;
	if (own_wins)
		*holder = own;
	finding->id = loser.id;
	say(finding, "%s %" PRId64 " is for the same mail and decides first",
	    finding->policy ? "policy" : "rule", holder->id);
	return replaced || outlives(holder, &loser);
}

/* What a policy may set besides greylist. */
static const struct {
	const char *name;
	size_t offset;
} settings[] = {
	{ "training", offsetof(struct policy, training) },
	{ "spf", offsetof(struct policy, spf) },
	{ "delay", offsetof(struct policy, delay_s) },
	{ "window", offsetof(struct policy, window_s) },
	{ "lifetime", offsetof(struct policy, lifetime_s) },
};

/* Adds the names of those that are set to B, and counts them. */
static size_t
list_settings(const struct policy *policy, struct buf *b)
{
	size_t i, n = 0;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (*(const int64_t *)((const char *)policy + settings[i].offset) != POLICY_UNSET)
			buf_printf(b, "%s%s", n++ == 0 ? "" : ", ", settings[i].name);
	return n;
}

static bool
is_set_in_vain(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	char storage[64];
	struct buf b;

	(void)lint;
	buf_init(&b, storage, sizeof(storage));
	if (entry->policy->greylist != 0 || list_settings(entry->policy, &b) == 0)
		return false;
	say(finding, "greylisting is off here, so this is never used: %s", storage);
	return true;
}

static bool
is_empty(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	char storage[64];
	struct buf b;

	(void)lint;
	buf_init(&b, storage, sizeof(storage));
	if (entry->policy->greylist != POLICY_UNSET || list_settings(entry->policy, &b) > 0)
		return false;
	say(finding, "it sets nothing; all it does is to keep wider policies from its mail");
	return true;
}

static int64_t
either(int64_t own, int64_t fallback)
{
	return own == POLICY_UNSET ? fallback : own;
}

static bool
is_too_late(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	const struct policy *p = entry->policy;
	int64_t delay_s = either(p->delay_s, lint->config->greylist_delay_s);
	int64_t window_s = either(p->window_s, lint->config->greylist_window_s);
	char delay[DURATION_TEXT_MAX], window[DURATION_TEXT_MAX];

	if (p->greylist == 0 || (p->delay_s == POLICY_UNSET && p->window_s == POLICY_UNSET) ||
	    window_s > delay_s)
		return false;
	say(finding, "no retry can pass: the window (%s) is not longer than the delay (%s)",
	    duration_format_human(window_s, window), duration_format_human(delay_s, delay));
	return true;
}

static bool
is_forgotten(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	(void)lint;
	if (entry->policy->greylist == 0 || entry->policy->lifetime_s != 0)
		return false;
	say(finding, "with a lifetime of 0 what has passed is forgotten at once and waits again");
	return true;
}

/* example.org for @example.org: such a name has no host that sends, or it would have been met. */
static bool
is_host_for_domain(struct linter *lint, const struct entry *entry, struct lint_finding *finding)
{
	const char *name = entry->pattern.text, *dot = strchr(name, '.');

	if (entry->pattern.kind != PATTERN_HOST || dot == NULL || strchr(dot + 1, '.') != NULL ||
	    entry->meta->hits > 0 || entry->meta->created_s > lint->now_s - UNMET_S)
		return false;
	say(finding,
	    "no hit in 7 days: %.80s is a client host name; mail from that domain is @%.80s", name,
	    name);
	return true;
}

/* In this order. An entry that can never match needs no more checks. */
static const struct check {
	enum lint_level level;
	bool policies_only;
	check_fn *finds;
} checks[] = {
	{ LINT_NEVER, false, is_expired },
	{ LINT_NEVER, false, is_unreadable },
	{ LINT_NEVER, false, is_trusted },
	{ LINT_NEVER, false, is_hidden },
	{ LINT_NEVER, true, is_too_late },
	{ LINT_NO_EFFECT, true, is_set_in_vain },
	{ LINT_NO_EFFECT, true, is_empty },
	{ LINT_ADVICE, true, is_forgotten },
	{ LINT_ADVICE, false, is_host_for_domain },
};

/* ---- all entries ---- */

static void
look_at(struct linter *lint, struct entry *entry, struct slice scope, struct slice pattern)
{
	size_t i;

	entry->readable =
	    pattern_parse(scope, PATTERN_SCOPE, &entry->scope, NULL, &entry->why) == 0 &&
	    pattern_parse(pattern, PATTERN_SENDER, &entry->pattern, NULL, &entry->why) == 0;
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		const struct check *check = &checks[i];
		struct lint_finding finding = {
			.policy = entry->policy != NULL, .id = entry->id, .level = check->level
		};

		if ((check->policies_only && entry->policy == NULL) ||
		    !check->finds(lint, entry, &finding))
			continue;
		lint->fn(lint->arg, &finding);
		if (check->level == LINT_NEVER && finding.id == entry->id)
			return;
	}
}

static bool
look_at_rule(void *arg, const struct rule *rule)
{
	struct entry entry = { .id = rule->id, .meta = &rule->meta };

	look_at(arg, &entry, rule->scope, rule->pattern);
	return true;
}

static bool
look_at_policy(void *arg, const struct policy *policy)
{
	struct entry entry = { .id = policy->id, .policy = policy, .meta = &policy->meta };

	look_at(arg, &entry, policy->scope, policy->sender);
	return true;
}

int
lint_run(struct store *store, const struct config *config, int64_t now_s, lint_fn *fn, void *arg,
    struct err *err)
{
	struct linter lint = { .config = config, .now_s = now_s, .fn = fn, .arg = arg };
	int result = store_rule_each(store, 0, INT64_MAX, look_at_rule, &lint, err);

	if (result == 0)
		result = store_policy_each(store, 0, INT64_MAX, look_at_policy, &lint, err);
	names_clear(&lint.sets);
	free(lint.holders);
	return result;
}
