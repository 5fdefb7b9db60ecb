/* test_store_fault.c - what may go wrong while a store is in use: another writer, a reader in the
 * way, a full disk, death in the middle, two servers. After each the file is sound and holds what
 * was committed. */
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "common/store/db.h"
#include "common/store/triplet.h"

#define ROW_LEN 500

/* Appends rows in a transaction of their own. */
static int
append(struct store *store, int n, struct err *err)
{
	static const char filler[ROW_LEN];
	struct triplet row = { .key = { SLICE("192.0.2.0/24"), { filler, ROW_LEN }, SLICE("c@d") },
		.client_address = SLICE("192.0.2.1") };
	int64_t id;
	int i;

	if (store_begin(store, err) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (store_triplet_append(store, &row, &id, err) == -1)
			break;
	if (i == n && store_commit(store, err) == 0)
		return 0;
	store_rollback(store);
	return -1;
}

static void
must_append(struct store *store, int n)
{
	struct err err = { .text = "" };

	if (append(store, n, &err) == -1)
		fail_msg("%s", err.text);
}

/* The file is sound and holds N rows, with ids from 1. */
static void
check_rows(struct store *store, int64_t n)
{
	int64_t max;
	struct err err;

	assert_int_equal(store_triplet_max_id(store, &max, &err), 0);
	assert_int_equal(max, n);
	assert_int_equal(store_quick_check(store, &err), STORE_YES);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
test_other_writer(void **state)
{
	static const struct {
		const char *name;
		enum store_mode mode;
		int busy_ms;
		int64_t least_ms, most_ms;
	} cases[] = {
		{ "server by default", STORE_SERVER, 0, 10, 200 },
		{ "server with 100 ms", STORE_SERVER, 100, 90, 400 },
		{ "operator with 60 ms", STORE_WRITE, 60, 50, 400 },
	};
	struct fixture *f = *state;
	int failures = 0;
	struct err err;
	size_t i;

	assert_int_equal(store_begin(f->store, &err), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_options options = {
			.path = f->path, .mode = cases[i].mode, .busy_ms = cases[i].busy_ms
		};
		struct store *second = store_open(&options, NULL, &err);
		int64_t started = now_ms(), took;

		assert_non_null(second);
		assert_int_equal(store_begin(second, &err), -1);
		took = now_ms() - started;
		if (err.code != ERR_TEMP || took < cases[i].least_ms || took > cases[i].most_ms) {
			print_error("%s: got code %d after %d ms, want %d after %d to %d\n",
			    cases[i].name, err.code, (int)took, ERR_TEMP, (int)cases[i].least_ms,
			    (int)cases[i].most_ms);
			failures++;
		}
		store_rollback(second); /* there is nothing to roll back */
		store_close(second);
	}
	assert_int_equal(failures, 0);
	assert_int_equal(store_commit(f->store, &err), 0);
	must_append(f->store, 1);
}

static void
test_changed_by_others(void **state)
{
	struct fixture *f = *state;
	struct store *other = must_open(f->path, STORE_WRITE);
	struct err err;

	assert_false(store_changed(f->store));
	must_append(f->store, 1); /* one's own commit is no news */
	assert_false(store_changed(f->store));
	must_append(other, 1);
	assert_true(store_changed(f->store));
	assert_false(store_changed(f->store));
	assert_int_equal(store_begin(other, &err), 0);
	assert_int_equal(store_generation_bump(other, &err), 0);
	store_rollback(other);
	assert_false(store_changed(f->store));
	store_close(other);
}

static void
test_reader_cannot_write(void **state)
{
	struct fixture *f = *state;
	struct store *reader = must_open(f->path, STORE_READ);
	struct err err;

	assert_int_equal(append(reader, 1, &err), -1);
	assert_int_equal(err.code, ERR_PERM);
	store_close(reader);
	must_append(f->store, 1);
}

/* No pages left: the batch is refused, what was there stays, and with room it goes on. */
static void
test_no_pages_left(void **state)
{
	struct fixture *f = *state;
	struct err err;

	must_append(f->store, 10);
	assert_int_equal(db_script(f->store, "PRAGMA max_page_count = 40", &err), 0);
	assert_int_equal(append(f->store, 1000, &err), -1);
	assert_int_equal(err.code, ERR_IO);
	store_rollback(f->store); /* once more is harmless */
	check_rows(f->store, 10);
	must_append(f->store, 5);
	assert_int_equal(db_script(f->store, "PRAGMA max_page_count = 100000", &err), 0);
	must_append(f->store, 1000);
	check_rows(f->store, 1015);
}

/* Writes until the file size limit is met, then again without it. */
static int
meet_file_size_limit(void *arg)
{
	struct rlimit limit;
	struct store *store;
	struct err err;
	int n = 0;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	store = open_mode(arg, STORE_SERVER, &err);
	limit.rlim_cur = 256 * 1024;
	if (store == NULL || setrlimit(RLIMIT_FSIZE, &limit) == -1)
		return 1;
	while (append(store, 10, &err) == 0)
		if (++n > 1000)
			return 2;
	if (err.code != ERR_IO || strstr(err.text, "file size limit") == NULL) {
		fprintf(stderr, "%d %s\n", err.code, err.text);
		return 3;
	}
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_FSIZE, &limit) == -1 || append(store, 10, &err) == -1)
		return 4;
	store_close(store);
	return 100 + n % 100;
}

