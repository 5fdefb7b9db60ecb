/* test_text.c - text from outside in the cells of a screen: cleaned, cut, wrapped, measured. */
#include "tests/unit/cases.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#include "tui/text.h"

#define ROOM 8192

/* A slice with NUL inside. */
#define TEXT(literal) (literal), sizeof(literal) - 1

#define MARK "\xcc\x81" /* U+0301, an acute accent without a letter */

static const char *
fit(struct slice s, int cols, enum text_align align, enum text_charset charset)
{
	static char storage[ROOM];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	text_fit(&b, s, cols, align, charset);
	return storage;
}

static void
fitting(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		size_t len;
		int cols;
		const char *want, *want_ascii; /* NULL: the same */
	} cases[] = {
		{ "empty", TEXT(""), 3, "   ", NULL },
		{ "no cells", TEXT("abc"), 0, "", NULL },
		{ "cells below nothing", TEXT("abc"), -5, "", NULL },
		{ "nothing in none", TEXT(""), 0, "", NULL },
		{ "one cell", TEXT("abc"), 1, "…", "~" },
		{ "one character in one cell", TEXT("a"), 1, "a", NULL },
		{ "two cells", TEXT("abc"), 2, "a…", "a~" },
		{ "exactly", TEXT("abc"), 3, "abc", NULL },
		{ "padded", TEXT("abc"), 5, "abc  ", NULL },
		{ "cut", TEXT("abcdef"), 5, "abcd…", "abcd~" },
		{ "blanks stay", TEXT(" a b "), 5, " a b ", NULL },
		{ "backslash", TEXT("a\\b"), 5, "a\\\\b ", NULL },
		{ "ESC", TEXT("\033[2J"), 8, "\\x1b[2J ", NULL },
		{ "ESC, cut inside", TEXT("\033[2J"), 3, "\\x…", "\\x~" },
		{ "ESC in one cell", TEXT("\033"), 1, "…", "~" },
		{ "ESC, cut after", TEXT("\033[2J"), 5, "\\x1b…", "\\x1b~" },
		{ "C1 as a byte",
		    TEXT("\x9b"
			 "31m"),
		    8, "\\x9b31m ", NULL },
		{ "C1 in UTF-8", TEXT("\xc2\x9b"), 9, "\\u{009b} ", NULL },
		{ "OSC 52", TEXT("\033]52;c;YQ==\a"), 20, "\\x1b]52;c;YQ==\\x07  ", NULL },
		{ "OSC 52, cut", TEXT("\033]52;c;YQ==\a"), 10, "\\x1b]52;c…", "\\x1b]52;c~" },
		{ "right to left",
		    TEXT("a\xe2\x80\xae"
			 "b"),
		    11, "a\\u{202e}b ", NULL },
		{ "zero width", TEXT("a\xe2\x80\x8b"), 10, "a\\u{200b} ", NULL },
		{ "byte order mark",
		    TEXT("\xef\xbb\xbf"
			 "a"),
		    10, "\\u{feff}a ", NULL },
		{ "line separator", TEXT("\xe2\x80\xa8"), 8, "\\u{2028}", NULL },
		{ "line separator, cut", TEXT("\xe2\x80\xa8"), 7, "\\u{202…", "\\u{202~" },
		{ "tab", TEXT("a\tb"), 6, "a\\x09b", NULL },
		{ "newline", TEXT("a\nb\r"), 10, "a\\x0ab\\x0d", NULL },
		{ "NUL", TEXT("a\0b"), 6, "a\\x00b", NULL },
		{ "DEL", TEXT("\x7f"), 4, "\\x7f", NULL },
		{ "0xff", TEXT("\xff"), 5, "\\xff ", NULL },
		{ "overlong", TEXT("\xc0\xaf"), 8, "\\xc0\\xaf", NULL },
		{ "overlong, three bytes", TEXT("\xe0\x80\xaf"), 12, "\\xe0\\x80\\xaf", NULL },
		{ "surrogate", TEXT("\xed\xa0\x80"), 12, "\\xed\\xa0\\x80", NULL },
		{ "above U+10FFFF", TEXT("\xf4\x90\x80\x80"), 16, "\\xf4\\x90\\x80\\x80", NULL },
		{ "broken off", TEXT("a\xe2\x82"), 9, "a\\xe2\\x82", NULL },
		{ "umlaut", TEXT("\xc3\xbc-"), 3, "ü- ", "?- " },
		{ "umlauts, cut", TEXT("\xc3\xbc\xc3\xbc\xc3\xbc"), 2, "ü…", "?~" },
		{ "mark", TEXT("e" MARK "x"), 3, "e" MARK "x ", "e?x" },
		{ "mark in the last cell", TEXT("abe" MARK), 3, "abe" MARK, "ab~" },
		{ "mark in the only cell", TEXT("e" MARK), 1, "e" MARK, "~" },
		{ "cut at a mark", TEXT("ae" MARK "bc"), 3, "ae" MARK "…", "ae~" },
		{ "two marks", TEXT("e" MARK MARK), 2, "e" MARK MARK " ", "e~" },
		{ "a third is dropped", TEXT("e" MARK MARK MARK "f"), 2, "e" MARK MARK "f", "e~" },
		{ "mark alone", TEXT(MARK "a"), 3, " " MARK "a ", "?a " },
		{ "mark after a control", TEXT("\001" MARK), 6, "\\x01 " MARK " ", "\\x01? " },
		{ "mark on a backslash", TEXT("\\" MARK), 4, "\\\\ " MARK " ", "\\\\? " },
		{ "mark on a wide one", TEXT("\xe6\x97\xa5" MARK), 3, "日" MARK " ", "?? " },
		{ "wide", TEXT("\xe6\x97\xa5\xe6\x9c\xac"), 5, "日本 ", "??   " },
		{ "wide, exactly", TEXT("\xe6\x97\xa5\xe6\x9c\xac"), 4, "日本", "??  " },
		{ "wide, cut in the middle", TEXT("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), 4,
		    "日 …", "??? " },
		{ "wide, cut between", TEXT("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), 5, "日本…",
		    "???  " },
		{ "wide in one cell", TEXT("\xe6\x97\xa5"), 1, "…", "?" },
		{ "wide in two cells", TEXT("\xe6\x97\xa5"), 2, "日", "? " },
		{ "wide and more in two", TEXT("\xe6\x97\xa5x"), 2, " …", "?x" },
		{ "emoji", TEXT("\xf0\x9f\x98\x80"), 3, "😀 ", "?  " },
		{ "variation selector", TEXT("\xe2\x9d\xa4\xef\xb8\x8f"), 10, "❤\\u{fe0f} ",
		    "?\\u{fe0f} " },
		{ "joined emoji", TEXT("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"), 12,
		    "👩\\u{200d}💻", "?\\u{200d}?  " },
		{ "joined, cut at the joiner", TEXT("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"),
		    11, "👩\\u{200d}…", "?\\u{200d}? " },
		{ "unassigned", TEXT("\xcd\xb8"), 9, "\\u{0378} ", "?        " },
		{ "private", TEXT("\xf4\x8f\xbf\xbd"), 10, "\\u{10fffd}", NULL },
		{ "noncharacter", TEXT("\xef\xbf\xbf"), 8, "\\u{ffff}", NULL },
		{ "soft hyphen", TEXT("\xc2\xad"), 8, "\\u{00ad}", NULL },
		{ "tag", TEXT("\xf3\xa0\x81\x81"), 9, "\\u{e0041}", NULL },
		{ "Hangul vowel alone", TEXT("\xe1\x85\xa1"), 2, " \xe1\x85\xa1 ", "? " },
		{ "plain, then a mark beyond", TEXT("abcd" MARK "e"), 4, "abc…", "abc~" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct slice s = { cases[i].text, cases[i].len };

		want_text(
		    cases[i].name, fit(s, cases[i].cols, TEXT_LEFT, TEXT_UTF8), cases[i].want);
		want_text(cases[i].name, fit(s, cases[i].cols, TEXT_LEFT, TEXT_ASCII),
		    cases[i].want_ascii == NULL ? cases[i].want : cases[i].want_ascii);
	}
	end_cases();
}

static void
to_the_right(void **state)
{
	static const struct {
		const char *text;
		int cols;
		const char *want;
	} cases[] = {
		{ "", 2, "  " },
		{ "7", 3, "  7" },
		{ "777", 3, "777" },
		{ "7777", 3, "77…" },
		{ "7", 0, "" },
		{ "e" MARK, 3, "  e" MARK },
		{ "日", 3, " 日" },
		{ "日本", 3, "日…" },
		{ "日本語", 4, "日 …" },
		{ "\t", 6, "  \\x09" },
	};
	char storage[64];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		want_text(cases[i].text,
		    fit(slice_of(cases[i].text), cases[i].cols, TEXT_RIGHT, TEXT_UTF8),
		    cases[i].want);
	buf_init(&b, storage, sizeof(storage));
	buf_add_text(&b, "before|");
	text_fit(&b, SLICE("7"), 3, TEXT_RIGHT, TEXT_UTF8);
	text_fit(&b, SLICE("long"), 3, TEXT_LEFT, TEXT_UTF8);
	want_text("what stands before stays", storage, "before|  7lo…");
	end_cases();
}

/* However many marks, and however long the word. */
static void
long_texts(void **state)
{
	static char marks[1 + 500 * 2], word[4096], out[ROOM];
	struct buf b;
	int i;

	(void)state;
	marks[0] = 'e';
	for (i = 0; i < 500; i++)
		memcpy(marks + 1 + 2 * i, MARK, 2);
	memset(word, 'w', sizeof(word));
	want_text("500 marks", fit((struct slice){ marks, sizeof(marks) }, 2, TEXT_LEFT, TEXT_UTF8),
	    "e" MARK MARK " ");
	want_int("500 marks", text_cells((struct slice){ marks, sizeof(marks) }, TEXT_UTF8), 1);
	want_text(
	    "word", fit((struct slice){ word, sizeof(word) }, 5, TEXT_LEFT, TEXT_UTF8), "wwww…");
	want_int("word", text_cells((struct slice){ word, sizeof(word) }, TEXT_ASCII), 4096);
	buf_init(&b, out, 9);
	text_fit(&b, SLICE("日本語"), 6, TEXT_LEFT, TEXT_UTF8);
	want_text("no room: no part of a character", out, "日本");
	want_int("no room", b.cut, true);
	end_cases();
}

static void
cells(void **state)
{
	static const struct {
		const char *text;
		int want, want_ascii;
	} cases[] = {
		{ "", 0, 0 },
		{ "abc", 3, 3 },
		{ "日本", 4, 2 },
		{ "e" MARK, 1, 2 },
		{ MARK, 1, 1 },
		{ "\t", 4, 4 },
		{ "\\", 2, 2 },
		{ "\xe2\x80\x8b", 8, 8 },
		{ "\xcd\xb8", 8, 1 },
		{ "\xff", 4, 4 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		want_int(
		    cases[i].text, text_cells(slice_of(cases[i].text), TEXT_UTF8), cases[i].want);
		want_int(cases[i].text, text_cells(slice_of(cases[i].text), TEXT_ASCII),
		    cases[i].want_ascii);
	}
	end_cases();
}

static void
steps(void **state)
{
	(void)state;
	want_int("none", (int)text_next(SLICE("")), 0);
	want_int("letter", (int)text_next(SLICE("ab")), 1);
	want_int("with all marks", (int)text_next(SLICE("a" MARK MARK MARK "b")), 7);
	want_int("marks alone", (int)text_next(SLICE(MARK MARK "b")), 4);
	want_int("wide", (int)text_next(SLICE("日本")), 3);
	want_int("invalid", (int)text_next(SLICE("\xff\xff")), 1);
	want_int("escaped without marks", (int)text_next(SLICE("\xe2\x80\x8b" MARK)), 3);
	end_cases();
}

/* The lines of a paragraph, with a bar between them. */
static void
wrapping(void **state)
{
	static const struct {
		const char *text;
		int cols;
		const char *want;
	} cases[] = {
		{ "", 5, "" },
		{ "one two three", 7, "one two|three" },
		{ "one two three", 8, "one two|three" },
		{ "one two three", 6, "one|two|three" },
		{ "one two three", 13, "one two three" },
		{ "one   two", 4, "one|two" },
		{ "one   two", 5, "one|two" },
		{ "abcdefgh", 3, "abc|def|gh" },
		{ "ab cdefgh", 4, "ab|cdef|gh" },
		{ "  ab cd", 4, "  ab|cd" },
		{ "  abcdef", 4, "  ab|cdef" },
		{ "     ", 2, "  " },
		{ "ab  ", 2, "ab" },
		{ "ab", 0, "a|b" },
		{ "日本語", 1, "日|本|語" },
		{ "日本語", 4, "日本|語" },
		{ "日本語", 5, "日本|語" },
		{ "xe" MARK "x", 2, "xe" MARK "|x" },
		{ "a\tb", 4, "a|\t|b" },
		{ "a\tb", 5, "a\t|b" },
		{ "\xff\xff", 4, "\xff|\xff" },
	};
	char storage[64];
	struct buf b;
	size_t i, next;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct slice s = slice_of(cases[i].text);

		buf_init(&b, storage, sizeof(storage));
		for (; s.len > 0; s.ptr += next, s.len -= next) {
			size_t n = text_wrap(s, cases[i].cols, TEXT_UTF8, &next);

			if (b.len > 0)
				buf_add_char(&b, '|');
			buf_add(&b, (struct slice){ s.ptr, n });
		}
		want_text(cases[i].text, storage, cases[i].want);
	}
	want_int("empty", (int)text_wrap(SLICE(""), 5, TEXT_UTF8, &next), 0);
	want_int("empty", (int)next, 0);
	end_cases();
}

static void
bars(void **state)
{
	static const struct {
		const char *name;
		int64_t value, max;
		int cols;
		const char *want, *want_ascii;
	} cases[] = {
		{ "nothing", 0, 100, 4, "", "" },
		{ "below nothing", -5, 100, 4, "", "" },
		{ "nothing of nothing", 0, 0, 4, "", "" },
		{ "something of nothing", 1, 0, 2, "██", "##" },
		{ "all", 100, 100, 4, "████", "####" },
		{ "more than all", 200, 100, 4, "████", "####" },
		{ "half", 50, 100, 4, "██", "##" },
		{ "an eighth of a cell", 1, 32, 4, "▏", "#" },
		{ "five eighths", 5, 32, 4, "▋", "#" },
		{ "a cell and seven eighths", 15, 32, 4, "█▉", "#" },
		{ "hardly anything", 1, INT64_MAX, 4, "▏", "#" },
		{ "hardly less than all", INT64_MAX - (INT64_C(1) << 54), INT64_MAX, 2, "█▉", "#" },
		{ "no cells", 50, 100, 0, "", "" },
		{ "cells below nothing", 50, 100, -1, "", "" },
	};
	char storage[64];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&b, storage, sizeof(storage));
		text_bar(&b, cases[i].value, cases[i].max, cases[i].cols, TEXT_UTF8);
		want_text(cases[i].name, storage, cases[i].want);
		buf_reset(&b);
		text_bar(&b, cases[i].value, cases[i].max, cases[i].cols, TEXT_ASCII);
		want_text(cases[i].name, storage, cases[i].want_ascii);
	}
	want_text("column", text_column(0, TEXT_UTF8), " ");
	want_text("column", text_column(3, TEXT_UTF8), "▃");
	want_text("column", text_column(8, TEXT_UTF8), "█");
	want_text("column", text_column(9, TEXT_UTF8), "█");
	want_text("column", text_column(-1, TEXT_ASCII), " ");
	want_text("column", text_column(1, TEXT_ASCII), ".");
	want_text("column", text_column(4, TEXT_ASCII), ":");
	want_text("column", text_column(8, TEXT_ASCII), "#");
	end_cases();
}

