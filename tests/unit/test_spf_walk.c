/* test_spf_walk.c - domains into networks: sets, status, limits, what is never listed; and the
 * property that holds the walk and check_host() together. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/net/ranges.h"
#include "tests/fake/zone.h"

static const struct spf_walk_limits usual = { 12, 29, 2, 10000 };

/* "source status [v4 and v6 networks] ttl lookups" in one line. */
static const char *
summary(const struct spf_walk *walk, char *out, size_t len)
{
	char text[ADDR_NET_TEXT_MAX];
	struct buf b;
	int family;
	size_t n, i;

	buf_init(&b, out, len);
	buf_printf(
	    &b, "%s %s", spf_walk_source_name(walk->source), spf_walk_status_name(walk->status));
	for (family = ADDR_V4; family <= ADDR_V6; family++) {
		struct addr_net *nets;

		n = spf_walk_merged(walk, (enum addr_family)family, &nets);
		for (i = 0; i < n; i++)
			buf_printf(&b, " %s", addr_net_format(&nets[i], text));
		free(nets);
	}
	buf_printf(&b, " ttl=%lld lookups=%u", walk->ttl_known ? (long long)walk->min_ttl_s : -1,
	    walk->lookups);
	for (i = 0; i < walk->skip_n; i++)
		buf_printf(&b, " [%s %s: %s]", walk->skips[i].domain, walk->skips[i].term,
		    walk->skips[i].reason);
	for (i = 0; i < 2; i++)
		if (walk->errors[i] != NULL)
			buf_printf(&b, " {%s}", walk->errors[i]);
	return out;
}

static const char *
walk_summary(const struct zone *zone, const char *domain, const struct spf_walk_limits *limits,
    char *out, size_t len)
{
	struct spf_walk walk;

	zone_walk(zone, domain, limits, &walk, NULL);
	summary(&walk, out, len);
	spf_walk_clear(&walk);
	return out;
}

struct walk_case {
	const char *domain, *want;
};

static void
run_walks(const char *text, const struct walk_case *cases, size_t n)
{
	struct zone *zone = zone_new(text);
	char got[4096];
	size_t i;

	for (i = 0; i < n; i++)
		want_text(cases[i].domain,
		    walk_summary(zone, cases[i].domain, &usual, got, sizeof(got)), cases[i].want);
	zone_free(zone);
	end_cases();
}

static const char sets_zone[] =
    "simple.example TXT \"v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.128/25 -all\"\n"
    "hole.example TXT \"v=spf1 -ip4:192.0.2.64/26 ip4:192.0.2.0/24 -all\"\n"
    "holes.example TXT \"v=spf1 ~ip4:192.0.2.1 ?ip4:192.0.2.2 -ip4:192.0.2.3 ip4:192.0.2.0/30\"\n"
    "late.example TXT \"v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.1 -all\"\n"
    "afterall.example TXT \"v=spf1 ip4:192.0.2.1 ?all ip4:192.0.2.2\"\n"
    "incminus.example TXT \"v=spf1 -include:simple.example ip4:192.0.0.0/22 -all\"\n"
    "incneutral.example TXT \"v=spf1 ?include:hole.example ip4:192.0.2.0/24\"\n"
    "incfail.example TXT \"v=spf1 include:refuses.example ip4:192.0.2.9 -all\"\n"
    "refuses.example TXT \"v=spf1 -ip4:192.0.2.9 -all\"\n"
    "re.example TXT \"v=spf1 ip4:192.0.2.1 redirect=simple.example\"\n"
    "reall.example TXT \"v=spf1 ip4:192.0.2.1 redirect=simple.example -all\"\n"
    "renone.example TXT \"v=spf1 ip4:192.0.2.1 redirect=nothing.example\"\n"
    "redyn.example TXT \"v=spf1 ip4:192.0.2.1 redirect=%{l}.example\"\n"
    "both.example TXT \"v=spf1 a/24//64 -all\"\nboth.example A 192.0.2.7\n"
    "both.example AAAA 2001:db8::7\n"
    "open.example TXT \"v=spf1 ip4:192.0.2.1 ip4:0.0.0.0/0 ip4:10.1.0.0/16 ip4:224.0.0.0/24 "
    "ip6:::/0 ip6:fe80::/64 ip4:192.0.2.2 +all\"\n"
    "incopen.example TXT \"v=spf1 include:open.example ip4:192.0.2.3 -all\"\n"
    "minusopen.example TXT \"v=spf1 -include:open.example ip4:192.0.2.1 ip4:192.0.2.9 -all\"\n"
    "minuswide.example TXT \"v=spf1 -ip4:128.0.0.0/1 ip4:192.0.2.1 ip4:3.0.0.1 -all\"\n"
    "awide.example TXT \"v=spf1 a/4 -all\"\nawide.example A 192.0.2.7\n"
    "aprivate.example TXT \"v=spf1 a -all\"\naprivate.example A 192.168.1.1\n"
    "edge.example TXT \"v=spf1 ip4:16.0.0.0/12 ip4:16.16.0.0/12 ip4:32.0.0.0/11 "
    "ip6:2001:800::/29 ip6:2002::/28 -all\"\n"
    "dyn.example TXT \"v=spf1 exists:x.example -exists:y.example ptr ptr:x.example a:%{l}.example "
    "include:%{i}.example mx:%{h}.example a:%{o}.sub.example -all\"\n"
    "dyn.example.sub.example A 192.0.2.4\n";

