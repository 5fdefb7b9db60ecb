/* test_entry_line.c - entries as an operator types them: what is read, and what an error says. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "tui/entry_line.h"

/* What was read, in one line; of an error its text. */
static const char *
read_line(struct slice text)
{
	static struct entry_line line;
	static char out[8192];
	char terms[ENTRY_TERMS_MAX], span[DURATION_TEXT_MAX];
	struct err err = { 0 };
	struct buf b;
	size_t i;

	buf_init(&b, out, sizeof(out));
	if (entry_line_parse(text, &line, &err) == -1) {
		want_int("code of an error", err.code, ERR_USAGE);
		buf_add_text(&b, err.text);
		return out;
	}
	if (line.kind == ENTRY_RULE)
		buf_printf(&b, "%s %s to %s", rule_action_name(line.action), line.sender.text,
		    line.scope.text);
	else if (line.kind == ENTRY_POLICY)
		buf_printf(&b, "policy %s from %s: %s", line.scope.text, line.sender.text,
		    entry_terms_format(&line.terms, ", ", terms));
	else
		buf_add_text(&b, "domain");
	for (i = 0; i < line.domain_n; i++)
		buf_printf(&b, " %s", line.domains[i]);
	if (line.for_s != 0)
		buf_printf(&b, " for %s", duration_format(line.for_s, span));
	if (line.comment.len > 0)
		buf_printf(&b, " # %.*s", (int)line.comment.len, line.comment.ptr);
	if (line.notice[0] != '\0')
		buf_printf(&b, " (%s)", line.notice);
	return out;
}

struct reading_case {
	const char *text;
	const char *want;
};

static void
run_cases(const struct reading_case *cases, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		want_text(cases[i].text, read_line(slice_of(cases[i].text)), cases[i].want);
	end_cases();
}

static void
rules(void **state)
{
	static const struct reading_case cases[] = {
		{ "allow @partner.example", "allow @partner.example to @." },
		{ "block @partner.example", "block @partner.example to @." },
		{ "expect @shop.example for 1d", "expect @shop.example to @. for 1d" },
		{ "ALLOW @Partner.Example", "allow @partner.example to @." },
		{ "  allow\t@a.example  ", "allow @a.example to @." },
		{ "allow @a.example to info@wode.com", "allow @a.example to info@wode.com" },
		{ "allow @a.example to info@wode.com for 7d # ticket 12",
		    "allow @a.example to info@wode.com for 7d # ticket 12" },
		{ "allow @a.example for 7d to info@wode.com",
		    "allow @a.example to info@wode.com for 7d" },
		{ "allow @a.example TO @wode.com FOR 1h30m",
		    "allow @a.example to @wode.com for 90m" },
		{ "allow <>", "allow <> to @." },
		{ "allow @.", "allow @. to @." },
		{ "allow 192.0.2.7", "allow 192.0.2.7 to @." },
		{ "allow 192.0.2.7/24",
		    "allow 192.0.2.0/24 to @. (192.0.2.7/24 has host bits set; taken as "
		    "192.0.2.0/24)" },
		{ "block 2001:db8::/32", "block 2001:db8::/32 to @." },
		{ "block 192.0.*.7", "block 192.0.*.7 to @." },
		{ "allow mail.partner.example", "allow mail.partner.example to @." },
		{ "allow user@*", "allow user@* to @." },
		{ "allow b\xc3\xbc"
		  "cher.example",
		    "allow xn--bcher-kva.example to @." },
	};

	(void)state;
	run_cases(cases, COUNT(cases));
}

