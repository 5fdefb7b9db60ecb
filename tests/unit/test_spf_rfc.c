/* test_spf_rfc.c - check_host() against RFC 7208, section by section. The names in the zone say
 * what they are about; a case is a client, an envelope and what must come of it. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/spf/macro.h"
#include "tests/fake/zone.h"

struct rfc_case {
	const char *name;
	const char *ip, *sender, *helo;
	enum spf_result want;
	const char *explanation; /* NULL: not looked at */
};

static void
run_cases(const char *text, const struct rfc_case *cases, size_t n)
{
	struct zone *zone = zone_new(text);
	size_t i;

	for (i = 0; i < n; i++) {
		struct spf_identity identity = { .sender = slice_of(cases[i].sender),
			.helo = slice_of(cases[i].helo),
			.receiver = SLICE("mx.receiver.example"),
			.now_s = 1234567890,
			.voids_max = 2 };
		static struct spf_check check;

		assert_int_equal(addr_parse(slice_of(cases[i].ip), &identity.ip), 0);
		zone_check(zone, &identity, &check, NULL);
		if (check.result != cases[i].want)
			print_error("  %s %s\n", check.matched, check.error);
		want_text(
		    cases[i].name, spf_result_name(check.result), spf_result_name(cases[i].want));
		if (cases[i].explanation != NULL)
			want_text(cases[i].name, check.explanation, cases[i].explanation);
	}
	zone_free(zone);
	end_cases();
}

#define CASES_OF(zone, cases) run_cases(zone, cases, COUNT(cases))
#define IN "192.0.2.1"     /* what the records here pass */
#define OUT "198.51.100.1" /* and what they do not */
#define L63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123"

/* ---- 2.4, 4.1-4.3: which domain is asked for ---- */

static const char identity_zone[] =
    "good.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
    "mail.good.example TXT \"v=spf1 ip4:192.0.2.0/28 -all\"\n"
    "xn--bcher-kva.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
    "local.example TXT \"v=spf1 exists:%{l}.who.example -all\"\n"
    "postmaster.who.example A 127.0.0.2\n"
    "helo.example TXT \"v=spf1 exists:%{h}.helo.who.example -all\"\n"
    "my.host.example.helo.who.example A 127.0.0.2\n"
    "localhost TXT \"v=spf1 +all\"\n";

static void
identities(void **state)
{
	static const struct rfc_case cases[] = {
		{ "mail from", IN, "a@good.example", "x.example", SPF_PASS, NULL },
		{ "mail from refused", OUT, "a@good.example", "x.example", SPF_FAIL, NULL },
		{ "case of the domain", IN, "a@GOOD.Example", "x.example", SPF_PASS, NULL },
		{ "final dot", IN, "a@good.example.", "x.example", SPF_PASS, NULL },
		{ "null sender asks for helo", "192.0.2.5", "", "mail.good.example", SPF_PASS,
		    NULL },
		{ "null sender, helo refused", "192.0.2.99", "", "mail.good.example", SPF_FAIL,
		    NULL },
		{ "null sender, helo is a literal", IN, "", "[192.0.2.1]", SPF_NONE, NULL },
		{ "null sender, helo is an address", IN, "", "192.0.2.1", SPF_NONE, NULL },
		{ "null sender, helo empty", IN, "", "", SPF_NONE, NULL },
		{ "helo of one label", IN, "", "localhost", SPF_NONE, NULL },
		{ "no record", IN, "a@nothing.example", "x.example", SPF_NONE, NULL },
		{ "one label", IN, "a@localhost", "x.example", SPF_NONE, NULL },
		{ "no domain", IN, "a@", "x.example", SPF_NONE, NULL },
		{ "no at sign", IN, "alone", "x.example", SPF_NONE, NULL },
		{ "a name alone is its postmaster", IN, "local.example", "x.example", SPF_PASS,
		    NULL },
		{ "empty label", IN, "a@good..example", "x.example", SPF_NONE, NULL },
		{ "label of 64", IN, "a@" L63 "4.example", "x.example", SPF_NONE, NULL },
		{ "domain literal", IN, "a@[192.0.2.1]", "x.example", SPF_NONE, NULL },
		{ "split at the last at sign", IN, "a@b@good.example", "x.example", SPF_PASS,
		    NULL },
		{ "U-labels", IN,
		    "a@b\xc3\xbc"
		    "cher.example",
		    "x.example", SPF_PASS, NULL },
		{ "no local part is postmaster", IN, "@local.example", "x.example", SPF_PASS,
		    NULL },
		{ "local part", IN, "root@local.example", "x.example", SPF_FAIL, NULL },
		{ "null sender is postmaster@helo", IN, "", "local.example", SPF_PASS, NULL },
		{ "helo in a macro", IN, "a@helo.example", "my.host.example", SPF_PASS, NULL },
	};

	(void)state;
	CASES_OF(identity_zone, cases);
}

/* ---- 3, 4.4, 4.5: records ---- */

