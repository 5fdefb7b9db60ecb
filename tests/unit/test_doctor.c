/* test_doctor.c - what is found at an installation, and what the exit status is. */
#include "tests/unit/store_fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/doctor/site.h"
#include "common/store/backup.h"
#include "common/store/backup_dir.h"
#include "common/store/domain.h"
#include "common/store/heartbeat.h"
#include "common/store/rule.h"
#include "tests/unit/cases.h"

#define NOW_S 2000000000
#define DAY_S 86400
#define MIB (UINT64_C(1) << 20)

/* Findings, one a line: "wrong 69 server: none runs on this database; start greygated". */
struct report {
	char text[16384];
	struct buf b;
	int status;
};

static void
note(void *arg, const struct verdict *verdict)
{
	static const char *const words[] = { [VERDICT_OK] = "ok",
		[VERDICT_INFO] = "info",
		[VERDICT_WARNING] = "note",
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_ERROR] = "wrong" };
	struct report *r = arg;

	buf_printf(&r->b, "%s %d %s; %s\n", words[verdict->status],
	    verdict->status == VERDICT_ERROR ? verdict->code : 0, verdict->text, verdict->advice);
}

static struct report *
look(const struct fixture *f, struct store *store, bool thorough)
{
	static struct report report;
	struct verdicts v = { .fn = note, .arg = &report };
	struct config config;
	char socket[128];

	config_init(&config);
	snprintf(socket, sizeof(socket), "unix:%s/socket", f->dir);
	assert_int_equal(config_set(&config, "database", f->path, NULL), 0);
	assert_int_equal(config_set(&config, "listen", socket, NULL), 0);
	buf_init(&report.b, report.text, sizeof(report.text));
	doctor_site(&config, store, NOW_S, thorough, &v);
	report.status = v.code;
	config_clear(&config);
	return &report;
}

static void
want_line(const struct report *report, const char *part, bool wanted)
{
	if ((strstr(report->text, part) != NULL) != wanted)
		want_text(wanted ? "is missing" : "is too much", part, report->text);
}

static void
no_database(void **state)
{
	struct report *report = look(*state, NULL, true);

	want_int("status", report->status, ERR_NOINPUT);
	want_int("first", strncmp(report->text, "wrong 66 ", 9), 0);
	want_line(report, "disk: ", true);
	want_line(report, "wrong 69 socket: ", true);
	want_line(report, "rules", false);
	end_cases();
}

static void
a_database_without_a_server(void **state)
{
	struct fixture *f = *state;
	struct report *report = look(f, f->store, true);

	want_int("status", report->status, ERR_UNAVAILABLE);
	want_line(report, "ok 0 database: /tmp/", true);
	want_line(report, "ok 0 database: it is sound; \n", true);
	want_line(report, "ok 0 write-ahead log: 0.", true);
	want_line(report, "ok 0 rules and policies: 0 and 0; \n", true);
	want_line(report, "wrong 69 server: none runs on this database; start greygated\n", true);
	want_line(look(f, f->store, false), "it is sound", false);
	want_line(look(f, NULL, true), "it is sound", true);
	end_cases();
}

struct server {
	const char *path;
	int ready[2];
};

/* Holds the lock until it is killed. */
static int
hold_lock(void *arg)
{
	struct server *server = arg;
	struct store_lock *lock = store_lock_acquire(server->path, NULL);

	if (lock == NULL || write(server->ready[1], "x", 1) != 1)
		return 1;
	pause();
	return 0;
}

static void
beat(struct store *store, int64_t beat_s)
{
	struct heartbeat row = { .pid = 1, .beat_s = beat_s };

	assert_int_equal(store_begin(store, NULL), 0);
	assert_int_equal(store_heartbeat_put(store, &row, NULL), 0);
	assert_int_equal(store_commit(store, NULL), 0);
}

static void
open_socket(const struct fixture *f)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/socket", f->dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
}

/* As the user of the server sees the queue directory of Postfix. */
static void
a_socket_that_this_user_cannot_see(void **state)
{
	struct fixture *f = *state;
	struct report *report;

	if (geteuid() != 0)
		skip();
	open_socket(f);
	assert_int_equal(chmod(f->dir, 0700), 0);
	assert_int_equal(seteuid(65534), 0);
	report = look(f, f->store, false);
	assert_int_equal(seteuid(0), 0);
	want_line(report, "info 0 socket: ", true);
	want_line(report, "cannot be looked at by this user", true);
	end_cases();
}

