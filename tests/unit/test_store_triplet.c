/* test_store_triplet.c - rows of triplets and clients: whole in and out, merged in any order, paged
 * while rows vanish. */
#include "tests/unit/store_fixture.h"

#include "common/store/client.h"
#include "common/store/triplet.h"

/* Any bytes may stand in a text: NUL, no UTF-8, quotes. */
static const struct triplet sample = {
	.key = { SLICE("192.0.2.0/24"), SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c") },
	.sender = SLICE("A\0b'\"%_+tag@Example.com"),
	.recipient = SLICE("\xff\xfe@c"),
	.client_address = SLICE("192.0.2.17"),
	.client_name = SLICE("mail.example.com"),
	.helo = SLICE("[192.0.2.17]"),
	.state = { 100, 110, 3, 2, 105, 0 },
};

static int64_t
append(struct store *store, const struct triplet *row)
{
	struct err err;
	int64_t id;

	assert_int_equal(store_begin(store, &err), 0);
	assert_int_equal(store_triplet_append(store, row, &id, &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
	return id;
}

static void
assert_state(const struct triplet_state *got, const struct triplet_state *want)
{
	assert_int_equal(got->first_s, want->first_s);
	assert_int_equal(got->last_s, want->last_s);
	assert_int_equal(got->attempts, want->attempts);
	assert_int_equal(got->passes, want->passes);
	assert_int_equal(got->passed_s, want->passed_s);
	assert_int_equal(got->released_s, want->released_s);
}

static bool
check_row(void *arg, const struct triplet *got)
{
	const struct triplet *want = arg;

	assert_slice(got->key.net, want->key.net);
	assert_slice(got->key.sender, want->key.sender);
	assert_slice(got->key.recipient, want->key.recipient);
	assert_slice(got->sender, want->sender);
	assert_slice(got->recipient, want->recipient);
	assert_slice(got->client_address, want->client_address);
	assert_slice(got->client_name, want->client_name);
	assert_slice(got->helo, want->helo);
	assert_slice(got->spf, want->spf);
	assert_slice(got->spf_domain, want->spf_domain);
	assert_state(&got->state, &want->state);
	return true;
}

static void
test_whole_row(void **state)
{
	struct triplet bare = sample;
	struct fixture *f = *state;
	struct err err;
	int64_t id;

	id = append(f->store, &sample);
	assert_int_equal(
	    store_triplet_get(f->store, id, check_row, (void *)&sample, &err), STORE_YES);
	bare.sender = bare.key.sender;
	bare.client_name = bare.helo = SLICE_NONE;
	bare.state = (struct triplet_state){ 1, 1, 1, 0, 0, 7 };
	id = append(f->store, &bare);
	assert_int_equal(store_triplet_get(f->store, id, check_row, &bare, &err), STORE_YES);
	assert_int_equal(store_triplet_get(f->store, id + 1, check_row, &bare, &err), STORE_NO);
}

static void
test_match(void **state)
{
	static const struct {
		const char *name;
		int64_t id_offset;
		struct triplet_key key;
		enum store_found want;
	} cases[] = {
		{ "same", 0,
		    { SLICE("192.0.2.0/24"), SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c") },
		    STORE_YES },
		{ "no such row", 1,
		    { SLICE("192.0.2.0/24"), SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c") },
		    STORE_NO },
		{ "other net", 0,
		    { SLICE("192.0.3.0/24"), SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c") },
		    STORE_OTHER },
		{ "sender up to the NUL", 0,
		    { SLICE("192.0.2.0/24"), SLICE("a"), SLICE("\xff\xfe@c") }, STORE_OTHER },
		{ "no recipient", 0,
		    { SLICE("192.0.2.0/24"), SLICE("a\0b'\"%_@example.com"), SLICE_NONE },
		    STORE_OTHER },
	};
	struct fixture *f = *state;
	int64_t id = append(f->store, &sample);
	enum store_found got;
	int failures = 0;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct triplet_state found = { 0 };

		got = store_triplet_match(
		    f->store, id + cases[i].id_offset, &cases[i].key, &found, NULL, &err);
		if (got != cases[i].want) {
			print_error("%s: got %d, want %d\n", cases[i].name, got, cases[i].want);
			failures++;
		}
		if (got == STORE_YES)
			assert_state(&found, &sample.state);
	}
	assert_int_equal(failures, 0);
}

/* ---- what SPF said ---- */

static void
keep_spf(struct store *store, int64_t id, const char *result, const char *domain)
{
	struct err err;

	assert_int_equal(store_begin(store, &err), 0);
	assert_int_equal(store_triplet_spf(store, id, slice_of(result), slice_of(domain), &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
}

static bool
note_domain(void *arg, int64_t id, const struct triplet_key *key, const struct triplet_state *state,
    struct slice spf_domain)
{
	char *text = arg;
	size_t len = strlen(text);

	(void)key;
	(void)state;
	snprintf(text + len, 256 - len, "%d=%.*s ", (int)id, (int)spf_domain.len,
	    spf_domain.ptr != NULL ? spf_domain.ptr : "");
	return true;
}

/* Rows keep what was said at first or later; the index of pools hears of passes alone. */
static void
test_spf(void **state)
{
	static const struct {
		const char *result, *domain;
		bool known;
	} said[] = {
		{ "", "", false },
		{ "pass", "example.com", true },
		{ "fail", "example.com", true },
		{ "temperror", "example.com", false },
		{ "open", "example.net", true },
		{ "pass", "example.org", true },
	};
	enum { N = sizeof(said) / sizeof(said[0]) };
	char passed[256] = "";
	struct fixture *f = *state;
	struct triplet row = sample;
	struct triplet_state got;
	struct err err;
	int64_t id, last;
	bool known;
	size_t i;

	for (i = 0; i < 2 * N; i++) {
		row.spf = slice_of(said[i % N].result);
		row.spf_domain = slice_of(said[i % N].domain);
		if (i < N) {
			id = append(f->store, &row);
		} else {
			id = append(f->store, &sample);
			keep_spf(f->store, id, said[i % N].result, said[i % N].domain);
		}
		assert_int_equal(store_triplet_get(f->store, id, check_row, &row, &err), STORE_YES);
		assert_int_equal(
		    store_triplet_match(f->store, id, &row.key, &got, &known, &err), STORE_YES);
		assert_int_equal(known, said[i % N].known);
	}
	keep_spf(f->store, 99, "pass", "example.com"); /* gone */
	assert_int_equal(
	    store_triplet_keys(f->store, 0, INT64_MAX, note_domain, passed, &last, &err), 0);
	assert_string_equal(passed,
	    "1= 2=example.com 3= 4= 5= 6=example.org 7= 8=example.com 9= 10= 11= "
	    "12=example.org ");
}

static void
test_pool(void **state)
{
	static const struct {
		const char *name;
		int64_t id;
		struct slice sender, recipient, domain;
		enum store_found want;
	} cases[] = {
		{ "passed", 1, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"),
		    SLICE("example.com"), STORE_YES },
		{ "for another domain", 1, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"),
		    SLICE("example.net"), STORE_OTHER },
		{ "for a part of it", 1, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"),
		    SLICE("example.co"), STORE_OTHER },
		{ "for nobody", 1, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"), SLICE_NONE,
		    STORE_OTHER },
		{ "another sender", 1, SLICE("a"), SLICE("\xff\xfe@c"), SLICE("example.com"),
		    STORE_OTHER },
		{ "another recipient", 1, SLICE("a\0b'\"%_@example.com"), SLICE("d@c"),
		    SLICE("example.com"), STORE_OTHER },
		{ "failed", 2, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"),
		    SLICE("example.com"), STORE_OTHER },
		{ "failed, for nobody", 2, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"),
		    SLICE_NONE, STORE_OTHER },
		{ "not asked", 3, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"), SLICE_NONE,
		    STORE_OTHER },
		{ "gone", 4, SLICE("a\0b'\"%_@example.com"), SLICE("\xff\xfe@c"),
		    SLICE("example.com"), STORE_NO },
	};
	struct fixture *f = *state;
	struct triplet row = sample;
	enum store_found got;
	int failures = 0;
	struct err err;
	size_t i;

	row.spf = SLICE("pass");
	row.spf_domain = SLICE("example.com");
	append(f->store, &row);
	row.spf = SLICE("fail");
	append(f->store, &row);
	append(f->store, &sample);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct triplet_state found = { 0 };

		got = store_triplet_pool(f->store, cases[i].id, cases[i].sender, cases[i].recipient,
		    cases[i].domain, &found, &err);
		if (got != cases[i].want) {
			print_error("%s: got %d, want %d\n", cases[i].name, got, cases[i].want);
			failures++;
		}
		if (got == STORE_YES)
			assert_state(&found, &sample.state);
	}
	assert_int_equal(failures, 0);
}

static void
shuffle(int *order, int n)
{
	int i, j, other;

	for (i = n - 1; i > 0; i--) {
		j = rand() % (i + 1);
		other = order[i];
		order[i] = order[j];
		order[j] = other;
	}
}

/* The same observations in any order give the same row: here, the one that plain C computes. */
static void
test_merge_commutes(void **state)
{
	static const struct triplet_delta deltas[] = {
		{ 100, 100, 1, 0, 0 },
		{ 50, 60, 2, 0, 0 },
		{ 200, 400, 0, 1, 400 },
		{ 300, 300, 0, 1, 300 },
		{ 150, 500, 5, 0, 0 },
		{ 100, 350, 0, 3, 350 },
	};
	static const struct triplet_state want = { 50, 500, 3 + 8, 2 + 5, 300, 0 };
	enum { N = sizeof(deltas) / sizeof(deltas[0]) };
	struct fixture *f = *state;
	struct triplet row = sample;
	struct triplet_state got;
	int order[N], round, i;
	struct err err;
	int64_t id;

	row.state = (struct triplet_state){ 90, 90, 3, 2, 0, 0 };
	srand(1);
	for (i = 0; i < N; i++)
		order[i] = i;
	for (round = 0; round < 50; round++) {
		shuffle(order, N);
		id = append(f->store, &row);
		assert_int_equal(store_begin(f->store, &err), 0);
		for (i = 0; i < N; i++)
			assert_int_equal(
			    store_triplet_merge(f->store, id, &deltas[order[i]], NULL, &err), 0);
		assert_int_equal(store_commit(f->store, &err), 0);
		assert_int_equal(
		    store_triplet_match(f->store, id, &row.key, &got, NULL, &err), STORE_YES);
		assert_state(&got, &want);
	}
}

/* The last client as a whole: a name or HELO of an earlier one does not stay beside its address. */
static void
test_merge_client(void **state)
{
	static const struct triplet_delta delta = { 100, 110, 0, 0, 0 };
	static const struct triplet_client clients[] = {
		{ SLICE("192.0.2.99"), SLICE("mx9.example.com"), SLICE("nine") },
		{ SLICE("192.0.2.98"), { NULL, 0 }, SLICE("\xff\0eight") },
		{ SLICE("192.0.2.97"), SLICE("mx7.example.com"), { NULL, 0 } },
		{ SLICE("192.0.2.96"), { NULL, 0 }, { NULL, 0 } },
	};
	struct triplet want = sample;
	struct fixture *f = *state;
	int64_t id = append(f->store, &sample), other = append(f->store, &sample);
	struct err err;
	size_t i;

	for (i = 0; i < 2 * sizeof(clients) / sizeof(clients[0]); i++) {
		const struct triplet_client *last = i % 2 == 0 ? &clients[i / 2] : NULL;

		assert_int_equal(store_begin(f->store, &err), 0);
		assert_int_equal(store_triplet_merge(f->store, id, &delta, last, &err), 0);
		assert_int_equal(store_triplet_merge(f->store, id + 5, &delta, last, &err), 0);
		assert_int_equal(store_commit(f->store, &err), 0);
		want.client_address = clients[i / 2].address;
		want.client_name = clients[i / 2].name;
		want.helo = clients[i / 2].helo;
		assert_int_equal(
		    store_triplet_get(f->store, id, check_row, &want, &err), STORE_YES);
	}
	assert_int_equal(
	    store_triplet_get(f->store, other, check_row, (void *)&sample, &err), STORE_YES);
}

/* Ids that a page handed out, as text: "10 9 8 ". */
struct ids {
	char text[256];
	int stop_after; /* 0: never */
	int n;
};

static bool
note_id(struct ids *ids, int64_t id)
{
	size_t len = strlen(ids->text);

	snprintf(ids->text + len, sizeof(ids->text) - len, "%d ", (int)id);
	return ++ids->n != ids->stop_after;
}

static bool
note_row(void *arg, const struct triplet *row)
{
	return note_id(arg, row->id);
}

static bool
note_key(void *arg, int64_t id, const struct triplet_key *key, const struct triplet_state *state,
    struct slice spf_domain)
{
	(void)state;
	(void)spf_domain;
	assert_slice(key->net, sample.key.net);
	return note_id(arg, id);
}

static void
delete_rows(struct store *store, const int64_t *ids, size_t n)
{
	struct err err;
	size_t i;

	assert_int_equal(store_begin(store, &err), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(store_triplet_delete(store, ids[i], &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
}

/* Rows vanish between two pages, the one where the first page ended among them. */
static void
test_pages(void **state)
{
	struct fixture *f = *state;
	struct ids ids = { .text = "" };
	struct err err;
	int64_t last, max;
	int i;

	for (i = 0; i < 10; i++)
		append(f->store, &sample);
	assert_int_equal(
	    store_triplet_page(f->store, INT64_MAX, 4, note_row, &ids, &last, &err), 0);
	assert_int_equal(last, 7);
	delete_rows(f->store, (int64_t[]){ 7, 6, 1 }, 3);
	assert_int_equal(store_triplet_page(f->store, last, 4, note_row, &ids, &last, &err), 0);
	assert_int_equal(last, 2);
	assert_int_equal(store_triplet_page(f->store, last, 4, note_row, &ids, &last, &err), 0);
	assert_int_equal(last, 0);
	assert_string_equal(ids.text, "10 9 8 7 5 4 3 2 ");
	assert_int_equal(store_triplet_max_id(f->store, &max, &err), 0);
	assert_int_equal(max, 10);
}

/* The same upwards, where rows are appended between two pages as well. */
static void
test_pages_up(void **state)
{
	struct fixture *f = *state;
	struct ids ids = { .text = "" };
	struct err err;
	int64_t last;
	int i;

	for (i = 0; i < 6; i++)
		append(f->store, &sample);
	assert_int_equal(store_triplet_page_up(f->store, 0, 3, note_row, &ids, &last, &err), 0);
	assert_int_equal(last, 3);
	delete_rows(f->store, (int64_t[]){ 1, 3, 4 }, 3);
	append(f->store, &sample);
	assert_int_equal(store_triplet_page_up(f->store, last, 4, note_row, &ids, &last, &err), 0);
	assert_int_equal(last, 7);
	assert_int_equal(store_triplet_page_up(f->store, last, 4, note_row, &ids, &last, &err), 0);
	assert_int_equal(last, 0);
	assert_string_equal(ids.text, "1 2 3 5 6 7 ");
}

/* The cursor of expiry: sweeps the ids in slices, deletes what it likes, ends with 0. */
static void
test_keys(void **state)
{
	struct fixture *f = *state;
	struct ids ids = { .text = "" }, stopped = { .text = "", .stop_after = 2 };
	struct err err;
	int64_t last = 0;
	int i;

	for (i = 0; i < 7; i++)
		append(f->store, &sample);
	assert_int_equal(store_triplet_keys(f->store, 0, 7, note_key, &stopped, &last, &err), 0);
	assert_string_equal(stopped.text, "1 2 ");
	assert_int_equal(last, 2);
	last = 0;
	do {
		assert_int_equal(
		    store_triplet_keys(f->store, last, 3, note_key, &ids, &last, &err), 0);
		delete_rows(f->store, (int64_t[]){ last }, 1);
	} while (last != 0);
	assert_string_equal(ids.text, "1 2 3 4 5 6 7 ");
}

static void
test_empty(void **state)
{
	struct fixture *f = *state;
	struct ids ids = { .text = "" };
	struct err err;
	int64_t last = 1;

	assert_int_equal(store_triplet_max_id(f->store, &last, &err), 0);
	assert_int_equal(last, 0);
	last = 1;
	assert_int_equal(store_triplet_keys(f->store, 0, 3, note_key, &ids, &last, &err), 0);
	assert_int_equal(last, 0);
}

static const struct client client_sample = {
	.address = SLICE("2001:db8::1"),
	.name = SLICE("mail.example.com"),
	.state = { 100, 200, 1 },
};

struct client_copy {
	char name[64];
	struct ids ids;
};

static bool
note_client(void *arg, const struct client *row)
{
	struct client_copy *copy = arg;

	keep_text(copy->name, sizeof(copy->name), row->name);
	assert_slice(row->address, client_sample.address);
	return note_id(&copy->ids, row->id);
}

static void
test_client(void **state)
{
	static const struct client_state delta = { 150, 300, 2 };
	struct client_copy copy = { .name = "" };
	struct fixture *f = *state;
	struct client_state got;
	int64_t id, last;
	struct err err;

	assert_int_equal(store_begin(f->store, &err), 0);
	assert_int_equal(store_client_append(f->store, &client_sample, &id, &err), 0);
	assert_int_equal(store_client_merge(f->store, id, &delta, SLICE_NONE, &err), 0);
	assert_int_equal(store_commit(f->store, &err), 0);
	assert_int_equal(
	    store_client_match(f->store, id, client_sample.address, &got, &err), STORE_YES);
	assert_int_equal(got.first_s, 100);
	assert_int_equal(got.last_s, 300);
	assert_int_equal(got.passes, 3);
	assert_int_equal(
	    store_client_match(f->store, id, SLICE("2001:db8::2"), &got, &err), STORE_OTHER);
	assert_int_equal(
	    store_client_match(f->store, id + 1, client_sample.address, &got, &err), STORE_NO);
	assert_int_equal(store_client_keys(f->store, 0, 9, note_client, &copy, &last, &err), 0);
	assert_string_equal(copy.name, "mail.example.com");
	assert_int_equal(store_client_merge(f->store, id, &delta, SLICE("new.example"), &err), 0);
	assert_int_equal(
	    store_client_page(f->store, INT64_MAX, 9, note_client, &copy, &last, &err), 0);
	assert_string_equal(copy.name, "new.example");
	assert_int_equal(last, id);
	assert_int_equal(store_client_delete(f->store, id, &err), 0);
	assert_int_equal(store_client_max_id(f->store, &last, &err), 0);
	assert_int_equal(last, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_whole_row),
		TEST_WITH_STORE(test_match),
		TEST_WITH_STORE(test_spf),
		TEST_WITH_STORE(test_pool),
		TEST_WITH_STORE(test_merge_commutes),
		TEST_WITH_STORE(test_merge_client),
		TEST_WITH_STORE(test_pages),
		TEST_WITH_STORE(test_pages_up),
		TEST_WITH_STORE(test_keys),
		TEST_WITH_STORE(test_empty),
		TEST_WITH_STORE(test_client),
	};

	return cmocka_run_group_tests_name("store_triplet", tests, NULL, NULL);
}
