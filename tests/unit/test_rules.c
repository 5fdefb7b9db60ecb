/* test_rules.c - rules in memory agree with the plain definition of patterns. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/greylist/matcher.h"
#include "common/greylist/rules.h"
#include "common/net/email.h"
#include "common/store/edit.h"
#include "tests/unit/scratch.h"

static const char *const scopes[] = { "@.", "@.org", "@.example.org", "@example.org",
	"@sub.example.org", "a@*", "a@example.org", "a+x@example.org" };
static const char *const senders[] = { "@.", "@.com", "@.x.com", "@x.com", "@.y.x.com", "b@*",
	"b@x.com", "b+z@x.com", "<>", "192.0.2.1", "192.0.2.0/24", "192.0.0.0/16", "0.0.0.0/0",
	"192.0.2.*", "192.*.2.1", "*.*.*.1", "2001:db8::/32", "2001:db8::1", "host.x.com",
	"x.com" };
static const char *const recipients[] = { "a@example.org", "a+x@example.org", "a+y@example.org",
	"b@sub.example.org", "c@other.org", "d@else.net", "a@else.net" };
static const char *const mailboxes[] = { "", "b@x.com", "b+z@x.com", "c@y.x.com", "c@z.y.x.com",
	"b@net.net", "d@x.org" };
static const char *const hosts[] = { "", "host.x.com", "deep.host.x.com", "nothost.x.com" };
static const char *const addrs[] = { "192.0.2.1", "192.0.2.9", "192.9.2.1", "10.0.0.2",
	"2001:db8::1", "2001:db9::1" };

#define PICK(list) (list[(size_t)rand() % COUNT(list)])

struct pair {
	struct pattern scope, sender;
	int64_t expires_s;
};

static bool
fits(const struct pair *pair, struct slice recipient, const struct pattern_subject *sender)
{
	struct pattern_subject to = { .mailbox = recipient };

	return (pair->expires_s == 0 || pair->expires_s > 100) &&
	       pattern_match(&pair->scope, &to) && pattern_match(&pair->sender, sender);
}

/* A mailbox pattern with +ext beats one without: the only order that ranks do not tell. */
static unsigned long
order_of(const struct pair *pair)
{
	unsigned long scope =
	    pattern_rank(&pair->scope) * 2 + (strchr(pair->scope.text, '+') != NULL);
	unsigned long sender =
	    pattern_rank(&pair->sender) * 2 + (strchr(pair->sender.text, '+') != NULL);

	return scope * 1000000 + sender;
}

static void
matcher_agrees_with_patterns(void **state)
{
	enum { ROUNDS = 300, PAIRS = 12, PROBES = 60 };
	static struct pair pairs[PAIRS];
	int round, i, probe;

	(void)state;
	srand(11);
	for (round = 0; round < ROUNDS; round++) {
		struct matcher *m = matcher_new();

		for (i = 0; i < PAIRS; i++) {
			const char *scope = PICK(scopes), *sender = PICK(senders);

			assert_int_equal(pattern_parse(slice_of(scope), PATTERN_SCOPE,
					     &pairs[i].scope, NULL, NULL),
			    0);
			assert_int_equal(pattern_parse(slice_of(sender), PATTERN_SENDER,
					     &pairs[i].sender, NULL, NULL),
			    0);
			pairs[i].expires_s = rand() % 4 == 0 ? 100 : rand() % 4 == 0 ? 101 : 0;
		}
		/* A pair is there once, as in the table. */
		for (i = 0; i < PAIRS; i++) {
			int j;

			for (j = 0; j < i; j++)
				if (order_of(&pairs[i]) == order_of(&pairs[j]))
					break;
			if (j < i)
				pairs[i].expires_s = -1;
			else
				matcher_add(m, &pairs[i].scope, &pairs[i].sender,
				    pairs[i].expires_s, (uint32_t)i);
		}
		matcher_seal(m);
		for (probe = 0; probe < PROBES; probe++) {
			struct slice recipient = slice_of(PICK(recipients));
			struct pattern_subject sender = { .mailbox = slice_of(PICK(mailboxes)),
				.host = slice_of(PICK(hosts)) };
			struct addr addr;
			uint32_t value;
			int best = -1;
			bool found;

			assert_int_equal(addr_parse(slice_of(PICK(addrs)), &addr), 0);
			sender.addr = &addr;
			for (i = 0; i < PAIRS; i++)
				if (pairs[i].expires_s != -1 &&
				    fits(&pairs[i], recipient, &sender) &&
				    (best == -1 || order_of(&pairs[i]) > order_of(&pairs[best])))
					best = i;
			found = matcher_find(m, recipient, &sender, 100, &value);
			want_int("found", found, best != -1);
			if (found && best != -1)
				want_text(
				    "sender", pairs[value].sender.text, pairs[best].sender.text);
		}
		matcher_free(m);
	}
	end_cases();
}

static void
add_rule(struct store *store, const char *scope, const char *pattern, enum rule_action action)
{
	struct edit edit = { .store = store, .author = SLICE("tester"), .now_s = 50 };
	struct rule rule = { .scope = slice_of(scope),
		.pattern = slice_of(pattern),
		.action = action,
		.meta = { .source = SLICE("manual"), .created_s = 50 } };
	int64_t id;

	assert_int_equal(edit_rule_add(&edit, &rule, &id, NULL), 0);
}

static void
rules_and_policies_from_the_store(void **state)
{
	struct scratch scratch;
	struct store *store;
	struct rules *rules;
	struct rule_match rule;
	struct policy_match policy;
	struct config config;
	struct policy row = { .scope = SLICE("@example.org"),
		.sender = SLICE("@."),
		.greylist = POLICY_UNSET,
		.training = 1,
		.spf = POLICY_UNSET,
		.delay_s = 60,
		.window_s = POLICY_UNSET,
		.lifetime_s = POLICY_UNSET,
		.meta = { .source = SLICE("manual"), .created_s = 50 } };
	struct rules_subject subject = { .recipient = SLICE("a@example.org"),
		.sender = { .mailbox = SLICE("b@x.com") },
		.now_s = 100 };
	struct edit edit;
	int64_t id;

	(void)state;
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_SERVER, NULL);
	assert_non_null(store);
	edit = (struct edit){ .store = store, .author = SLICE("tester"), .now_s = 50 };
	add_rule(store, "@.", "@x.com", RULE_BLOCK);
	add_rule(store, "@example.org", "@.", RULE_ALLOW);
	assert_int_equal(edit_policy_set(&edit, &row, &id, NULL), 0);
	rules = rules_load(store, NULL, NULL);
	assert_int_equal(rules_count(rules), 2);
	assert_int_equal(policies_count(rules), 1);
	assert_int_equal(rules_generation(rules), 4);
	assert_true(rules_match(rules, &subject, &rule));
	assert_int_equal(rule.action, RULE_ALLOW); /* the scope decides first */
	config_init(&config);
	rules_policy(rules, &config, &subject, &policy);
	assert_int_equal(policy.policy_id, id);
	assert_true(policy.greylist);
	assert_true(policy.training);
	assert_int_equal(policy.terms.delay_s, 60);
	assert_int_equal(policy.terms.window_s, 172800);
	config_clear(&config);
	rules_free(rules);
	store_close(store);
	scratch_remove(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matcher_agrees_with_patterns),
		cmocka_unit_test(rules_and_policies_from_the_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
