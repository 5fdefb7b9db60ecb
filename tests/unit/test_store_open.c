/* test_store_open.c - what opening makes of each file it can meet, and that nobody's bytes are lost
 * on the way. */
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/store/db.h"
#include "common/store/schema.h"
#include "common/store/triplet.h"
#include "tests/fake/clock.h"

#define NOBODY 65534

static void
write_file(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static char *
read_file(const char *path, size_t *len_out)
{
	FILE *file = fopen(path, "r");
	char *bytes = calloc(1, 1 << 20);

	*len_out = 0;
	if (file != NULL) {
		*len_out = fread(bytes, 1, 1 << 20, file);
		fclose(file);
	}
	return bytes;
}

/* A database of some pages, changed by SQL. */
static void
make_with(const char *path, const char *sql)
{
	struct triplet row = { .key = { SLICE("192.0.2.0/24"), SLICE("a"), SLICE("b") } };
	struct store *store = must_open(path, STORE_SERVER);
	struct err err;
	int64_t id;
	int i;

	assert_int_equal(store_begin(store, &err), 0);
	for (i = 0; i < 1000; i++)
		assert_int_equal(store_triplet_append(store, &row, &id, &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
	if (db_script(store, sql, &err) == -1)
		fail_msg("%s", err.text);
	store_close(store);
}

static void
put_nothing(const char *path)
{
	(void)path;
}

static void
put_ours(const char *path)
{
	make_with(path, "");
}

static void
put_empty(const char *path)
{
	write_file(path, "", 0);
}

static void
put_garbage(const char *path)
{
	char bytes[8192];

	memset(bytes, 'x', sizeof(bytes));
	write_file(path, bytes, sizeof(bytes));
}

static void
put_few_bytes(const char *path)
{
	write_file(path, "hello", 5);
}

static void
put_link(const char *path)
{
	char target[100];

	snprintf(target, sizeof(target), "%s-real", path);
	make_with(target, "");
	assert_int_equal(symlink(target, path), 0);
}

static void
put_folder(const char *path)
{
	assert_int_equal(mkdir(path, 0755), 0);
}

static void
put_foreign(const char *path)
{
	make_with(path, "PRAGMA application_id = 1196444487");
}

static void
put_unmarked(const char *path)
{
	make_with(path, "PRAGMA application_id = 0; PRAGMA user_version = 0");
}

static void
put_newer(const char *path)
{
	make_with(path, "PRAGMA user_version = 99");
}

static void
put_version_zero(const char *path)
{
	make_with(path, "PRAGMA user_version = 0");
}

static void
put_without_meta(const char *path)
{
	make_with(path, "DROP TABLE meta");
}

static void
put_rollback_mode(const char *path)
{
	make_with(path, "PRAGMA journal_mode = DELETE");
}

static void
scribble(const char *path)
{
	char bytes[4096];
	int fd = open(path, O_WRONLY);

	memset(bytes, 0xa5, sizeof(bytes));
	assert_int_equal(pwrite(fd, bytes, sizeof(bytes), 4096), sizeof(bytes));
	close(fd);
}

#define RUNNING "UPDATE meta SET value = 1 WHERE name = 'running'"

static void
put_scribbled_clean(const char *path)
{
	make_with(path, "");
	scribble(path);
}

static void
put_scribbled_unclean(const char *path)
{
	make_with(path, RUNNING);
	scribble(path);
}

static void
put_truncated(const char *path)
{
	make_with(path, RUNNING);
	assert_int_equal(truncate(path, 3 * 4096), 0);
}

static void
put_unclean(const char *path)
{
	make_with(path, RUNNING);
}

static const struct {
	const char *name;
	void (*put)(const char *path);
	enum store_mode mode;
	int want; /* code, 0: opens */
	const char *want_text;
} cases[] = {
	{ "nothing, server", put_nothing, STORE_SERVER, 0, "" },
	{ "nothing, operator", put_nothing, STORE_WRITE, ERR_NOINPUT, "greygated first starts" },
	{ "nothing, reader", put_nothing, STORE_READ, ERR_NOINPUT, "greygated first starts" },
	{ "ours, server", put_ours, STORE_SERVER, 0, "" },
	{ "ours, operator", put_ours, STORE_WRITE, 0, "" },
	{ "ours, reader", put_ours, STORE_READ, 0, "" },
	{ "zero length, server", put_empty, STORE_SERVER, 0, "" },
	{ "zero length, operator", put_empty, STORE_WRITE, ERR_NOINPUT, "is empty" },
	{ "garbage, server", put_garbage, STORE_SERVER, ERR_DATA, "on_corrupt: quarantine" },
	{ "garbage, reader", put_garbage, STORE_READ, ERR_DATA, "not a database" },
	{ "few bytes", put_few_bytes, STORE_SERVER, ERR_DATA, "not a database" },
	{ "link", put_link, STORE_SERVER, ERR_CONFIG, "a link; name the file itself" },
	{ "folder", put_folder, STORE_SERVER, ERR_CONFIG, "not a regular file" },
	{ "other application_id", put_foreign, STORE_SERVER, ERR_CONFIG, "another program" },
	{ "tables, no mark", put_unmarked, STORE_WRITE, ERR_CONFIG, "another program" },
	{ "newer, server", put_newer, STORE_SERVER, ERR_CONFIG, "install the newer program" },
	{ "newer, reader", put_newer, STORE_READ, ERR_CONFIG, "install the newer program" },
	{ "version 0", put_version_zero, STORE_SERVER, ERR_DATA, "from version 0" },
	{ "older, operator", put_version_zero, STORE_WRITE, ERR_CONFIG, "start greygated" },
	{ "no meta table", put_without_meta, STORE_SERVER, ERR_DATA, "no such table: meta" },
	{ "rollback mode", put_rollback_mode, STORE_SERVER, 0, "" },
	{ "scribbled, clean stop", put_scribbled_clean, STORE_SERVER, 0, "" },
	{ "scribbled, unclean stop", put_scribbled_unclean, STORE_SERVER, ERR_DATA, "damaged" },
	{ "truncated", put_truncated, STORE_SERVER, ERR_DATA, "malformed" },
	{ "sound, unclean stop", put_unclean, STORE_SERVER, 0, "" },
};

static void
test_each_file(void **state)
{
	struct store *store;
	struct err err;
	int failures = 0, got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f;
		void *inner = NULL;

		assert_int_equal(folder_make(&inner), 0);
		f = inner;
		cases[i].put(f->path);
		err = (struct err){ .code = 0 };
		store = open_mode(f->path, cases[i].mode, &err);
		got = store != NULL ? 0 : err.code;
		if (got != cases[i].want || strstr(err.text, cases[i].want_text) == NULL) {
			print_error("%s: got %d \"%s\", want %d \"%s\"\n", cases[i].name, got,
			    err.text, cases[i].want, cases[i].want_text);
			failures++;
		}
		store_close(store);
		folder_remove(&inner);
	}
	assert_int_equal(failures, 0);
}

static void
test_missing_folder(void **state)
{
	struct err err;

	(void)state;
	assert_null(open_mode("/nonexistent/greygate.db", STORE_SERVER, &err));
	assert_int_equal(err.code, ERR_NOINPUT);
}

/* A damaged file with what lies beside it. */
static void
test_quarantine(void **state)
{
	static const char *const tails[] = { "", "-wal" };
	struct fixture *f = *state;
	struct store_options options = {
		.path = f->path, .mode = STORE_SERVER, .quarantine = true
	};
	char notice[ERR_TEXT_MAX], name[2][128], *before[2], *after;
	size_t before_len[2], after_len, i;
	int64_t generation;
	struct err err;

	fake_clock_set(1767225600);
	put_garbage(f->path);
	snprintf(name[0], sizeof(name[0]), "%s-wal", f->path);
	write_file(name[0], "leftover", 8);
	for (i = 0; i < 2; i++) {
		snprintf(name[i], sizeof(name[i]), "%s%s", f->path, tails[i]);
		before[i] = read_file(name[i], &before_len[i]);
	}
	f->store = store_open(&options, notice, &err);
	assert_non_null(f->store);
	assert_non_null(strstr(notice, ".corrupt-20260101T000000Z"));
	assert_int_equal(store_generation(f->store, &generation, &err), 0);
	assert_int_equal(generation, 1);
	for (i = 0; i < 2; i++) {
		snprintf(
		    name[i], sizeof(name[i]), "%s.corrupt-20260101T000000Z%s", f->path, tails[i]);
		after = read_file(name[i], &after_len);
		assert_int_equal(after_len, before_len[i]);
		assert_memory_equal(after, before[i], after_len);
		free(before[i]);
		free(after);
	}
}

/* Children that wait at a gate: a pipe of which the parent keeps the other end. */
struct gate {
	const char *path;
	int wait, hold;
};

static int
open_at_once(void *arg)
{
	const struct gate *gate = arg;
	struct err err = { .code = 0 };
	struct store *store;
	char byte;

	close(gate->hold);
	if (read(gate->wait, &byte, 1) != 0)
		return 1;
	store = open_mode(gate->path, STORE_SERVER, &err);
	if (store == NULL)
		fprintf(stderr, "%s\n", err.text);
	store_close(store);
	return err.code;
}

enum { AT_ONCE = 4 };

static int
open_by_all(const char *path)
{
	struct gate gate = { .path = path };
	pid_t pids[AT_ONCE];
	int ends[2], failures = 0, i;

	assert_int_equal(pipe(ends), 0);
	gate.wait = ends[0];
	gate.hold = ends[1];
	for (i = 0; i < AT_ONCE; i++)
		pids[i] = child_start(open_at_once, &gate);
	close(ends[0]);
	close(ends[1]);
	for (i = 0; i < AT_ONCE; i++)
		failures += child_wait(pids[i]) != 0;
	return failures;
}

static void
test_created_by_several(void **state)
{
	struct fixture *f = *state;
	int64_t generation;
	struct err err;
	int round, failures = 0;

	for (round = 0; round < 50; round++) {
		failures += open_by_all(f->path);
		f->store = must_open(f->path, STORE_SERVER);
		assert_int_equal(store_generation(f->store, &generation, &err), 0);
		assert_int_equal(generation, 1);
		store_close(f->store);
		f->store = NULL;
		assert_int_equal(unlink(f->path), 0);
	}
	assert_int_equal(failures, 0);
}

/* A copy that was restored is no write-ahead log any more: all turn it into one. */
static void
test_restored_for_several(void **state)
{
	struct fixture *f = *state;
	int round, failures = 0;

	put_ours(f->path);
	for (round = 0; round < 50; round++) {
		f->store = must_open(f->path, STORE_SERVER);
		assert_int_equal(db_script(f->store, "PRAGMA journal_mode = DELETE", NULL), 0);
		store_close(f->store);
		f->store = NULL;
		failures += open_by_all(f->path);
	}
	assert_int_equal(failures, 0);
}

static void
test_hash_key_is_kept(void **state)
{
	struct fixture *f = *state;
	uint8_t keys[2][STORE_HASH_KEY_LEN] = { { 0 }, { 1 } };
	struct err err;

	assert_int_equal(store_hash_key(f->store, keys[0], &err), 0);
	store_close(f->store);
	f->store = must_open(f->path, STORE_SERVER);
	assert_int_equal(store_hash_key(f->store, keys[1], &err), 0);
	assert_memory_equal(keys[0], keys[1], STORE_HASH_KEY_LEN);
}

static void
test_marks_of_the_run(void **state)
{
	struct fixture *f = *state;
	int version;
	struct err err;

	assert_int_equal(store_schema_version(f->store, &version, &err), 0);
	assert_int_equal(version, SCHEMA_VERSION);
	assert_int_equal(store_mark_running(f->store, &err), 0);
	assert_int_equal(store_mark_stopped(f->store, &err), 0);
	assert_int_equal(store_quick_check(f->store, &err), STORE_YES);
	store_close(f->store);
	scribble(f->path);
	f->store = must_open(f->path, STORE_SERVER); /* stopped in order: not looked at */
	assert_int_not_equal(store_quick_check(f->store, &err), STORE_YES);
	assert_int_equal(err.code, ERR_DATA);
	assert_null(strchr(err.text, '\n'));
}

static void
test_same_file(void **state)
{
	struct fixture *f = *state;
	char aside[100];

	assert_true(store_same_file(f->store));
	snprintf(aside, sizeof(aside), "%s-aside", f->path);
	assert_int_equal(rename(f->path, aside), 0);
	assert_false(store_same_file(f->store));
	put_empty(f->path);
	assert_false(store_same_file(f->store));
}

/* Rights do not bind root: the child becomes nobody first. */
struct rights {
	const char *path;
	enum store_mode mode;
};

static int
open_as_nobody(void *arg)
{
	const struct rights *rights = arg;
	struct err err = { .code = 0 };
	struct store *store;

	if (geteuid() == 0 && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
		return 1;
	store = open_mode(rights->path, rights->mode, &err);
	store_close(store);
	return err.code;
}

static void
test_rights(void **state)
{
	static const struct {
		const char *name;
		mode_t dir, file;
		bool served; /* a server has it open */
		enum store_mode mode;
		int want;
	} rows[] = {
		{ "all, server", 0777, 0666, false, STORE_SERVER, 0 },
		{ "file read-only, server", 0777, 0444, false, STORE_SERVER, ERR_PERM },
		{ "file read-only, operator", 0777, 0444, false, STORE_WRITE, ERR_PERM },
		{ "file read-only, reader", 0777, 0444, false, STORE_READ, 0 },
		{ "both read-only, reader", 0555, 0444, false, STORE_READ, ERR_PERM },
		{ "both read-only, reader beside a server", 0555, 0444, true, STORE_READ, 0 },
		{ "folder read-only, operator", 0555, 0666, false, STORE_WRITE, ERR_PERM },
		{ "file unreadable", 0777, 0000, false, STORE_READ, ERR_PERM },
		{ "folder closed", 0000, 0666, false, STORE_READ, ERR_PERM },
	};
	struct fixture *f = *state;
	int failures = 0, got;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rights rights = { f->path, rows[i].mode };
		struct store *server;

		remove(f->path);
		server = must_open(f->path, STORE_SERVER);
		if (!rows[i].served) {
			store_close(server);
			server = NULL;
		}
		assert_int_equal(chmod(f->path, rows[i].file), 0);
		assert_int_equal(chmod(f->dir, rows[i].dir), 0);
		got = child_run(open_as_nobody, &rights);
		assert_int_equal(chmod(f->dir, 0777), 0);
		if (got != rows[i].want) {
			print_error("%s: got %d, want %d\n", rows[i].name, got, rows[i].want);
			failures++;
		}
		store_close(server);
	}
	assert_int_equal(failures, 0);
}

/* A server that may not write its folder says so when it would create. */
static void
test_no_right_to_create(void **state)
{
	struct fixture *f = *state;
	struct rights rights = { f->path, STORE_SERVER };

	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(child_run(open_as_nobody, &rights), ERR_PERM);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_file),
		cmocka_unit_test(test_missing_folder),
		TEST_IN_FOLDER(test_quarantine),
		TEST_IN_FOLDER(test_created_by_several),
		TEST_IN_FOLDER(test_restored_for_several),
		TEST_WITH_STORE(test_hash_key_is_kept),
		TEST_WITH_STORE(test_marks_of_the_run),
		TEST_WITH_STORE(test_same_file),
		TEST_IN_FOLDER(test_rights),
		TEST_IN_FOLDER(test_no_right_to_create),
	};

	return cmocka_run_group_tests_name("store_open", tests, NULL, NULL);
}
