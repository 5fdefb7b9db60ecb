/* test_term.c - screens in memory: what is put, clipped, marked, resized; how themes differ. */
#include "tests/unit/cases.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "tui/term.h"
#include "tui/theme.h"

#define ROOM 4096

static struct term *
open_screen(int rows, int cols, const char *theme)
{
	struct term_options options = { .rows = rows, .cols = cols, .theme = theme };
	struct err err = { 0 };
	struct term *term = term_open(&options, &err);

	if (term == NULL)
		fail_msg("%s", err.text);
	return term;
}

static const char *
row_text(struct term *term, int row)
{
	static char storage[ROOM];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	term_row_text(term, row, &b);
	return storage;
}

static const char *
row_marks(struct term *term, int row)
{
	static char storage[ROOM];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	term_row_marks(term, row, &b);
	return storage;
}

/* One row of eight cells, with "--------" on it before. */
static void
one_put(void **state)
{
	static const struct {
		const char *name, *text;
		int col, cols;
		bool right;
		const char *want, *marks;
	} cases[] = {
		{ "at the left", "ab", 0, 3, false, "ab -----", "xxx....." },
		{ "in the middle", "ab", 3, 2, false, "---ab---", "...xx..." },
		{ "at the right", "ab", 6, 2, false, "------ab", "......xx" },
		{ "cut", "abcdef", 2, 3, false, "--ab…---", "..xxx..." },
		{ "to the right", "7", 2, 3, true, "--  7---", "..xxx..." },
		{ "whole row", "abcdefgh", 0, 8, false, "abcdefgh", "xxxxxxxx" },
		{ "no cells", "ab", 2, 0, false, "--------", "........" },
		{ "cells below nothing", "ab", 2, -3, false, "--------", "........" },
		{ "over the right edge", "abcdef", 5, 6, false, "-----abc", ".....xxx" },
		{ "padding over the edge", "a", 6, 90, false, "------a", "......xx" },
		{ "beyond the right edge", "ab", 8, 2, false, "--------", "........" },
		{ "far beyond", "ab", INT32_MAX, INT32_MAX, false, "--------", "........" },
		{ "over the left edge", "abcdef", -2, 6, false, "cdef----", "xxxx...." },
		{ "before the left edge", "ab", -2, 2, false, "--------", "........" },
		{ "far before", "ab", INT32_MIN, INT32_MAX, false, "--------", "........" },
		{ "over both", "abcdefghijklm", -2, 13, false, "cdefghij", "xxxxxxxx" },
		{ "right-aligned over the edge", "abc", 6, 4, true, "------ a", "......xx" },
		{ "wide", "日本", 1, 4, false, "-日本---", ".xxxx..." },
		{ "wide at the right edge", "日本", 4, 4, false, "----日本", "....xxxx" },
		{ "wide across the right edge", "日本", 5, 4, false, "-----日", ".....xxx" },
		{ "wide across the left edge", "日本", -1, 4, false, " 本-----", "xxx....." },
		{ "wide in the last cell", "日", 7, 1, false, "-------…", ".......x" },
		{ "mark", "e\xcc\x81", 7, 1, false, "-------e\xcc\x81", ".......x" },
		{ "mark, clipped", "abe\xcc\x81g", -2, 4, false, "e\xcc\x81g------", "xx......" },
		{ "mark outside", "e\xcc\x81g", -1, 2, false, "g-------", "x......." },
		{ "hostile", "\033[2J", 0, 8, false, "\\x1b[2J", "xxxxxxxx" },
	};
	struct term *term = open_screen(1, 8, NULL);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		term_erase(term);
		term_put(term, 0, 0, ELEMENT_NORMAL, SLICE("--------"), 8);
		(cases[i].right ? term_put_right : term_put)(
		    term, 0, cases[i].col, ELEMENT_BAD, slice_of(cases[i].text), cases[i].cols);
		term_show(term);
		want_text(cases[i].name, row_text(term, 0), cases[i].want);
		want_text(cases[i].name, row_marks(term, 0), cases[i].marks);
	}
	term_close(term);
	end_cases();
}

/* Half of a wide character does not stay, neither half. */
static void
over_wide_ones(void **state)
{
	struct term *term = open_screen(2, 8, NULL);

	(void)state;
	term_put(term, 0, 0, ELEMENT_NORMAL, SLICE("日本語"), 8);
	term_put(term, 1, 0, ELEMENT_NORMAL, SLICE("日本語"), 8);
	term_put(term, 0, 2, ELEMENT_NORMAL, SLICE("x"), 1);
	term_put(term, 1, 3, ELEMENT_NORMAL, SLICE("x"), 1);
	term_show(term);
	want_text("left half", row_text(term, 0), "日x 語");
	want_text("right half", row_text(term, 1), "日 x語");
	term_close(term);
	end_cases();
}

