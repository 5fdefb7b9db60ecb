/* test_server.c - log lines of decisions, readiness messages, sockets. */
#include "tests/unit/cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/net/sockaddr.h"
#include "server/activation.h"
#include "server/backup.h"
#include "server/decision_log.h"
#include "server/listener.h"
#include "server/notify.h"
#include "tests/unit/scratch.h"

static void
decision_lines(void **state)
{
	static const struct {
		const char *name;
		struct engine_item item;
		const char *want;
	} cases[] = {
		{ "new",
		    { .request = { .client_name = SLICE("mx.a.example"),
			  .client_address = SLICE("192.0.2.7"),
			  .sender = SLICE("a@b"),
			  .recipient = SLICE("c@d") },
			.decision = { .action = ACTION_DEFER, .reason = REASON_NEW } },
		    "action=greylist, reason=new, client_name=mx.a.example, "
		    "client_address=192.0.2.7, sender=a@b, recipient=c@d" },
		{ "passed, with queue id",
		    { .request = { .client_address = SLICE("192.0.2.7"),
			  .recipient = SLICE("c@d"),
			  .queue_id = SLICE("4X1") },
			.decision = { .action = ACTION_PASS,
			    .reason = REASON_RETRY,
			    .waited_s = 200 } },
		    "4X1: action=pass, reason=triplet found, delay=200, "
		    "client_address=192.0.2.7, recipient=c@d" },
		{ "too early",
		    { .request = { .client_address = SLICE("192.0.2.7"),
			  .recipient = SLICE("c@d") },
			.decision = { .action = ACTION_DEFER,
			    .reason = REASON_EARLY,
			    .waited_s = 60,
			    .wait_left_s = 120 } },
		    "action=greylist, reason=early-retry (120s missing), "
		    "client_address=192.0.2.7, recipient=c@d" },
		{ "hostile",
		    { .request = { .client_address = SLICE("192.0.2.7"),
			  .sender = SLICE("x\n\x1b[2J, action=pass\xe2\x80\xae@b"),
			  .recipient = SLICE("c@d") },
			.decision = { .action = ACTION_REJECT, .reason = REASON_RULE_BLOCK } },
		    "action=reject, reason=rule-block, client_address=192.0.2.7, "
		    "sender=x\\x0a\\x1b[2J\\x2c\\x20action\\x3dpass\\u{202e}@b, recipient=c@d" },
	};
	char line[DECISION_LINE_MAX];
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&out, line, sizeof(line));
		decision_line(&out, &cases[i].item);
		want_text(cases[i].name, line, cases[i].want);
	}
	end_cases();
}

static void
readiness(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct scratch scratch;
	struct notify notify;
	char got[64] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	scratch_make(&scratch);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/n", scratch.dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	setenv("NOTIFY_SOCKET", sun.sun_path, 1);
	setenv("WATCHDOG_USEC", "2000000", 1);
	notify_open(&notify);
	assert_int_equal(notify.watchdog_ms, 1000);
	notify_send(&notify, "READY=%d", 1);
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_string_equal(got, "READY=1");
	notify_watchdog(&notify, 5000);
	notify_watchdog(&notify, 5999);
	notify_watchdog(&notify, 6000);
	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), 10);
	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), 10);
	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), -1);
	notify_close(&notify);
	unsetenv("NOTIFY_SOCKET");
	notify_open(&notify);
	notify_send(&notify, "nobody listens");
	notify_close(&notify);
	close(fd);
	scratch_remove(&scratch);
}