static const char record_zone[] = "upper.example TXT \"V=SPF1 IP4:192.0.2.0/24 -ALL\"\n"
				  "bare.example TXT \"v=spf1\"\n"
				  "spaces.example TXT \"v=spf1   ip4:192.0.2.0/24    -all   \"\n"
				  "ten.example TXT \"v=spf10 ip4:192.0.2.0/24 -all\"\n"
				  "glued.example TXT \"v=spf1ip4:192.0.2.0/24 -all\"\n"
				  "leading.example TXT \" v=spf1 ip4:192.0.2.0/24 -all\"\n"
				  "two.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
				  "two.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
				  "twobare.example TXT \"v=spf1\"\n"
				  "twobare.example TXT \"v=spf1 +all\"\n"
				  "mixed.example TXT \"google-site-verification=x\"\n"
				  "mixed.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
				  "mixed.example TXT \"spf2.0/pra +all\"\n"
				  "binary.example TXT \"\\377\\000\\033\"\n"
				  "binary.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
				  "split.example TXT \"v=spf1 ip4:192.0\" \".2.0/24 -all\"\n"
				  "splitblank.example TXT \"v=spf1 ip4:192.0.2.0/24\" \" -all\"\n"
				  "splitversion.example TXT \"v=sp\" \"f1 ip4:192.0.2.0/24 -all\"\n"
				  "tab.example TXT \"v=spf1 ip4:192.0.2.0/24\\011-all\"\n"
				  "eightbit.example TXT \"v=spf1 a:caf\\351.example -all\"\n"
				  "nul.example TXT \"v=spf1 ip4:192.0.2.0/24 \\000 -all\"\n"
				  "servfail.example FAIL\n"
				  "alias.example CNAME upper.example\n"
				  "alias2.example CNAME alias.example\n"
				  "loop1.example CNAME loop2.example\n"
				  "loop2.example CNAME loop1.example\n"
				  "dangling.example CNAME nowhere.example\n"
				  "other.example TXT \"hello\"\n";

static void
records(void **state)
{
	static const struct rfc_case cases[] = {
		{ "upper case", IN, "a@upper.example", "h.example", SPF_PASS, NULL },
		{ "upper case refused", OUT, "a@upper.example", "h.example", SPF_FAIL, NULL },
		{ "no terms", IN, "a@bare.example", "h.example", SPF_NEUTRAL, NULL },
		{ "many blanks", IN, "a@spaces.example", "h.example", SPF_PASS, NULL },
		{ "many blanks refused", OUT, "a@spaces.example", "h.example", SPF_FAIL, NULL },
		{ "another version", IN, "a@ten.example", "h.example", SPF_NONE, NULL },
		{ "no blank after the version", IN, "a@glued.example", "h.example", SPF_NONE,
		    NULL },
		{ "a blank before it", IN, "a@leading.example", "h.example", SPF_NONE, NULL },
		{ "two records", IN, "a@two.example", "h.example", SPF_PERMERROR, NULL },
		{ "two, one without terms", IN, "a@twobare.example", "h.example", SPF_PERMERROR,
		    NULL },
		{ "other TXT beside it", IN, "a@mixed.example", "h.example", SPF_PASS, NULL },
		{ "binary TXT beside it", IN, "a@binary.example", "h.example", SPF_PASS, NULL },
		{ "strings join without a blank", IN, "a@split.example", "h.example", SPF_PASS,
		    NULL },
		{ "a blank of its own", OUT, "a@splitblank.example", "h.example", SPF_FAIL, NULL },
		{ "a version in two strings", IN, "a@splitversion.example", "h.example", SPF_PASS,
		    NULL },
		{ "a tab is no blank", IN, "a@tab.example", "h.example", SPF_PERMERROR, NULL },
		{ "a byte over 127", IN, "a@eightbit.example", "h.example", SPF_PERMERROR, NULL },
		{ "a NUL", IN, "a@nul.example", "h.example", SPF_PERMERROR, NULL },
		{ "server failure", IN, "a@servfail.example", "h.example", SPF_TEMPERROR, NULL },
		{ "by an alias", IN, "a@alias.example", "h.example", SPF_PASS, NULL },
		{ "by two aliases", IN, "a@alias2.example", "h.example", SPF_PASS, NULL },
		{ "aliases in a ring", IN, "a@loop1.example", "h.example", SPF_TEMPERROR, NULL },
		{ "an alias of nothing", IN, "a@dangling.example", "h.example", SPF_NONE, NULL },
		{ "only other TXT", IN, "a@other.example", "h.example", SPF_NONE, NULL },
	};

	(void)state;
	CASES_OF(record_zone, cases);
}

/* ---- 4.6, 12: syntax; one bad term anywhere spoils all ---- */

