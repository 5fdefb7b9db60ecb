/* test_filter.c - which rows a filter leaves, and what it says of one that is wrong. */
#include "tests/unit/view_fixture.h"

#include "tui/filter.h"
#include "tui/list.h"

#define NOW 1000000

enum { SENDER, RECIPIENT, CLIENT, TRIES, FIRST, WAITED, PASS, LAST };
static const struct column columns[] = {
	[SENDER] = { "sender", "SENDER", COLUMN_TEXT, 1, 10, LIST_REST, "from" },
	[RECIPIENT] = { "recipient", "RECIPIENT", COLUMN_TEXT, 1, 10, LIST_REST, "to" },
	[CLIENT] = { "client", "CLIENT", COLUMN_TEXT, 1, 10, LIST_REST, NULL },
	[TRIES] = { "tries", "TRY", COLUMN_COUNT, 1, 3, 3, NULL },
	[FIRST] = { "age", "AGE", COLUMN_AGE, 1, 7, 7, NULL },
	[WAITED] = { "waited", "WAITED", COLUMN_SPAN, 1, 7, 7, "delay" },
	[PASS] = { "pass", "MAY PASS", COLUMN_UNTIL, 1, 8, 8, NULL },
	[LAST] = { "last", "LAST", COLUMN_CLOCK, 1, 8, 8, NULL },
};

/* One letter each, for the cases. */
static const struct {
	const char *sender, *recipient, *client;
	int64_t tries, age_s, waited_s, pass_s;
	const char *pass;
} mails[] = {
	/* a */ { "anna@qq.com", "info@wode.com", "unknown[203.0.113.7]", 1, 60, 0, 240, NULL },
	/* b */ { "Bob@QQ.com", "sales@wode.com", "mx.qq.com[2001:db8::25]", 5, 7200, 90, 0, NULL },
	/* c */ { "<>", "info@wode.com", "mail.example[fe80::1:2]", 3, 86400, 3600, 0, "released" },
	/* d */
	{ "two words@example.org", "a-b@example.org", "\xff\xfe\033[2J[::1]", 12, 300000, 7200, 0,
	    "listed" },
};

static struct list list;

static void
make_list(void)
{
	size_t i;

	list_init(&list, columns, COUNT(columns));
	list.now_s = NOW;
	list_begin(&list);
	for (i = 0; i < COUNT(mails); i++) {
		struct row *row = row_new(&list, (int64_t)i + 1, 1);

		row_text(row, SENDER, slice_of(mails[i].sender));
		row_text(row, RECIPIENT, slice_of(mails[i].recipient));
		row_text(row, CLIENT, slice_of(mails[i].client));
		row_number(row, TRIES, mails[i].tries);
		row_number(row, FIRST, NOW - mails[i].age_s);
		row_number(row, WAITED, mails[i].waited_s);
		row_number(row, PASS, mails[i].pass_s == 0 ? 0 : NOW + mails[i].pass_s);
		if (mails[i].pass != NULL)
			row_text(row, PASS, slice_of(mails[i].pass));
		row_number(row, LAST, i == 0 ? 0 : NOW - 30);
		list_add(&list, row);
	}
	list_end(&list);
}

/* The letters of the rows that are left, or the error. */
static const char *
left_by(const char *text)
{
	static char out[ERR_TEXT_MAX];
	struct err err = { .text = "" };
	size_t i, n = 0;

	if (list_filter(&list, text, &err) == -1) {
		snprintf(out, sizeof(out), "%s", err.text);
		return out;
	}
	for (i = 0; i < list.shown_n; i++)
		out[n++] = (char)('a' + list.shown[i]->key - 1);
	out[n] = '\0';
	return out;
}

