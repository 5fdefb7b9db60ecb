/* test_list.c - rows in columns: selection and tags through refills, order, filter, ends, layout.
 */
#include "tests/unit/view_fixture.h"

#include "common/base/clock.h"
#include "tui/list.h"

enum { NAME, SIZE, AGE, HIDDEN };
static const struct column columns[] = {
	[NAME] = { "name", "NAME", COLUMN_TEXT, 1, 10, LIST_REST, "n" },
	[SIZE] = { "size", "SIZE", COLUMN_COUNT, 3, 6, 8, NULL },
	[AGE] = { "age", "AGE", COLUMN_AGE, 2, 7, 8, NULL },
	[HIDDEN] = { "hidden", "", COLUMN_TEXT, 0, 0, 0, NULL },
};

static struct list list;

static struct row *
make_row(int64_t key)
{
	struct row *row = row_new(&list, key, ROW_TEXT);

	row_printf(row, NAME, "row%d", (int)key);
	row_number(row, SIZE, key % 10);
	row_number(row, AGE, 1000 - key);
	row_text(row, HIDDEN, key % 2 == 0 ? SLICE("even") : SLICE("odd"));
	return row;
}

/* "5 3 4" */
static void
fill(const char *keys)
{
	char *end;

	list_begin(&list);
	for (; *keys != '\0'; keys = end + (*end == ' '))
		list_add(&list, make_row(strtoll(keys, &end, 10)));
	list_end(&list);
}

static void
fill_range(int64_t from, int64_t to)
{
	list_begin(&list);
	for (; from <= to; from++)
		list_add(&list, make_row(from));
	list_end(&list);
}

static void
begin(const char *keys)
{
	list_clear(&list);
	list_init(&list, columns, COUNT(columns));
	list.now_s = 1000;
	fill(keys);
}

static void
end(void)
{
	list_clear(&list);
	end_cases();
}

static const char *
shown(void)
{
	static char text[1024];
	struct buf b;
	size_t i;

	buf_init(&b, text, sizeof(text));
	for (i = 0; i < list.shown_n; i++)
		buf_printf(&b, "%s%s%d%s", i == 0 ? "" : " ", i == list.at ? ">" : "",
		    (int)list.shown[i]->key, list.shown[i]->tagged ? "+" : "");
	return text;
}

/* ---- refills ---- */

