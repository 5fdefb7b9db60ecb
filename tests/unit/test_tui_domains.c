/* test_tui_domains.c - whitelisted domains in words, paths of terms, the order of networks. */
#include "tests/unit/cases.h"

#include <stdlib.h>
#include <time.h>

#include "tui/domain_words.h"
#include "tui/walk_lines.h"

#define DAY 86400
#define NOW INT64_C(1795521600) /* 2026-11-24 12:00 UTC */
#define GRACE (7 * DAY)

/* Seconds before NOW; 0 is never. */
struct row_case {
	const char *name, *status, *from;
	int64_t failures, refreshed, good, networks;
	const char *want, *trouble;
	bool kept, troubled;
	enum element element;
};

static const struct row_case rows[] = {
	{ "new", "new", "", 0, 0, 0, 0, "not read yet", "", false, false, ELEMENT_NORMAL },
	{ "ok", "ok", "spf", 0, 60, 60, 5, "ok", "", false, false, ELEMENT_NORMAL },
	{ "in part", "partial", "spf", 0, 60, 60, 5, "ok, in part", "", false, false,
	    ELEMENT_NORMAL },
	{ "all of it skipped", "partial", "spf", 0, 60, 60, 0, "nothing listed", "", false, true,
	    ELEMENT_NOTICE },
	{ "hosts", "none", "mx", 0, 60, 60, 2, "ok, MX hosts", "", false, false, ELEMENT_NORMAL },
	{ "neither", "none", "none", 0, 60, 60, 0, "no SPF, no MX", "", false, true,
	    ELEMENT_NOTICE },
	{ "wrong from the beginning", "permerror", "spf", 3, 60, 0, 1, "SPF broken", "SPF broken",
	    false, true, ELEMENT_BAD },
	{ "no answer ever", "temperror", "none", 1, 60, 0, 0, "DNS failed", "DNS failed", false,
	    true, ELEMENT_BAD },
	{ "wrong since today", "permerror", "spf", 1, 60, 3600, 5, "kept since 11:00", "SPF broken",
	    true, true, ELEMENT_NOTICE },
	{ "gone since two days", "none", "spf", 9, 60, 2 * DAY, 5, "kept since 11-22", "SPF gone",
	    true, true, ELEMENT_NOTICE },
	{ "grace is over", "permerror", "spf", 90, 60, GRACE + 60, 2, "SPF broken", "SPF broken",
	    false, true, ELEMENT_BAD },
	{ "grace ends for readings", "permerror", "spf", 90, 60, GRACE + 59, 2, "kept since 11-17",
	    "SPF broken", true, true, ELEMENT_NOTICE },
	{ "the DNS may fail for ever", "temperror", "spf", 90, 60, 30 * DAY, 5, "kept since 10-25",
	    "DNS failed", true, true, ELEMENT_NOTICE },
	{ "nothing to keep", "temperror", "spf", 1, 60, DAY, 0, "DNS failed", "DNS failed", false,
	    true, ELEMENT_BAD },
	{ "of a later version", "odd", "spf", 0, 60, 60, 1, "unknown", "", false, false,
	    ELEMENT_NORMAL },
};

static void
states(void **state_)
{
	struct domain_state state;
	size_t i;

	(void)state_;
	for (i = 0; i < COUNT(rows); i++) {
		const struct row_case *c = &rows[i];
		struct domain d = { .status = slice_of(c->status),
			.from = slice_of(c->from),
			.failures = c->failures,
			.refreshed_s = c->refreshed == 0 ? 0 : NOW - c->refreshed,
			.good_s = c->good == 0 ? 0 : NOW - c->good,
			.networks = c->networks };

		domain_state(&d, GRACE, NOW, &state);
		want_text(c->name, state.status, c->want);
		want_text(c->name, state.trouble, c->trouble);
		want_int(c->name, state.kept, c->kept);
		want_int(c->name, state.troubled, c->troubled);
		want_int(c->name, state.element, c->element);
	}
	end_cases();
}