static void
sets(void **state)
{
	static const struct walk_case cases[] = {
		{ "simple.example", "spf ok 192.0.2.0/24 ttl=3600 lookups=0" },
		{ "hole.example", "spf ok 192.0.2.0/26 192.0.2.128/25 ttl=3600 lookups=0" },
		{ "holes.example", "spf ok 192.0.2.0 ttl=3600 lookups=0" },
		{ "late.example", "spf ok 192.0.2.0/24 ttl=3600 lookups=0" },
		{ "afterall.example", "spf ok 192.0.2.1 ttl=3600 lookups=0" },
		{ "incminus.example", "spf ok 192.0.0.0/23 192.0.3.0/24 ttl=3600 lookups=1" },
		{ "incneutral.example", "spf ok 192.0.2.64/26 ttl=3600 lookups=1" },
		{ "incfail.example", "spf ok 192.0.2.9 ttl=3600 lookups=1" },
		{ "re.example", "spf ok 192.0.2.0/24 ttl=3600 lookups=1" },
		{ "reall.example", "spf ok 192.0.2.1 ttl=3600 lookups=0" },
		{ "renone.example",
		    "spf permerror 192.0.2.1 ttl=3600 lookups=1 {v4 permerror: redirect to "
		    "nothing.example: no SPF} {v6 permerror: redirect to nothing.example: no "
		    "SPF}" },
		{ "redyn.example", "spf partial 192.0.2.1 ttl=3600 lookups=1 [redyn.example "
				   "redirect=%{l}.example: dynamic]" },
		{ "both.example", "spf ok 192.0.2.0/24 2001:db8::/64 ttl=3600 lookups=1" },
		{ "open.example",
		    "spf partial 192.0.2.1 192.0.2.2 ttl=3600 lookups=0 [open.example "
		    "ip4:0.0.0.0/0: "
		    "too-broad 0.0.0.0/0] [open.example ip4:10.1.0.0/16: special-use 10.1.0.0/16] "
		    "[open.example ip4:224.0.0.0/24: special-use 224.0.0.0/24] [open.example +all: "
		    "all] [open.example ip6:::/0: too-broad ::/0] [open.example ip6:fe80::/64: "
		    "special-use fe80::/64]" },
		{ "edge.example",
		    "spf partial 16.0.0.0/11 2001:800::/29 ttl=3600 lookups=0 [edge.example "
		    "ip4:32.0.0.0/11: too-broad 32.0.0.0/11] [edge.example ip6:2002::/28: "
		    "too-broad "
		    "2002::/28]" },
		{ "minuswide.example", "spf ok 3.0.0.1 ttl=3600 lookups=0" },
		{ "awide.example", "spf partial ttl=3600 lookups=1 [awide.example a/4: too-broad "
				   "192.0.0.0/4]" },
		{ "aprivate.example", "spf partial ttl=3600 lookups=1 [aprivate.example a: "
				      "special-use 192.168.1.1]" },
		{ "dyn.example",
		    "spf partial 192.0.2.4 ttl=3600 lookups=8 [dyn.example exists:x.example: "
		    "exists] "
		    "[dyn.example -exists:y.example: exists] [dyn.example ptr: ptr] [dyn.example "
		    "ptr:x.example: ptr] [dyn.example a:%{l}.example: dynamic] [dyn.example "
		    "include:%{i}.example: dynamic] [dyn.example mx:%{h}.example: dynamic]" },
	};

	(void)state;
	run_walks(sets_zone, cases, COUNT(cases));
}