static void
syntax(void **state)
{
	static const struct {
		const char *terms;
		enum spf_result want; /* for IN */
	} cases[] = {
		{ "ip4:192.0.2.1", SPF_PASS },
		{ "+ip4:192.0.2.1", SPF_PASS },
		{ "-ip4:192.0.2.1", SPF_FAIL },
		{ "~ip4:192.0.2.1", SPF_SOFTFAIL },
		{ "?ip4:192.0.2.1", SPF_NEUTRAL },
		{ "*ip4:192.0.2.1", SPF_PERMERROR },
		{ "--all", SPF_PERMERROR },
		{ "all", SPF_PASS },
		{ "ALL", SPF_PASS },
		{ "all:x.example", SPF_PERMERROR },
		{ "all/8", SPF_PERMERROR },
		{ "all.", SPF_PERMERROR },
		{ "+all ipv4:192.0.2.1", SPF_PERMERROR },
		{ "ip4", SPF_PERMERROR },
		{ "ip4:", SPF_PERMERROR },
		{ "ip4:192.0.2", SPF_PERMERROR },
		{ "ip4:192.0.2.256", SPF_PERMERROR },
		{ "ip4:192.0.02.1", SPF_PERMERROR },
		{ "ip4:192.0.2.1.5", SPF_PERMERROR },
		{ "ip4:host.example", SPF_PERMERROR },
		{ "ip4:2001:db8::1", SPF_PERMERROR },
		{ "ip4:192.0.2.0/24", SPF_PASS },
		{ "ip4:192.0.2.99/24", SPF_PASS }, /* host bits do not matter */
		{ "ip4:192.0.2.0/32", SPF_NEUTRAL },
		{ "ip4:0.0.0.0/0", SPF_PASS },
		{ "ip4:192.0.2.0/33", SPF_PERMERROR },
		{ "ip4:192.0.2.0/", SPF_PERMERROR },
		{ "ip4:192.0.2.0/024", SPF_PERMERROR },
		{ "ip4:192.0.2.0/-1", SPF_PERMERROR },
		{ "ip4:192.0.2.0/2a", SPF_PERMERROR },
		{ "ip4:192.0.2.0//24", SPF_PERMERROR },
		{ "ip4=192.0.2.1", SPF_NEUTRAL }, /* a modifier nobody knows */
		{ "ip6:2001:db8::/32 ip4:192.0.2.1", SPF_PASS },
		{ "ip6:2001:db8::1/129", SPF_PERMERROR },
		{ "ip6:2001:db8::/032", SPF_PERMERROR },
		{ "ip6:192.0.2.1", SPF_PERMERROR },
		{ "ip6", SPF_PERMERROR },
		{ "ip6:::ffff:192.0.2.1", SPF_NEUTRAL }, /* never matches IPv4 */
		{ "include", SPF_PERMERROR },
		{ "include:", SPF_PERMERROR },
		{ "include:yes.example", SPF_PASS },
		{ "INCLUDE:yes.example", SPF_PASS },
		{ "include:yes.example/24", SPF_PERMERROR },
		{ "include:yes", SPF_PERMERROR }, /* a top label alone is no domain-spec */
		{ "exists", SPF_PERMERROR },
		{ "exists:", SPF_PERMERROR },
		{ "exists:host.example/24", SPF_PERMERROR },
		{ "exists:host.example", SPF_PASS },
		{ "a:", SPF_PERMERROR },
		{ "a:host.example", SPF_PASS },
		{ "a:host.example.", SPF_PASS },
		{ "a:host.example/24", SPF_PASS },
		{ "a:host.example/24//64", SPF_PASS },
		{ "a:host.example//64", SPF_PASS },
		{ "a:host.example/", SPF_PERMERROR },
		{ "a:host.example/33", SPF_PERMERROR },
		{ "a:host.example/024", SPF_PERMERROR },
		{ "a:host.example//129", SPF_PERMERROR },
		{ "a:host.example/24/64", SPF_PERMERROR },
		{ "a:host.example:8080", SPF_PERMERROR },
		{ "a:192.0.2.1", SPF_PERMERROR }, /* a top label of digits */
		{ "a:host.-x", SPF_PERMERROR },
		{ "a:host.x-", SPF_PERMERROR },
		{ "a:host.12", SPF_PERMERROR },
		{ "a:host.1a", SPF_NEUTRAL },
		{ "a:host.a-b", SPF_NEUTRAL },
		{ "a:under_score.example", SPF_NEUTRAL },
		{ "mx:", SPF_PERMERROR },
		{ "mx:yes.example/33", SPF_PERMERROR },
		{ "ptr:", SPF_PERMERROR },
		{ "ptr/24", SPF_PERMERROR },
		{ "redirect=", SPF_PERMERROR },
		{ "redirect=yes", SPF_PERMERROR },
		{ "redirect=yes.example", SPF_PASS },
		{ "redirect=yes.example/24", SPF_PERMERROR },
		{ "redirect=yes.example redirect=yes.example", SPF_PERMERROR },
		{ "-redirect=yes.example", SPF_PERMERROR },
		{ "redirect:yes.example", SPF_PERMERROR },
		{ "exp= ip4:192.0.2.1", SPF_PERMERROR },
		{ "exp=a.example exp=b.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exp:a.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "x-y_z.9=hello ip4:192.0.2.1", SPF_PASS },
		{ "unknown= ip4:192.0.2.1", SPF_PASS },
		{ "unknown=%{q} ip4:192.0.2.1", SPF_PERMERROR },
		{ "unknown=%{i} ip4:192.0.2.1", SPF_PASS },
		{ "9x=hello ip4:192.0.2.1", SPF_PERMERROR },
		{ "=hello ip4:192.0.2.1", SPF_PERMERROR },
		{ "default=pass ip4:192.0.2.1", SPF_PASS },
		{ "moo ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{i ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{} ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%(i).example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{i}.%x.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:100% ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{d0}.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{dr2}.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{d2r!}.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{c}.example ip4:192.0.2.1", SPF_PERMERROR }, /* explanations only */
		{ "exists:%{r}.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{t}.example ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%%.%_.%-.example ip4:192.0.2.1", SPF_PASS },
		{ "exists:100%% ip4:192.0.2.1", SPF_PASS }, /* an escape is a macro-expand, too */
		{ "exists:100%_ ip4:192.0.2.1", SPF_PASS },
		{ "exists:100%-x ip4:192.0.2.1", SPF_PERMERROR },
		{ "exists:%{d99}.none.example ip4:192.0.2.1", SPF_PASS },
		{ "a:%{d} ip4:192.0.2.1", SPF_PASS },
	};
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct spf_identity identity = { .sender = SLICE("a@case.example"),
			.helo = SLICE("h.example"),
			.voids_max = 10 };
		static struct spf_check check;
		struct zone *zone;

		snprintf(text, sizeof(text),
		    "case.example TXT \"v=spf1 %s\"\n"
		    "yes.example TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
		    "host.example A 192.0.2.1\n",
		    cases[i].terms);
		zone = zone_new(text);
		addr_parse(SLICE(IN), &identity.ip);
		zone_check(zone, &identity, &check, NULL);
		want_text(
		    cases[i].terms, spf_result_name(check.result), spf_result_name(cases[i].want));
		zone_free(zone);
	}
	end_cases();
}

