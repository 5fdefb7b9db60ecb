/* test_scan.c - triplets in slices: the same rows whatever the slice, the end, the percentage. */
#include "tests/unit/cases.h"

#include "common/greylist/scan.h"
#include "common/store/domain.h"
#include "common/store/policy.h"
#include "common/store/rule.h"
#include "tests/unit/scratch.h"

#define NOW_S 2000000000
#define ROWS 400
#define STEP_S 1800 /* between two first contacts: eight days, of which two count */

struct scene {
	struct scratch scratch;
	struct store *store;
	struct config config;
	struct rules *rules;
};

static void
append(struct store *store, int number, int64_t first_s)
{
	char sender[64], client[32], net[32];
	struct triplet row = { .recipient = SLICE("info@example.org"),
		.state = { first_s, first_s + 10, 1, 0, 0, 0 } };
	int64_t id;

	snprintf(sender, sizeof(sender), "a%d@%s.example", number, number % 2 == 0 ? "x" : "y");
	snprintf(client, sizeof(client), "192.0.%d.7", number % 5);
	snprintf(net, sizeof(net), "192.0.%d.0/24", number % 5);
	row.key = (struct triplet_key){ slice_of(net), slice_of(sender), row.recipient };
	row.sender = slice_of(number % 50 == 49 ? "" : sender);
	if (number % 50 == 49)
		row.key.sender = SLICE_NONE;
	row.client_address = slice_of(client);
	if (number % 3 == 0) {
		row.state.passes = 1;
		row.state.passed_s = first_s + 400;
	}
	if (number % 7 == 0)
		row.state.released_s = first_s + 20;
	assert_int_equal(store_triplet_append(store, &row, &id, NULL), 0);
	assert_int_equal(id, number + 1);
}

/* 192.0.2.0/24 is listed; the newest row is half a minute old. */
static void
scene_make(struct scene *s)
{
	struct domain domain = { .name = SLICE("y.example"), .source = SLICE("manual") };
	struct domain_network network = { SLICE("192.0.2.0/24"), SLICE("y.example > ip4") };
	int64_t id, added, removed;
	int i;

	scratch_make(&s->scratch);
	s->store = scratch_open(&s->scratch, STORE_SERVER, NULL);
	assert_non_null(s->store);
	config_init(&s->config);
	assert_int_equal(store_begin(s->store, NULL), 0);
	for (i = 0; i < ROWS; i++)
		append(s->store, i, NOW_S - 30 - (int64_t)(ROWS - 1 - i) * STEP_S);
	assert_int_equal(store_domain_add(s->store, &domain, &id, NULL), 0);
	assert_int_equal(store_domain_replace(
			     s->store, id, &network, 1, SLICE("ok"), NOW_S, &added, &removed, NULL),
	    0);
	assert_int_equal(store_commit(s->store, NULL), 0);
	s->rules = rules_load(s->store, NULL, NULL);
	assert_non_null(s->rules);
}

static void
scene_remove(struct scene *s)
{
	rules_free(s->rules);
	config_clear(&s->config);
	store_close(s->store);
	scratch_remove(&s->scratch);
}

/* What a scan handed out. */
struct seen {
	int64_t ids[ROWS];
	int n, stop_after;
	int listed, ready;
	bool tidy; /* every row is as its kind must be */
};

static bool
see(void *arg, const struct scan_row *row)
{
	struct seen *seen = arg;
	const struct triplet_state *state = &row->triplet->state;

	seen->ids[seen->n++] = row->triplet->id;
	seen->listed += row->reason == REASON_DOMAIN_NETWORK;
	seen->ready += row->waiting && row->next == ACTION_PASS;
	if (row->waiting == (state->passed_s != 0) ||
	    (row->waiting && (row->next == ACTION_DEFER) != (row->wait_left_s > 0)) ||
	    (state->released_s != 0 && row->wait_left_s != 0) || row->wait_left_s < 0 ||
	    slice_equal(row->sender_domain, SLICE("<>")) != (row->triplet->sender.len == 0))
		seen->tidy = false;
	return seen->n != seen->stop_after;
}