static void
selection_follows(void **state)
{
	static const struct {
		const char *name, *before;
		size_t at;
		const char *after, *want;
	} cases[] = {
		{ "nothing moves", "1 2 3", 1, "1 2 3", "1 >2 3" },
		{ "moves up", "1 2 3", 2, "3 1 2", ">3 1 2" },
		{ "moves down", "1 2 3", 0, "4 5 1", "4 5 >1" },
		{ "rows come before it", "1 2 3", 1, "8 9 1 2 3", "8 9 1 >2 3" },
		{ "rows before it go", "1 2 3 4", 3, "3 4", "3 >4" },
		{ "it goes", "1 2 3", 1, "1 3", "1 >3" },
		{ "the last goes", "1 2 3", 2, "1 2", "1 >2" },
		{ "the first goes", "1 2 3", 0, "2 3", ">2 3" },
		{ "it and what was before it go", "1 2 3 4 5 6", 3, "5 6", ">5 6" },
		{ "it goes and rows come before", "1 2 3 4", 1, "7 8 9 1 3 4", "7 8 9 1 >3 4" },
		{ "it and the next go", "1 2 3 4 5", 1, "9 1 4 5", "9 1 >4 5" },
		{ "it and all after it go", "1 2 3 4 5", 2, "9 1 2", "9 1 >2" },
		{ "all others", "1 2 3", 1, "4 5 6", "4 >5 6" },
		{ "all others, and fewer", "1 2 3", 2, "4", ">4" },
		{ "all go", "1 2 3", 1, "", "" },
		{ "the first come", "", 0, "1 2", ">1 2" },
		{ "none again", "", 0, "", "" },
		{ "one", "1", 0, "1", ">1" },
		{ "one, another", "1", 0, "2", ">2" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		begin(cases[i].before);
		list_go(&list, cases[i].at);
		fill(cases[i].after);
		want_text(cases[i].name, shown(), cases[i].want);
	}
	end();
}

static void
tags_follow(void **state)
{
	(void)state;
	begin("1 2 3 4");
	list_tag(&list, false);
	list_go(&list, 2);
	list_tag(&list, false);
	want_text("tagged", shown(), "1+ 2 >3+ 4");
	fill("4 3 9 1");
	want_text("moved", shown(), "4 >3+ 9 1+");
	fill("3 4");
	want_text("gone", shown(), ">3+ 4");
	want_int("count", (long long)list_tagged(&list), 1);
	fill("1 3");
	want_text("came back without it", shown(), "1 >3+");
	list_tag(&list, true);
	want_text("turned", shown(), "1+ >3");
	list_untag(&list);
	want_text("none", shown(), "1 >3");
	want_int("count", (long long)list_tagged(&list), 0);
	end();
}

static void
count_row(void *arg, const struct list *rows, const struct row *row)
{
	(void)rows;
	*(int64_t *)arg = *(int64_t *)arg * 10 + row->key;
}

static void
chosen(void **state)
{
	int64_t keys = 0;

	(void)state;
	begin("");
	want_int("none", (long long)list_each_chosen(&list, count_row, &keys), 0);
	want_int("none", list_chosen_kinds(&list), 0);
	fill("1 2 3 4");
	list_go(&list, 1);
	want_int("selected", (long long)list_each_chosen(&list, count_row, &keys), 1);
	want_int("selected", keys, 2);
	list_go(&list, 2);
	list_tag(&list, false);
	list_go(&list, 3);
	list_tag(&list, false);
	list.shown[2]->kind = ROW_RULE;
	keys = 0;
	want_int("tagged", (long long)list_each_chosen(&list, count_row, &keys), 2);
	want_int("tagged", keys, 34);
	want_int("kinds", list_chosen_kinds(&list), ROW_TEXT | ROW_RULE);
	assert_int_equal(list_filter(&list, "row1", NULL), 0);
	keys = 0;
	want_int("tagged ones are hidden", (long long)list_each_chosen(&list, count_row, &keys), 1);
	want_int("selected", keys, 1);
	end();
}

static void
abandoned(void **state)
{
	(void)state;
	begin("1 2");
	list_begin(&list);
	list_add(&list, make_row(7));
	list_abandon(&list);
	want_text("as before", shown(), ">1 2");
	list_begin(&list);
	list_add(&list, make_row(8));
	list_begin(&list);
	list_end(&list);
	want_text("begun again", shown(), "");
	end();
}

/* ---- the screen ---- */

static void
draw(int rows, int cols)
{
	struct term_options options = { .rows = rows, .cols = cols };
	struct term *term = term_open(&options, NULL);

	assert_non_null(term);
	list_draw(&list, term, 0, rows);
	term_close(term);
}

static void
top_row_stays(void **state)
{
	(void)state;
	begin("");
	fill_range(1, 100);
	draw(11, 80);
	list_go(&list, 50);
	draw(11, 80);
	list_go(&list, 45);
	draw(11, 80);
	want_int("top", (long long)list.top, 41);
	fill_range(-9, 100);
	draw(11, 80);
	want_int("rows came before", (long long)list.top, 51);
	want_int("selected", list_current(&list)->key, 46);
	fill_range(30, 60);
	draw(11, 80);
	want_int("rows went", list_current(&list)->key, 46);
	want_int("rows went", (long long)(list.at - list.top), 4);
	fill_range(45, 60);
	draw(11, 80);
	want_int("near the front", (long long)list.top, 0);
	list_go(&list, SIZE_MAX);
	fill_range(45, 47);
	draw(11, 80);
	want_int("fewer than a screen", (long long)list.top, 0);
	want_int("the last", list_current(&list)->key, 47);
	end();
}

/* Keys between two frames: the selection is above the first row of the screen. */
static void
refilled_before_it_was_drawn(void **state)
{
	(void)state;
	begin("");
	fill_range(1, 100);
	list_go(&list, 90);
	draw(11, 80);
	list_go(&list, 5);
	fill_range(1, 100);
	draw(11, 80);
	want_int("top", (long long)list.top, 5);
	end();
}

static void
clicks(void **state)
{
	(void)state;
	begin("");
	fill_range(1, 30);
	draw(11, 80);
	want_int("titles", list_row_at(&list, 2, 2), -1);
	want_int("first", list_row_at(&list, 2, 3), 0);
	want_int("last", list_row_at(&list, 2, 12), 9);
	want_int("below", list_row_at(&list, 2, 13), -1);
	want_int("above", list_row_at(&list, 2, 0), -1);
	list_go(&list, 29);
	draw(11, 80);
	want_int("scrolled", list_row_at(&list, 0, 1), 20);
	fill("1 2");
	draw(11, 80);
	want_int("empty part", list_row_at(&list, 0, 3), -1);
	end();
}

/* Which titles are there, in a screen of COLS cells; nothing is put beyond it. */
static const char *
titles(int cols)
{
	static char text[1024];
	struct term_options options = { .rows = 2, .cols = cols };
	struct term *term = term_open(&options, NULL);
	struct buf b;

	assert_non_null(term);
	list_draw(&list, term, 0, 2);
	term_show(term);
	buf_init(&b, text, sizeof(text));
	term_row_text(term, 0, &b);
	term_close(term);
	return text;
}

/* The greatest rank goes first; whatever the width, a title that is there is whole. */
static void
layout(void **state)
{
	static const struct {
		int cols;
		bool name, age, size;
	} cases[] = {
		{ 20, true, true, false },
		{ 12, true, false, false },
		{ 19, true, false, false },
		{ 26, true, true, false },
		{ 27, true, true, true },
		{ 200, true, true, true },
	};
	int cols;
	size_t i;

	(void)state;
	begin("1");
	for (i = 0; i < COUNT(cases); i++) {
		const char *text = titles(cases[i].cols);

		want_int(text, strstr(text, "NAME") != NULL, cases[i].name);
		want_int(text, strstr(text, "AGE") != NULL, cases[i].age);
		want_int(text, strstr(text, "SIZE") != NULL, cases[i].size);
	}
	for (cols = 20; cols <= 200; cols++) {
		const char *text = titles(cols);

		want_int("within the width", (int)strlen(text) <= cols, true);
		want_int("no lower rank alone",
		    strstr(text, "SIZE") == NULL || strstr(text, "AGE") != NULL, true);
	}
	end();
}

/* A count that is too long for its column is shortened, never cut: "10…" would be another number.
 */
static void
great_counts(void **state)
{
	static const struct {
		int64_t n;
		const char *want;
	} cases[] = {
		{ 999999, "999999" },
		{ 1234567, "1234k" },
		{ 9876543210, "9876M" },
		{ 98765432, "98765k" },
	};
	struct term_options options = { .rows = 2, .cols = 27 };
	struct term *term = term_open(&options, NULL);
	char text[256];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		begin("1");
		row_number(list.rows[0], SIZE, cases[i].n);
		list_draw(&list, term, 0, 2);
		term_show(term);
		buf_init(&b, text, sizeof(text));
		term_row_text(term, 1, &b);
		want_int(text, strstr(text, cases[i].want) != NULL, true);
		want_int(text, strstr(text, "…") == NULL, true);
	}
	term_close(term);
	end();
}