/* ---- 4.6.2, 4.6.4, 4.7: order, limits, default ---- */

static const char limit_zone[] =
    "first.example TXT \"v=spf1 -ip4:192.0.2.1 +ip4:192.0.2.0/24 -all\"\n"
    "after.example TXT \"v=spf1 -all ip4:192.0.2.1\"\n"
    "modifier.example TXT \"v=spf1 redirect=no.example ip4:192.0.2.1\"\n"
    "no.example TXT \"v=spf1 -all\"\n"
    "default.example TXT \"v=spf1 ip4:203.0.113.1\"\n"
    "ten.example TXT \"v=spf1 a:h a:h1.example a:h1.example a:h1.example a:h1.example\"\n"
    "tenok.example TXT \"v=spf1 a:h1.example a:h1.example a:h1.example a:h1.example "
    "a:h1.example a:h1.example a:h1.example a:h1.example a:h1.example a:h1.example "
    "ip4:192.0.2.1 -all\"\n"
    "eleven.example TXT \"v=spf1 a:h1.example a:h1.example a:h1.example a:h1.example "
    "a:h1.example a:h1.example a:h1.example a:h1.example a:h1.example a:h1.example "
    "a:h1.example ip4:192.0.2.1 -all\"\n"
    "early.example TXT \"v=spf1 ip4:192.0.2.1 a:h1.example a:h1.example a:h1.example "
    "a:h1.example a:h1.example a:h1.example a:h1.example a:h1.example a:h1.example "
    "a:h1.example a:h1.example -all\"\n"
    "h1.example A 203.0.113.1\n"
    "nest.example TXT \"v=spf1 include:n1.example include:n1.example include:n1.example "
    "include:n1.example include:n1.example include:n1.example ip4:192.0.2.1\"\n"
    "n1.example TXT \"v=spf1 a:h1.example -all\"\n"
    "ring1.example TXT \"v=spf1 include:ring2.example ip4:192.0.2.1\"\n"
    "ring2.example TXT \"v=spf1 include:ring1.example\"\n"
    "self.example TXT \"v=spf1 redirect=self.example\"\n"
    "void2.example TXT \"v=spf1 a:v1.example a:v2.example ip4:192.0.2.1\"\n"
    "void3.example TXT \"v=spf1 a:v1.example a:v2.example a:v3.example ip4:192.0.2.1\"\n"
    "voidmx.example TXT \"v=spf1 mx:v1.example exists:v2.example mx:v3.example "
    "ip4:192.0.2.1\"\n"
    "mx10.example TXT \"v=spf1 mx -all\"\n"
    "mx10.example MX 1 m1.example\nmx10.example MX 2 m2.example\n"
    "mx10.example MX 3 m3.example\nmx10.example MX 4 m4.example\n"
    "mx10.example MX 5 m5.example\nmx10.example MX 6 m6.example\n"
    "mx10.example MX 7 m7.example\nmx10.example MX 8 m8.example\n"
    "mx10.example MX 9 m9.example\nmx10.example MX 10 in.example\n"
    "in.example A 192.0.2.1\n"
    "mx11.example TXT \"v=spf1 mx ip4:192.0.2.1\"\n"
    "mx11.example MX 1 in.example\nmx11.example MX 2 m2.example\n"
    "mx11.example MX 3 m3.example\nmx11.example MX 4 m4.example\n"
    "mx11.example MX 5 m5.example\nmx11.example MX 6 m6.example\n"
    "mx11.example MX 7 m7.example\nmx11.example MX 8 m8.example\n"
    "mx11.example MX 9 m9.example\nmx11.example MX 10 m10.example\n"
    "mx11.example MX 11 m11.example\n"
    "ipcost.example TXT \"v=spf1 ip4:203.0.113.1 ip4:203.0.113.2 ip6:2001:db8::1 "
    "ip4:203.0.113.3 ip4:203.0.113.4 ip4:203.0.113.5 ip4:203.0.113.6 ip4:203.0.113.7 "
    "ip4:203.0.113.8 ip4:203.0.113.9 ip4:203.0.113.10 ip4:192.0.2.1 -all\"\n";

static void
limits(void **state)
{
	static const struct rfc_case cases[] = {
		{ "the first match decides", IN, "a@first.example", "h.example", SPF_FAIL, NULL },
		{ "the second term", "192.0.2.2", "a@first.example", "h.example", SPF_PASS, NULL },
		{ "nothing after all", IN, "a@after.example", "h.example", SPF_FAIL, NULL },
		{ "redirect is last wherever it stands", IN, "a@modifier.example", "h.example",
		    SPF_PASS, NULL },
		{ "redirect when nothing matched", OUT, "a@modifier.example", "h.example", SPF_FAIL,
		    NULL },
		{ "neutral is the default", OUT, "a@default.example", "h.example", SPF_NEUTRAL,
		    NULL },
		{ "bad name in the middle", IN, "a@ten.example", "h.example", SPF_PERMERROR, NULL },
		{ "ten lookups", IN, "a@tenok.example", "h.example", SPF_PASS, NULL },
		{ "eleven lookups", IN, "a@eleven.example", "h.example", SPF_PERMERROR, NULL },
		{ "decided before the eleventh", IN, "a@early.example", "h.example", SPF_PASS,
		    NULL },
		{ "not decided before it", OUT, "a@early.example", "h.example", SPF_PERMERROR,
		    NULL },
		{ "nested lookups count", IN, "a@nest.example", "h.example", SPF_PERMERROR, NULL },
		{ "a ring of includes", IN, "a@ring1.example", "h.example", SPF_PERMERROR, NULL },
		{ "a redirect to itself", IN, "a@self.example", "h.example", SPF_PERMERROR, NULL },
		{ "two void lookups", IN, "a@void2.example", "h.example", SPF_PASS, NULL },
		{ "three void lookups", IN, "a@void3.example", "h.example", SPF_PERMERROR, NULL },
		{ "void mx and exists", IN, "a@voidmx.example", "h.example", SPF_PERMERROR, NULL },
		{ "ten mail exchangers", IN, "a@mx10.example", "h.example", SPF_PASS, NULL },
		{ "eleven mail exchangers", IN, "a@mx11.example", "h.example", SPF_PERMERROR,
		    NULL },
		{ "addresses cost no lookup", IN, "a@ipcost.example", "h.example", SPF_PASS, NULL },
	};

	(void)state;
	CASES_OF(limit_zone, cases);
}