static struct seen
scan_all(struct scene *s, enum scan_wanted wanted, int64_t slice, int stop_after)
{
	struct scan *scan = scan_new(s->store, &s->config, s->rules, NOW_S, wanted, NULL);
	struct seen seen = { .tidy = true, .stop_after = stop_after };
	enum store_found more;
	int last = 0;

	assert_non_null(scan);
	want_int("begin", scan_percent(scan), 0);
	do {
		more = scan_step(scan, slice, see, &seen, NULL);
		assert_true(scan_percent(scan) >= last);
		last = scan_percent(scan);
		want_int("100 is the end", last == 100, more == STORE_NO);
	} while (more == STORE_YES);
	want_int("no error", more, STORE_NO);
	want_int("nothing more", scan_step(scan, slice, see, &seen, NULL), STORE_NO);
	scan_free(scan);
	return seen;
}

static void
slices_give_the_same_rows(void **state)
{
	static const int64_t slices[] = { 1, 7, 100, ROWS, 100000 };
	struct scene s;
	struct seen all, some;
	size_t i, wanted;

	(void)state;
	scene_make(&s);
	for (wanted = SCAN_WAITING; wanted <= SCAN_PASSED; wanted++) {
		all = scan_all(&s, (enum scan_wanted)wanted, INT64_MAX, 0);
		want_int("tidy", all.tidy, true);
		for (i = 0; i < COUNT(slices); i++) {
			some = scan_all(&s, (enum scan_wanted)wanted, slices[i], 0);
			want_int("rows", some.n, all.n);
			want_int("same", memcmp(some.ids, all.ids, sizeof(all.ids)), 0);
		}
	}
	/* Two days, and the first of each step after them: 96 rows and the newest, two thirds of
	 * them not passed. */
	all = scan_all(&s, SCAN_WAITING, 7, 0);
	want_int("waiting", all.n, 64);
	want_int("newest first", all.ids[0], ROWS - 1);
	all = scan_all(&s, SCAN_PASSED, 7, 0);
	want_int("passed", all.n, (ROWS + 2) / 3);
	scene_remove(&s);
	end_cases();
}

static void
listed_and_released_rows_need_not_wait(void **state)
{
	struct scene s;
	struct seen seen;
	int64_t i, waiting = 0, listed = 0, ready = 0;

	(void)state;
	scene_make(&s);
	seen = scan_all(&s, SCAN_WAITING, 50, 0);
	for (i = ROWS - 1; i >= 0 && NOW_S - 30 - (ROWS - 1 - i) * STEP_S >= NOW_S - 172800; i--) {
		if (i % 3 == 0)
			continue;
		waiting++;
		listed += i % 5 == 2;
		ready += i % 5 == 2 || i % 7 == 0 || i < ROWS - 1;
	}
	want_int("waiting", seen.n, waiting);
	want_int("listed", seen.listed, listed);
	want_int("ready", seen.ready, ready);
	scene_remove(&s);
	end_cases();
}

/* The percentage tells how much of what has to be read is read, not of the table. */
static void
percent_knows_the_end(void **state)
{
	struct scene s;
	struct seen seen = { .tidy = true };
	struct scan *scan;

	(void)state;
	scene_make(&s);
	scan = scan_new(s.store, &s.config, s.rules, NOW_S, SCAN_WAITING, NULL);
	assert_int_equal(scan_step(scan, 49, see, &seen, NULL), STORE_YES);
	assert_in_range(scan_percent(scan), 45, 55);
	scan_free(scan);
	scan = scan_new(s.store, &s.config, s.rules, NOW_S, SCAN_PASSED, NULL);
	assert_int_equal(scan_step(scan, 49, see, &seen, NULL), STORE_YES);
	assert_in_range(scan_percent(scan), 11, 13);
	scan_free(scan);
	/* Ids that begin high: what was cleaned up is no work. */
	assert_int_equal(store_begin(s.store, NULL), 0);
	for (int64_t id = 1; id <= ROWS - 100; id++)
		assert_int_equal(store_triplet_delete(s.store, id, NULL), 0);
	assert_int_equal(store_commit(s.store, NULL), 0);
	scan = scan_new(s.store, &s.config, s.rules, NOW_S, SCAN_PASSED, NULL);
	assert_int_equal(scan_step(scan, 50, see, &seen, NULL), STORE_YES);
	assert_in_range(scan_percent(scan), 49, 51);
	scan_free(scan);
	scene_remove(&s);
}