/* Cells as a terminal counts them; -1 when a character has no business on a screen. */
static int
cells_on_screen(const char *text)
{
	struct slice s = slice_of(text);
	int total = 0;
	uint32_t cp;
	size_t n;

	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = str_utf8_next(s, &cp);
		if (n == 0 || str_is_invisible(cp) || wcwidth((wchar_t)cp) < 0)
			return -1;
		total += wcwidth((wchar_t)cp);
	}
	return total;
}

/* Random bytes, and pieces that are likely to do harm. */
static size_t
random_text(char *out, size_t most)
{
	static const char *const pieces[] = { MARK, "\xe2\x80\x8d", "日", "ab ", "\033[", "😀",
		"\xc2\x9b", "\xcd\xb8", "\\", "\xe1\x85\xa1", "\xf0\x9f\x87", "ü" };
	size_t len = 0, n;
	const char *piece;

	while (len + 4 < most && rand() % 16 != 0) {
		piece = pieces[(size_t)rand() % COUNT(pieces)];
		n = strlen(piece);
		memcpy(out + len, piece, n);
		if (rand() % 3 == 0) {
			n = 1;
			out[len] = (char)rand();
		}
		len += n;
	}
	return len;
}

static void
random_texts(void **state)
{
	char text[128], name[64], out[ROOM];
	struct buf b;
	int round, cols;

	(void)state;
	srand(1);
	for (round = 0; round < 40000; round++) {
		struct slice s = { text, random_text(text, sizeof(text)) };
		enum text_charset charset = round % 2 == 0 ? TEXT_UTF8 : TEXT_ASCII;
		enum text_align align = round / 2 % 2 == 0 ? TEXT_LEFT : TEXT_RIGHT;
		size_t next, n = text_wrap(s, round % 20, charset, &next);

		snprintf(name, sizeof(name), "round %d", round);
		cols = round % 21;
		buf_init(&b, out, TEXT_ROOM(cols));
		text_fit(&b, s, cols, align, charset);
		want_int(name, cells_on_screen(out), cols);
		want_int(name, b.cut, false);
		if (charset == TEXT_ASCII)
			want_int(name, (int)b.len, cols);
		want_int(name, n <= next && next <= s.len && (next > 0 || s.len == 0), true);
		cols = text_cells(s, charset);
		want_int(name, cells_on_screen(fit(s, cols, align, charset)), cols);
		want_int(name, strstr(fit(s, cols, align, charset), "…") == NULL, true);
	}
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fitting),
		cmocka_unit_test(to_the_right),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(cells),
		cmocka_unit_test(steps),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(bars),
		cmocka_unit_test(random_texts),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