static void
test_file_size_limit(void **state)
{
	struct fixture *f = *state;
	int64_t max;
	struct err err;
	int status = child_run(meet_file_size_limit, f->path);

	assert_true(status >= 100);
	f->store = must_open(f->path, STORE_SERVER);
	assert_int_equal(store_triplet_max_id(f->store, &max, &err), 0);
	assert_int_equal(max % 1000, (status - 100 + 1) * 10);
	check_rows(f->store, max);
}

static int
die_before_commit(void *arg)
{
	struct store *store = open_mode(arg, STORE_SERVER, NULL);
	struct err err;

	if (store == NULL || append(store, 100, &err) == -1 ||
	    store_mark_running(store, &err) == -1 || store_begin(store, &err) == -1 ||
	    db_run(store, SQL_TRIPLET_DELETE, &err, "i", (int64_t)100) == -1)
		return 1;
	kill(getpid(), SIGKILL);
	return 2;
}

static void
test_killed_before_commit(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(child_run(die_before_commit, f->path), -SIGKILL);
	f->store = must_open(f->path, STORE_SERVER); /* looks over its pages first */
	check_rows(f->store, 100);
}

/* Commits batches of ten and tells of each through the pipe, until it is killed. */
struct teller {
	const char *path;
	int fd;
};

static int
tell_commits(void *arg)
{
	const struct teller *teller = arg;
	struct store *store = open_mode(teller->path, STORE_SERVER, NULL);
	struct store_wal wal;
	struct err err;

	while (store != NULL && append(store, 10, &err) == 0 &&
	       store_checkpoint(store, &wal, &err) == 0 && write(teller->fd, "x", 1) == 1)
		;
	return 1;
}

static int64_t
count_told(int fd)
{
	int64_t told = 0;
	char c;

	while (read(fd, &c, 1) == 1)
		told++;
	return told;
}

static void
test_killed_at_any_time(void **state)
{
	struct fixture *f = *state;
	int64_t before = 0, max, told;
	struct err err;
	int round, fds[2];
	pid_t pid;

	for (round = 0; round < 10; round++) {
		assert_int_equal(pipe(fds), 0);
		pid = child_start(tell_commits, &(struct teller){ f->path, fds[1] });
		close(fds[1]);
		usleep(20000 + (useconds_t)round * 3000);
		kill(pid, SIGKILL);
		assert_int_equal(child_wait(pid), -SIGKILL);
		told = count_told(fds[0]);
		close(fds[0]);
		f->store = must_open(f->path, STORE_SERVER);
		assert_int_equal(store_triplet_max_id(f->store, &max, &err), 0);
		assert_true(max == before + told * 10 || max == before + told * 10 + 10);
		check_rows(f->store, max);
		store_close(f->store);
		f->store = NULL;
		before = max;
	}
	assert_true(before > 0);
}

/* A read transaction that another program keeps open. */
static struct store *
hold_snapshot(const char *path)
{
	struct store *reader = must_open(path, STORE_READ);
	int64_t generation;
	struct err err;

	assert_int_equal(db_script(reader, "BEGIN", &err), 0);
	assert_int_equal(store_generation(reader, &generation, &err), 0);
	return reader;
}

/* A server's commits move nothing; a checkpoint moves what no reader needs; when the reader has
 * gone the log is cut. */
