/* test_store_event.c - what is bounded or summed: events, counts per minute, the heartbeat. */
#include "tests/unit/store_fixture.h"

#include "common/store/event.h"
#include "common/store/heartbeat.h"
#include "common/store/stat.h"

static void
append_events(struct store *store, int n, int64_t first_time_s)
{
	struct event event = {
		.action = SLICE("greylist"),
		.reason = SLICE("new"),
		.client_address = SLICE("192.0.2.1"),
		.client_name = SLICE("unknown"),
		.helo = SLICE("h\0elo"),
		.sender = SLICE(""),
		.recipient = SLICE("\x1b[31m@example.org"),
	};
	struct err err;
	int i;

	assert_int_equal(store_begin(store, &err), 0);
	for (i = 0; i < n; i++) {
		event.time_s = first_time_s + i;
		event.delay_s = i;
		event.triplet_id = i % 2 == 0 ? 0 : 77;
		event.rule_id = i % 2 == 0 ? 88 : 0;
		assert_int_equal(store_event_append(store, &event, &err), 0);
	}
	assert_int_equal(store_commit(store, &err), 0);
}

struct seen {
	int64_t first_id, last_id;
	int n;
};

static bool
see_event(void *arg, const struct event *event)
{
	struct seen *seen = arg;
	bool even = event->delay_s % 2 == 0;

	assert_slice(event->helo, SLICE("h\0elo"));
	assert_slice(event->sender, SLICE(""));
	assert_slice(event->recipient, SLICE("\x1b[31m@example.org"));
	assert_int_equal(event->triplet_id, even ? 0 : 77);
	assert_int_equal(event->rule_id, even ? 88 : 0);
	if (seen->n++ == 0)
		seen->first_id = event->id;
	seen->last_id = event->id;
	return true;
}

static void
test_event_pages(void **state)
{
	struct fixture *f = *state;
	struct seen newest = { .n = 0 }, after = { .n = 0 };
	struct err err;
	int64_t last;

	append_events(f->store, 10, 1000);
	assert_int_equal(
	    store_event_page(f->store, INT64_MAX, 3, see_event, &newest, &last, &err), 0);
	assert_int_equal(newest.first_id, 10);
	assert_int_equal(last, 8);
	assert_int_equal(store_event_after(f->store, 6, 100, see_event, &after, &last, &err), 0);
	assert_int_equal(after.first_id, 7);
	assert_int_equal(after.n, 4);
	assert_int_equal(last, 10);
}

/* 100 rows with ids and times from 1. */
static void
test_event_trim(void **state)
{
	static const struct {
		const char *name;
		int64_t keep_rows, before_s, limit;
		int64_t want_deleted, want_first;
	} cases[] = {
		{ "nothing beyond", 100, 0, 1000, 0, 1 },
		{ "by rows", 90, 0, 1000, 10, 11 },
		{ "by age", 100, 21, 1000, 20, 21 },
		{ "either", 90, 21, 1000, 20, 21 },
		{ "in slices", 50, 0, 7, 7, 8 },
		{ "all by age: the newest stays", 100, 5000, 1000, 99, 100 },
		{ "none kept: the newest stays", 0, 0, 1000, 99, 100 },
	};
	int failures = 0;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen seen = { .n = 0 };
		int64_t deleted, last;
		void *inner = NULL;
		struct fixture *f;

		assert_int_equal(store_make(&inner), 0);
		f = inner;
		append_events(f->store, 100, 1);
		assert_int_equal(store_event_trim(f->store, cases[i].keep_rows, cases[i].before_s,
				     cases[i].limit, &deleted, &err),
		    0);
		assert_int_equal(
		    store_event_after(f->store, 0, 1000, see_event, &seen, &last, &err), 0);
		if (deleted != cases[i].want_deleted || seen.first_id != cases[i].want_first ||
		    seen.last_id != 100) {
			print_error("%s: deleted %d, first %d, last %d; want %d, %d, 100\n",
			    cases[i].name, (int)deleted, (int)seen.first_id, (int)seen.last_id,
			    (int)cases[i].want_deleted, (int)cases[i].want_first);
			failures++;
		}
		folder_remove(&inner);
	}
	assert_int_equal(failures, 0);
}

static void
add_count(struct store *store, int64_t minute_s, const char *reason, int64_t count, int64_t delay_s)
{
	struct stat_row row = { minute_s, slice_of(reason), count, delay_s };
	struct err err;

	assert_int_equal(store_stat_add(store, &row, &err), 0);
}

