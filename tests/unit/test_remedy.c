/* test_remedy.c - what would help waiting mail; what of it may stand in a command. */
#include "tests/unit/cases.h"

#include "cli/report.h"
#include "common/greylist/remedy.h"

#define NOW_S 100000
#define OLD_S (NOW_S - 2 * REMEDY_BOTS_S)

static const struct remedy_test {
	const char *name;
	struct remedy_case c; /* without its pool */
	struct pool pool;
	const char *want;
} tests[] = {
	{ "all are free", { .domain = SLICE("qq.com") },
	    { .domain = "qq.com", .waiting = 3, .settled = 2, .released = 1 },
	    "nothing: passes on its next try" },
	{ "all are blocked", { .domain = SLICE("qq.com") },
	    { .domain = "qq.com", .waiting = 3, .settled = 3, .blocked = 3 },
	    "nothing: a rule blocks it" },
	{ "some are blocked, the others free", { .domain = SLICE("qq.com") },
	    { .domain = "qq.com", .waiting = 3, .settled = 2, .blocked = 1, .released = 1 },
	    "nothing: a rule blocks some, the rest passes" },
	{ "some are blocked, the others wait", { .domain = SLICE("qq.com") },
	    { .domain = "qq.com", .waiting = 3, .settled = 1, .blocked = 1 },
	    "greygate domain add qq.com" },
	{ "known to need it", { .domain = SLICE("qq.com") },
	    { .domain = "qq.com", .waiting = 3, .nets = 1 }, "greygate domain add qq.com" },
	{ "it is whitelisted, but not from there",
	    { .domain = SLICE("qq.com"), .whitelisted = true },
	    { .domain = "qq.com",
		.waiting = 3,
		.nets = 3,
		.ready = 3,
		.retried = 2,
		.spf_pass = 1 },
	    "greygate release qq.com" },
	{ "a pool by SPF", { .domain = SLICE("x.example") },
	    { .domain = "x.example", .waiting = 3, .nets = 2, .spf_pass = 1 },
	    "greygate domain add x.example" },
	{ "one network is no pool", { .domain = SLICE("x.example") },
	    { .domain = "x.example",
		.waiting = 3,
		.nets = 1,
		.spf_pass = 3,
		.ready = 1,
		.open_s = OLD_S },
	    "greygate release x.example" },
	{ "of a sender", { .by = REMEDY_SENDER, .domain = SLICE("x.example") },
	    { .domain = "a@x.example", .waiting = 3, .nets = 2, .spf_pass = 1 },
	    "greygate domain add x.example" },
	{ "its delay runs", { .domain = SLICE("x.example") },
	    { .domain = "x.example", .waiting = 3, .nets = 3, .open_s = NOW_S - 60 },
	    "nothing yet: its delay runs" },
	{ "a retry may come", { .domain = SLICE("x.example") },
	    { .domain = "x.example", .waiting = 3, .ready = 1, .open_s = NOW_S - 600 },
	    "nothing yet: no one has tried again" },
	{ "bots", { .domain = SLICE("x.example") },
	    { .domain = "x.example", .waiting = 3, .ready = 3, .open_s = OLD_S },
	    "nothing: bots, no one tried again" },
	{ "one mail", { .domain = SLICE("x.example") },
	    { .domain = "x.example",
		.waiting = 1,
		.ready = 1,
		.retried = 1,
		.oldest_id = 12,
		.open_s = OLD_S },
	    "greygate release 12" },
	{ "a client", { .by = REMEDY_CLIENT },
	    { .domain = "2001:db8::1", .waiting = 2, .ready = 1, .retried = 1 },
	    "greygate rule add allow 2001:db8::1" },
	{ "a recipient", { .by = REMEDY_RECIPIENT },
	    { .domain = "a@b.example", .waiting = 2, .ready = 1, .retried = 1 },
	    "greygate deferred --to a@b.example" },
	{ "a sender that came again", { .by = REMEDY_SENDER, .domain = SLICE("x.example") },
	    { .domain = "a@x.example", .waiting = 2, .ready = 1, .retried = 1 },
	    "greygate deferred --from a@x.example" },
	{ "null senders", { .domain = SLICE("<>") },
	    { .domain = "<>",
		.waiting = 2,
		.nets = 2,
		.spf_pass = 2,
		.ready = 1,
		.retried = 1,
		.oldest_id = 7 },
	    "greygate release 7" },
	{ "what a shell would run", { .domain = SLICE("$(reboot).example") },
	    { .domain = "$(reboot).example",
		.waiting = 2,
		.nets = 2,
		.spf_pass = 2,
		.ready = 1,
		.retried = 1,
		.oldest_id = 7 },
	    "greygate release 7" },
};