/* All room is used, by the columns that can take it. */
static void
room_is_used(void **state)
{
	struct term_options options = { .rows = 2 };
	int cols;

	(void)state;
	begin("1");
	for (cols = 30; cols <= 200; cols++) {
		struct term *term;
		char text[1024];
		struct buf b;

		options.cols = cols;
		term = term_open(&options, NULL);
		list_draw(&list, term, 0, 2);
		term_show(term);
		buf_init(&b, text, sizeof(text));
		term_row_text(term, 1, &b);
		want_int("the last column ends at the edge", (long long)b.len, cols);
		term_close(term);
	}
	end();
}

static void
odd_sizes(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 1, 80 }, { 2, 1 }, { 2, 2 }, { 3, 5 } };
	static const char *const fillings[] = { "", "1", "1 2 3" };
	size_t i, n;

	(void)state;
	for (n = 0; n < COUNT(fillings); n++) {
		begin(fillings[n]);
		for (i = 0; i < COUNT(sizes); i++)
			draw(sizes[i][0], sizes[i][1]);
		list_move(&list, -1);
		list_move(&list, INT32_MAX);
		want_int("at", list.at == (list.shown_n == 0 ? 0 : list.shown_n - 1), true);
		draw(24, 80);
	}
	end();
}

/* ---- order ---- */