/* ---- 5: mechanisms ---- */

static const char mechanism_zone[] =
    "inc.example TXT \"v=spf1 include:%{d1}r.inc.example -all\"\n"
    "incpass.example TXT \"v=spf1 include:pass.example -all\"\n"
    "incfail.example TXT \"v=spf1 include:fail.example ?all\"\n"
    "incsoft.example TXT \"v=spf1 include:soft.example ?all\"\n"
    "incneutral.example TXT \"v=spf1 include:neutral.example -all\"\n"
    "inctemp.example TXT \"v=spf1 include:broken.example -all\"\n"
    "incperm.example TXT \"v=spf1 include:typo.example -all\"\n"
    "incnone.example TXT \"v=spf1 include:nothing.example -all\"\n"
    "incminus.example TXT \"v=spf1 -include:pass.example +all\"\n"
    "incafter.example TXT \"v=spf1 ip4:192.0.2.1 include:nothing.example -all\"\n"
    "pass.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
    "fail.example TXT \"v=spf1 -all\"\n"
    "soft.example TXT \"v=spf1 ~all\"\n"
    "neutral.example TXT \"v=spf1 ?all\"\n"
    "broken.example FAIL\n"
    "typo.example TXT \"v=spf1 ipv4:192.0.2.1\"\n"
    "a.example TXT \"v=spf1 a -all\"\na.example A 192.0.2.1\na.example AAAA 2001:db8::1\n"
    "acidr.example TXT \"v=spf1 a/28//64 -all\"\nacidr.example A 192.0.2.14\n"
    "acidr.example AAAA 2001:db8:0:1::9\n"
    "azero.example TXT \"v=spf1 a/0 -all\"\nazero.example A 203.0.113.1\n"
    "azeronone.example TXT \"v=spf1 a:void.example/0 -all\"\n"
    "atemp.example TXT \"v=spf1 a:broken.example -all\"\n"
    "aalias.example TXT \"v=spf1 a:www.aalias.example -all\"\nwww.aalias.example CNAME a.example\n"
    "incname.example TXT \"v=spf1 include:uses-a.example -all\"\n"
    "uses-a.example TXT \"v=spf1 a -all\"\nuses-a.example A 192.0.2.7\nincname.example A "
    "192.0.2.8\n"
    "mx.example TXT \"v=spf1 mx -all\"\nmx.example MX 10 m4.example\nmx.example MX 20 m6.example\n"
    "m4.example A 192.0.2.1\nm6.example AAAA 2001:db8::1\nmx.example A 203.0.113.1\n"
    "mxcidr.example TXT \"v=spf1 mx/24//64 -all\"\nmxcidr.example MX 10 m4.example\n"
    "mxcidr.example MX 10 m6.example\n"
    "mxnone.example TXT \"v=spf1 mx -all\"\nmxnone.example A 192.0.2.1\n"
    "mxnull.example TXT \"v=spf1 mx -all\"\nmxnull.example MX 0 .\n"
    "mxtemp.example TXT \"v=spf1 mx -all\"\nmxtemp.example MX 10 broken.example\n"
    "mxhalf.example TXT \"v=spf1 ip4:192.0.2.9 mx -all\"\n"
    "mxhalf.example MX 10 m4.example\nmxhalf.example MX 20 broken.example\n"
    "mxlate.example TXT \"v=spf1 mx -all\"\n"
    "mxlate.example MX 10 broken.example\nmxlate.example MX 20 m4.example\n"
    "mxother.example TXT \"v=spf1 mx:mx.example -all\"\n"
    "ptr.example TXT \"v=spf1 ptr -all\"\n"
    "1.2.0.192.in-addr.arpa PTR host.ptr.example\nhost.ptr.example A 192.0.2.1\n"
    "2.2.0.192.in-addr.arpa PTR host.ptr.example\n"
    "3.2.0.192.in-addr.arpa PTR host.evilptr.example\nhost.evilptr.example A 192.0.2.3\n"
    "4.2.0.192.in-addr.arpa PTR:FAIL\n"
    "5.2.0.192.in-addr.arpa PTR broken.ptr.example\nbroken.ptr.example FAIL\n"
    "6.2.0.192.in-addr.arpa PTR ptr.example\nptr.example A 192.0.2.6\n"
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR v6.ptr.example\n"
    "v6.ptr.example AAAA 2001:db8::1\n"
    "ptrother.example TXT \"v=spf1 ptr:ptr.example -all\"\n"
    "ip6.example TXT \"v=spf1 ip6:2001:db8::/32 -all\"\n"
    "ip6single.example TXT \"v=spf1 ip6:2001:db8::1 -all\"\n"
    "ip6upper.example TXT \"v=spf1 ip6:2001:DB8:0:0:0:0:0:1 -all\"\n"
    "exists.example TXT \"v=spf1 exists:%{i}.list.example -all\"\n"
    "192.0.2.1.list.example A 127.0.0.2\n"
    "2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.list.example A 127.0.0.2\n"
    "existsv6.example TXT \"v=spf1 exists:only6.example -all\"\nonly6.example AAAA 2001:db8::1\n"
    "existstemp.example TXT \"v=spf1 exists:broken.example -all\"\n"
    "half.example TXT \"v=spf1 ip4:192.0.2.128/25 -all\"\n"
    "wide.example TXT \"v=spf1 ip4:192.0.0.0/7 -all\"\n";