/* A term says "nothing found" when that holds for both families. */
static void
notes(void **state)
{
	static const struct {
		const char *text, *note;
	} wanted[] = {
		{ "notes.example", "" },
		{ "a:v4.example", "" },
		{ "a:v6.example", "" },
		{ "a:both.example", "" },
		{ "mx:v4.example", "nothing found" },
		{ "a:private.example", "skipped: special-use 192.168.1.1" },
		{ "a:neither.example", "nothing found" },
	};
	static const struct spf_walk_limits patient = {
		.min_prefix_v4 = 12, .min_prefix_v6 = 29, .voids_max = 10, .networks_max = 100
	};
	struct zone *zone = zone_new(
	    "notes.example TXT \"v=spf1 a:v4.example a:v6.example a:both.example "
	    "mx:v4.example a:private.example a:neither.example -all\"\n"
	    "v4.example A 192.0.2.1\nv6.example AAAA 2001:db8::1\n"
	    "both.example A 192.0.2.2\nboth.example AAAA 2001:db8::2\n"
	    "private.example A 192.168.1.1\n");
	struct spf_walk walk;
	size_t i;

	(void)state;
	zone_walk(zone, "notes.example", &patient, &walk, NULL);
	for (i = 0; i < COUNT(wanted) && i < walk.line_n; i++) {
		want_text("line", walk.lines[i].text, wanted[i].text);
		want_text(wanted[i].text, walk.lines[i].note, wanted[i].note);
	}
	want_int("lines", (long long)walk.line_n, COUNT(wanted) + 1);
	spf_walk_clear(&walk);
	zone_free(zone);
	end_cases();
}

/* What lies behind a "-include" of a record that passes everybody is hidden, not listed. */
static void
hidden_by_a_refusing_include(void **state)
{
	struct zone *zone = zone_new(sets_zone);
	struct spf_walk walk;

	(void)state;
	zone_walk(zone, "minusopen.example", &usual, &walk, NULL);
	assert_int_equal(walk.network_n, 0);
	spf_walk_clear(&walk);
	zone_walk(zone, "incopen.example", &usual, &walk, NULL);
	assert_int_equal(walk.network_n, 3);
	spf_walk_clear(&walk);
	zone_free(zone);
}

