/* test_config.c - every default, every kind of mistake with its place, profiles, differences. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/base/str.h"
#include "common/config/config.h"
#include "common/net/email.h"

static void
defaults(void **state)
{
	struct config c;

	(void)state;
	config_init(&c);
	want_text("database", c.database, "/var/lib/greygate/greygate.db");
	want_int("listen", (long long)c.listen_n, 2);
	want_text("listen", c.listen[0].path, "/run/greygate/policy.sock");
	want_int("port", c.listen[1].port, 10023);
	want_int("mode", c.socket_mode, 0660);
	want_int("delay", c.greylist_delay_s, 180);
	want_int("window", c.greylist_window_s, 172800);
	want_int("lifetime", c.greylist_lifetime_s, 35 * 86400);
	want_int("ipv4", c.greylist_ipv4_prefix, 24);
	want_int("ipv6", c.greylist_ipv6_prefix, 64);
	want_int("fold", c.greylist_fold, EMAIL_FOLD_ALL);
	want_int("passes", c.auto_whitelist_passes, 1);
	want_text(
	    "reply", c.reply, "451 4.7.1 Intentional policy rejection, please try again later");
	want_int("header", c.header, true);
	want_int("trusted", (long long)c.trusted_networks_n, 2);
	want_int("on_failure", c.on_failure, CONFIG_FAIL_ACCEPT);
	want_int("synchronous", c.synchronous, CONFIG_SYNC_NORMAL);
	want_int("log.level", c.log_level, LOG_LEVEL_INFO);
	config_clear(&c);
	end_cases();
}

static const struct {
	const char *text, *want; /* the first error, after the file name */
} bad[] = {
	{ "delay: 3m", ":1:1: delay: unknown setting; greygate.conf(5) has the list" },
	{ "greylist: {dely: 3m}",
	    ":1:12: greylist.dely: unknown setting; did you mean greylist.delay?" },
	{ "lsten: []", ":1:1: lsten: unknown setting; did you mean listen?" },
	{ "greylist: 3m", ":1:1: greylist: is a section: settings go below it" },
	{ "greylist:\n  delay: soon",
	    ":2:10: greylist.delay: expected a duration such as 180s, 5m, 2h or 35d" },
	{ "greylist: {delay: 8d}", ":1:19: greylist.delay: expected a duration from 0s to 7d" },
	{ "greylist: {delay: -5s}",
	    ":1:19: greylist.delay: expected a duration such as 180s, 5m, 2h or 35d" },
	{ "greylist: {delay: [1m]}", ":1:19: greylist.delay: expected one value" },
	{ "greylist: {delay: 2h, window: 1h}",
	    ":1:12: greylist.delay: must be shorter than greylist.window, or no retry could pass" },
	{ "greylist: {delay: }", ":1:19: greylist.delay: has no value" },
	{ "greylist: {delay: 1m, delay: 2m}",
	    ":1:23: greylist.delay: is set twice, first in line 1" },
	{ "greylist: {ipv4_prefix: 33}",
	    ":1:25: greylist.ipv4_prefix: expected a number from 8 to 32" },
	{ "greylist: {ipv4_prefix: x}",
	    ":1:25: greylist.ipv4_prefix: expected a number from 8 to 32" },
	{ "greylist: {ipv6_prefix: 12}",
	    ":1:25: greylist.ipv6_prefix: expected a number from 16 to 128" },
	{ "greylist: {training: maybe}", ":1:22: greylist.training: expected true or false" },
	{ "greylist: {fold: [plus]}",
	    ":1:18: greylist.fold: expected one of: extension, batv, srs, verp, digits" },
	{ "on_failure: open", ":1:13: on_failure: expected one of: accept, defer" },
	{ "on_corrupt: x", ":1:13: on_corrupt: expected one of: refuse, quarantine" },
	{ "synchronous: off", ":1:14: synchronous: expected one of: normal, full" },
	{ "compat: postgrey", ":1:9: compat: expected one of: none, iredapd" },
	{ "log: {level: loud}", ":1:14: log.level: expected one of: error, warn, info, debug" },
	{ "log: {to: file}", ":1:11: log.to: expected one of: stderr, syslog, journal" },
	{ "socket_mode: 0999", ":1:14: socket_mode: expected an octal mode such as \"0660\"" },
	{ "socket_mode: rw", ":1:14: socket_mode: expected an octal mode such as \"0660\"" },
	{ "listen: []", ":1:9: listen: expected at least one address" },
	{ "listen: [tcp:1]", ":1:9: listen: expected unix:PATH or inet:ADDRESS:PORT" },
	{ "listen: [\"unix:run/x\"]", ":1:9: listen: expected an absolute path after unix:" },
	{ "listen: [\"inet:localhost:10023\"]", ":1:9: listen: expected an address, not a name" },
	{ "listen: [\"inet:127.0.0.1\"]",
	    ":1:9: listen: expected a port from 1 to 65535 at the end" },
	{ "listen: [\"inet:127.0.0.1:0\"]",
	    ":1:9: listen: expected a port from 1 to 65535 at the end" },
	{ "listen: [\"inet:127.0.0.1:65536\"]",
	    ":1:9: listen: expected a port from 1 to 65535 at the end" },
	{ "listen: [\"inet:::1:10023\"]",
	    ":1:9: listen: put the IPv6 address in brackets, as in [::1]:10023" },
	{ "listen: [\"unix:/a\", \"unix:/a\"]", ":1:9: listen: unix:/a is there twice" },
	{ "listen: [\"inet:[::1]\"]", ":1:9: listen: expected a port from 1 to 65535 at the end" },
	{ "listen: [\"inet:[::1:25\"]",
	    ":1:9: listen: put the IPv6 address in brackets, as in [::1]:10023" },
	{ "listen: [\"inet:[127.0.0.1]25\"]",
	    ":1:9: listen: expected a port from 1 to 65535 at the end" },
	{ "dns: {servers: [\"[::1]:\"]}",
	    ":1:16: dns.servers: expected a port from 1 to 65535 at the end" },
	{ "dns: {servers: [resolver.example]}",
	    ":1:16: dns.servers: expected an address, not a name" },
	{ "listen: [\"unix:/run/a\\0b\"]", ":1:9: listen: holds a NUL byte" },
	{ "limits: {connections: \"10\\0\"}",
	    ":1:23: limits.connections: expected a number from 1 to 100000" },
	{ "socket_mode: \"0660\\0\"",
	    ":1:14: socket_mode: expected an octal mode such as \"0660\"" },
	{ "greylist: {delay: \"5m\\0\"}",
	    ":1:19: greylist.delay: expected a duration such as 180s, 5m, 2h or 35d" },
	{ "\"header\\0x\": true", ":1:1: expected the name of a setting" },
	{ "listen: {a: b}", ":1:9: listen: expected a list of texts" },
	{ "listen: [[a]]", ":1:9: listen: expected a list of texts" },
	{ "reply: 250 ok",
	    ":1:8: reply: expected a 4NN code and a text, DEFER or DEFER_IF_PERMIT" },
	{ "reply: 421 4.7.1 bye",
	    ":1:8: reply: 421 makes Postfix drop the connection; take 451 instead" },
	{ "reply: OK", ":1:8: reply: expected a 4NN code and a text, DEFER or DEFER_IF_PERMIT" },
	{ "reply: \"451 a\\nb\"", ":1:8: reply: holds a control character" },
	{ "reject: 451 no", ":1:9: reject: expected a 5NN code and a text, or REJECT" },
	{ "trusted_networks: [10.0.0.0/33]",
	    ":1:19: trusted_networks: entry 1: the prefix length is a number from 0 to 32" },
	{ "trusted_networks: [example.org]",
	    ":1:19: trusted_networks: entry 1: not an address or network" },
	{ "limits: {connections: 0}",
	    ":1:23: limits.connections: expected a number from 1 to 100000" },
	{ "limits: {request: 0s}", ":1:19: limits.request: expected a duration from 1s to 1d" },
	{ "events: {rows: -1}", ":1:16: events.rows: expected a number from 0 to 100000000" },
	{ "statistics: {age: 1h}", ":1:19: statistics.age: expected a duration from 1d to 3650d" },
	{ "auto_whitelist: {passes: 1.5}",
	    ":1:26: auto_whitelist.passes: expected a number from 0 to 1000" },
	{ "just text", ":1:1: expected settings of the form name: value" },
	{ "- a", ":1:1: expected settings of the form name: value" },
	{ "[a]: b", ":1:1: expected the name of a setting" },
	{ "a: b\n---\nc: d", ":1:1: a: unknown setting; greygate.conf(5) has the list" },
	{ "header: true\n---\nheader: false", ":3:1: a second document; only one is read" },
	{ "header: [", ":2:1: did not find expected node content" },
	{ "header: \"x", ":1:11: found unexpected end of stream" },
	{ "\theader: true", ":1:1: found character that cannot start any token" },
	{ "header: \xff", ": invalid leading UTF-8 octet" },
};

