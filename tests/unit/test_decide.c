/* test_decide.c - the pure decision, the life of a triplet, the index. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/greylist/decide.h"
#include "common/greylist/index.h"

#define NOW 1000000

static struct facts
plain_facts(void)
{
	return (struct facts){ .now_s = NOW,
		.rcpt = true,
		.complete = true,
		.address_valid = true,
		.greylist = true,
		.terms = { 180, 172800, 3024000 },
		.client_passes_needed = 1,
		.client_lifetime_s = 3024000,
		.store_ok = true };
}

/* One case for each reason: facts by a few changes, the reason and the action that follow. */
struct situation {
	enum reason want;
	enum action action;
	void (*arrange)(struct facts *f);
};

static struct triplet_state waiting = { NOW - 200, NOW - 200, 1, 0, 0, 0 };
static struct triplet_state young = { NOW - 179, NOW - 179, 1, 0, 0, 0 };
static struct triplet_state old = { NOW - 172801, NOW - 172801, 1, 0, 0, 0 };
static struct triplet_state passed = { NOW - 9000, NOW - 8000, 1, 1, NOW - 8000, 0 };
static struct triplet_state released = { NOW - 10, NOW - 10, 1, 0, 0, NOW - 5 };
static struct triplet_state lapsed = { NOW - 9000000, NOW - 3024001, 1, 1, NOW - 8000000, 0 };
static struct client_state earned = { NOW - 5000, NOW - 10, 1 };

static void
not_rcpt(struct facts *f)
{
	f->rcpt = false;
}
static void
incomplete(struct facts *f)
{
	f->complete = false;
}
static void
bad_address(struct facts *f)
{
	f->address_valid = false;
}
static void
authenticated(struct facts *f)
{
	f->authenticated = true;
}
static void
trusted(struct facts *f)
{
	f->trusted = true;
}
static void
allowed(struct facts *f)
{
	f->rule_found = true, f->rule = RULE_ALLOW;
}
static void
blocked(struct facts *f)
{
	f->rule_found = true, f->rule = RULE_BLOCK;
}
static void
policy_off(struct facts *f)
{
	f->greylist = false;
}
static void
domain_network(struct facts *f)
{
	f->domain_network = true;
}
static void
client_known(struct facts *f)
{
	f->client = &earned;
}
static void
is_released(struct facts *f)
{
	f->triplet = &released;
}
static void
expected(struct facts *f)
{
	f->rule_found = true, f->rule = RULE_EXPECT;
}
static void
known(struct facts *f)
{
	f->triplet = &passed;
}
static void
retry(struct facts *f)
{
	f->triplet = &waiting;
}
static void
early(struct facts *f)
{
	f->triplet = &young;
}
static void
pool(struct facts *f)
{
	f->pool = &waiting;
}
static void
pool_known(struct facts *f)
{
	f->pool = &passed;
}
static void
pool_early(struct facts *f)
{
	f->pool = &young;
}
static void
fresh(struct facts *f)
{
	f->triplet = NULL;
}
static void
expired(struct facts *f)
{
	f->triplet = &old;
}
static void
training(struct facts *f)
{
	f->training = true;
}
static void
spf_bypass(struct facts *f)
{
	f->spf_bypass = true, f->triplet = &young;
}
static void
store_failed(struct facts *f)
{
	f->store_ok = false;
}
static void
store_failed_defer(struct facts *f)
{
	f->store_ok = false, f->fail_defer = true;
}
static void
lapsed_pass(struct facts *f)
{
	f->triplet = &lapsed;
}
static void
block_beats_login(struct facts *f)
{
	f->authenticated = true, blocked(f);
}
static void
off_beats_client(struct facts *f)
{
	f->greylist = false, f->client = &earned;
}

static const struct situation situations[] = {
	{ REASON_NOT_RCPT, ACTION_PASS, not_rcpt },
	{ REASON_INCOMPLETE, ACTION_PASS, incomplete },
	{ REASON_BAD_ADDRESS, ACTION_PASS, bad_address },
	{ REASON_AUTHENTICATED, ACTION_PASS, authenticated },
	{ REASON_TRUSTED, ACTION_PASS, trusted },
	{ REASON_RULE_ALLOW, ACTION_PASS, allowed },
	{ REASON_RULE_BLOCK, ACTION_REJECT, blocked },
	{ REASON_POLICY_OFF, ACTION_PASS, policy_off },
	{ REASON_DOMAIN_NETWORK, ACTION_PASS, domain_network },
	{ REASON_CLIENT_KNOWN, ACTION_PASS, client_known },
	{ REASON_RELEASED, ACTION_PASS, is_released },
	{ REASON_EXPECTED, ACTION_PASS, expected },
	{ REASON_KNOWN, ACTION_PASS, known },
	{ REASON_RETRY, ACTION_PASS, retry },
	{ REASON_EARLY, ACTION_DEFER, early },
	{ REASON_POOL, ACTION_PASS, pool },
	{ REASON_POOL_KNOWN, ACTION_PASS, pool_known },
	{ REASON_POOL_EARLY, ACTION_DEFER, pool_early },
	{ REASON_NEW, ACTION_DEFER, fresh },
	{ REASON_EXPIRED, ACTION_DEFER, expired },
	{ REASON_TRAINING, ACTION_PASS, training },
	{ REASON_SPF, ACTION_PASS, spf_bypass },
	{ REASON_STORE_FAILED, ACTION_PASS, store_failed },
	{ REASON_STORE_FAILED, ACTION_DEFER, store_failed_defer },
	{ REASON_EXPIRED, ACTION_DEFER,
	    lapsed_pass }, /* never revived, though not yet cleaned up */
	{ REASON_AUTHENTICATED, ACTION_PASS, block_beats_login },
	{ REASON_POLICY_OFF, ACTION_PASS, off_beats_client },
};