static void
comments(void **state)
{
	static const struct reading_case cases[] = {
		{ "allow @a.example # x", "allow @a.example to @. # x" },
		{ "allow @a.example #x", "allow @a.example to @. # x" },
		{ "allow @a.example #", "allow @a.example to @." },
		{ "allow @a.example #   ", "allow @a.example to @." },
		{ "allow @a.example # # two", "allow @a.example to @. # # two" },
		{ "allow @a.example # to b@c.example for 1d",
		    "allow @a.example to @. # to b@c.example for 1d" },
		{ "allow a#b@a.example # c", "allow a#b@a.example to @. # c" },
		{ "domain qq.com # they wait", "domain qq.com # they wait" },
		{ "policy @. delay 5m # slow", "policy @. from @.: delay 5m # slow" },
		{ "# only a comment",
		    "what? domain NAME, allow, block or expect PATTERN, or policy RECIPIENTS" },
		{ "allow # nobody", "allow whom? such as: allow @partner.example" },
	};

	(void)state;
	run_cases(cases, COUNT(cases));
}

static void
policies(void **state)
{
	static const struct reading_case cases[] = {
		{ "policy @wode.com delay 10m spf bypass",
		    "policy @wode.com from @.: delay 10m, spf bypass" },
		{ "policy @wode.com spf bypass delay 600",
		    "policy @wode.com from @.: delay 10m, spf bypass" },
		{ "policy @wode.com from @x.example greylist off for 2d",
		    "policy @wode.com from @x.example: greylist off for 2d" },
		{ "policy @. greylist on training on window 2d lifetime 35d spf key delay 1m",
		    "policy @. from @.: greylist on, delay 1m, window 2d, lifetime 35d, spf key, "
		    "training on" },
		{ "policy @. spf ignore", "policy @. from @.: spf ignore" },
		{ "policy @. training OFF", "policy @. from @.: training off" },
		{ "policy @. delay 0", "policy @. from @.: delay 0s" },
		{ "policy @. from 192.0.2.0/24 delay 1m", "policy @. from 192.0.2.0/24: delay 1m" },
	};

	(void)state;
	run_cases(cases, COUNT(cases));
}

static void
domains(void **state)
{
	static const struct reading_case cases[] = {
		{ "domain qq.com", "domain qq.com" },
		{ "domain qq.com 163.com bank.example", "domain qq.com 163.com bank.example" },
		{ "domain QQ.com", "domain qq.com" },
		{ "domain qq.com.", "domain qq.com (qq.com. is taken as qq.com)" },
		{ "domain anna@qq.com", "domain qq.com (anna@qq.com is taken as qq.com)" },
		{ "domain @qq.com", "domain qq.com (@qq.com is taken as qq.com)" },
		{ "domain", "domain which? such as: domain qq.com" },
		{ "domain com",
		    "com is no domain; expected a name such as qq.com, without wildcards" },
		{ "domain *.qq.com",
		    "*.qq.com is no domain; expected a name such as qq.com, without wildcards" },
		{ "domain qq..com",
		    "qq..com is no domain; expected a name such as qq.com, without wildcards" },
		{ "domain anna@",
		    "anna@ is no domain; expected a name such as qq.com, without wildcards" },
		{ "domain 192.0.2.1", "192.0.2.1 is an address; allow 192.0.2.1 lets it pass" },
		{ "domain 2001:db8::/32",
		    "2001:db8::/32 is an address; allow 2001:db8::/32 lets it pass" },
		{ "domain qq.com to info@wode.com",
		    "to is no domain; expected a name such as qq.com, without wildcards" },
	};

	(void)state;
	run_cases(cases, COUNT(cases));
}

#define BEGINNINGS "possible here: domain, allow, block, expect, policy"

