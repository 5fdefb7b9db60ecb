/* test_lint.c - what is said of which rule or policy, and at what cost. */
#include "tests/unit/cases.h"

#include <time.h>

#include "common/greylist/lint.h"
#include "common/store/policy.h"
#include "common/store/rule.h"
#include "tests/unit/scratch.h"

#define NOW_S 2000000000
#define DAY_S 86400
#define UNSET POLICY_UNSET

static const char *const level_names[] = {
	[LINT_NEVER] = "never", [LINT_NO_EFFECT] = "no effect", [LINT_ADVICE] = "advice"
};

struct scene {
	struct scratch scratch;
	struct store *store;
	struct config config;
};

static void
scene_make(struct scene *s)
{
	scratch_make(&s->scratch);
	s->store = scratch_open(&s->scratch, STORE_SERVER, NULL);
	assert_non_null(s->store);
	config_init(&s->config);
	assert_int_equal(config_set(&s->config, "trusted_networks", "10.0.0.0/8", NULL), 0);
	assert_int_equal(store_begin(s->store, NULL), 0);
}

static void
scene_remove(struct scene *s)
{
	store_rollback(s->store);
	config_clear(&s->config);
	store_close(s->store);
	scratch_remove(&s->scratch);
}

struct rule_case {
	const char *scope, *pattern;
	int64_t age_s, expires_s;
	int64_t hits;
};

static void
add_rule(struct scene *s, const struct rule_case *c)
{
	struct rule rule = { .scope = slice_of(c->scope),
		.pattern = slice_of(c->pattern),
		.meta = { .source = SLICE("manual"),
		    .created_s = NOW_S - c->age_s,
		    .expires_s = c->expires_s } };
	int64_t id;

	assert_int_equal(store_rule_add(s->store, &rule, &id, NULL), 0);
	if (c->hits > 0)
		assert_int_equal(store_rule_hit(s->store, id, c->hits, NOW_S, NULL), 0);
}

/* All findings as one text: "rule 3 never: it expired ...; ". */
static void
note(void *arg, const struct lint_finding *finding)
{
	struct buf *b = arg;

	buf_printf(b, "%s%s %lld %s: %s", b->len == 0 ? "" : "; ",
	    finding->policy ? "policy" : "rule", (long long)finding->id,
	    level_names[finding->level], finding->text);
}

static void
want_findings(struct scene *s, const char *name, const char *want)
{
	char text[4096];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	assert_int_equal(lint_run(s->store, &s->config, NOW_S, note, &b, NULL), 0);
	want_text(name, text, want);
}