static void
mechanisms(void **state)
{
	static const struct rfc_case cases[] = {
		{ "include of a pass", IN, "a@incpass.example", "h.example", SPF_PASS, NULL },
		{ "include that does not match", OUT, "a@incpass.example", "h.example", SPF_FAIL,
		    NULL },
		{ "include of a fail", IN, "a@incfail.example", "h.example", SPF_NEUTRAL, NULL },
		{ "include of a softfail", IN, "a@incsoft.example", "h.example", SPF_NEUTRAL,
		    NULL },
		{ "include of a neutral", IN, "a@incneutral.example", "h.example", SPF_FAIL, NULL },
		{ "include of a temperror", IN, "a@inctemp.example", "h.example", SPF_TEMPERROR,
		    NULL },
		{ "include of a permerror", IN, "a@incperm.example", "h.example", SPF_PERMERROR,
		    NULL },
		{ "include of nothing", IN, "a@incnone.example", "h.example", SPF_PERMERROR, NULL },
		{ "a refusing include", IN, "a@incminus.example", "h.example", SPF_FAIL, NULL },
		{ "beside a refusing include", OUT, "a@incminus.example", "h.example", SPF_PASS,
		    NULL },
		{ "decided before a bad include", IN, "a@incafter.example", "h.example", SPF_PASS,
		    NULL },
		{ "names in an include are its own", "192.0.2.7", "a@incname.example", "h.example",
		    SPF_PASS, NULL },
		{ "not those of the outer", "192.0.2.8", "a@incname.example", "h.example", SPF_FAIL,
		    NULL },
		{ "a over IPv4", IN, "a@a.example", "h.example", SPF_PASS, NULL },
		{ "a over IPv6", "2001:db8::1", "a@a.example", "h.example", SPF_PASS, NULL },
		{ "a, mapped client", "::ffff:192.0.2.1", "a@a.example", "h.example", SPF_PASS,
		    NULL },
		{ "a with prefix, first", "192.0.2.0", "a@acidr.example", "h.example", SPF_PASS,
		    NULL },
		{ "a with prefix, last", "192.0.2.15", "a@acidr.example", "h.example", SPF_PASS,
		    NULL },
		{ "a with prefix, over", "192.0.2.16", "a@acidr.example", "h.example", SPF_FAIL,
		    NULL },
		{ "a with IPv6 prefix", "2001:db8:0:1:ffff::", "a@acidr.example", "h.example",
		    SPF_PASS, NULL },
		{ "a with IPv6 prefix, over", "2001:db8:0:2::", "a@acidr.example", "h.example",
		    SPF_FAIL, NULL },
		{ "a/0 with an address", IN, "a@azero.example", "h.example", SPF_PASS, NULL },
		{ "a/0 without one", IN, "a@azeronone.example", "h.example", SPF_FAIL, NULL },
		{ "a, server failure", IN, "a@atemp.example", "h.example", SPF_TEMPERROR, NULL },
		{ "a by an alias", IN, "a@aalias.example", "h.example", SPF_PASS, NULL },
		{ "mx over IPv4", IN, "a@mx.example", "h.example", SPF_PASS, NULL },
		{ "mx over IPv6", "2001:db8::1", "a@mx.example", "h.example", SPF_PASS, NULL },
		{ "mx, not the domain itself", "203.0.113.1", "a@mx.example", "h.example", SPF_FAIL,
		    NULL },
		{ "mx with prefixes", "192.0.2.200", "a@mxcidr.example", "h.example", SPF_PASS,
		    NULL },
		{ "mx with prefixes, IPv6", "2001:db8::ffff", "a@mxcidr.example", "h.example",
		    SPF_PASS, NULL },
		{ "no mx: the address does not stand in", IN, "a@mxnone.example", "h.example",
		    SPF_FAIL, NULL },
		{ "null mx", IN, "a@mxnull.example", "h.example", SPF_FAIL, NULL },
		{ "mx, server failure", IN, "a@mxtemp.example", "h.example", SPF_TEMPERROR, NULL },
		{ "mx, failure of a host behind the one that matches", IN, "a@mxhalf.example",
		    "h.example", SPF_TEMPERROR, NULL },
		{ "mx, failure of a host before it", IN, "a@mxlate.example", "h.example",
		    SPF_TEMPERROR, NULL },
		{ "a term before mx that matches asks for no host", "192.0.2.9", "a@mxhalf.example",
		    "h.example", SPF_PASS, NULL },
		{ "mx of another", IN, "a@mxother.example", "h.example", SPF_PASS, NULL },
		{ "ptr that leads back", IN, "a@ptr.example", "h.example", SPF_PASS, NULL },
		{ "ptr that does not", "192.0.2.2", "a@ptr.example", "h.example", SPF_FAIL, NULL },
		{ "ptr of a look-alike", "192.0.2.3", "a@ptr.example", "h.example", SPF_FAIL,
		    NULL },
		{ "ptr, server failure is no match", "192.0.2.4", "a@ptr.example", "h.example",
		    SPF_FAIL, NULL },
		{ "ptr, failing name is skipped", "192.0.2.5", "a@ptr.example", "h.example",
		    SPF_FAIL, NULL },
		{ "ptr of the domain itself", "192.0.2.6", "a@ptr.example", "h.example", SPF_PASS,
		    NULL },
		{ "ptr over IPv6", "2001:db8::1", "a@ptr.example", "h.example", SPF_PASS, NULL },
		{ "ptr of another", IN, "a@ptrother.example", "h.example", SPF_PASS, NULL },
		{ "ip6 network", "2001:db8:ffff::1", "a@ip6.example", "h.example", SPF_PASS, NULL },
		{ "ip6, IPv4 client", IN, "a@ip6.example", "h.example", SPF_FAIL, NULL },
		{ "ip6 single", "2001:db8::2", "a@ip6single.example", "h.example", SPF_FAIL, NULL },
		{ "ip6 written in full", "2001:db8::1", "a@ip6upper.example", "h.example", SPF_PASS,
		    NULL },
		{ "exists", IN, "a@exists.example", "h.example", SPF_PASS, NULL },
		{ "exists not", "192.0.2.2", "a@exists.example", "h.example", SPF_FAIL, NULL },
		{ "exists asks for A, IPv6 client", "2001:db8::1", "a@exists.example", "h.example",
		    SPF_PASS, NULL },
		{ "exists never asks for AAAA", "2001:db8::1", "a@existsv6.example", "h.example",
		    SPF_FAIL, NULL },
		{ "exists, server failure", IN, "a@existstemp.example", "h.example", SPF_TEMPERROR,
		    NULL },
		{ "a /25 that does not end in .0", "192.0.2.200", "a@half.example", "h.example",
		    SPF_PASS, NULL },
		{ "a /7 over the first octet", "193.1.1.1", "a@wide.example", "h.example", SPF_PASS,
		    NULL },
	};

	(void)state;
	CASES_OF(mechanism_zone, cases);
}

