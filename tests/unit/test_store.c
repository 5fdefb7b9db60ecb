/* test_store.c - a real file: opening, locks, faults, rows, merges, audit. */
#include "tests/unit/cases.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/greylist/transition.h"
#include "common/store/change.h"
#include "common/store/client.h"
#include "common/store/edit.h"
#include "common/store/event.h"
#include "common/store/heartbeat.h"
#include "common/store/schema.h"
#include "common/store/stat.h"
#include "common/store/triplet.h"
#include "tests/unit/scratch.h"

struct world {
	struct scratch scratch;
	struct store *store;
};

static int
make_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	scratch_make(&w->scratch);
	w->store = scratch_open(&w->scratch, STORE_SERVER, NULL);
	*state = w;
	return w->store == NULL;
}

static int
end_world(void **state)
{
	struct world *w = *state;

	store_close(w->store);
	scratch_remove(&w->scratch);
	free(w);
	return 0;
}

static const struct triplet_key key = { { "192.0.2.0/24", 12 }, { "a@x", 3 }, { "b@y", 3 } };

static int64_t
append(struct store *store, struct triplet_state s)
{
	struct triplet row = { .key = key,
		.sender = SLICE("A@x"),
		.recipient = SLICE("b@y"),
		.client_address = SLICE("192.0.2.1"),
		.state = s };
	int64_t id;

	assert_int_equal(store_triplet_append(store, &row, &id, NULL), 0);
	return id;
}

static void
triplet_rows(void **state)
{
	struct store *store = ((struct world *)*state)->store;
	struct triplet_key other = { { "192.0.2.0/24", 12 }, { "a@x", 3 }, { "c@y", 3 } };
	struct triplet_state s = { 10, 20, 1, 0, 0, 0 }, got;
	int64_t id, max;

	assert_int_equal(store_begin(store, NULL), 0);
	id = append(store, s);
	assert_int_equal(store_triplet_match(store, id, &key, &got, NULL, NULL), STORE_YES);
	assert_memory_equal(&got, &s, sizeof(s));
	assert_int_equal(store_triplet_match(store, id, &other, &got, NULL, NULL), STORE_OTHER);
	assert_int_equal(store_triplet_match(store, id + 1, &key, &got, NULL, NULL), STORE_NO);
	assert_int_equal(store_triplet_delete(store, id, NULL), 0);
	assert_int_equal(store_triplet_match(store, id, &key, &got, NULL, NULL), STORE_NO);
	store_rollback(store);
	assert_int_equal(store_triplet_max_id(store, &max, NULL), 0);
	assert_int_equal(max, 0);
}

/* The same random observations, with a clock that jumps, into the C model and into SQL. */
static void
model_and_sql_agree(void **state)
{
	enum { ROUNDS = 200, STEPS = 30 };
	struct store *store = ((struct world *)*state)->store;
	int round, i;

	srand(5);
	assert_int_equal(store_begin(store, NULL), 0);
	for (round = 0; round < ROUNDS; round++) {
		int64_t now_s = 1000000 + rand() % 1000;
		struct triplet_state model = transition_first(now_s), got;
		int64_t id = append(store, model);

		for (i = 0; i < STEPS; i++) {
			struct triplet_delta delta;

			now_s += rand() % 10 == 0 ? (rand() % 2 ? 3456000 : -3600) : rand() % 300;
			delta = rand() % 2 ? transition_deferred(now_s) : transition_passed(now_s);
			transition_merge(&model, &delta);
			assert_int_equal(store_triplet_merge(store, id, &delta, NULL, NULL), 0);
		}
		assert_int_equal(store_triplet_match(store, id, &key, &got, NULL, NULL), STORE_YES);
		want_int("agree", memcmp(&got, &model, sizeof(got)), 0);
	}
	store_rollback(store);
	end_cases();
}

static bool
count_row(void *arg, const struct triplet *triplet)
{
	(void)triplet;
	++*(int *)arg;
	return true;
}

