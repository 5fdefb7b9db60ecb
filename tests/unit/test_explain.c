/* test_explain.c - a known row is explained as the same mail would be. */
#include "tests/unit/cases.h"

#include "common/greylist/explain.h"
#include "common/store/rule.h"
#include "tests/unit/scratch.h"

#define NOW_S 2000000000

struct scene {
	struct scratch scratch;
	struct store *store;
	struct config config;
	struct rules *rules;
	struct request request; /* of all rows */
};

static void
scene_make(struct scene *s)
{
	scratch_make(&s->scratch);
	s->store = scratch_open(&s->scratch, STORE_SERVER, NULL);
	assert_non_null(s->store);
	config_init(&s->config);
	s->config.auto_whitelist_passes = 5;
	s->rules = rules_load(s->store, NULL, NULL);
	s->request = (struct request){ .protocol_state = SLICE("RCPT"),
		.client_address = SLICE("192.0.2.7"),
		.client_name = SLICE("mx.x.example"),
		.helo_name = SLICE("mx.x.example"),
		.sender = SLICE("A@x.example"),
		.sender_present = true,
		.recipient = SLICE("info@example.org") };
}

static void
scene_remove(struct scene *s)
{
	rules_free(s->rules);
	config_clear(&s->config);
	store_close(s->store);
	scratch_remove(&s->scratch);
}

static int64_t
append(struct scene *s, const char *net, const struct triplet_state *state)
{
	struct triplet row = {
		.key = { slice_of(net), SLICE("a@x.example"), SLICE("info@example.org") },
		.sender = s->request.sender,
		.recipient = s->request.recipient,
		.client_address = s->request.client_address,
		.client_name = s->request.client_name,
		.helo = s->request.helo_name,
		.state = *state,
		.spf = SLICE("softfail"),
		.spf_domain = SLICE("x.example"),
	};
	struct client client = { .address = SLICE("192.0.2.7"),
		.state = { NOW_S - 90, NOW_S - 90, 1 } };
	int64_t id, client_id;

	assert_int_equal(store_begin(s->store, NULL), 0);
	assert_int_equal(store_client_append(s->store, &client, &client_id, NULL), 0);
	assert_int_equal(store_triplet_append(s->store, &row, &id, NULL), 0);
	assert_int_equal(store_commit(s->store, NULL), 0);
	return id;
}

static void
a_row_is_explained_as_its_mail(void **state)
{
	static const struct {
		const char *name;
		struct triplet_state state;
		enum action action;
		enum reason reason;
	} cases[] = {
		{ "early", { NOW_S - 60, NOW_S - 60, 1, 0, 0, 0 }, ACTION_DEFER, REASON_EARLY },
		{ "ready", { NOW_S - 4000, NOW_S - 60, 2, 0, 0, 0 }, ACTION_PASS, REASON_RETRY },
		{ "passed", { NOW_S - 4000, NOW_S - 60, 1, 1, NOW_S - 60, 0 }, ACTION_PASS,
		    REASON_KNOWN },
		{ "released", { NOW_S - 60, NOW_S - 60, 1, 0, 0, NOW_S - 1 }, ACTION_PASS,
		    REASON_RELEASED },
		{ "expired", { NOW_S - 400000, NOW_S - 400000, 1, 0, 0, 0 }, ACTION_DEFER,
		    REASON_EXPIRED },
	};
	static struct explanation row, mail;
	size_t i, line;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct scene s;
		int64_t id;

		scene_make(&s);
		append(&s, "198.51.100.0/24", &cases[0].state);
		id = append(&s, "192.0.2.0/24", &cases[i].state);
		assert_int_equal(
		    explain_triplet(s.store, &s.config, s.rules, id, NOW_S, &row, NULL), 0);
		assert_int_equal(explain_request(s.store, &s.config, s.rules, &s.request, NOW_S,
				     NULL, NULL, &mail, NULL),
		    0);
		want_int(cases[i].name, row.decision.action, cases[i].action);
		want_int(cases[i].name, row.decision.reason, cases[i].reason);
		want_int(cases[i].name, row.triplet_id, id);
		want_int(cases[i].name, row.client_found, true);
		want_int(cases[i].name, (long long)row.line_n, (long long)mail.line_n);
		for (line = 0; line < row.line_n; line++)
			want_text(cases[i].name, row.lines[line], mail.lines[line]);
		scene_remove(&s);
	}
	end_cases();
}

/* No sentence says that mail passes which a rule blocks. */
static void
a_row_that_a_rule_blocks_by_now(void **state)
{
	static const struct {
		struct triplet_state state;
		const char *want;
	} cases[] = {
		{ { NOW_S - 4000, NOW_S - 60, 2, 0, 0, 0 }, "Its delay is over." },
		{ { NOW_S - 60, NOW_S - 60, 1, 0, 0, NOW_S - 1 }, "An operator released it." },
	};
	static struct explanation row;
	struct rule rule = { .scope = SLICE("@."),
		.pattern = SLICE("@x.example"),
		.action = RULE_BLOCK,
		.meta = { .source = SLICE("manual") } };
	size_t i, line;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct scene s;
		int64_t id, rule_id;
		bool said = false;

		scene_make(&s);
		id = append(&s, "192.0.2.0/24", &cases[i].state);
		assert_int_equal(store_begin(s.store, NULL), 0);
		assert_int_equal(store_rule_add(s.store, &rule, &rule_id, NULL), 0);
		assert_int_equal(store_commit(s.store, NULL), 0);
		rules_free(s.rules);
		s.rules = rules_load(s.store, NULL, NULL);
		assert_int_equal(
		    explain_triplet(s.store, &s.config, s.rules, id, NOW_S, &row, NULL), 0);
		want_int(cases[i].want, row.decision.reason, REASON_RULE_BLOCK);
		for (line = 0; line < row.line_n; line++) {
			said = said || strcmp(row.lines[line], cases[i].want) == 0;
			want_int(
			    row.lines[line], strstr(row.lines[line], "passes on") != NULL, false);
		}
		want_int(cases[i].want, said, true);
		scene_remove(&s);
	}
	end_cases();
}

static void
a_row_that_is_gone(void **state)
{
	static struct explanation row;
	struct scene s;
	struct err err;

	(void)state;
	scene_make(&s);
	want_int("gone", explain_triplet(s.store, &s.config, s.rules, 7, NOW_S, &row, &err), -1);
	want_int("code", err.code, ERR_NOINPUT);
	scene_remove(&s);
	end_cases();
}

/* A trusted network settles it before anything of the row counts. */
static void
a_row_of_a_network_that_is_trusted_now(void **state)
{
	static struct explanation row;
	struct triplet_state waiting = { NOW_S - 60, NOW_S - 60, 1, 0, 0, 0 };
	struct scene s;
	int64_t id;

	(void)state;
	scene_make(&s);
	id = append(&s, "192.0.2.0/24", &waiting);
	assert_int_equal(config_set(&s.config, "trusted_networks", "192.0.2.0/25", NULL), 0);
	assert_int_equal(explain_triplet(s.store, &s.config, s.rules, id, NOW_S, &row, NULL), 0);
	want_int("reason", row.decision.reason, REASON_TRUSTED);
	want_int("lines", (long long)row.line_n, 1);
	scene_remove(&s);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_explained_as_its_mail),
		cmocka_unit_test(a_row_that_a_rule_blocks_by_now),
		cmocka_unit_test(a_row_that_is_gone),
		cmocka_unit_test(a_row_of_a_network_that_is_trusted_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
