/* test_export.c - rows for other programs: quoting, formulas, JSON of hostile text, order, filter.
 */
#include "tests/unit/cases.h"

#include <stdlib.h>
#include <time.h>

#include "tui/export_rows.h"

#define NOW_S INT64_C(1795565400) /* 2026-11-25 00:10:00 UTC */

enum { NAME, COUNT_, AGE, UNTIL, SPAN, CLOCK };

static const struct column columns[] = {
	[NAME] = { "name", "NAME", COLUMN_TEXT, 1, 5, 10, NULL },
	[COUNT_] = { "count", "N", COLUMN_COUNT, 2, 5, 10, NULL },
	[AGE] = { "age", "AGE", COLUMN_AGE, 0, 0, 0, NULL },
	[UNTIL] = { "until", "", COLUMN_UNTIL, 0, 0, 0, NULL },
	[SPAN] = { "waited", "", COLUMN_SPAN, 0, 0, 0, NULL },
	[CLOCK] = { "seen", "", COLUMN_CLOCK, 0, 0, 0, NULL },
};

static char *
exported(const struct list *list, enum export_format format)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	export_rows_write(list, format, out);
	assert_int_equal(ferror(out), 0);
	fclose(out);
	return text;
}

/* A list of one text column with one row. */
static char *
export_text_cell(const char *cell, enum export_format format)
{
	struct list list;
	struct row *row;
	char *text;

	list_init(&list, columns, 1);
	list_begin(&list);
	row = row_new(&list, 1, 0);
	if (cell != NULL)
		row_text(row, NAME, slice_of(cell));
	list_add(&list, row);
	list_end(&list);
	text = exported(&list, format);
	list_clear(&list);
	return text;
}

static const struct cell_case {
	const char *cell, *csv, *json, *text;
} cell_cases[] = {
	{ "plain", "\"plain\"", "\"plain\"", "plain" },
	{ NULL, "", "\"\"", "" },
	{ "", "\"\"", "\"\"", "" },
	{ "a,b;c", "\"a,b;c\"", "\"a,b;c\"", "a,b;c" },
	{ "say \"no\"", "\"say \"\"no\"\"\"", "\"say \\\"no\\\"\"", "say \"no\"" },
	{ "two\r\nlines", "\"two\\x0d\\x0alines\"", "\"two\\u000d\\u000alines\"",
	    "two\\x0d\\x0alines" },
	{ "=1+1", "\"'=1+1\"", "\"=1+1\"", "=1+1" },
	{ "+1@x", "\"'+1@x\"", "\"+1@x\"", "+1@x" },
	{ "-1", "\"'-1\"", "\"-1\"", "-1" },
	{ "@SUM(A1)", "\"'@SUM(A1)\"", "\"@SUM(A1)\"", "@SUM(A1)" },
	{ "\t=1", "\"'\\x09=1\"", "\"\\u0009=1\"", "\\x09=1" },
	{ "\r=1", "\"'\\x0d=1\"", "\"\\u000d=1\"", "\\x0d=1" },
	{ "a=1", "\"a=1\"", "\"a=1\"", "a=1" },
	{ "\x1b[2J\x07", "\"\\x1b[2J\\x07\"", "\"\\u001b[2J\\u0007\"", "\\x1b[2J\\x07" },
	{ "\xe2\x80\xae"
	  "evil",
	    "\"\\u{202e}evil\"", "\"\\u202eevil\"", "\\u{202e}evil" },
	{ "\xff\xfe", "\"\\xff\\xfe\"", "\"\xef\xbf\xbd\xef\xbf\xbd\"", "\\xff\\xfe" },
	{ "a\\b", "\"a\\\\b\"", "\"a\\\\b\"", "a\\\\b" },
	{ "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"", "\"gr\xc3\xbc\xc3\x9f\"",
	    "gr\xc3\xbc\xc3\x9f" },
};

static void
want_cell(const char *cell, enum export_format format, const char *before, const char *want,
    const char *after)
{
	char *got = export_text_cell(cell, format), whole[512];

	snprintf(whole, sizeof(whole), "%s%s%s", before, want, after);
	want_text(want, got, whole);
	free(got);
}

static void
cells(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cell_cases); i++) {
		const struct cell_case *c = &cell_cases[i];

		want_cell(c->cell, EXPORT_CSV, "name\r\n", c->csv, "\r\n");
		want_cell(c->cell, EXPORT_JSON, "{\"name\": ", c->json, "}\n");
		want_cell(c->cell, EXPORT_TEXT, "", c->text, "\n");
	}
	end_cases();
}

/* Every byte at the front and inside, long enough that no buffer of a fixed size would do. */
static void
every_byte(void **state)
{
	char cell[20002];
	int c;

	(void)state;
	for (c = 1; c < 256; c++) {
		char *got;
		size_t len, i;

		memset(cell, c, sizeof(cell));
		cell[sizeof(cell) - 1] = '\0';
		got = export_text_cell(cell, EXPORT_CSV);
		len = strlen(got);
		assert_true(len >= sizeof(cell));
		for (i = sizeof("name\r\n") - 1; i < len - 2; i++)
			assert_true((unsigned char)got[i] >= 0x20);
		free(got);
		free(export_text_cell(cell, EXPORT_JSON));
	}
}

static void
add_row(struct list *list, const char *name, int64_t count)
{
	struct row *row = row_new(list, count, 0);

	row_text(row, NAME, slice_of(name));
	row_number(row, COUNT_, count);
	if (count > 0) {
		row_number(row, AGE, NOW_S - 60);
		row_number(row, UNTIL, NOW_S + 60);
		row_number(row, SPAN, 3600);
		row_number(row, CLOCK, NOW_S);
	} else {
		row_text(row, UNTIL, SLICE("never"));
	}
	list_add(list, row);
}

static void
numbers_times_order_and_filter(void **state)
{
	struct list list;
	char *text;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	list_init(&list, columns, COUNT(columns));
	list_begin(&list);
	add_row(&list, "one", 1);
	add_row(&list, "hidden", 5);
	add_row(&list, "none", 0);
	add_row(&list, "two", -2);
	list_end(&list);
	list_sort(&list, COUNT_, true);
	assert_int_equal(list_filter(&list, "-name:hidden", NULL), 0);
	text = exported(&list, EXPORT_CSV);
	want_text("CSV", text,
	    "name,count,age,until,waited_s,seen\r\n"
	    "\"one\",1,2026-11-25 00:09:00,2026-11-25 00:11:00,3600,2026-11-25 00:10:00\r\n"
	    "\"none\",0,,\"never\",0,\r\n"
	    "\"two\",-2,,\"never\",0,\r\n");
	free(text);
	text = exported(&list, EXPORT_JSON);
	want_text("JSON", text,
	    "{\"name\": \"one\", \"count\": 1, \"age_s\": 1795565340, \"until_s\": 1795565460, "
	    "\"waited_s\": 3600, \"seen_s\": 1795565400}\n"
	    "{\"name\": \"none\", \"count\": 0, \"age_s\": null, \"until_s\": null, "
	    "\"waited_s\": 0, \"seen_s\": null}\n"
	    "{\"name\": \"two\", \"count\": -2, \"age_s\": null, \"until_s\": null, "
	    "\"waited_s\": 0, \"seen_s\": null}\n");
	free(text);
	list_clear(&list);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(numbers_times_order_and_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