/* Rows as text: "60 new 3 0; ". */
static bool
see_count(void *arg, const struct stat_row *row)
{
	char *text = arg;

	sprintf(text + strlen(text), "%d %.*s %d %d; ", (int)row->minute_s, (int)row->reason.len,
	    row->reason.ptr, (int)row->count, (int)row->delay_s);
	return true;
}

static void
test_stat(void **state)
{
	struct fixture *f = *state;
	char text[256] = "";
	int64_t deleted;
	struct err err;

	add_count(f->store, 60, "new", 1, 0);
	add_count(f->store, 120, "passed", 1, 300);
	add_count(f->store, 60, "new", 2, 0);
	add_count(f->store, 120, "new", 5, 0);
	add_count(f->store, 180, "passed", 1, 500);
	assert_int_equal(store_stat_each(f->store, 60, 180, see_count, text, &err), 0);
	assert_string_equal(text, "60 new 3 0; 120 new 5 0; 120 passed 1 300; ");
	text[0] = '\0';
	assert_int_equal(store_stat_sum(f->store, 0, 1000, see_count, text, &err), 0);
	assert_string_equal(text, "0 new 8 0; 0 passed 2 800; ");
	assert_int_equal(store_stat_expire(f->store, 180, 2, &deleted, &err), 0);
	assert_int_equal(deleted, 2);
	assert_int_equal(store_stat_expire(f->store, 180, 2, &deleted, &err), 0);
	assert_int_equal(deleted, 1);
	text[0] = '\0';
	assert_int_equal(store_stat_each(f->store, 0, 1000, see_count, text, &err), 0);
	assert_string_equal(text, "180 passed 1 500; ");
}

/* An hour begins with its first second; a range may begin and end within one. */
static void
test_stat_hours(void **state)
{
	struct fixture *f = *state;
	char text[256] = "";
	struct err err;

	add_count(f->store, 3540, "new", 1, 0);
	add_count(f->store, 3600, "passed", 1, 300);
	add_count(f->store, 3660, "new", 2, 0);
	add_count(f->store, 7140, "passed", 4, 10);
	add_count(f->store, 7200, "new", 5, 0);
	add_count(f->store, 90000, "new", 6, 1);
	assert_int_equal(store_stat_hours(f->store, 0, 90060, see_count, text, &err), 0);
	assert_string_equal(
	    text, "0 new 1 0; 3600 new 2 0; 3600 passed 5 310; 7200 new 5 0; 90000 new 6 1; ");
	text[0] = '\0';
	assert_int_equal(store_stat_hours(f->store, 3660, 7200, see_count, text, &err), 0);
	assert_string_equal(text, "3600 new 2 0; 3600 passed 4 10; ");
	text[0] = '\0';
	assert_int_equal(store_stat_hours(f->store, 7260, 90000, see_count, text, &err), 0);
	assert_string_equal(text, "");
}

static void
see_beat(void *arg, const struct heartbeat *beat)
{
	char *text = arg;

	sprintf(text, "%d %d %d %.*s|%.*s", (int)beat->pid, (int)beat->started_s, (int)beat->beat_s,
	    (int)beat->version.len, beat->version.ptr, (int)beat->status.len, beat->status.ptr);
}

static void
test_heartbeat(void **state)
{
	struct heartbeat beat = { 4711, 100, 105, SLICE("0.1.0"), SLICE("ok, 12 connections") };
	struct fixture *f = *state;
	struct err err;
	char text[128];

	assert_int_equal(store_heartbeat_get(f->store, see_beat, text, &err), STORE_NO);
	assert_int_equal(store_heartbeat_put(f->store, &beat, &err), 0);
	beat.beat_s = 0;
	assert_int_equal(store_heartbeat_put(f->store, &beat, &err), 0);
	assert_int_equal(store_heartbeat_get(f->store, see_beat, text, &err), STORE_YES);
	assert_string_equal(text, "4711 100 0 0.1.0|ok, 12 connections");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_event_pages),
		cmocka_unit_test(test_event_trim),
		TEST_WITH_STORE(test_stat),
		TEST_WITH_STORE(test_stat_hours),
		TEST_WITH_STORE(test_heartbeat),
	};

	return cmocka_run_group_tests_name("store_event", tests, NULL, NULL);
}