static void
errors(void **state)
{
	static const struct reading_case cases[] = {
		{ "", "what? domain NAME, allow, block or expect PATTERN, or policy RECIPIENTS" },
		{ " \t ",
		    "what? domain NAME, allow, block or expect PATTERN, or policy RECIPIENTS" },
		{ "alow @a.example", "alow: " BEGINNINGS "; did you mean allow?" },
		{ "polcy @. delay 1m", "polcy: " BEGINNINGS "; did you mean policy?" },
		{ "@partner.example", "@partner.example: " BEGINNINGS },
		{ "whitelist qq.com", "whitelist: " BEGINNINGS },
		{ "allow", "allow whom? such as: allow @partner.example" },
		{ "allow block @nuisance.example",
		    "allow or block? One of them begins the line; ^U empties it" },
		{ "block", "block whom? such as: block @nuisance.example" },
		{ "expect", "expect whom? such as: expect @shop.example for 1d" },
		{ "policy", "policy for which recipients? such as: policy info@wode.com delay 1m" },
		{ "allow to info@wode.com", "allow whom? such as: allow @partner.example" },
		{ "policy delay 5m",
		    "policy for which recipients? such as: policy info@wode.com delay 1m" },
		{ "allow @a.example too b@c.example",
		    "too: possible here: to, for, # comment; did you mean to?" },
		{ "allow @a.example fro 7d",
		    "fro: possible here: to, for, # comment; did you mean for?" },
		{ "allow @a.example from b@c.example",
		    "from: possible here: to, for, # comment; did you mean for?" },
		{ "allow @a.example delay 5m", "delay: possible here: to, for, # comment" },
		{ "allow @a.example to",
		    "to: expected recipients such as info@wode.com or @wode.com after it" },
		{ "allow @a.example to # x",
		    "to: expected recipients such as info@wode.com or @wode.com after it" },
		{ "allow @a.example for",
		    "for: expected a duration such as 5m, 2h or 7d after it" },
		{ "allow @a.example for 7x", "for 7x: expected a duration such as 5m, 2h or 7d" },
		{ "allow @a.example for 0", "for 0: expected a duration such as 5m, 2h or 7d" },
		{ "allow @a.example for -1d", "for -1d: expected a duration such as 5m, 2h or 7d" },
		{ "allow @a.example for 999999999999999999999d",
		    "for 999999999999999999999d: expected a duration such as 5m, 2h or 7d" },
		{ "allow @a.example for 1d for 2d", "for: once is enough" },
		{ "allow @a.example to @b.example to @c.example", "to: once is enough" },
		{ "policy @.",
		    "a policy sets something: greylist, training, spf, delay, window or lifetime" },
		{ "policy @. for 1d",
		    "a policy sets something: greylist, training, spf, delay, window or lifetime" },
		{ "policy @. greylist maybe", "greylist maybe: expected on or off" },
		{ "policy @. greylist", "greylist: expected on or off after it" },
		{ "policy @. spf bypas", "spf bypas: expected key, bypass or ignore" },
		{ "policy @. delay soon", "delay soon: expected a duration such as 5m, 2h or 7d" },
		{ "policy @. dealy 5m",
		    "dealy: possible here: from, greylist, delay, window, lifetime, spf, training, "
		    "for, # comment; did you mean delay?" },
		{ "policy @. to b@c.example delay 1m",
		    "to: possible here: from, greylist, delay, window, lifetime, spf, training, "
		    "for, # comment" },
		{ "policy @. delay 1m delay 2m", "delay: once is enough" },
	};

	(void)state;
	run_cases(cases, COUNT(cases));
}

/* Errors of patterns come from there; here only that they name the word. */
static void
bad_patterns(void **state)
{
	static const char *const lines[] = { "allow foo", "allow @a.example to 192.0.2.1",
		"allow @a.example to <>", "policy 192.0.2.1 delay 1m", "allow 300.1.2.3", "allow @",
		"allow a b@c.example", "block 192.0.2.0/33", "policy @. from foo delay 1m" };
	struct entry_line *line = calloc(1, sizeof(*line));
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lines); i++) {
		want_int(lines[i], entry_line_parse(slice_of(lines[i]), line, &err), -1);
		want_int(lines[i], err.code, ERR_USAGE);
		want_int(lines[i], strstr(err.text, "possible here: ") != NULL, 1);
	}
	free(line);
	end_cases();
}