static void
order(void **state)
{
	(void)state;
	begin("12 1 22 2 11");
	list_sort(&list, SIZE, false);
	want_text("up, equals as they came", shown(), "1 11 >12 22 2");
	list_sort(&list, SIZE, true);
	want_text("down, equals as they came", shown(), ">12 22 2 1 11");
	list_sort(&list, NAME, false);
	want_text("by text", shown(), "1 11 >12 2 22");
	fill("3 12 22 1");
	want_text("refilled", shown(), "1 >12 22 3");
	list_sort(&list, -1, false);
	want_text("as they came", shown(), "3 >12 22 1");
	end();
}

static void
same_size(void **state)
{
	size_t i;

	(void)state;
	begin("");
	fill_range(1, 500);
	for (i = 0; i < list.row_n; i++)
		row_number(list.rows[i], SIZE, (int64_t)i % 2);
	list_sort(&list, SIZE, true);
	for (i = 1; i < 250; i++)
		want_int("stable", list.shown[i]->key > list.shown[i - 1]->key, true);
	list_sort(&list, SIZE, false);
	for (i = 1; i < 250; i++)
		want_int("stable", list.shown[i]->key > list.shown[i - 1]->key, true);
	end();
}

/* ---- filter ---- */

static void
filter(void **state)
{
	struct err err = { 0 };

	(void)state;
	begin("1 2 3 4 5");
	list_go(&list, 3);
	assert_int_equal(list_filter(&list, "hidden:even", &err), 0);
	want_text("by a hidden column", shown(), "2 >4");
	assert_int_equal(list_filter(&list, "nowhere:x", &err), -1);
	want_text("as before", shown(), "2 >4");
	fill("6 5 4 3");
	want_text("refilled", shown(), "6 >4");
	assert_int_equal(list_filter(&list, "", &err), 0);
	want_text("none", shown(), "6 5 >4 3");
	assert_int_equal(list_filter(&list, "hidden:odd", &err), 0);
	want_text("selected is left out: the next", shown(), "5 >3");
	assert_int_equal(list_filter(&list, "   ", &err), 0);
	want_int("blanks are none", list.filter.text == NULL, true);
	assert_int_equal(list_filter(&list, "zzz", &err), 0);
	want_text("none matches", shown(), "");
	want_int("nothing", list_current(&list) == NULL, true);
	want_int("no move", list_move(&list, 1), false);
	end();
}

/* ---- windows ---- */

static void
ends(void **state)
{
	(void)state;
	begin("5 4 3");
	list_append(&list, make_row(2));
	list_prepend(&list, make_row(6));
	want_text("added", shown(), "6 >5 4 3 2");
	list_cut_back(&list, 2);
	want_text("cut at the end", shown(), "6 >5 4");
	list_cut_front(&list, 1);
	want_text("cut at the front", shown(), ">5 4");
	list_cut_front(&list, 1);
	want_text("the selected one is cut", shown(), ">4");
	list_append(&list, make_row(3));
	list_go(&list, 1);
	list_cut_back(&list, 1);
	want_text("the selected one is cut", shown(), ">4");
	list_cut_back(&list, 9);
	want_text("more than there are", shown(), "");
	list_cut_front(&list, 9);
	list_prepend(&list, make_row(1));
	want_text("after none", shown(), ">1");
	end();
}

static void
ends_with_a_filter(void **state)
{
	(void)state;
	begin("6 5 4 3");
	assert_int_equal(list_filter(&list, "hidden:even", NULL), 0);
	list_tag(&list, true);
	want_text("even", shown(), ">6+ 4+");
	list_append(&list, make_row(2));
	list_append(&list, make_row(1));
	list_prepend(&list, make_row(7));
	list_prepend(&list, make_row(8));
	want_text("added", shown(), "8 >6+ 4+ 2");
	list_cut_back(&list, 1);
	want_text("a hidden one", shown(), "8 >6+ 4+ 2");
	list_cut_back(&list, 1);
	want_text("one that is shown", shown(), "8 >6+ 4+");
	list_cut_front(&list, 2);
	want_text("both", shown(), ">6+ 4+");
	list_cut_front(&list, 1);
	want_int("tags went with it", (long long)list_tagged(&list), 1);
	list_cut_back(&list, 2);
	want_int("tags went with it", (long long)list_tagged(&list), 0);
	want_text("left", shown(), "");
	want_int("left", (long long)list.row_n, 1);
	end();
}