static void
rows_and_corners(void **state)
{
	struct term *term = open_screen(3, 4, NULL);
	int row;

	(void)state;
	for (row = -1; row <= 3; row++)
		term_put(term, row, 0, ELEMENT_NORMAL, SLICE("abcd"), 4);
	term_put(term, INT32_MAX, 0, ELEMENT_NORMAL, SLICE("abcd"), 4);
	term_put(term, 2, 3, ELEMENT_CURSOR, SLICE("#"), 1);
	term_cursor(term, 2, 3);
	term_show(term);
	want_text("did not scroll", row_text(term, 0), "abcd");
	want_text("did not scroll", row_text(term, 1), "abcd");
	want_text("corner", row_text(term, 2), "abc#");
	want_text("corner", row_marks(term, 2), "...c");
	want_text("no row", row_text(term, 3), "");
	want_text("no row", row_marks(term, -1), "");
	term_erase(term);
	want_text("the last frame", row_text(term, 0), "abcd");
	want_text("the last frame", row_marks(term, 2), "...c");
	term_cursor(term, 9, 9);
	term_redraw(term);
	term_show(term);
	want_text("erased", row_text(term, 2), "");
	want_text("erased", row_marks(term, 2), "....");
	term_close(term);
	end_cases();
}

static void
sizes(void **state)
{
	static const struct {
		int rows, cols, want_rows, want_cols;
	} cases[] = {
		{ 24, 80, 24, 80 },
		{ 50, 200, 50, 200 },
		{ 1, 1, 1, 1 },
		{ 2, 500, 2, 500 },
		{ 0, 0, 1, 1 },
		{ -5, 3, 1, 3 },
		{ 24, 80, 24, 80 },
	};
	struct term *term = open_screen(10, 40, NULL);
	size_t i;

	(void)state;
	want_int("rows", term_rows(term), 10);
	want_int("cols", term_cols(term), 40);
	for (i = 0; i < COUNT(cases); i++) {
		term_resize(term, cases[i].rows, cases[i].cols);
		want_int("rows", term_rows(term), cases[i].want_rows);
		want_int("cols", term_cols(term), cases[i].want_cols);
		term_erase(term);
		term_put(term, cases[i].want_rows - 1, cases[i].want_cols - 1, ELEMENT_KEY,
		    SLICE("z"), 1);
		term_show(term);
		want_int("last cell",
		    row_marks(term, cases[i].want_rows - 1)[cases[i].want_cols - 1], 'k');
		want_int("last cell",
		    row_text(term, cases[i].want_rows - 1)[cases[i].want_cols - 1], 'z');
	}
	term_close(term);
	end_cases();
}

static void
every_element_has_a_letter(void **state)
{
	struct term *term = open_screen(1, ELEMENT_N, "light");
	enum element element;

	(void)state;
	for (element = 0; element < ELEMENT_N; element++)
		term_put(term, 0, (int)element, element, SLICE("x"), 1);
	term_show(term);
	want_text("letters", row_marks(term, 0), ".bahctdgnxksr");
	term_close(term);
	end_cases();
}

static void
ascii(void **state)
{
	struct term *term;
	const char *p;

	(void)state;
	setlocale(LC_ALL, "C");
	term = open_screen(1, 10, NULL);
	want_int("charset", term_charset(term), TEXT_ASCII);
	term_put(term, 0, 0, ELEMENT_NORMAL, SLICE("日é\x9b and more"), 10);
	term_show(term);
	want_text("ASCII only", row_text(term, 0), "??\\x9b an~");
	for (p = row_text(term, 0); *p != '\0'; p++)
		want_int("ASCII", (unsigned char)*p < 0x80, true);
	term_put(term, 0, -1, ELEMENT_NORMAL, SLICE("日é"), 3);
	term_show(term);
	want_text("clipped", row_text(term, 0), "? \\x9b an~");
	term_close(term);
	setlocale(LC_ALL, "C.UTF-8");
	term = open_screen(1, 10, NULL);
	want_int("charset", term_charset(term), TEXT_UTF8);
	term_close(term);
	end_cases();
}

static void
keys_are_not_read(void **state)
{
	struct term *term = open_screen(2, 2, NULL);
	struct term_click click;

	(void)state;
	want_int("key", term_key(term), K_NONE);
	want_int("click", term_click(term, &click), false);
	term_mouse(term, true);
	term_suspend(term);
	term_close(term);
	term_close(NULL);
	end_cases();
}