static void
mistakes_have_their_place(void **state)
{
	static struct config_report report;
	struct config c;
	char line[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		if (config_read_text("f", bad[i].text, strlen(bad[i].text), &c, &report) == 0) {
			want_text(bad[i].text, "accepted", bad[i].want);
			config_clear(&c);
			continue;
		}
		config_error_format(&report, &report.errors[0], line, sizeof(line));
		if (strncmp(line, "f", 1) != 0 ||
		    strncmp(line + 1, bad[i].want, strlen(bad[i].want)) != 0)
			want_text(bad[i].text, line + 1, bad[i].want);
	}
	end_cases();
}

static void
all_mistakes_at_once(void **state)
{
	static const char text[] = "delay: 3\nheader: 7\nlisten: []\nreply: x\n";
	static struct config_report report;
	struct config c;

	(void)state;
	assert_int_equal(config_read_text("f", text, strlen(text), &c, &report), -1);
	assert_int_equal(report.error_n, 4);
	assert_int_equal(report.errors[3].line, 4);
}

static void
good_files(void **state)
{
	static const char *const texts[] = { "", "# nothing\n", "{}", "---\n", "greylist:\n",
		"{\"listen\": [\"inet:[::1]:25\"], \"socket_mode\": \"0666\"}",
		"reply: DEFER_IF_PERMIT Greylisted", "reject: REJECT no", "greylist: {fold: []}",
		"trusted_networks: []", "listen: unix:/one", "greylist: {delay: 0}",
		"dns: {servers: [\"[::1]\", \"::1\", \"[::1]:54\", 127.0.0.1, \"127.0.0.1:54\"]}" };
	static struct config_report report;
	struct config c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		int result = config_read_text("f", texts[i], strlen(texts[i]), &c, &report);

		want_int(texts[i], result, 0);
		if (result == 0)
			config_clear(&c);
	}
	end_cases();
}