static void
a_server_that_lives_and_one_that_is_stuck(void **state)
{
	struct fixture *f = *state;
	struct server server = { .path = f->path };
	struct report *report;
	pid_t pid;
	char c;

	assert_int_equal(pipe(server.ready), 0);
	pid = child_start(hold_lock, &server);
	assert_int_equal(read(server.ready[0], &c, 1), 1);
	open_socket(f);
	beat(f->store, NOW_S - 3);
	report = look(f, f->store, true);
	want_int("lives", report->status, 0);
	want_line(report, "is alive; \n", true);
	want_line(report, "ok 0 socket: ", true);
	beat(f->store, NOW_S - 60);
	report = look(f, f->store, false);
	want_int("stuck", report->status, ERR_UNAVAILABLE);
	want_line(report, "runs but has no heartbeat; look at its log\n", true);
	kill(pid, SIGKILL);
	child_wait(pid);
	close(server.ready[0]);
	close(server.ready[1]);
	end_cases();
}

static void
add_rule(struct store *store, const char *pattern, int64_t expires_s)
{
	struct rule rule = { .scope = SLICE("@."),
		.pattern = slice_of(pattern),
		.meta = { .source = SLICE("manual"), .expires_s = expires_s } };
	int64_t id;

	assert_int_equal(store_rule_add(store, &rule, &id, NULL), 0);
}

static void
rules_that_do_nothing(void **state)
{
	struct fixture *f = *state;
	struct report *report;
	char pattern[32];
	int i;

	assert_int_equal(store_begin(f->store, NULL), 0);
	add_rule(f->store, "@fine.example", 0);
	add_rule(f->store, "@old.example", NOW_S - 7200);
	assert_int_equal(store_commit(f->store, NULL), 0);
	report = look(f, f->store, false);
	want_line(report, "ok 0 rules and policies: 2 and 0; \n", true);
	want_line(
	    report, "note 0 rule 2: it expired 2h ago; greygate rule remove 2 removes it\n", true);
	want_line(report, "rule 1", false);
	assert_int_equal(store_begin(f->store, NULL), 0);
	for (i = 0; i < 30; i++) {
		snprintf(pattern, sizeof(pattern), "@d%d.example", i);
		add_rule(f->store, pattern, NOW_S - 7200);
	}
	add_rule(f->store, "no \x1b pattern", 0);
	assert_int_equal(store_commit(f->store, NULL), 0);
	report = look(f, f->store, false);
	want_line(report, "rule 21: ", true);
	want_line(report, "rule 22: ", false);
	want_line(report, "note 0 rules and policies: 12 more; \n", true);
	want_line(report, "wrong 65 rule 33 is left out: \"no \\x1b pattern\"", true);
	want_int("status", report->status, ERR_DATA);
	end_cases();
}

static void
add_domain(struct store *store, const char *name, int64_t age_s, int64_t good_s, int64_t failures)
{
	struct domain domain = { .name = slice_of(name),
		.source = SLICE("manual"),
		.created_s = NOW_S - age_s,
		.status = SLICE("ok"),
		.from = SLICE("spf"),
		.error = slice_of(failures > 0 ? "SERVFAIL" : ""),
		.skipped = SLICE("[]"),
		.good_s = good_s,
		.failures = failures };

	assert_int_equal(store_domain_add(store, &domain, &domain.id, NULL), 0);
	assert_int_equal(store_domain_refreshed(store, &domain, NULL), 0);
}

static void
domains_in_trouble(void **state)
{
	struct fixture *f = *state;
	struct report *report;

	assert_int_equal(store_begin(f->store, NULL), 0);
	add_domain(f->store, "fine.example", 9 * DAY_S, NOW_S - DAY_S, 0);
	add_domain(f->store, "new.example", DAY_S, 0, 0);
	add_domain(f->store, "fails.example", 9 * DAY_S, NOW_S - DAY_S, 3);
	add_domain(f->store, "stale.example", 9 * DAY_S, NOW_S - 3 * DAY_S, 0);
	add_domain(f->store, "never.example", 4 * DAY_S, 0, 0);
	assert_int_equal(store_commit(f->store, NULL), 0);
	report = look(f, f->store, false);
	want_line(report, "domain fine.example", false);
	want_line(report, "domain new.example", false);
	want_line(report,
	    "note 0 domain fails.example: 3 failed refreshes: SERVFAIL; greygate domain show "
	    "fails.example\n",
	    true);
	want_line(report, "note 0 domain stale.example: not refreshed for 3d; ", true);
	want_line(report, "note 0 domain never.example: not refreshed for 4d; ", true);
	end_cases();
}