static void
failures(void **state)
{
	static const char zone[] =
	    "mid.example TXT \"v=spf1 ip4:192.0.2.1 include:broken.example ip4:192.0.2.2 -all\"\n"
	    "broken.example FAIL\n"
	    "deep.example TXT \"v=spf1 include:mid.example ip4:192.0.2.3\"\n"
	    "top.example FAIL\n"
	    "half.example TXT \"v=spf1 ip4:192.0.2.9 mx:mxfail.example ip4:192.0.2.2 -all\"\n"
	    "ring1.example CNAME ring2.example\nring2.example CNAME ring1.example\n"
	    "void.example TXT \"v=spf1 a:v1.example a:v2.example a:v3.example ip4:192.0.2.1\"\n"
	    "v4only.example TXT \"v=spf1 a:h.example a:h.example a:h.example -all\"\n"
	    "h.example A 192.0.2.1\n"
	    "ttl.example 60 CNAME real.example\n"
	    "simple.example 2147483647 TXT \"v=spf1 ip4:192.0.2.9 -all\"\n"
	    "real.example 0 TXT \"v=spf1 include:simple.example -all\"\n"
	    "nomx.example A 192.0.2.1\n"
	    "nullmx.example MX 0 .\n"
	    "mx.example MX 20 b.mx.example\nmx.example MX 10 a.mx.example\n"
	    "a.mx.example A 192.0.2.1\nb.mx.example AAAA 2001:db8::1\n"
	    "mxfail.example MX 10 a.mx.example\nmxfail.example MX 20 broken.example\n"
	    "mxprivate.example MX 10 p.example\np.example A 10.0.0.1\n";
	static const struct walk_case cases[] = {
		{ "mid.example", "spf temperror 192.0.2.1 ttl=3600 lookups=1 {v4 temperror: TXT of "
				 "broken.example: server failure} {v6 temperror: TXT of "
				 "broken.example: server failure}" },
		{ "deep.example",
		    "spf temperror 192.0.2.1 ttl=3600 lookups=2 {v4 temperror: TXT of "
		    "broken.example: server failure} {v6 temperror: TXT of "
		    "broken.example: server failure}" },
		{ "top.example",
		    "none temperror ttl=-1 lookups=0 {v4 temperror: TXT of top.example: "
		    "server failure} {v6 temperror: TXT of top.example: server "
		    "failure}" },
		{ "half.example", "spf temperror 192.0.2.9 ttl=3600 lookups=1 {v4 temperror: A of "
				  "broken.example: server failure} {v6 temperror: AAAA of "
				  "broken.example: server failure}" },
		{ "ring1.example", "none temperror ttl=-1 lookups=0 {v4 temperror: TXT of "
				   "ring1.example: a chain} {v6 temperror: TXT of ring1.example: a "
				   "chain}" },
		{ "void.example",
		    "spf permerror ttl=3600 lookups=3 {v4 permerror: more than 2 void lookups, the "
		    "last at v3.example} {v6 permerror: more than 2 void lookups, the last at "
		    "v3.example}" },
		{ "v4only.example",
		    "spf permerror 192.0.2.1 ttl=3600 lookups=3 {v6 permerror: more "
		    "than 2 void lookups, the last at h.example}" },
		{ "ttl.example", "spf ok 192.0.2.9 ttl=0 lookups=1" },
		{ "nomx.example", "none none ttl=-1 lookups=0" },
		{ "nullmx.example", "none none ttl=3600 lookups=0" },
		{ "mx.example", "mx none 192.0.2.1 2001:db8::1 ttl=3600 lookups=0" },
		{ "mxfail.example", "mx temperror 192.0.2.1 ttl=3600 lookups=0 {v4 temperror: A of "
				    "broken.example: server failure} {v6 temperror: AAAA of "
				    "broken.example: server failure}" },
		{ "mxprivate.example", "none none ttl=3600 lookups=0 [mxprivate.example p.example: "
				       "special-use 10.0.0.1]" },
	};

	(void)state;
	run_walks(zone, cases, COUNT(cases));
}

static void
paths_and_limits(void **state)
{
	struct zone *zone = zone_new(
	    "one.example TXT \"v=spf1 include:two.example redirect=three.example\"\n"
	    "two.example TXT \"v=spf1 ip4:192.0.2.0/24 a -all\"\ntwo.example A 198.51.100.1\n"
	    "three.example TXT \"v=spf1 ip4:192.0.2.0/23 -all\"\n"
	    "many.example TXT \"v=spf1 ip4:1.0.0.0 ip4:3.0.0.0 ip4:5.0.0.0 ip4:7.0.0.0 -all\"\n"
	    "skips.example TXT \"v=spf1 ip4:10.0.0.1 ip4:10.0.0.3 ip4:10.0.0.5 ip4:10.0.0.7\"\n");
	static const char *const want[] = {
		"192.0.2.0/24 one.example > include:two.example > ip4:192.0.2.0/24",
		"192.0.3.0/24 one.example > redirect=three.example > ip4:192.0.2.0/23",
		"198.51.100.1 one.example > include:two.example > a",
	};
	struct spf_walk_limits three = { 12, 29, 2, 3 };
	struct spf_walk walk;
	char text[256], net[ADDR_NET_TEXT_MAX];
	struct buf b;
	size_t i;

	(void)state;
	zone_walk(zone, "one.example", &usual, &walk, NULL);
	assert_int_equal(walk.network_n, COUNT(want));
	for (i = 0; i < COUNT(want); i++) {
		buf_init(&b, text, sizeof(text));
		buf_printf(&b, "%s ", addr_net_format(&walk.networks[i].net, net));
		spf_walk_path(&walk, walk.networks[i].line, &b);
		want_text("path", text, want[i]);
	}
	want_int("networks of the domain", (long long)walk.lines[0].networks, 3);
	spf_walk_clear(&walk);
	zone_walk(zone, "many.example", &three, &walk, NULL);
	want_int("listed", (long long)walk.network_n, 3);
	want_text("status", spf_walk_status_name(walk.status), "permerror");
	spf_walk_clear(&walk);
	zone_walk(zone, "skips.example", &three, &walk, NULL);
	want_int("skipped", (long long)walk.skip_n, 3);
	want_text("status", spf_walk_status_name(walk.status), "permerror");
	spf_walk_clear(&walk);
	zone_free(zone);
	end_cases();
}