static void
a_policy_makes_it_look_further_back(void **state)
{
	struct policy policy = { .scope = SLICE("@example.org"),
		.sender = SLICE("@y.example"),
		.greylist = POLICY_UNSET,
		.training = POLICY_UNSET,
		.spf = POLICY_UNSET,
		.delay_s = 90000,
		.window_s = 4 * 86400,
		.lifetime_s = POLICY_UNSET,
		.meta = { .source = SLICE("manual") } };
	struct scene s;
	struct seen seen;
	int64_t id;

	(void)state;
	scene_make(&s);
	assert_int_equal(store_begin(s.store, NULL), 0);
	assert_int_equal(store_policy_put(s.store, &policy, &id, NULL), 0);
	assert_int_equal(store_commit(s.store, NULL), 0);
	rules_free(s.rules);
	s.rules = rules_load(s.store, NULL, NULL);
	seen = scan_all(&s, SCAN_WAITING, 7, 0);
	assert_in_range(seen.n, 90, 100);
	want_int("the oldest", seen.ids[seen.n - 1] < ROWS - 180, true);
	scene_remove(&s);
	end_cases();
}

static void
a_callback_ends_it(void **state)
{
	struct scene s;

	(void)state;
	scene_make(&s);
	want_int("five", scan_all(&s, SCAN_WAITING, 3, 5).n, 5);
	want_int("one", scan_all(&s, SCAN_PASSED, 100, 1).n, 1);
	scene_remove(&s);
	end_cases();
}

static bool
judge(void *arg, const struct triplet *triplet)
{
	struct scene *s = arg;
	struct scan_row row;

	scan_judge(&s->config, s->rules, NOW_S, triplet, &row);
	want_int("waiting", row.waiting, true);
	want_int("next", row.next, ACTION_DEFER);
	want_int("reason", row.reason, REASON_EARLY);
	want_int("settled", scan_row_settled(&row), false);
	want_int("left", row.wait_left_s, s->config.greylist_delay_s - 30);
	want_int("domain", slice_equal(row.sender_domain, SLICE("x.example")), true);
	return false;
}

static void
one_row_is_judged_alike(void **state)
{
	struct scene s;
	struct seen seen;

	(void)state;
	scene_make(&s);
	/* The newest row passed long ago, as all whose number 3 divides; so its id is taken anew.
	 */
	assert_int_equal(store_begin(s.store, NULL), 0);
	append(s.store, ROWS, NOW_S - 30);
	assert_int_equal(store_commit(s.store, NULL), 0);
	seen = scan_all(&s, SCAN_WAITING, 1, 1);
	want_int("id", seen.ids[0], ROWS + 1);
	want_int("found", store_triplet_get(s.store, ROWS + 1, judge, &s, NULL), STORE_YES);
	scene_remove(&s);
	end_cases();
}