static void
what_would_help(void **state)
{
	char text[320];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(tests); i++) {
		struct remedy_case c = tests[i].c;

		c.pool = &tests[i].pool;
		c.now_s = NOW_S;
		want_text(tests[i].name, remedy_text(&c, text, sizeof(text)), tests[i].want);
		want_int(tests[i].name, remedy_is_command(text),
		    strncmp(tests[i].want, "nothing", 7) != 0);
	}
	end_cases();
}

static void
plain_words(void **state)
{
	static const struct {
		const char *text;
		bool plain, domain;
	} cases[] = {
		{ "qq.com", true, true },
		{ "x-y.example", true, true },
		{ "a+b@x.example", true, false },
		{ "2001:db8::1", true, false },
		{ "localhost", true, false },
		{ "QQ.com", true, false },
		{ "", false, false },
		{ "-rf.example", false, false },
		{ "a b.example", false, false },
		{ "a;b.example", false, false },
		{ "`a`.example", false, false },
		{ "a'.example", false, false },
		{ "a\n.example", false, false },
		{ "*.example", false, false },
		{ "~.example", false, false },
		{ "\xe6\x9d\xb1.example", false, false },
		{ "a..example", true, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		want_int(cases[i].text, remedy_is_plain(slice_of(cases[i].text)), cases[i].plain);
		want_int(cases[i].text, remedy_is_domain(slice_of(cases[i].text)), cases[i].domain);
	}
	want_int("a zero", remedy_is_plain(SLICE("a\0b")), false);
	end_cases();
}

/* The retry of a pool comes from another network, as a row of its own. */
static void
retries(void **state)
{
	static const struct {
		const char *net, *sender, *recipient;
		int64_t attempts, first_s;
	} rows[] = {
		{ "n1", "a@x", "r@y", 1, 900 },
		{ "n2", "a@x", "r@y", 1, 800 },
		{ "n3", "a@x", "s@y", 1, 700 },
		{ "n4", "b@x", "s@y", 3, 600 },
		{ "n5", "a@x r", "@y", 1, 650 },
	};
	struct pools *pools = pools_new(1000);
	const struct pool *ranked;
	size_t i;

	(void)state;
	pools_watch_retries(pools);
	for (i = 0; i < COUNT(rows); i++) {
		struct triplet triplet = { .id = (int64_t)(10 - i),
			.key = { slice_of(rows[i].net), slice_of(rows[i].sender),
			    slice_of(rows[i].recipient) },
			.state = { .first_s = rows[i].first_s, .attempts = rows[i].attempts } };
		struct scan_row row = { .triplet = &triplet,
			.waiting = true,
			.next = ACTION_DEFER,
			.reason = REASON_EARLY,
			.sender_domain = SLICE("x") };

		pools_add(pools, &row);
	}
	want_int("pools", (long long)pools_rank(pools, &ranked), 1);
	want_int("retried", ranked[0].retried, 2);
	want_int("oldest", ranked[0].oldest_id, 7);
	pools_free(pools);
	end_cases();
}

static void
names_in_a_report(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "qq.com", "qq.com" },
		{ "a\x1b[2J", "a\\x1b[2J" },
		{ "0123456789012345678901234567890123456789012345678901234567890123",
		    "012345678901234567890123456789012345678901234567890123456789..." },
		{ "012345678901234567890123456789012345678901234567890123456789012",
		    "012345678901234567890123456789012345678901234567890123456789012" },
		{ "01234567890123456789012345678901234567890123456789012345678\xe6\x9d\xb1\xe4\xba"
		  "\xac",
		    "01234567890123456789012345678901234567890123456789012345678..." },
	};
	char out[REPORT_NAME_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		want_text(cases[i].want, report_name(slice_of(cases[i].text), out), cases[i].want);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(what_would_help),
		cmocka_unit_test(plain_words),
		cmocka_unit_test(retries),
		cmocka_unit_test(names_in_a_report),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