static void
profile_and_notice(void **state)
{
	static const char text[] =
	    "compat: iredapd\ngreylist: {delay: 5m}\ntrusted_networks: [10.1.2.3/8]";
	static struct config_report report;
	struct config c;

	(void)state;
	assert_int_equal(config_read_text("f", text, strlen(text), &c, &report), 0);
	assert_int_equal(c.greylist_delay_s, 300);
	assert_int_equal(c.greylist_window_s, 86400);
	assert_int_equal(c.greylist_lifetime_s, 30 * 86400);
	assert_int_equal(c.greylist_ipv4_prefix, 32);
	assert_int_equal(c.greylist_ipv6_prefix, 128);
	assert_int_equal(report.notice_n, 1);
	assert_non_null(strstr(report.notices[0].text, "taken as 10.0.0.0/8"));
	config_clear(&c);
}

static void
count_difference(void *arg, const char *key, const char *from, const char *to, bool needs_restart)
{
	int *counts = arg;

	(void)key;
	(void)from;
	(void)to;
	counts[needs_restart]++;
}

static void
differences(void **state)
{
	static const char text[] = "greylist: {delay: 5m}\nheader: no\nlisten: [unix:/x]";
	static struct config_report report;
	struct config a, b;
	int counts[2] = { 0, 0 };

	(void)state;
	config_init(&a);
	assert_int_equal(config_read_text("f", text, strlen(text), &b, &report), 0);
	config_diff(&a, &b, count_difference, counts);
	assert_int_equal(counts[false], 2);
	assert_int_equal(counts[true], 1);
	config_clear(&a);
	config_clear(&b);
}