static void
test_log_and_reader(void **state)
{
	struct fixture *f = *state;
	struct store *reader;
	struct store_wal wal;
	struct err err;
	int64_t started;

	must_append(f->store, 10000);
	assert_true(store_wal_bytes(f->store) > 4 << 20);
	reader = hold_snapshot(f->path);
	must_append(f->store, 1000);
	assert_int_equal(store_checkpoint(f->store, &wal, &err), 0);
	assert_true(wal.moved > 0 && wal.moved < wal.pages);
	assert_int_equal(wal.bytes, store_wal_bytes(f->store));
	started = now_ms();
	assert_int_equal(store_checkpoint_truncate(f->store, 50, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	assert_true(now_ms() - started < 500);
	must_append(f->store, 10); /* the reader is in nobody's way */
	store_close(reader);
	assert_int_equal(store_checkpoint_truncate(f->store, 50, &err), 0);
	assert_int_equal(store_wal_bytes(f->store), 0);
	assert_true(store_file_bytes(f->store) > 4 << 20);
	check_rows(f->store, 11010);
}

/* With checkpoints between commits the log begins again and stays small. */
static void
test_log_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct store_wal wal;
	struct err err;
	int i;

	for (i = 0; i < 200; i++) {
		must_append(f->store, 100);
		assert_int_equal(store_checkpoint(f->store, &wal, &err), 0);
		assert_int_equal(wal.moved, wal.pages);
	}
	assert_true(wal.bytes < 1 << 20);
	check_rows(f->store, 20000);
}

static void
test_log_ends_with_the_last(void **state)
{
	struct fixture *f = *state;
	char wal[100];

	must_append(f->store, 10);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(access(wal, F_OK), 0);
	store_close(f->store);
	assert_int_equal(access(wal, F_OK), -1);
	f->store = must_open(f->path, STORE_SERVER);
	check_rows(f->store, 10);
}

/* Damage met while running is an error, not a crash, and the handle can still be closed. */
static void
test_damaged_while_running(void **state)
{
	struct fixture *f = *state;
	char bytes[4096];
	struct err err;
	int64_t deleted = 0;
	int fd, page;

	must_append(f->store, 5000);
	assert_int_equal(store_checkpoint_truncate(f->store, 50, &err), 0);
	memset(bytes, 0xa5, sizeof(bytes));
	fd = open(f->path, O_WRONLY);
	for (page = 40; page < 600; page++)
		assert_int_equal(pwrite(fd, bytes, sizeof(bytes), page * 4096), sizeof(bytes));
	close(fd);
	store_close(f->store);
	f->store = must_open(f->path, STORE_SERVER);
	assert_int_equal(store_begin(f->store, &err), 0);
	while (store_triplet_delete(f->store, ++deleted, &err) == 0 && deleted < 5000)
		;
	assert_int_equal(err.code, ERR_DATA);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store, &err), 0);
	store_rollback(f->store);
}

/* The lock of the server. */
static int
lock_again(void *arg)
{
	struct err err = { .code = 0 };
	struct store_lock *lock = store_lock_acquire(arg, &err);
	char want[32];

	store_lock_release(lock);
	snprintf(want, sizeof(want), "process %ld)", (long)getppid());
	return err.code != 0 && strstr(err.text, want) == NULL ? 1 : err.code;
}

static int
probe(void *arg)
{
	int64_t pid = -1;
	struct err err;

	switch (store_lock_probe(arg, &pid, &err)) {
	case STORE_YES: return pid == getppid() ? 10 : 1;
	case STORE_NO: return pid == 0 ? 20 : 2;
	default: return 3;
	}
}

static void
test_one_server(void **state)
{
	struct fixture *f = *state;
	struct store_lock *lock;
	struct err err;

	assert_int_equal(child_run(probe, f->path), 20); /* there is no lock file yet */
	lock = store_lock_acquire(f->path, &err);
	assert_non_null(lock);
	assert_int_equal(child_run(probe, f->path), 10);
	assert_int_equal(child_run(lock_again, f->path), ERR_TEMP);
	assert_int_equal(child_run(probe, f->path), 10);
	store_lock_release(lock);
	assert_int_equal(child_run(probe, f->path), 20);
	assert_int_equal(child_run(lock_again, f->path), 0);
	store_lock_release(NULL);
}

static int
lock_and_die(void *arg)
{
	if (store_lock_acquire(arg, NULL) == NULL)
		return 1;
	kill(getpid(), SIGKILL);
	return 2;
}

static void
test_lock_dies_with_its_holder(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(child_run(lock_and_die, f->path), -SIGKILL);
	assert_int_equal(child_run(lock_again, f->path), 0);
}

static void
test_lock_through_a_link(void **state)
{
	struct fixture *f = *state;
	struct err err;
	char name[100];

	snprintf(name, sizeof(name), "%s.lock", f->path);
	assert_int_equal(symlink("/etc/passwd", name), 0);
	assert_null(store_lock_acquire(f->path, &err));
	assert_int_equal(err.code, ERR_CREATE);
	assert_null(store_lock_acquire("/nonexistent/db", &err));
	assert_int_equal(err.code, ERR_CREATE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_other_writer),
		TEST_WITH_STORE(test_changed_by_others),
		TEST_WITH_STORE(test_reader_cannot_write),
		TEST_WITH_STORE(test_no_pages_left),
		TEST_IN_FOLDER(test_file_size_limit),
		TEST_IN_FOLDER(test_killed_before_commit),
		TEST_IN_FOLDER(test_killed_at_any_time),
		TEST_WITH_STORE(test_log_and_reader),
		TEST_WITH_STORE(test_log_is_bounded),
		TEST_WITH_STORE(test_log_ends_with_the_last),
		TEST_WITH_STORE(test_damaged_while_running),
		TEST_IN_FOLDER(test_one_server),
		TEST_IN_FOLDER(test_lock_dies_with_its_holder),
		TEST_IN_FOLDER(test_lock_through_a_link),
	};

	return cmocka_run_group_tests_name("store_fault", tests, NULL, NULL);
}