/* ---- the property ---- */

static unsigned seed = 7208;

static unsigned
pick(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return seed >> 8 & 0xffff ? (seed >> 8 & 0xffff) % n : 0;
}

/* Few addresses, so that terms overlap all the time. */
static void
add_random_term(struct buf *b, unsigned domains)
{
	static const char *const signs[] = { "", "", "", "+", "-", "~", "?" };
	static const char *const hosts[] = { "h1.p.example", "h2.p.example", "none.p.example" };

	buf_printf(b, " %s", signs[pick(COUNT(signs))]);
	switch (pick(8)) {
	case 0:
	case 1: buf_printf(b, "ip4:203.0.113.%u/%u", pick(32), 26 + pick(7)); break;
	case 2: buf_printf(b, "ip6:2001:db8::%x/%u", pick(32), 122 + pick(7)); break;
	case 3: buf_printf(b, "a:%s/%u//%u", hosts[pick(3)], 26 + pick(7), 122 + pick(7)); break;
	case 4: buf_printf(b, "mx:m.p.example/%u", 28 + pick(5)); break;
	case 5:
		buf_printf(b, pick(3) == 0 ? "ip4:200.0.0.0/6" : "ip4:203.0.113.%u", pick(32));
		break;
	case 6: buf_printf(b, pick(6) == 0 ? "all" : "ip4:203.0.113.%u/31", pick(32)); break;
	default: buf_printf(b, "include:d%u.p.example", pick(domains)); break;
	}
}

static struct zone *
random_zone(unsigned domains)
{
	static char text[16384];
	struct buf b;
	unsigned i, n;

	buf_init(&b, text, sizeof(text));
	buf_add_text(&b, "h1.p.example A 203.0.113.5\nh1.p.example AAAA 2001:db8::5\n"
			 "h2.p.example A 203.0.113.20\nh2.p.example A 203.0.113.9\n"
			 "m.p.example MX 1 h1.p.example\nm.p.example MX 2 h2.p.example\n");
	for (i = 0; i < domains; i++) {
		buf_printf(&b, "d%u.p.example TXT \"v=spf1", i);
		for (n = 1 + pick(5); n > 0; n--)
			add_random_term(&b, domains);
		if (pick(4) == 0)
			buf_printf(&b, " redirect=d%u.p.example", pick(domains));
		buf_add_text(&b, "\"\n");
	}
	assert_false(b.cut);
	return zone_new(text);
}

static bool
is_listed(const struct spf_walk *walk, const struct addr *ip)
{
	size_t i;

	for (i = 0; i < walk->network_n; i++)
		if (addr_net_contains(&walk->networks[i].net, ip))
			return true;
	return false;
}

/* Limits count what the walk looks at; check_host() may be done before it came so far. */
static void
hold_together(const struct zone *zone, const char *domain, const struct addr *ip,
    const struct spf_walk *walk, const char *name)
{
	struct spf_identity identity = { .ip = *ip, .voids_max = 2, .helo = SLICE("h.example") };
	static struct spf_check check;
	char sender[300], text[ADDR_TEXT_MAX];
	bool listed = is_listed(walk, ip), passes;

	snprintf(sender, sizeof(sender), "a@%s", domain);
	identity.sender = slice_of(sender);
	zone_check(zone, &identity, &check, NULL);
	passes = check.result == SPF_PASS;
	if (listed && !passes) {
		print_error("%s %s: listed, but check_host() says %s (%s)\n", name,
		    addr_format(ip, text), spf_result_name(check.result), check.matched);
		cases_failed++;
	}
	if (!listed && passes && walk->skip_n == 0 && walk->errors[ip->family] == NULL) {
		print_error("%s %s: passes by %s, but is not listed\n", name, addr_format(ip, text),
		    check.matched);
		cases_failed++;
	}
}