static void
paths(void **state)
{
	static const struct {
		const char *path, *net, *group, *term;
	} cases[] = {
		{ "", "192.0.2.1", "", "" },
		{ "qq.com", "192.0.2.1", "", "" },
		{ "qq.com > ip4:192.0.2.1", "192.0.2.1", "", "" },
		{ "qq.com > IP4:192.0.2.0/24", "192.0.2.0/24", "", "" },
		{ "qq.com > ip4:192.0.2.1/29", "192.0.2.0/29", "", "ip4:192.0.2.1/29" },
		{ "qq.com > mx/28", "192.0.2.0/28", "", "mx/28" },
		{ "qq.com > include:a > ip6:2001:db8::/48", "2001:db8::/48", "include:a", "" },
		{ "qq.com > include:a > a:b", "192.0.2.1", "include:a", "a:b" },
		{ "qq.com > include:a > include:b > ip4:192.0.2.1", "192.0.2.1",
		    "include:a > include:b", "" },
		{ "qq.com > ", "192.0.2.1", "", "" },
		{ " > ", "", "", "" },
	};
	char got[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct slice group, term;

		path_split(slice_of(cases[i].path), cases[i].net, &group, &term);
		snprintf(got, sizeof(got), "%.*s", (int)group.len, group.len == 0 ? "" : group.ptr);
		want_text(cases[i].path, got, cases[i].group);
		snprintf(got, sizeof(got), "%.*s", (int)term.len, term.len == 0 ? "" : term.ptr);
		want_text(cases[i].path, got, cases[i].term);
	}
	end_cases();
}

static void
numbers(void **state)
{
	static const struct {
		uint64_t number;
		const char *want;
	} cases[] = { { 0, "0" }, { 999, "999" }, { 1000, "1 000" }, { 73728, "73 728" },
		{ 1234567, "1 234 567" }, { UINT64_MAX, "18 446 744 073 709 551 615" } };
	static const struct {
		const char *net, *want;
	} nets[] = { { "192.0.2.1", "1" }, { "10.0.0.0/8", "16 777 216" },
		{ "0.0.0.0/0", "4 294 967 296" }, { "2001:db8::/48", "/48" },
		{ "2001:db8::1", "/128" } };
	char text[GROUPED_MAX];
	struct addr_net net;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		want_text(cases[i].want, number_grouped(cases[i].number, text), cases[i].want);
	for (i = 0; i < COUNT(nets); i++) {
		addr_net_parse(slice_of(nets[i].net), &net, NULL, NULL);
		want_text(nets[i].net, network_size(&net, text), nets[i].want);
	}
	end_cases();
}

/* By path, then by address as a number and not as a text. */
static void
order(void **state)
{
	static const struct {
		const char *net, *path;
	} given[] = {
		{ "2001:db8::1", "d > include:b > ip6:2001:db8::1" },
		{ "192.0.2.100", "d > include:b > ip4:192.0.2.100" },
		{ "192.0.2.9", "d > include:b > ip4:192.0.2.9" },
		{ "192.0.2.200", "d > ip4:192.0.2.200" },
		{ "192.0.2.20", "d > ip4:192.0.2.20" },
		{ "192.0.2.1", "d > include:a > ip4:192.0.2.1" },
	};
	struct walk_nets nets = { NULL, 0, 0 };
	struct addr_net net;
	char got[256];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(given); i++) {
		addr_net_parse(slice_of(given[i].net), &net, NULL, NULL);
		walk_nets_add(&nets, &net, slice_of(given[i].path));
	}
	walk_nets_sort(&nets);
	buf_init(&b, got, sizeof(got));
	for (i = 0; i < nets.n; i++)
		buf_printf(&b, "%s ", nets.items[i].text);
	want_text(
	    "order", got, "192.0.2.20 192.0.2.200 192.0.2.1 192.0.2.9 192.0.2.100 2001:db8::1 ");
	walk_nets_clear(&nets);
	walk_nets_sort(&nets);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(paths),
		cmocka_unit_test(numbers),
		cmocka_unit_test(order),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