static void
single_rules(void **state)
{
	static const struct {
		struct rule_case rule;
		const char *want;
	} cases[] = {
		{ { "@.", "@x.example", 0, 0, 0 }, "" },
		{ { "@.", "@x.example", 0, NOW_S + 1, 0 }, "" },
		{ { "@.", "@x.example", 0, NOW_S, 0 }, "rule 1 never: it expired 0s ago" },
		{ { "@.", "10.1.2.3", 0, NOW_S - 3600, 0 }, "rule 1 never: it expired 1h ago" },
		{ { "@.", "what is this", 0, 0, 0 }, "rule 1 never: it is left out: \"what is "
						     "this\": not a host name, an address or "
						     "a network" },
		{ { "192.0.2.1", "@x.example", 0, 0, 0 },
		    "rule 1 never: it is left out: \"192.0.2.1\": not a recipient" },
		{ { "@.", "a\x1b[2J@", 0, 0, 0 },
		    "rule 1 never: it is left out: \"a\\x1b[2J@\": not a mail address" },
		{ { "@.", "10.1.2.3", 0, 0, 0 },
		    "rule 1 never: 10.0.0.0/8 is in trusted_networks: it passes before rules and "
		    "policies" },
		{ { "@.", "10.0.0.0/8", 0, 0, 0 },
		    "rule 1 never: 10.0.0.0/8 is in trusted_networks: it passes before rules and "
		    "policies" },
		{ { "@.", "10.*.0.1", 0, 0, 0 },
		    "rule 1 never: 10.0.0.0/8 is in trusted_networks: it passes before rules and "
		    "policies" },
		{ { "@.", "10.0.0.0/7", 0, 0, 0 }, "" },
		{ { "@.", "*.0.0.1", 0, 0, 0 }, "" },
		{ { "@.", "2001:db8::/32", 0, 0, 0 }, "" },
		{ { "@.", "qq.com", 8 * DAY_S, 0, 0 },
		    "rule 1 advice: no hit in 7 days: qq.com is a client host name; mail from that "
		    "domain is @qq.com" },
		{ { "@.", "qq.com", 8 * DAY_S, 0, 1 }, "" },
		{ { "@.", "qq.com", 6 * DAY_S, 0, 0 }, "" },
		{ { "@.", "mail.qq.com", 8 * DAY_S, 0, 0 }, "" },
		{ { "@.", "@qq.com", 8 * DAY_S, 0, 0 }, "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct scene s;

		scene_make(&s);
		add_rule(&s, &cases[i].rule);
		want_findings(&s, cases[i].rule.pattern, cases[i].want);
		scene_remove(&s);
	}
	end_cases();
}

static void
rules_for_the_same_mail(void **state)
{
	static const struct {
		const char *name;
		struct rule_case rules[3];
		const char *want;
	} cases[] = {
		{ "star first",
		    { { "@.", "192.0.2.*", 0, 0, 0 }, { "@.", "192.0.2.0/24", 0, 0, 0 } },
		    "rule 1 never: rule 2 is for the same mail and decides first" },
		{ "network first",
		    { { "@.", "192.0.2.0/24", 0, 0, 0 }, { "@.", "192.0.2.*", 0, 0, 0 } },
		    "rule 2 never: rule 1 is for the same mail and decides first" },
		{ "all", { { "@.", "0.0.0.0/0", 0, 0, 0 }, { "@.", "*.*.*.*", 0, 0, 0 } },
		    "rule 2 never: rule 1 is for the same mail and decides first" },
		{ "another scope",
		    { { "@.", "192.0.2.0/24", 0, 0, 0 }, { "@x.org", "192.0.2.*", 0, 0, 0 } }, "" },
		{ "another set",
		    { { "@.", "192.0.0.0/24", 0, 0, 0 }, { "@.", "192.*.0.0", 0, 0, 0 } }, "" },
		{ "until it expires",
		    { { "@.", "192.0.2.0/24", 0, NOW_S + 9, 0 }, { "@.", "192.0.2.*", 0, 0, 0 } },
		    "" },
		{ "both expire",
		    { { "@.", "192.0.2.0/24", 0, NOW_S + 9, 0 },
			{ "@.", "192.0.2.*", 0, NOW_S + 9, 0 } },
		    "rule 2 never: rule 1 is for the same mail and decides first" },
		{ "has expired",
		    { { "@.", "192.0.2.0/24", 0, NOW_S - 60, 0 }, { "@.", "192.0.2.*", 0, 0, 0 } },
		    "rule 1 never: it expired 1m ago" },
		{ "not in normal form",
		    { { "@.", "@X.example", 0, 0, 0 }, { "@.", "@x.example", 0, 0, 0 } },
		    "rule 1 never: rule 2 is for the same mail and decides first" },
		{ "host and domain",
		    { { "@.", "x.example", 0, 0, 0 }, { "@.", "@x.example", 0, 0, 0 } }, "" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct scene s;

		scene_make(&s);
		for (j = 0; j < 3 && cases[i].rules[j].scope != NULL; j++)
			add_rule(&s, &cases[i].rules[j]);
		want_findings(&s, cases[i].name, cases[i].want);
		scene_remove(&s);
	}
	end_cases();
}

static void
policies(void **state)
{
	static const struct {
		const char *name, *sender;
		int64_t greylist, training, spf, delay_s, window_s, lifetime_s;
		const char *want;
	} cases[] = {
		{ "off", "@.", 0, UNSET, UNSET, UNSET, UNSET, UNSET, "" },
		{ "on", "@.", 1, UNSET, UNSET, UNSET, UNSET, UNSET, "" },
		{ "off and more", "@.", 0, 1, UNSET, 60, UNSET, 0,
		    "policy 1 no effect: greylisting is off here, so this is never used: training, "
		    "delay, lifetime" },
		{ "off and all", "@.", 0, 0, 1, 60, 600, 60,
		    "policy 1 no effect: greylisting is off here, so this is never used: training, "
		    "spf, delay, window, lifetime" },
		{ "empty", "@.", UNSET, UNSET, UNSET, UNSET, UNSET, UNSET,
		    "policy 1 no effect: it sets nothing; all it does is to keep wider policies "
		    "from "
		    "its mail" },
		{ "window", "@.", UNSET, UNSET, UNSET, 600, 600, UNSET,
		    "policy 1 never: no retry can pass: the window (10m) is not longer than the "
		    "delay (10m)" },
		{ "window of the configuration", "@.", UNSET, UNSET, UNSET, 3 * DAY_S, UNSET, UNSET,
		    "policy 1 never: no retry can pass: the window (2d) is not longer than the "
		    "delay (3d)" },
		{ "delay of the configuration", "@.", UNSET, UNSET, UNSET, UNSET, 60, UNSET,
		    "policy 1 never: no retry can pass: the window (1m) is not longer than the "
		    "delay (3m)" },
		{ "good", "@.", UNSET, 1, 0, 60, 600, 60, "" },
		{ "lifetime", "@.", UNSET, UNSET, UNSET, UNSET, UNSET, 0,
		    "policy 1 advice: with a lifetime of 0 what has passed is forgotten at once "
		    "and "
		    "waits again" },
		{ "trusted", "10.0.0.0/9", UNSET, UNSET, UNSET, 60, UNSET, UNSET,
		    "policy 1 never: 10.0.0.0/8 is in trusted_networks: it passes before rules and "
		    "policies" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct scene s;
		struct policy policy = { .scope = SLICE("@example.org"),
			.sender = slice_of(cases[i].sender),
			.greylist = cases[i].greylist,
			.training = cases[i].training,
			.spf = cases[i].spf,
			.delay_s = cases[i].delay_s,
			.window_s = cases[i].window_s,
			.lifetime_s = cases[i].lifetime_s,
			.meta = { .source = SLICE("manual"), .created_s = NOW_S } };
		int64_t id;

		scene_make(&s);
		s.config.greylist_delay_s = 180;
		s.config.greylist_window_s = 2 * DAY_S;
		assert_int_equal(store_policy_put(s.store, &policy, &id, NULL), 0);
		want_findings(&s, cases[i].name, cases[i].want);
		scene_remove(&s);
	}
	end_cases();
}

/* A rule and a policy for the same pair have nothing to do with each other. */
static void
a_rule_does_not_hide_a_policy(void **state)
{
	struct policy policy = { .scope = SLICE("@."),
		.sender = SLICE("192.0.2.0/24"),
		.greylist = 0,
		.training = UNSET,
		.spf = UNSET,
		.delay_s = UNSET,
		.window_s = UNSET,
		.lifetime_s = UNSET,
		.meta = { .source = SLICE("manual"), .created_s = NOW_S } };
	struct rule_case rule = { "@.", "192.0.2.0/24", 0, 0, 0 };
	struct scene s;
	int64_t id;

	(void)state;
	scene_make(&s);
	add_rule(&s, &rule);
	assert_int_equal(store_policy_put(s.store, &policy, &id, NULL), 0);
	want_findings(&s, "both", "");
	scene_remove(&s);
	end_cases();
}

static void
count(void *arg, const struct lint_finding *finding)
{
	(void)finding;
	++*(size_t *)arg;
}

static void
many_rules(void **state)
{
	enum { RULES = 100000 };
	struct scene s;
	char pattern[64];
	clock_t began;
	size_t found = 0;
	int i;

	(void)state;
	scene_make(&s);
	for (i = 0; i < RULES; i++) {
		struct rule_case rule = { "@.", pattern, 0, 0, 0 };

		if (i < RULES / 2)
			snprintf(pattern, sizeof(pattern), "192.%d.%d.%s", i / 512, i / 2 % 256,
			    i % 2 == 0 ? "0/24" : "*");
		else
			snprintf(pattern, sizeof(pattern), "@d%d.example", i);
		add_rule(&s, &rule);
	}
	began = clock();
	assert_int_equal(lint_run(s.store, &s.config, NOW_S, count, &found, NULL), 0);
	assert_int_equal(found, RULES / 4);
	/* Under a second where it counts; sanitizers and a busy machine are given more. */
	assert_true(clock() - began < 5 * CLOCKS_PER_SEC);
	scene_remove(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_rules),
		cmocka_unit_test(rules_for_the_same_mail),
		cmocka_unit_test(policies),
		cmocka_unit_test(a_rule_does_not_hide_a_policy),
		cmocka_unit_test(many_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