static void
rows_left(void **state)
{
	static const char *const cases[][2] = {
		{ "", "abcd" },
		{ "  ", "abcd" },
		{ "qq.com", "ab" },
		{ "QQ.COM", "ab" },
		{ "bob", "b" },
		{ "nobody", "" },
		{ "wode", "abc" },
		/* columns */
		{ "from:qq.com", "ab" },
		{ "sender:qq.com", "ab" },
		{ "FROM:anna", "a" },
		{ "to:info", "ac" },
		{ "recipient:info", "ac" },
		{ "to:qq", "" },
		{ "from:", "abcd" },
		{ "from:<>", "c" },
		{ "client:unknown", "a" },
		/* several */
		{ "qq.com info", "a" },
		{ "from:qq.com to:sales", "b" },
		{ "  from:qq   to:sales  ", "b" },
		{ "qq nobody", "" },
		/* not */
		{ "-qq.com", "cd" },
		{ "-to:info", "bd" },
		{ "-to:info -qq", "d" },
		{ "-from:<> wode", "ab" },
		{ "-", "d" },
		{ "--b", "abc" },
		{ "-tries:>3", "ac" },
		/* numbers */
		{ "tries:3", "c" },
		{ "tries:>3", "bd" },
		{ "tries:<3", "a" },
		{ "tries:>1 tries:<12", "bc" },
		{ "tries:>-1", "abcd" },
		{ "tries:>99999999999999999999", "" },
		{ "tries:1x", "" },
		/* durations */
		{ "age:>1h", "bcd" },
		{ "age:<5m", "a" },
		{ "age:60s", "a" },
		{ "age:>1h age:<2d", "bc" },
		{ "delay:>1m", "bcd" },
		{ "waited:<2h", "abc" },
		{ "pass:>3m", "a" },
		{ "pass:<1m", "bcd" },
		{ "pass:released", "c" },
		{ "pass:now", "b" },
		{ "pass:-", "" },
		{ "last:never", "a" },
		{ "last:<1m", "bcd" },
		{ "since:2h", "ab" },
		{ "since:1m", "a" },
		{ "SINCE:30d", "abcd" },
		{ "-since:2h", "cd" },
		/* addresses are words */
		{ "203.0.113.7", "a" },
		{ "2001:db8::25", "b" },
		{ "2001:DB8", "b" },
		{ "::1", "cd" },
		{ "::1]", "d" },
		{ "fe80::1:2", "c" },
		{ "-fe80::1:2", "abd" },
		{ "client:2001:db8::25", "b" },
		{ "client:::1", "cd" },
		/* quotes */
		{ "\"two words\"", "d" },
		{ "from:\"two words\"", "d" },
		{ "-\"two words\"", "abc" },
		{ "-from:\"two words\"", "abc" },
		{ "\"a-b\"", "d" },
		{ "\"-b\"", "d" },
		{ "\"from:qq\"", "" },
		{ "\"nowhere: x\"", "" },
		{ "\"\"", "abcd" },
		{ "\"two words", "d" },
		{ "t\"wo w\"ords", "d" },
		/* any bytes */
		{ "\xff", "d" },
		{ "\xff\xfe", "d" },
		{ "\033[2J", "d" },
		{ "\xc3", "" },
		{ "client:\xff", "d" },
		{ "-\xff", "abc" },
		{ "%s%n", "" },
	};
	size_t i;

	(void)state;
	make_list();
	for (i = 0; i < COUNT(cases); i++)
		want_text(cases[i][0], left_by(cases[i][0]), cases[i][1]);
	list_clear(&list);
	end_cases();
}

static void
errors(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "colour:red", "colour: is no column here; there are since, from, to, client," },
		{ "-colour:red", "colour: is no column here" },
		{ "qq.com colour:red", "colour: is no column here" },
		{ "\xff:x", "is no column here" },
		{ "tries:>many", "tries wants a number after it" },
		{ "tries:<", "tries wants a number after it" },
		{ "age:>soon", "age wants a duration" },
		{ "age:>", "age wants a duration" },
		{ "since:", "since: wants a duration" },
		{ "since:yesterday", "such as 30m, 2h or 1d, not yesterday" },
		{ "-since:x", "since: wants a duration" },
		{ "a b c d e f g h i j k l m n o p q", "at most 16 terms" },
	};
	size_t i;

	(void)state;
	make_list();
	left_by("qq.com");
	for (i = 0; i < COUNT(cases); i++) {
		const char *got = left_by(cases[i].text);

		if (strstr(got, cases[i].want) == NULL)
			want_text(cases[i].text, got, cases[i].want);
		want_text("stays", list.filter.text, "qq.com");
		want_int("stays", (long long)list.shown_n, 2);
	}
	want_text("sixteen", left_by("a b c d e f g h i j k l m n o p"), "");
	list_clear(&list);
	end_cases();
}

static void
no_time_in_the_rows(void **state)
{
	struct err err = { .text = "" };
	struct list texts;

	(void)state;
	list_init(&texts, view_text_columns, 1);
	assert_int_equal(list_filter(&texts, "since:1h", &err), -1);
	want_text("no time", err.text, "since: there is no time in these rows");
	list_clear(&texts);
	end_cases();
}

/* Words are not cut: 300 times the same letter is not in a row that has it 256 times. */
static void
long_words(void **state)
{
	char text[1001], cell[600];
	struct row *row;

	(void)state;
	make_list();
	memset(cell, 'y', sizeof(cell));
	row = row_new(&list, 1, 1);
	row_text(row, SENDER, (struct slice){ cell, sizeof(cell) });
	list_begin(&list);
	list_add(&list, row);
	list_end(&list);
	memset(text, 'y', sizeof(text));
	text[600] = '\0';
	want_text("as long", left_by(text), "a");
	text[600] = 'y';
	text[1000] = '\0';
	want_text("longer", left_by(text), "");
	list_clear(&list);
	end_cases();
}

static void
random_bytes(void **state)
{
	unsigned seed = 3;
	char text[64];
	int turn, i;

	(void)state;
	make_list();
	for (turn = 0; turn < 20000; turn++) {
		for (i = 0; i < 40; i++) {
			static const char likely[] = "from:tries:since: \"-<>1h2";

			seed = seed * 1103515245 + 12345;
			text[i] = seed >> 28 < 12 ? likely[(seed >> 16) % (sizeof(likely) - 1)]
						  : (char)(seed >> 16);
		}
		text[seed % 40] = '\0';
		text[40] = '\0';
		left_by(text);
	}
	list_clear(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_left),
		cmocka_unit_test(errors),
		cmocka_unit_test(no_time_in_the_rows),
		cmocka_unit_test(long_words),
		cmocka_unit_test(random_bytes),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