static void
unix_sockets(void **state)
{
	struct scratch scratch;
	struct config config;
	char path[128];
	struct config_listen where = { .kind = CONFIG_LISTEN_UNIX, .path = path, .text = path };
	struct stat st;
	struct err err;
	int first, second;

	(void)state;
	scratch_make(&scratch);
	config_init(&config);
	free(config.user);
	config.user = strdup("root");
	config.socket_mode = 0622;
	snprintf(path, sizeof(path), "%s/p", scratch.dir);
	assert_int_equal(listener_bind(&where, &config, &first, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	want_int("mode", st.st_mode & 07777, 0622);
	want_int("in use", listener_bind(&where, &config, &second, &err), -1);
	want_int("in use", err.code, ERR_UNAVAILABLE);
	close(first);
	want_int("stale", listener_bind(&where, &config, &first, &err), 0);
	close(first);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	want_int("no socket", listener_bind(&where, &config, &second, &err), -1);
	want_int("no socket", err.code, ERR_CREATE);
	snprintf(path, sizeof(path), "%s/missing/p", scratch.dir);
	want_int("no folder", listener_bind(&where, &config, &second, &err), -1);
	want_int("no folder", err.code, ERR_CREATE);
	config_clear(&config);
	scratch_remove(&scratch);
	end_cases();
}

static void
inet_sockets(void **state)
{
	static const char *const addresses[] = { "127.0.0.1", "::1" };
	struct sockaddr_storage bound;
	struct config config;
	size_t i;

	(void)state;
	config_init(&config);
	for (i = 0; i < COUNT(addresses); i++) {
		struct config_listen where = { .kind = CONFIG_LISTEN_INET, .text = (char *)"inet" };
		socklen_t len = sizeof(bound);
		int fd;

		assert_int_equal(addr_parse(slice_of(addresses[i]), &where.addr), 0);
		assert_int_equal(listener_bind(&where, &config, &fd, NULL), 0); /* any free port */
		assert_int_equal(getsockname(fd, (struct sockaddr *)&bound, &len), 0);
		want_int(addresses[i], bound.ss_family, i == 0 ? AF_INET : AF_INET6);
		close(fd);
	}
	config_clear(&config);
	end_cases();
}

/* ---- sockets of a service manager ---- */

enum given { UNIX_A, UNIX_B, UNIX_OTHER, ABSTRACT, DATAGRAM, NOT_LISTENING, PIPE, CLOSED };

static int
make_given(enum given what, const char *dir)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, ends[2];

	if (what == PIPE) {
		assert_int_equal(pipe(ends), 0);
		close(ends[1]);
		return ends[0];
	}
	fd = socket(AF_UNIX, what == DATAGRAM ? SOCK_DGRAM : SOCK_STREAM, 0);
	snprintf(sun.sun_path + (what == ABSTRACT), sizeof(sun.sun_path) - 1, "%s/%d", dir, what);
	unlink(sun.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	if (what != DATAGRAM && what != NOT_LISTENING)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* As a manager does before exec: descriptors from 3 on. */
static void
hand_over(const enum given *given, size_t n, const char *dir)
{
	size_t i;
	int fd;

	for (i = 0; i < n; i++) {
		close(3 + (int)i);
		if (given[i] == CLOSED)
			continue;
		fd = make_given(given[i], dir);
		if (fd != 3 + (int)i) {
			assert_int_equal(dup2(fd, 3 + (int)i), 3 + (int)i);
			close(fd);
		}
	}
}

static void
inherited_sockets(void **state)
{
	static const struct {
		const char *name;
		enum given given[3];
		const char *count; /* LISTEN_FDS */
		const char *names; /* LISTEN_FDNAMES */
		int for_other;     /* LISTEN_PID is not ours */
		int fds[2];        /* of a and b */
		const char *error; /* a part of it */
	} cases[] = {
		{ "nothing", { CLOSED }, "0", NULL, 0, { -1, -1 }, NULL },
		{ "one", { UNIX_B }, "1", "mail", 0, { -1, 3 }, NULL },
		{ "both, in another order", { UNIX_B, UNIX_A }, "2", "x:y", 0, { 4, 3 }, NULL },
		{ "meant for another", { UNIX_A }, "1", NULL, 1, { -1, -1 }, NULL },
		{ "no number", { CLOSED }, "1x", NULL, 0, { -1, -1 }, "LISTEN_FDS=1x is no" },
		{ "negative", { CLOSED }, "-1", NULL, 0, { -1, -1 }, "LISTEN_FDS=-1 is no" },
		{ "empty", { CLOSED }, "", NULL, 0, { -1, -1 }, "LISTEN_FDS= is no" },
		{ "elsewhere", { UNIX_A, UNIX_OTHER }, "2", "a:b.socket", 0, { 3, -1 },
		    "descriptor 4 (b.socket) was handed over and listens on unix:" },
		{ "twice", { UNIX_A, UNIX_A }, "2", NULL, 0, { 3, -1 }, "descriptor 4 was" },
		{ "abstract", { ABSTRACT }, "1", NULL, 0, { -1, -1 }, "on unix:\\x00/" },
		{ "datagrams", { DATAGRAM }, "1", "d", 0, { -1, -1 },
		    "descriptor 3 (d) was handed over ($LISTEN_FDS) and is no listening stream" },
		{ "not listening", { UNIX_A, NOT_LISTENING }, "2", ":n", 0, { 3, -1 },
		    "descriptor 4 (n) was handed over ($LISTEN_FDS) and is no listening" },
		{ "a pipe", { PIPE }, "1", NULL, 0, { -1, -1 }, "is no listening stream" },
		{ "closed", { UNIX_A, CLOSED }, "2", NULL, 0, { 3, -1 }, "descriptor 4 was" },
	};
	static const char *const variables[] = { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };
	struct scratch scratch;
	struct config_listen listen[2] = { { .kind = CONFIG_LISTEN_UNIX },
		{ .kind = CONFIG_LISTEN_UNIX } };
	struct config config = { .listen = listen, .listen_n = 2 };
	char paths[2][128], pid[32];
	size_t i, j;

	(void)state;
	scratch_make(&scratch);
	for (i = 0; i < 2; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%d", scratch.dir, (int)i);
		listen[i].path = paths[i];
	}
	for (i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		int fds[2], result;

		hand_over(cases[i].given, COUNT(cases[i].given), scratch.dir);
		snprintf(pid, sizeof(pid), "%ld", (long)getpid() + cases[i].for_other);
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", cases[i].count, 1);
		if (cases[i].names != NULL)
			setenv("LISTEN_FDNAMES", cases[i].names, 1);
		result = activation_take(&config, fds, &err);
		want_int(cases[i].name, result, cases[i].error == NULL ? 0 : -1);
		if (cases[i].error != NULL && strstr(err.text, cases[i].error) == NULL)
			want_text(cases[i].name, err.text, cases[i].error);
		for (j = 0; j < COUNT(variables); j++)
			want_int(variables[j], getenv(variables[j]) == NULL, 1);
		for (j = 0; j < 2; j++) {
			want_int(cases[i].name, fds[j], cases[i].fds[j]);
			if (fds[j] == -1)
				continue;
			want_int("closed on exec", fcntl(fds[j], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
			want_int("does not block", fcntl(fds[j], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
		}
		for (j = 0; j < COUNT(cases[i].given); j++)
			close(3 + (int)j);
	}
	scratch_remove(&scratch);
	end_cases();
}

static void
inherited_inet_sockets(void **state)
{
	static const char *const addresses[] = { "127.0.0.1", "::1" };
	struct config config;
	size_t i;

	(void)state;
	config_init(&config);
	for (i = 0; i < COUNT(addresses); i++) {
		struct config_listen where = { .kind = CONFIG_LISTEN_INET, .text = (char *)"inet" };
		struct sockaddr_storage bound;
		struct config configured = { .listen = &where, .listen_n = 1 };
		struct err err;
		socklen_t len = sizeof(bound);
		char pid[32];
		int fd, got;

		assert_int_equal(addr_parse(slice_of(addresses[i]), &where.addr), 0);
		assert_int_equal(listener_bind(&where, &config, &fd, NULL), 0); /* any free port */
		assert_int_equal(getsockname(fd, (struct sockaddr *)&bound, &len), 0);
		where.port = addr_port_of((struct sockaddr *)&bound).port;
		if (fd != 3) {
			assert_int_equal(dup2(fd, 3), 3);
			close(fd);
		}
		snprintf(pid, sizeof(pid), "%ld", (long)getpid());
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", "1", 1);
		want_int(addresses[i], activation_take(&configured, &got, &err), 0);
		want_int(addresses[i], got, 3);
		where.port ^= 1;
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", "1", 1);
		want_int("another port", activation_take(&configured, &got, &err), -1);
		close(3);
	}
	config_clear(&config);
	end_cases();
}

/* The wall clock as it was before somebody set it back by an hour. */
static bool is_ahead;

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	long result = syscall(SYS_clock_gettime, clock, ts);

	if (is_ahead && clock == CLOCK_REALTIME)
		ts->tv_sec += 3600;
	return (int)result;
}

/* A copy appears at once; and so the thread has not slept until the old clock would be there. */
static void
threads_do_not_wait_by_the_wall_clock(void **state)
{
	struct scratch scratch;
	struct backups *backups;
	struct config config;
	struct stat st;
	char dir[128];
	int tries;

	(void)state;
	scratch_make(&scratch);
	store_close(scratch_open(&scratch, STORE_SERVER, NULL));
	config_init(&config);
	free(config.database);
	config.database = strdup(scratch.database);
	free(config.backup_dir);
	snprintf(dir, sizeof(dir), "%s/copies", scratch.dir);
	config.backup_dir = strdup(dir);
	is_ahead = true;
	backups = backups_start(&config, NULL);
	for (tries = 0; stat(dir, &st) == -1 && tries < 300; tries++)
		usleep(10000);
	is_ahead = false;
	want_int("copied", stat(dir, &st), 0);
	backups_stop(backups);
	config_clear(&config);
	scratch_remove(&scratch);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decision_lines),
		cmocka_unit_test(readiness),
		cmocka_unit_test(unix_sockets),
		cmocka_unit_test(inet_sockets),
		cmocka_unit_test(inherited_sockets),
		cmocka_unit_test(inherited_inet_sockets),
		cmocka_unit_test(threads_do_not_wait_by_the_wall_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