static void
themes(void **state)
{
	struct term_options wrong = { .theme = "pink", .rows = 1, .cols = 1 };
	struct err err = { 0 };
	int i;

	(void)state;
	for (i = 0; term_themes[i] != NULL; i++)
		term_close(open_screen(2, 20, term_themes[i]));
	want_int("names", i, THEME_N);
	want_int("unknown", term_open(&wrong, &err) == NULL, true);
	want_int("unknown", err.code, ERR_USAGE);
	want_int("default", theme_find(NULL, NULL), THEME_DARK);
	end_cases();
}

static bool
same_attributes(enum element a, enum element b)
{
	return theme_look(THEME_MONO, a)->attributes == theme_look(THEME_MONO, b)->attributes;
}

/* Without colour, what may stand side by side differs by its attributes. */
static void
mono(void **state)
{
	static const enum element groups[][8] = {
		{ ELEMENT_BAR, ELEMENT_ACTIVE, ELEMENT_KEY, ELEMENT_DIM, ELEMENT_N },
		{ ELEMENT_NORMAL, ELEMENT_HEAD, ELEMENT_CURSOR, ELEMENT_TAGGED, ELEMENT_DIM,
		    ELEMENT_NOTICE, ELEMENT_BAD, ELEMENT_N },
		{ ELEMENT_NORMAL, ELEMENT_SECTION, ELEMENT_KEY, ELEMENT_DIM, ELEMENT_NOTICE,
		    ELEMENT_BAD, ELEMENT_N },
		{ ELEMENT_GOOD, ELEMENT_NOTICE, ELEMENT_BAD, ELEMENT_N },
	};
	size_t group, a, b;
	int element;

	(void)state;
	for (group = 0; group < COUNT(groups); group++)
		for (a = 0; groups[group][a] != ELEMENT_N; a++)
			for (b = 0; b < a; b++)
				want_int("same looks",
				    same_attributes(groups[group][a], groups[group][b]), false);
	for (element = 0; element < ELEMENT_N; element++) {
		want_int("colour", theme_look(THEME_MONO, element)->fg, -1);
		want_int("colour", theme_look(THEME_MONO, element)->bg, -1);
	}
	end_cases();
}

/* NO_COLOR, and an option, go before the theme; an empty NO_COLOR is none. */
static bool
opens_mono(const char *no_color, bool option)
{
	struct term_options options = { .rows = 1, .cols = 1, .mono = option };
	struct term *term;
	cchar_t cell;
	wchar_t text[CCHARW_MAX + 1];
	attr_t attributes;
	short pair;

	setenv("NO_COLOR", no_color, 1);
	term = term_open(&options, NULL);
	assert_non_null(term);
	term_put(term, 0, 0, ELEMENT_BAD, SLICE("x"), 1);
	mvwin_wch(stdscr, 0, 0, &cell);
	getcchar(&cell, text, &attributes, &pair, NULL);
	term_close(term);
	unsetenv("NO_COLOR");
	return pair == 0;
}

static void
no_colour(void **state)
{
	(void)state;
	want_int("empty", opens_mono("", false), false);
	want_int("set", opens_mono("1", false), true);
	want_int("option", opens_mono("", true), true);
	end_cases();
}

static void
signals_stay(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH, SIGSEGV, SIGHUP };
	struct sigaction before[COUNT(numbers)], now;
	struct term *term;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++)
		sigaction(numbers[i], NULL, &before[i]);
	term = open_screen(2, 2, NULL);
	term_show(term);
	for (i = 0; i < COUNT(numbers); i++) {
		sigaction(numbers[i], NULL, &now);
		want_int("handler", now.sa_handler == before[i].sa_handler, true);
	}
	term_close(term);
	end_cases();
}

static void
no_terminal(void **state)
{
	struct term_options options = { 0 };
	struct err err = { 0 };

	(void)state;
	if (freopen("/dev/null", "r", stdin) == NULL)
		fail();
	assert_null(term_open(&options, &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	assert_non_null(strstr(err.text, "standard input is not a terminal"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_put),
		cmocka_unit_test(over_wide_ones),
		cmocka_unit_test(rows_and_corners),
		cmocka_unit_test(sizes),
		cmocka_unit_test(every_element_has_a_letter),
		cmocka_unit_test(ascii),
		cmocka_unit_test(keys_are_not_read),
		cmocka_unit_test(themes),
		cmocka_unit_test(mono),
		cmocka_unit_test(no_colour),
		cmocka_unit_test(signals_stay),
		cmocka_unit_test(no_terminal),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
