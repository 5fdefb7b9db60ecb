/* test_server.c - log lines of decisions, readiness messages, sockets. */
#include "tests/unit/cases.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decision_lines),
		cmocka_unit_test(readiness),
		cmocka_unit_test(unix_sockets),
		cmocka_unit_test(inet_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