static void
walk_and_check_agree(void **state)
{
	struct spf_walk walk;
	unsigned round, domain, host;
	char name[64], text[64];
	struct addr ip;

	(void)state;
	for (round = 0; round < 700; round++) {
		unsigned domains = 1 + pick(4);
		struct zone *zone = random_zone(domains);

		for (domain = 0; domain < domains; domain++) {
			snprintf(name, sizeof(name), "d%u.p.example", domain);
			zone_walk(zone, name, &usual, &walk, NULL);
			for (host = 0; host < 34; host++) {
				snprintf(text, sizeof(text), "203.0.113.%u", host);
				addr_parse(slice_of(text), &ip);
				hold_together(zone, name, &ip, &walk, name);
				snprintf(text, sizeof(text), "2001:db8::%x", host);
				addr_parse(slice_of(text), &ip);
				hold_together(zone, name, &ip, &walk, name);
			}
			spf_walk_clear(&walk);
		}
		zone_free(zone);
		if (cases_failed > 0)
			print_error("in round %u\n", round);
		end_cases();
	}
}

/* ---- sets of addresses, against a table of all of them ---- */

static void
ranges_as_a_table(void **state)
{
	unsigned round, i, step;

	(void)state;
	for (round = 0; round < 300; round++) {
		struct ranges set = { NULL, 0, 0 }, rest = { NULL, 0, 0 };
		bool table[256] = { false };
		unsigned first = pick(256), last = first + pick(256 - first);

		for (step = 0; step < 12; step++) {
			unsigned from = pick(256),
				 to = from + pick(256 - from > 40 ? 40 : 256 - from);

			ranges_add(&set, (struct range){ { 0, from }, { 0, to } });
			for (i = from; i <= to; i++)
				table[i] = true;
		}
		for (i = 1; i < set.n; i++)
			assert_true(set.items[i - 1].last.low + 1 < set.items[i].first.low);
		ranges_subtract(&set, (struct range){ { 0, first }, { 0, last } }, &rest);
		for (i = 0; i < 256; i++) {
			struct addr addr = { .family = ADDR_V4, .bytes = { 0, 0, 0, (uint8_t)i } };

			assert_int_equal(ranges_contain(&set, &addr), table[i]);
			assert_int_equal(
			    ranges_contain(&rest, &addr), i >= first && i <= last && !table[i]);
		}
		ranges_clear(&set);
		ranges_clear(&rest);
	}
}

static void
note_net(void *arg, const struct addr_net *net)
{
	char text[ADDR_NET_TEXT_MAX];

	buf_printf(arg, " %s", addr_net_format(net, text));
}

static void
ranges_to_networks(void **state)
{
	static const struct {
		enum addr_family family;
		const char *first, *last, *want;
	} cases[] = {
		{ ADDR_V4, "0.0.0.0", "255.255.255.255", " 0.0.0.0/0" },
		{ ADDR_V4, "255.255.255.255", "255.255.255.255", " 255.255.255.255" },
		{ ADDR_V4, "0.0.0.0", "0.0.0.0", " 0.0.0.0" },
		{ ADDR_V4, "0.0.0.1", "0.0.0.6", " 0.0.0.1 0.0.0.2/31 0.0.0.4/31 0.0.0.6" },
		{ ADDR_V4, "127.255.255.255", "128.0.0.0", " 127.255.255.255 128.0.0.0" },
		{ ADDR_V6, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", " ::/0" },
		{ ADDR_V6, "2001:db8::", "2001:db8:0:1:ffff:ffff:ffff:ffff", " 2001:db8::/63" },
		{ ADDR_V6, "2001:db8::ffff:ffff:ffff:ffff",
		    "2001:db8:0:1::", " 2001:db8::ffff:ffff:ffff:ffff 2001:db8:0:1::" },
	};
	char text[512];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct addr_net first = { .prefix = cases[i].family == ADDR_V4 ? 32 : 128 }, last;
		struct range range;

		last = first;
		addr_parse(slice_of(cases[i].first), &first.addr);
		addr_parse(slice_of(cases[i].last), &last.addr);
		range = (struct range){ range_of_net(&first).first, range_of_net(&last).last };
		buf_init(&b, text, sizeof(text));
		range_each_net(range, cases[i].family, note_net, &b);
		want_text(cases[i].first, text, cases[i].want);
	}
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(notes),
		cmocka_unit_test(hidden_by_a_refusing_include),
		cmocka_unit_test(failures),
		cmocka_unit_test(paths_and_limits),
		cmocka_unit_test(walk_and_check_agree),
		cmocka_unit_test(ranges_as_a_table),
		cmocka_unit_test(ranges_to_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