/* ---- seek ---- */

static void
seek(void **state)
{
	(void)state;
	begin("");
	want_int("empty", list_seek(&list, SLICE("x"), false, false), false);
	want_int("empty", list_seek(&list, SLICE("x"), true, true), false);
	fill("1 12 3 14 5");
	want_int("found", list_seek(&list, SLICE("ROW1"), false, false), true);
	want_text("next", shown(), "1 >12 3 14 5");
	list_seek(&list, SLICE("row1"), false, true);
	want_text("self", shown(), "1 >12 3 14 5");
	list_seek(&list, SLICE("row1"), false, false);
	list_seek(&list, SLICE("row1"), false, false);
	want_text("round", shown(), ">1 12 3 14 5");
	list_seek(&list, SLICE("row1"), true, false);
	want_text("back, round", shown(), "1 12 3 >14 5");
	want_int("alone", list_seek(&list, SLICE("row14"), false, false), true);
	want_text("alone", shown(), "1 12 3 >14 5");
	want_int("not there", list_seek(&list, SLICE("row9"), false, true), false);
	want_int("hidden column", list_seek(&list, SLICE("odd"), false, true), false);
	want_int("a number", list_seek(&list, SLICE("14s"), false, true), true);
	want_text("stays", shown(), "1 12 3 >14 5");
	end();
}

/* ---- cells ---- */

static void
cells(void **state)
{
	char text[64];
	struct row *row;

	(void)state;
	begin("7");
	row = list.shown[0];
	want_text("text", list_text(&list, row, "name"), "row7");
	want_text("alias", list_text(&list, row, "N"), "row7");
	want_text("no column", list_text(&list, row, "colour"), "");
	want_text("no row", list_text(&list, NULL, "name"), "");
	want_int("number", list_number(&list, row, "size"), 7);
	want_int("no number", list_number(&list, NULL, "size"), 0);
	want_text("count", list_format(&list, row, SIZE, text), "7");
	row_number(row, AGE, 0);
	want_text("age", list_format(&list, row, AGE, text), "never");
	row_text(row, SIZE, SLICE("many"));
	want_text("text for a number", list_format(&list, row, SIZE, text), "many");
	want_text("no text", list_format(&list, row, HIDDEN, text), "odd");
	end();
}

/* ---- many ---- */

static void
many(void **state)
{
	int64_t began_ms = clock_mono_ms(), key;
	int i;

	(void)state;
	begin("");
	fill_range(1, 100000);
	list_go(&list, 50000);
	list_tag(&list, true);
	list_begin(&list);
	for (key = 100000; key > 0; key--)
		if (key != 50001)
			list_add(&list, make_row(key));
	list_end(&list);
	want_int("the next", list_current(&list)->key, 50002);
	want_int("tags", (long long)list_tagged(&list), 99999);
	list_sort(&list, SIZE, true);
	assert_int_equal(list_filter(&list, "row9", NULL), 0);
	assert_int_equal(list_filter(&list, "", NULL), 0);
	for (i = 0; i < 100; i++)
		list_seek(&list, SLICE("row777"), i % 2 == 0, false);
	want_int("quick", clock_mono_ms() - began_ms < 5000, true);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selection_follows),
		cmocka_unit_test(tags_follow),
		cmocka_unit_test(chosen),
		cmocka_unit_test(abandoned),
		cmocka_unit_test(top_row_stays),
		cmocka_unit_test(refilled_before_it_was_drawn),
		cmocka_unit_test(clicks),
		cmocka_unit_test(layout),
		cmocka_unit_test(great_counts),
		cmocka_unit_test(room_is_used),
		cmocka_unit_test(odd_sizes),
		cmocka_unit_test(order),
		cmocka_unit_test(same_size),
		cmocka_unit_test(filter),
		cmocka_unit_test(ends),
		cmocka_unit_test(ends_with_a_filter),
		cmocka_unit_test(seek),
		cmocka_unit_test(cells),
		cmocka_unit_test(many),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