static void
hostile(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
#define BYTES(literal) { (literal), sizeof(literal) - 1 }
		BYTES("allow \033[2J"),
		BYTES("\033]52;c;YQ==\a"),
		BYTES("allow @a.example\0to"),
		BYTES("\0"),
		BYTES("allow \0"),
		BYTES("domain \xff\xfe.example"),
		BYTES("domain \xe2\x80\xae.example"),
		BYTES("allow @\xf0\x9f"),
		BYTES("policy \xc0\x80 delay 1m"),
		BYTES("\xe4\xb8\xad\xe6\x96\x87 \xe4\xb8\xad"),
		BYTES("allow %s%n%s%n"),
		BYTES("%n %n"),
		BYTES("domain %n%s.%n"),
#undef BYTES
	};
	struct entry_line *line = calloc(1, sizeof(*line));
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		want_int(cases[i].text,
		    entry_line_parse((struct slice){ cases[i].text, cases[i].len }, line, &err),
		    -1);
	want_int("no bytes at all", entry_line_parse(SLICE_NONE, line, &err), -1);
	free(line);
	end_cases();
}

/* A word that is too long for an error is cut between characters. */
static void
long_words(void **state)
{
	struct entry_line *line = calloc(1, sizeof(*line));
	char *text = malloc(100000);
	struct err err;
	size_t i;

	(void)state;
	memset(text, 'x', 100000);
	want_int(
	    "100000 letters", entry_line_parse((struct slice){ text, 100000 }, line, &err), -1);
	want_int("error stays short", strlen(err.text) < 150, 1);
	for (i = 0; i + 3 <= 99999; i += 3)
		memcpy(text + i, "\xe4\xb8\xad", 3);
	want_int(
	    "33333 characters", entry_line_parse((struct slice){ text, 99999 }, line, &err), -1);
	want_int("cut between characters", str_is_utf8(slice_of(err.text)), 1);
	memcpy(text, "allow ", 6);
	memset(text + 6, 'a', 99994);
	want_int("long pattern", entry_line_parse((struct slice){ text, 100000 }, line, &err), -1);
	memcpy(text, "domain ", 7);
	want_int("long domain", entry_line_parse((struct slice){ text, 100000 }, line, &err), -1);
	free(text);
	free(line);
	end_cases();
}

static void
many_words(void **state)
{
	char text[4096];
	struct entry_line *line = calloc(1, sizeof(*line));
	struct err err = { 0 };
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, text, sizeof(text));
	buf_add_text(&b, "domain");
	for (i = 0; i < ENTRY_DOMAINS_MAX; i++)
		buf_printf(&b, " d%d.example", i);
	want_int("as many as possible", entry_line_parse(buf_slice(&b), line, &err), 0);
	want_int("all of them", (long long)line->domain_n, ENTRY_DOMAINS_MAX);
	buf_add_text(&b, " one.example");
	want_int("one more", entry_line_parse(buf_slice(&b), line, &err), -1);
	want_text("one more", err.text, "at most 32 domains at once");
	free(line);
	end_cases();
}

/* What is shown for editing is read back equal. */
static void
terms(void **state)
{
	static const struct reading_case cases[] = {
		{ "delay 10m spf bypass", "delay 10m spf bypass" },
		{ "spf bypass delay 600s", "delay 10m spf bypass" },
		{ "greylist on delay 90s window 36h lifetime 35d spf ignore training on",
		    "greylist on delay 90s window 36h lifetime 35d spf ignore training on" },
		{ "",
		    "a policy sets something: greylist, training, spf, delay, window or lifetime" },
		{ "for 7d",
		    "for: possible here: greylist, delay, window, lifetime, spf, training" },
		{ "from @a.example",
		    "from: possible here: greylist, delay, window, lifetime, spf, training" },
		{ "delay 5m # slow",
		    "# slow: possible here: greylist, delay, window, lifetime, spf, training" },
	};
	struct policy policy, again;
	char text[ENTRY_TERMS_MAX];
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (entry_terms_parse(slice_of(cases[i].text), &policy, &err) == -1) {
			want_text(cases[i].text, err.text, cases[i].want);
			continue;
		}
		want_text(cases[i].text, entry_terms_format(&policy, " ", text), cases[i].want);
		want_int("read back", entry_terms_parse(slice_of(text), &again, &err), 0);
		want_int("equal", memcmp(&policy, &again, sizeof(policy)), 0);
	}
	end_cases();
}