static void
a_log_that_grew(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(truncate(wal, (off_t)(65 * MIB)), 0);
	want_line(look(f, f->store, false), "note 0 write-ahead log: 65.0 MiB; a program", true);
	end_cases();
}

/* Where the table of events begins. */
static long
page_of_events(const char *path)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	long at;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT (rootpage - 1) * page_size FROM sqlite_schema, pragma_page_size "
		"WHERE name = 'event'",
		-1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	at = (long)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return at;
}

static void
a_damaged_file(void **state)
{
	struct fixture *f = *state;
	struct report *report;
	FILE *file;
	long at;

	store_close(f->store);
	f->store = NULL;
	at = page_of_events(f->path);
	file = fopen(f->path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_int_equal(fwrite("garbage that is no page", 1, 23, file), 23);
	fclose(file);
	report = look(f, NULL, true);
	want_int("status", report->status, ERR_DATA);
	want_line(report, "rules", false);
	want_line(report, "socket: ", true);
	want_int("not thorough", look(f, NULL, false)->status, ERR_UNAVAILABLE);
	end_cases();
}

static void
space(void **state)
{
	static const struct {
		const char *name;
		uint64_t free_mib, total_mib;
		enum verdict_status want;
	} cases[] = {
		{ "much", 50000, 100000, VERDICT_OK },
		{ "five percent", 5000, 100000, VERDICT_OK },
		{ "less", 4990, 100000, VERDICT_WARNING },
		{ "small disk", 99, 200, VERDICT_WARNING },
		{ "small but free", 100, 200, VERDICT_OK },
		{ "nearly full", 99, 100000, VERDICT_ERROR },
		{ "full", 0, 100000, VERDICT_ERROR },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		want_int(cases[i].name,
		    doctor_space(cases[i].free_mib * MIB, cases[i].total_mib * MIB), cases[i].want);
	end_cases();
}

/* ---- copies ---- */

static struct report *
look_at_copies(const struct fixture *f, const char *dir)
{
	static struct report report;
	struct verdicts v = { .fn = note, .arg = &report };
	struct config config;

	config_init(&config);
	assert_int_equal(config_set(&config, "database", f->path, NULL), 0);
	assert_int_equal(config_set(&config, "backup.dir", dir, NULL), 0);
	buf_init(&report.b, report.text, sizeof(report.text));
	doctor_site(&config, f->store, NOW_S, false, &v);
	config_clear(&config);
	return &report;
}

static void
put_copy(const struct fixture *f, int64_t time_s)
{
	char name[BACKUP_NAME_MAX], path[256];
	struct backup_made made;
	struct err err;

	snprintf(path, sizeof(path), "%s/%s", f->dir, backup_name(time_s, false, name));
	if (store_backup(f->store, path, false, NULL, &made, &err) == -1)
		fail_msg("%s", err.text);
}

static void
copies_of_the_database(void **state)
{
	struct fixture *f = *state;

	want_line(look(f, f->store, false), "note 0 backup: the server makes no copies", true);
	want_line(look_at_copies(f, "/nowhere"), "note 0 backup: there is none in /nowhere", true);
	want_line(look_at_copies(f, f->path), "wrong 66 backup: the folder for backups ", true);
	want_line(look_at_copies(f, f->dir), "note 0 backup: there is none in ", true);
	put_copy(f, NOW_S - 3 * DAY_S);
	want_line(look_at_copies(f, f->dir), "wrong 69 backup: the last one is 3d old: ", true);
	assert_int_equal(store_backup_note(f->store, NOW_S, "no\nroom", NULL), 0);
	want_line(look_at_copies(f, f->dir), "note 0 backup: the last try failed: no", true);
	put_copy(f, NOW_S - DAY_S - 7200);
	assert_int_equal(store_backup_note(f->store, NOW_S, "", NULL), 0);
	want_line(look_at_copies(f, f->dir), "ok 0 backup: the last one is 1d 2h old: ", true);
	want_line(look_at_copies(f, f->dir), "failed", false);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(no_database),
		TEST_WITH_STORE(a_database_without_a_server),
		TEST_WITH_STORE(a_socket_that_this_user_cannot_see),
		TEST_WITH_STORE(a_server_that_lives_and_one_that_is_stuck),
		TEST_WITH_STORE(rules_that_do_nothing),
		TEST_WITH_STORE(domains_in_trouble),
		TEST_WITH_STORE(a_log_that_grew),
		TEST_WITH_STORE(a_damaged_file),
		cmocka_unit_test(space),
		TEST_WITH_STORE(copies_of_the_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