/* A mail that is half a minute old, or that waited its delay, under one rule or policy. */
static const struct verdict {
	const char *name;
	bool rule, policy;
	enum rule_action action;
	const char *scope, *from; /* of either */
	int64_t greylist, training, spf;
	const char *client, *spf_said; /* of the mail */
	int64_t age_s, released_s;
	enum action next;
	enum reason reason;
	bool settled;
} verdicts[] = {
	{ .name = "its delay runs",
	    .client = "192.0.3.7",
	    .age_s = 30,
	    .next = ACTION_DEFER,
	    .reason = REASON_EARLY },
	{ .name = "its delay is over",
	    .client = "192.0.3.7",
	    .age_s = 300,
	    .next = ACTION_PASS,
	    .reason = REASON_RETRY },
	{ .name = "released",
	    .client = "192.0.3.7",
	    .age_s = 30,
	    .released_s = NOW_S,
	    .next = ACTION_PASS,
	    .reason = REASON_RELEASED },
	{ .name = "blocked, its delay is over",
	    .rule = true,
	    .action = RULE_BLOCK,
	    .scope = "@.",
	    .from = "@x.example",
	    .client = "192.0.3.7",
	    .age_s = 300,
	    .next = ACTION_REJECT,
	    .reason = REASON_RULE_BLOCK,
	    .settled = true },
	{ .name = "blocked by its network, and released",
	    .rule = true,
	    .action = RULE_BLOCK,
	    .scope = "@example.org",
	    .from = "192.0.3.0/24",
	    .client = "192.0.3.7",
	    .age_s = 300,
	    .released_s = NOW_S,
	    .next = ACTION_REJECT,
	    .reason = REASON_RULE_BLOCK,
	    .settled = true },
	{ .name = "blocked, and in a network that is listed",
	    .rule = true,
	    .action = RULE_BLOCK,
	    .scope = "info@example.org",
	    .from = "@.",
	    .client = "192.0.2.7",
	    .age_s = 30,
	    .next = ACTION_REJECT,
	    .reason = REASON_RULE_BLOCK,
	    .settled = true },
	{ .name = "blocked for others",
	    .rule = true,
	    .action = RULE_BLOCK,
	    .scope = "sales@example.org",
	    .from = "@x.example",
	    .client = "192.0.3.7",
	    .age_s = 30,
	    .next = ACTION_DEFER,
	    .reason = REASON_EARLY },
	{ .name = "allowed by the name of the client",
	    .rule = true,
	    .action = RULE_ALLOW,
	    .scope = "@.",
	    .from = "x.example",
	    .client = "192.0.3.7",
	    .age_s = 30,
	    .next = ACTION_PASS,
	    .reason = REASON_RULE_ALLOW,
	    .settled = true },
	{ .name = "expected",
	    .rule = true,
	    .action = RULE_EXPECT,
	    .scope = "@.",
	    .from = "a@x.example",
	    .client = "192.0.3.7",
	    .age_s = 30,
	    .next = ACTION_PASS,
	    .reason = REASON_EXPECTED,
	    .settled = true },
	{ .name = "listed",
	    .client = "192.0.2.7",
	    .age_s = 30,
	    .next = ACTION_PASS,
	    .reason = REASON_DOMAIN_NETWORK,
	    .settled = true },
	{ .name = "not greylisted",
	    .policy = true,
	    .scope = "@example.org",
	    .from = "@.",
	    .greylist = 0,
	    .training = POLICY_UNSET,
	    .spf = POLICY_UNSET,
	    .client = "192.0.3.7",
	    .age_s = 30,
	    .next = ACTION_PASS,
	    .reason = REASON_POLICY_OFF,
	    .settled = true },
	{ .name = "in training",
	    .policy = true,
	    .scope = "@.",
	    .from = "@x.example",
	    .greylist = POLICY_UNSET,
	    .training = 1,
	    .spf = POLICY_UNSET,
	    .client = "192.0.3.7",
	    .age_s = 30,
	    .next = ACTION_PASS,
	    .reason = REASON_TRAINING,
	    .settled = true },
	{ .name = "an SPF pass is enough",
	    .policy = true,
	    .scope = "@.",
	    .from = "@x.example",
	    .greylist = POLICY_UNSET,
	    .training = POLICY_UNSET,
	    .spf = CONFIG_SPF_BYPASS,
	    .client = "192.0.3.7",
	    .spf_said = "pass",
	    .age_s = 30,
	    .next = ACTION_PASS,
	    .reason = REASON_SPF,
	    .settled = true },
	{ .name = "an SPF pass would be enough",
	    .policy = true,
	    .scope = "@.",
	    .from = "@x.example",
	    .greylist = POLICY_UNSET,
	    .training = POLICY_UNSET,
	    .spf = CONFIG_SPF_BYPASS,
	    .client = "192.0.3.7",
	    .spf_said = "softfail",
	    .age_s = 30,
	    .next = ACTION_DEFER,
	    .reason = REASON_EARLY },
	{ .name = "an own client",
	    .client = "127.0.0.1",
	    .age_s = 30,
	    .next = ACTION_PASS,
	    .reason = REASON_TRUSTED,
	    .settled = true },
	{ .name = "an import left no address",
	    .client = "192.0.2.0/24",
	    .age_s = 30,
	    .next = ACTION_DEFER,
	    .reason = REASON_EARLY },
	{ .name = "an import left no address, but a sender that is blocked",
	    .rule = true,
	    .action = RULE_BLOCK,
	    .scope = "@.",
	    .from = "a@x.example",
	    .client = "",
	    .age_s = 30,
	    .next = ACTION_REJECT,
	    .reason = REASON_RULE_BLOCK,
	    .settled = true },
};