/* ---- 6: modifiers; 7: macros in explanations ---- */

static const char modifier_zone[] =
    "re.example TXT \"v=spf1 redirect=target.example\"\n"
    "target.example TXT \"v=spf1 ip4:192.0.2.1 -all exp=why.target.example\"\n"
    "why.target.example TXT \"%{d} does not let %{i} send\"\n"
    "retwice.example TXT \"v=spf1 redirect=re.example\"\n"
    "renone.example TXT \"v=spf1 redirect=nothing.example\"\n"
    "retemp.example TXT \"v=spf1 redirect=broken.example\"\n"
    "reall.example TXT \"v=spf1 redirect=target.example ~all\"\n"
    "remacro.example TXT \"v=spf1 redirect=%{d2r}\"\n"
    "broken.example FAIL\n"
    "exp.example TXT \"v=spf1 exp=e.exp.example -all\"\n"
    "e.exp.example TXT \"Sender %{s} at %{c} (%{i}) %{h} %{o} %{l} %{v} %{t} %{r}: see "
    "http://%{d}/?u=%{L}%%%_x%-y\"\n"
    "expinclude.example TXT \"v=spf1 include:exp.example exp=own.example -all\"\n"
    "own.example TXT \"own words\"\n"
    "exptwo.example TXT \"v=spf1 -all exp=two.example\"\n"
    "two.example TXT \"one\"\ntwo.example TXT \"two\"\n"
    "expnone.example TXT \"v=spf1 -all exp=nothing.example\"\n"
    "expfail.example TXT \"v=spf1 -all exp=broken.example\"\n"
    "expbad.example TXT \"v=spf1 -all exp=badmacro.example\"\n"
    "badmacro.example TXT \"%{q}\"\n"
    "expeight.example TXT \"v=spf1 -all exp=eight.example\"\n"
    "eight.example TXT \"caf\\351\"\n"
    "expescape.example TXT \"v=spf1 -all exp=escape.example\"\n"
    "escape.example TXT \"go \\033[2Jaway\"\n"
    "expsoft.example TXT \"v=spf1 ~all exp=own.example\"\n"
    "expp.example TXT \"v=spf1 -all exp=p.example\"\n"
    "p.example TXT \"%{p}\"\n"
    "1.100.51.198.in-addr.arpa PTR mail.expp.example\nmail.expp.example A 198.51.100.1\n"
    "2.100.51.198.in-addr.arpa PTR liar.expp.example\nliar.expp.example A 203.0.113.9\n"
    "expvia.example TXT \"v=spf1 redirect=target.example exp=own.example\"\n"
    "parts.example TXT \"v=spf1 exists:%{l1r-}.%{o2}.%{d1}.x.example -all\"\n"
    "strong.parts.example.example.x.example A 127.0.0.2\n"
    "rev.example TXT \"v=spf1 exists:%{ir}.%{v}.rev.x.example -all\"\n"
    "1.2.0.192.in-addr.rev.x.example A 127.0.0.2\n"
    "long.example TXT \"v=spf1 exists:" L63 "." L63 "." L63 "." L63 ".tail.example -all\"\n"
    "" L63 "." L63 "." L63 ".tail.example A 127.0.0.2\n"
    "upper.example TXT \"v=spf1 exists:%{L}.up.example -all\"\n"
    "a%3db.up.example A 127.0.0.2\n";