static void
note_text(void *arg, const char *key, const char *from, const char *to, bool needs_restart)
{
	struct buf *out = arg;
	const char *end = to + (strlen(to) < 20 ? 0 : strlen(to) - 20);

	(void)from;
	(void)needs_restart;
	buf_printf(out, "%s %s;", key, end);
}

static void
long_lists(void **state)
{
	static struct config_report report;
	static char text[8192];
	char noted[256];
	struct buf b, out;
	struct config a, c;
	int i;

	(void)state;
	buf_init(&b, text, sizeof(text));
	buf_add_text(&b, "trusted_networks: [10.0.0.0/8");
	for (i = 1; i < 256; i++)
		buf_printf(&b, ", 192.0.2.%d", i);
	buf_add_char(&b, ']');
	assert_int_equal(config_read_text("f", text, b.len, &a, &report), 0);
	assert_int_equal(config_read_text("f", text, b.len, &c, &report), 0);
	config_clear(&c);

	text[b.len - 2] = '4'; /* 192.0.2.255] */
	assert_int_equal(config_read_text("f", text, b.len, &c, &report), 0);
	buf_init(&out, noted, sizeof(noted));
	config_diff(&a, &c, note_text, &out);
	want_text("the last one", noted, "trusted_networks 254\", \"192.0.2.254\"];");
	config_clear(&a);
	config_clear(&c);

	text[b.len - 1] = ',';
	buf_add_text(&b, " 192.0.2.0]");
	assert_int_equal(config_read_text("f", text, b.len, &c, &report), -1);
	want_text("one too many", report.errors[0].text, "has more than 256 entries");
	end_cases();
}

static void
settings_of_an_operator(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "greylist.delay=10m", "greylist.delay 10m;" },
		{ "greylist.fold=batv, srs", "greylist.fold [batv, srs];" },
		{ "greylist.fold=", "greylist.fold [];" },
		{ "trusted_networks=", "trusted_networks [];" },
		{ "listen=", "listen: expected at least one address" },
		{ "greylist.delay=",
		    "greylist.delay: expected a duration such as 180s, 5m, 2h or 35d" },
		{ "greylist.dely=5m",
		    "greylist.dely: unknown setting; did you mean greylist.delay?" },
		{ "greylist", "greylist: expected KEY=VALUE" },
	};
	char noted[256];
	struct config a, b;
	struct buf out;
	struct err err;
	size_t i;

	(void)state;
	config_init(&a);
	for (i = 0; i < COUNT(cases); i++) {
		config_init(&b);
		buf_init(&out, noted, sizeof(noted));
		if (config_set_text(&b, cases[i].text, &err) == -1)
			buf_add_text(&out, err.text);
		else
			config_diff(&a, &b, note_text, &out);
		want_text(cases[i].text, noted, cases[i].want);
		config_clear(&b);
	}
	config_clear(&a);
	end_cases();
}

static void
the_example_says_the_defaults(void **state)
{
	static struct config_report report;
	struct config a, b;
	int counts[2] = { 0, 0 };

	(void)state;
	config_init(&a);
	assert_int_equal(config_read("config.yaml.example", &b, &report), 0);
	config_diff(&a, &b, count_difference, counts);
	assert_int_equal(counts[false] + counts[true], 0);
	config_clear(&a);
	config_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(mistakes_have_their_place),
		cmocka_unit_test(all_mistakes_at_once),
		cmocka_unit_test(good_files),
		cmocka_unit_test(profile_and_notice),
		cmocka_unit_test(differences),
		cmocka_unit_test(long_lists),
		cmocka_unit_test(settings_of_an_operator),
		cmocka_unit_test(the_example_says_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