static void
pages_go_from_new_to_old(void **state)
{
	struct store *store = ((struct world *)*state)->store;
	struct triplet_state s = { 10, 20, 1, 0, 0, 0 };
	int64_t last = INT64_MAX;
	int rows = 0, pages = 0, i;

	store_begin(store, NULL);
	for (i = 0; i < 25; i++)
		append(store, s);
	for (; last != 0; pages++)
		assert_int_equal(
		    store_triplet_page(store, last, 10, count_row, &rows, &last, NULL), 0);
	assert_int_equal(rows, 25);
	assert_int_equal(pages, 4);
	store_rollback(store);
}

static void
another_writer_is_busy_not_broken(void **state)
{
	struct world *w = *state;
	struct store *other = scratch_open(&w->scratch, STORE_WRITE, NULL);
	struct err err;
	int64_t before_ms = clock_mono_ms();

	assert_non_null(other);
	assert_int_equal(store_begin(other, NULL), 0);
	assert_int_equal(store_begin(w->store, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	assert_true(clock_mono_ms() - before_ms < 1000);
	store_rollback(other);
	assert_int_equal(store_begin(w->store, &err), 0);
	store_rollback(w->store);
	store_rollback(w->store);
	store_close(other);
}

static void
commits_of_others_are_noticed(void **state)
{
	struct world *w = *state;
	struct store *other = scratch_open(&w->scratch, STORE_WRITE, NULL);
	int64_t generation;

	assert_false(store_changed(w->store));
	store_begin(other, NULL);
	store_generation_bump(other, NULL);
	assert_int_equal(store_commit(other, NULL), 0);
	assert_true(store_changed(w->store));
	assert_false(store_changed(w->store));
	assert_int_equal(store_generation(w->store, &generation, NULL), 0);
	assert_int_equal(generation, 2);
	store_close(other);
}

static void
write_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
}

static void
what_is_refused_at_opening(void **state)
{
	struct world *w = *state;
	char path[200], link[200];
	struct store_options options = { .path = path, .mode = STORE_SERVER };
	struct err err;

	snprintf(path, sizeof(path), "%s/garbage.db", w->scratch.dir);
	write_file(path,
	    "this is not a database, and it is long enough to be read as one......"
	    "......................................................................",
	    140);
	assert_null(store_open(&options, NULL, &err));
	want_int("garbage", err.code, ERR_DATA);
	want_int("advice", strstr(err.text, "quarantine") != NULL, true);
	snprintf(path, sizeof(path), "%s/missing.db", w->scratch.dir);
	options.mode = STORE_READ;
	assert_null(store_open(&options, NULL, &err));
	want_int("missing", err.code, ERR_NOINPUT);
	snprintf(path, sizeof(path), "%s/no-folder/g.db", w->scratch.dir);
	options.mode = STORE_SERVER;
	assert_null(store_open(&options, NULL, &err));
	want_int("no folder", err.code, ERR_NOINPUT);
	snprintf(path, sizeof(path), "%s/empty.db", w->scratch.dir);
	write_file(path, "", 0);
	options.mode = STORE_READ;
	assert_null(store_open(&options, NULL, &err));
	want_int("empty", err.code, ERR_NOINPUT);
	snprintf(link, sizeof(link), "%s/link.db", w->scratch.dir);
	assert_int_equal(symlink(w->scratch.database, link), 0);
	options.path = link;
	assert_null(store_open(&options, NULL, &err));
	want_int("link", err.code, ERR_CONFIG);
	options.path = w->scratch.dir;
	assert_null(store_open(&options, NULL, &err));
	want_int("folder", err.code, ERR_CONFIG);
	end_cases();
}

static void
versions(void **state)
{
	static const struct schema_migration next[] = {
		{ SCHEMA_VERSION + 1, "ALTER TABLE rule ADD COLUMN colour TEXT" },
		{ SCHEMA_VERSION + 2, "CREATE TABLE extra (x)" },
		{ 0, NULL },
	};
	struct world *w = *state;
	char notice[ERR_TEXT_MAX], copy[200];
	struct stat st;
	struct err err;
	int version;

	assert_int_equal(
	    schema_migrate(w->store, next, SCHEMA_VERSION, SCHEMA_VERSION + 2, notice, &err), 0);
	assert_int_equal(store_schema_version(w->store, &version, NULL), 0);
	assert_int_equal(version, SCHEMA_VERSION + 2);
	snprintf(copy, sizeof(copy), "%s.v%d", w->scratch.database, SCHEMA_VERSION);
	assert_int_equal(stat(copy, &st), 0);
	assert_non_null(strstr(notice, "migrated from version 4 to 6"));
	store_close(w->store);
	w->store = scratch_open(&w->scratch, STORE_SERVER, &err);
	assert_null(w->store);
	assert_int_equal(err.code, ERR_CONFIG);
	assert_non_null(strstr(err.text, "newer greygate"));
}

static void
a_failed_migration_changes_nothing(void **state)
{
	static const struct schema_migration broken[] = {
		{ SCHEMA_VERSION + 1, "CREATE TABLE extra (x)" },
		{ SCHEMA_VERSION + 2, "no SQL at all" },
		{ 0, NULL },
	};
	struct world *w = *state;
	int version;

	assert_int_equal(
	    schema_migrate(w->store, broken, SCHEMA_VERSION, SCHEMA_VERSION + 2, NULL, NULL), -1);
	assert_int_equal(store_schema_version(w->store, &version, NULL), 0);
	assert_int_equal(version, SCHEMA_VERSION);
}

static void
killed_between_write_and_commit(void **state)
{
	struct world *w = *state;
	struct triplet_state s = { 10, 20, 1, 0, 0, 0 };
	int64_t max;
	pid_t pid;

	store_close(w->store);
	pid = fork();
	if (pid == 0) {
		struct store *store = scratch_open(&w->scratch, STORE_SERVER, NULL);

		store_begin(store, NULL);
		append(store, s);
		store_commit(store, NULL);
		store_begin(store, NULL);
		append(store, s);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, NULL, 0);
	w->store = scratch_open(&w->scratch, STORE_SERVER, NULL);
	assert_non_null(w->store);
	assert_int_equal(store_triplet_max_id(w->store, &max, NULL), 0);
	assert_int_equal(max, 1);
	assert_int_equal(store_quick_check(w->store, NULL), STORE_YES);
}

static void
one_server_only(void **state)
{
	struct world *w = *state;
	struct store_lock *lock = store_lock_acquire(w->scratch.database, NULL);
	struct err err;
	int64_t pid;
	int status;
	pid_t child = fork();

	if (child == 0) /* fcntl locks are between processes */
		_exit(store_lock_acquire(w->scratch.database, &err) == NULL &&
		      err.code == ERR_TEMP &&
		      store_lock_probe(w->scratch.database, &pid, NULL) == STORE_YES &&
		      pid == getppid());
	waitpid(child, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 1);
	store_lock_release(lock);
	assert_int_equal(store_lock_probe(w->scratch.database, &pid, NULL), STORE_NO);
}

static bool
keep_change(void *arg, const struct change *change)
{
	snprintf(arg, 600, "%.*s %.*s %lld [%.*s] [%.*s]", (int)change->author.len,
	    change->author.ptr, (int)change->verb.len, change->verb.ptr,
	    (long long)change->object_id, (int)(change->before.len > 0), "b",
	    (int)(change->after.len > 0), "a");
	return false;
}

static const char *
last_change(struct store *store, char out[600])
{
	int64_t last;

	out[0] = '\0';
	store_change_page(store, INT64_MAX, 1, keep_change, out, &last, NULL);
	return out;
}

static void
every_change_is_audited(void **state)
{
	struct store *store = ((struct world *)*state)->store;
	struct edit edit = { .store = store, .author = SLICE("anna"), .now_s = 100 };
	struct rule rule = { .scope = SLICE("@."),
		.pattern = SLICE("@x.com"),
		.meta = { .source = SLICE("manual") } };
	struct policy policy = { .scope = SLICE("@."),
		.sender = SLICE("@."),
		.delay_s = 5,
		.greylist = POLICY_UNSET,
		.training = POLICY_UNSET,
		.spf = POLICY_UNSET,
		.window_s = POLICY_UNSET,
		.lifetime_s = POLICY_UNSET,
		.meta = { .source = SLICE("manual") } };
	struct triplet_state s = { 10, 20, 1, 0, 0, 0 };
	char text[600];
	struct err err;
	int64_t id, triplet;

	assert_int_equal(edit_rule_add(&edit, &rule, &id, NULL), 0);
	want_text("add", last_change(store, text), "anna rule add 1 [] [a]");
	assert_int_equal(edit_rule_add(&edit, &rule, &id, &err), -1);
	want_int("twice", strstr(err.text, "rule 1 (allow) has this pattern") != NULL, true);
	assert_int_equal(edit_rule_remove(&edit, 1, NULL), 0);
	want_text("remove", last_change(store, text), "anna rule remove 1 [b] []");
	assert_int_equal(edit_rule_remove(&edit, 1, &err), -1);
	want_int("gone", err.code, ERR_NOINPUT);
	assert_int_equal(edit_policy_set(&edit, &policy, &id, NULL), 0);
	want_text("set", last_change(store, text), "anna policy set 1 [] [a]");
	assert_int_equal(edit_policy_set(&edit, &policy, &id, NULL), 0);
	want_text("set again", last_change(store, text), "anna policy set 1 [b] [a]");
	assert_int_equal(edit_policy_unset(&edit, id, NULL), 0);
	want_text("unset", last_change(store, text), "anna policy unset 1 [b] []");
	store_begin(store, NULL);
	triplet = append(store, s);
	store_commit(store, NULL);
	assert_int_equal(edit_release(&edit, triplet, 0, NULL), 0);
	want_text("release", last_change(store, text), "anna release 1 [b] [a]");
	assert_int_equal(edit_release(&edit, triplet, 0, &err), -1);
	want_int("twice", err.code, ERR_DATA);
	end_cases();
}

static bool
keep_total(void *arg, const struct stat_row *row)
{
	struct stat_row *total = arg;

	total->count = row->count;
	total->delay_s = row->delay_s;
	return true;
}

static void
events_and_counts_are_bounded(void **state)
{
	struct store *store = ((struct world *)*state)->store;
	struct event event = { .action = SLICE("pass"), .reason = SLICE("new") };
	struct stat_row row = { 60, SLICE("new"), 2, 5 };
	int64_t deleted;
	int i;

	store_begin(store, NULL);
	for (i = 0; i < 100; i++) {
		event.time_s = i;
		assert_int_equal(store_event_append(store, &event, NULL), 0);
	}
	assert_int_equal(store_event_trim(store, 40, 0, 1000, &deleted, NULL), 0);
	assert_int_equal(deleted, 60);
	assert_int_equal(store_event_trim(store, 40, 70, 1000, &deleted, NULL), 0);
	assert_int_equal(deleted, 10);
	assert_int_equal(store_event_trim(store, 5, 0, 10, &deleted, NULL), 0);
	assert_int_equal(deleted, 10);
	assert_int_equal(store_stat_add(store, &row, NULL), 0);
	assert_int_equal(store_stat_add(store, &row, NULL), 0);
	assert_int_equal(store_stat_expire(store, 61, 10, &deleted, NULL), 0);
	assert_int_equal(deleted, 1);
	assert_int_equal(store_stat_totals(store, keep_total, &row, NULL), 0);
	assert_int_equal(row.count, 4);
	assert_int_equal(row.delay_s, 10);
	store_rollback(store);
}

static void
the_log_is_bounded_and_emptied(void **state)
{
	struct world *w = *state;
	struct triplet_state s = { 10, 20, 1, 0, 0, 0 };
	struct store_wal wal;
	int i;

	for (i = 0; i < 50; i++) {
		store_begin(w->store, NULL);
		append(w->store, s);
		store_commit(w->store, NULL);
	}
	assert_true(store_wal_bytes(w->store) > 0);
	assert_int_equal(store_checkpoint(w->store, &wal, NULL), 0);
	assert_int_equal(wal.moved, wal.pages);
	assert_int_equal(store_checkpoint_truncate(w->store, 100, NULL), 0);
	assert_int_equal(store_wal_bytes(w->store), 0);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(triplet_rows),
		WORLD(model_and_sql_agree),
		WORLD(pages_go_from_new_to_old),
		WORLD(another_writer_is_busy_not_broken),
		WORLD(commits_of_others_are_noticed),
		WORLD(what_is_refused_at_opening),
		WORLD(versions),
		WORLD(a_failed_migration_changes_nothing),
		WORLD(killed_between_write_and_commit),
		WORLD(one_server_only),
		WORLD(every_change_is_audited),
		WORLD(events_and_counts_are_bounded),
		WORLD(the_log_is_bounded_and_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