static void
until(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* -1: an error */
	} cases[] = { { "never", 0 }, { " NEVER ", 0 }, { "7d", 1000 + 604800 },
		{ "6d23h", 602200 }, { "90", 1090 }, { "0", -1 }, { "", -1 }, { "expired", -1 },
		{ "tomorrow", -1 }, { "2026-12-24", -1 }, { "-1d", -1 } };
	char text[DURATION_TEXT_MAX];
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		int64_t got = -1;

		if (entry_until_parse(slice_of(cases[i].text), 1000, &got, &err) == -1)
			got = -1;
		want_int(cases[i].text, got, cases[i].want);
	}
	want_text("for good", entry_until_format(0, 1000, text), "never");
	want_text("over", entry_until_format(1000, 1000, text), "expired");
	want_text("days", entry_until_format(602200, 1000, text), "6d23h");
	want_text("seconds", entry_until_format(1005, 1000, text), "5s");
	end_cases();
}

static void
add_word(void *arg, const char *word)
{
	buf_printf(arg, "%s ", word);
}

static void
completion(void **state)
{
	static const struct reading_case cases[] = {
		{ "", "domain allow block expect policy " },
		{ "allow ", "" },
		{ "foo ", "" },
		{ "allow @a.example ", "to for " },
		{ "allow @a.example to ", "" },
		{ "allow @a.example to @b.example ", "to for " },
		{ "allow @a.example # comment ", "" },
		{ "domain qq.com ", "" },
		{ "policy @. ", "from greylist delay window lifetime spf training for " },
		{ "policy @. spf ", "key bypass ignore " },
		{ "policy @. greylist ", "off on " },
		{ "policy @. greylist on spf ", "key bypass ignore " },
		{ "policy @. delay ", "" },
	};
	char text[256];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&b, text, sizeof(text));
		entry_line_complete(slice_of(cases[i].text), add_word, &b);
		want_text(cases[i].text, text, cases[i].want);
	}
	end_cases();
}

/* Random lines of words that mean something and bytes that do not: never a crash, never an entry
 * without what it needs. */
static void
random_lines(void **state)
{
	static const char *const words[] = { "allow", "block", "policy", "domain", "to", "for", "#",
		"@a.example", "7d", "spf", "key", "delay", "5m", "\xff", "\033", "@", "qq.com",
		"" };
	struct entry_line *line = calloc(1, sizeof(*line));
	char text[512];
	struct err err;
	struct buf b;
	int i, n;

	(void)state;
	srandom(12);
	for (i = 0; i < 50000; i++) {
		buf_init(&b, text, sizeof(text));
		for (n = (int)(random() % 9); n >= 0; n--)
			buf_printf(&b, "%s%s", words[(size_t)random() % COUNT(words)],
			    random() % 8 != 0 ? " " : "");
		if (entry_line_parse(buf_slice(&b), line, &err) == -1)
			continue;
		if (line->kind == ENTRY_DOMAIN
			? line->domain_n == 0
			: line->sender.text[0] == '\0' || line->scope.text[0] == '\0')
			want_text(text, "incomplete", "complete");
	}
	free(line);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(comments),
		cmocka_unit_test(policies),
		cmocka_unit_test(domains),
		cmocka_unit_test(errors),
		cmocka_unit_test(bad_patterns),
		cmocka_unit_test(hostile),
		cmocka_unit_test(long_words),
		cmocka_unit_test(many_words),
		cmocka_unit_test(terms),
		cmocka_unit_test(until),
		cmocka_unit_test(completion),
		cmocka_unit_test(random_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