static void
put_entry(struct scene *s, const struct verdict *v)
{
	struct rule rule = { .scope = slice_of(v->rule ? v->scope : ""),
		.pattern = slice_of(v->rule ? v->from : ""),
		.action = v->action,
		.meta = { .source = SLICE("manual") } };
	struct policy policy = { .scope = slice_of(v->policy ? v->scope : ""),
		.sender = slice_of(v->policy ? v->from : ""),
		.greylist = v->greylist,
		.training = v->training,
		.spf = v->spf,
		.delay_s = POLICY_UNSET,
		.window_s = POLICY_UNSET,
		.lifetime_s = POLICY_UNSET,
		.meta = { .source = SLICE("manual") } };
	int64_t id;

	if (v->rule)
		assert_int_equal(store_rule_add(s->store, &rule, &id, NULL), 0);
	if (v->policy)
		assert_int_equal(store_policy_put(s->store, &policy, &id, NULL), 0);
	rules_free(s->rules);
	s->rules = rules_load(s->store, NULL, NULL);
	assert_non_null(s->rules);
}

static void
what_the_next_try_meets(void **state)
{
	struct scene s;
	size_t i;

	(void)state;
	scene_make(&s);
	for (i = 0; i < COUNT(verdicts); i++) {
		const struct verdict *v = &verdicts[i];
		struct triplet triplet = { .key = { SLICE("192.0.3.0/24"), SLICE("a@x.example"),
					       SLICE("info@example.org") },
			.sender = SLICE("A@x.example"),
			.recipient = SLICE("Info@example.org"),
			.client_address = slice_of(v->client),
			.client_name = SLICE("mx.x.example"),
			.state = { .first_s = NOW_S - v->age_s,
			    .last_s = NOW_S - v->age_s,
			    .attempts = 1,
			    .released_s = v->released_s },
			.spf = slice_of(v->spf_said == NULL ? "" : v->spf_said) };
		struct scan_row row;

		assert_int_equal(store_begin(s.store, NULL), 0);
		put_entry(&s, v);
		scan_judge(&s.config, s.rules, NOW_S, &triplet, &row);
		want_int(v->name, row.waiting, true);
		want_int(v->name, row.next, v->next);
		want_int(v->name, row.reason, v->reason);
		want_int(v->name, scan_row_settled(&row), v->settled);
		want_int(v->name, row.wait_left_s, v->next == ACTION_DEFER ? 180 - v->age_s : 0);
		store_rollback(s.store);
	}
	scene_remove(&s);
	end_cases();
}

static void
nothing_to_read(void **state)
{
	struct scene s;
	struct seen seen;

	(void)state;
	scene_make(&s);
	assert_int_equal(store_begin(s.store, NULL), 0);
	for (int64_t id = 1; id <= ROWS; id++)
		assert_int_equal(store_triplet_delete(s.store, id, NULL), 0);
	assert_int_equal(store_commit(s.store, NULL), 0);
	seen = scan_all(&s, SCAN_WAITING, 7, 0);
	want_int("rows", seen.n, 0);
	scene_remove(&s);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_give_the_same_rows),
		cmocka_unit_test(listed_and_released_rows_need_not_wait),
		cmocka_unit_test(percent_knows_the_end),
		cmocka_unit_test(a_policy_makes_it_look_further_back),
		cmocka_unit_test(a_callback_ends_it),
		cmocka_unit_test(one_row_is_judged_alike),
		cmocka_unit_test(what_the_next_try_meets),
		cmocka_unit_test(nothing_to_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