static void
every_reason_is_reached(void **state)
{
	bool reached[REASON_N] = { false };
	struct decision d;
	enum reason back;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(situations); i++) {
		struct facts f = plain_facts();
		const char *name = reason_info(situations[i].want)->name;

		situations[i].arrange(&f);
		decide(&f, &d);
		want_text("reason", reason_info(d.reason)->name, name);
		want_text(name, action_name(d.action), action_name(situations[i].action));
		reached[d.reason] = true;
	}
	for (i = 0; i < REASON_N; i++) {
		want_int(reason_info((enum reason)i)->name, reached[i], true);
		want_int(
		    "parse", reason_parse(slice_of(reason_info((enum reason)i)->name), &back), 0);
		want_int("parse", back, (long long)i);
	}
	end_cases();
}

static void
what_is_written(void **state)
{
	struct facts f = plain_facts();
	struct decision d;

	(void)state;
	decide(&f, &d);
	assert_int_equal(d.triplet_op, TRIPLET_APPEND);
	assert_int_equal(d.state.first_s, NOW);
	assert_int_equal(d.wait_left_s, 180);
	f.triplet = &young;
	decide(&f, &d);
	assert_int_equal(d.triplet_op, TRIPLET_MERGE);
	assert_int_equal(d.delta.attempts, 1);
	assert_int_equal(d.delta.passed_s, 0);
	assert_int_equal(d.wait_left_s, 1);
	f.triplet = &waiting;
	decide(&f, &d);
	assert_int_equal(d.delta.passed_s, NOW);
	assert_int_equal(d.waited_s, 200);
	assert_true(d.client_earns);
	f.client = &earned; /* the client is known: its waiting triplet ends with it */
	decide(&f, &d);
	assert_int_equal(d.reason, REASON_CLIENT_KNOWN);
	assert_int_equal(d.triplet_op, TRIPLET_MERGE);
	assert_false(d.client_earns);
	f.client = NULL;
	f.training = true;
	f.triplet = NULL;
	decide(&f, &d);
	assert_int_equal(d.triplet_op, TRIPLET_APPEND);
}

static void
borders_of_time(void **state)
{
	static const struct {
		const char *name;
		int64_t age_s;
		enum triplet_stage want;
	} cases[] = {
		{ "second before the delay", 179, TRIPLET_EARLY },
		{ "at the delay", 180, TRIPLET_READY },
		{ "last second of the window", 172800, TRIPLET_READY },
		{ "one after", 172801, TRIPLET_EXPIRED },
		{ "clock went back", -3600, TRIPLET_EARLY },
	};
	const struct terms terms = { 180, 172800, 3024000 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct triplet_state s = { .first_s = NOW - cases[i].age_s };

		want_int(cases[i].name, transition_judge(&s, &terms, NOW), cases[i].want);
		want_int(cases[i].name, transition_waited_s(&s, NOW) >= 0, true);
	}
	end_cases();
}

/* Growth, removal and lookups against a plain array. */
static void
index_agrees_with_a_list(void **state)
{
	enum { N = 20000, KEYS = 5000 };
	static const uint8_t secret[16] = "secret";
	static uint64_t hashes[N];
	static bool alive[N];
	struct index *index = index_new(secret);
	size_t count = 0;
	int i, j;

	(void)state;
	srand(3);
	for (i = 1; i < N; i++) {
		int key = rand() % KEYS;
		struct slice part = { (const char *)&key, sizeof(key) };

		hashes[i] = index_hash(index, &part, 1);
		index_add(index, hashes[i], i);
		index_add(index, hashes[i], i);
		alive[i] = true;
		j = 1 + rand() % i;
		if (rand() % 3 == 0 && alive[j]) {
			index_remove(index, hashes[j], j);
			index_remove(index, hashes[j], j);
			alive[j] = false;
		}
	}
	for (i = 1; i < N; i++)
		count += alive[i];
	assert_int_equal(index_count(index), count);
	for (i = 1; i < N; i += 7) {
		struct index_cursor cursor = { 0 };
		int64_t id, last = INT64_MAX;
		bool found = false;

		while ((id = index_next(index, hashes[i], &cursor)) != 0) {
			want_int("newest first", id < last, true);
			want_int("alive", alive[id] && hashes[id] == hashes[i], true);
			found = found || id == i;
			last = id;
		}
		want_int("found", found, alive[i]);
	}
	index_free(index);
	end_cases();
}

static void
hash_depends_on_the_parts(void **state)
{
	static const uint8_t secret[16] = "secret";
	struct index *index = index_new(secret);
	struct slice a[] = { SLICE("a"), SLICE("bc") }, b[] = { SLICE("ab"), SLICE("c") };

	(void)state;
	assert_true(index_hash(index, a, 2) != index_hash(index, b, 2));
	index_free(index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_is_reached),
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(borders_of_time),
		cmocka_unit_test(index_agrees_with_a_list),
		cmocka_unit_test(hash_depends_on_the_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