static void
modifiers(void **state)
{
	static const struct rfc_case cases[] = {
		{ "redirect", IN, "a@re.example", "h.example", SPF_PASS, NULL },
		{ "redirect refused, its explanation", OUT, "a@re.example", "h.example", SPF_FAIL,
		    "target.example does not let 198.51.100.1 send" },
		{ "redirect twice", IN, "a@retwice.example", "h.example", SPF_PASS, NULL },
		{ "redirect to nothing", IN, "a@renone.example", "h.example", SPF_PERMERROR, NULL },
		{ "redirect, server failure", IN, "a@retemp.example", "h.example", SPF_TEMPERROR,
		    NULL },
		{ "redirect beside all", IN, "a@reall.example", "h.example", SPF_SOFTFAIL, NULL },
		{ "redirect by a macro to nowhere", IN, "a@remacro.example", "h.example",
		    SPF_PERMERROR, NULL },
		{ "explanation with every letter", OUT, "a=b@exp.example", "h.example", SPF_FAIL,
		    "Sender a=b@exp.example at 198.51.100.1 (198.51.100.1) h.example exp.example "
		    "a=b "
		    "in-addr 1234567890 mx.receiver.example: see http://exp.example/?u=a%3Db% "
		    "x%20y" },
		{ "explanation over IPv6", "2001:db8::cb01", "a@expp.example", "h.example",
		    SPF_FAIL, "unknown" },
		{ "an include explains nothing", OUT, "a@expinclude.example", "h.example", SPF_FAIL,
		    "own words" },
		{ "two texts", OUT, "a@exptwo.example", "h.example", SPF_FAIL, "" },
		{ "no text", OUT, "a@expnone.example", "h.example", SPF_FAIL, "" },
		{ "text fails", OUT, "a@expfail.example", "h.example", SPF_FAIL, "" },
		{ "text with a bad macro", OUT, "a@expbad.example", "h.example", SPF_FAIL, "" },
		{ "text that is not ASCII", OUT, "a@expeight.example", "h.example", SPF_FAIL, "" },
		{ "text with a control", OUT, "a@expescape.example", "h.example", SPF_FAIL, "" },
		{ "a softfail is not explained", OUT, "a@expsoft.example", "h.example",
		    SPF_SOFTFAIL, "" },
		{ "validated name", OUT, "a@expp.example", "h.example", SPF_FAIL,
		    "mail.expp.example" },
		{ "name that does not lead back", "198.51.100.2", "a@expp.example", "h.example",
		    SPF_FAIL, "unknown" },
		{ "redirect leaves its own exp behind", OUT, "a@expvia.example", "h.example",
		    SPF_FAIL, "target.example does not let 198.51.100.1 send" },
		{ "parts, reversed, by delimiter", IN, "strong-bad@parts.example", "h.example",
		    SPF_PASS, NULL },
		{ "reversed address", IN, "a@rev.example", "h.example", SPF_PASS, NULL },
		{ "names are cut from the left", IN, "a@long.example", "h.example", SPF_PASS,
		    NULL },
		{ "upper case escapes", IN, "a=b@upper.example", "h.example", SPF_PASS, NULL },
	};

	(void)state;
	CASES_OF(modifier_zone, cases);
}

/* RFC 7208 7.4: the examples, letter by letter. */
static void
macro_examples(void **state)
{
	static const struct {
		const char *ip, *text, *want;
	} cases[] = {
		{ "192.0.2.3", "%{s}.x", "strong-bad@email.example.com.x" },
		{ "192.0.2.3", "%{o}.x", "email.example.com.x" },
		{ "192.0.2.3", "%{d}.x", "email.example.com.x" },
		{ "192.0.2.3", "%{d4}.x", "email.example.com.x" },
		{ "192.0.2.3", "%{d3}.x", "email.example.com.x" },
		{ "192.0.2.3", "%{d2}.x", "example.com.x" },
		{ "192.0.2.3", "%{d1}.x", "com.x" },
		{ "192.0.2.3", "%{dr}.x", "com.example.email.x" },
		{ "192.0.2.3", "%{d2r}.x", "example.email.x" },
		{ "192.0.2.3", "%{l}.x", "strong-bad.x" },
		{ "192.0.2.3", "%{l-}.x", "strong.bad.x" },
		{ "192.0.2.3", "%{lr}.x", "strong-bad.x" },
		{ "192.0.2.3", "%{lr-}.x", "bad.strong.x" },
		{ "192.0.2.3", "%{l1r-}.x", "strong.x" },
		{ "192.0.2.3", "%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com" },
		{ "192.0.2.3", "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com" },
		{ "192.0.2.3", "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
		    "bad.strong.lp.3.2.0.192.in-addr._spf.example.com" },
		{ "192.0.2.3", "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}",
		    "3.2.0.192.in-addr.strong.lp._spf.example.com" },
		{ "192.0.2.3", "%{d2}.trusted-domains.example.net",
		    "example.com.trusted-domains.example.net" },
		{ "2001:db8::cb01", "%{ir}.%{v}._spf.%{d2}",
		    "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf."
		    "example.com" },
	};
	struct spf_macro_values values = { .sender = SLICE("strong-bad@email.example.com"),
		.local = SLICE("strong-bad"),
		.sender_domain = SLICE("email.example.com"),
		.domain = SLICE("email.example.com"),
		.helo = SLICE("mx.example.org"),
		.validated = SLICE("mx.example.org"),
		.receiver = SLICE("receiver.example") };
	char text[512];
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&out, text, sizeof(text));
		addr_parse(slice_of(cases[i].ip), &values.ip);
		assert_true(spf_macro_valid(slice_of(cases[i].text), SPF_MACRO_STRING));
		spf_macro_expand(&out, slice_of(cases[i].text), &values, SPF_MACRO_DOMAIN);
		want_text(cases[i].text, text, cases[i].want);
	}
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identities),
		cmocka_unit_test(records),
		cmocka_unit_test(syntax),
		cmocka_unit_test(limits),
		cmocka_unit_test(mechanisms),
		cmocka_unit_test(modifiers),
		cmocka_unit_test(macro_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
