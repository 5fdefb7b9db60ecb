/* test_keys.c - names of keys, there and back. */
#include "tests/unit/cases.h"

#include "tui/keys.h"

static void
names(void **state)
{
	static const struct {
		int key;
		const char *name;
	} cases[] = {
		{ 'j', "j" },
		{ 'J', "J" },
		{ '^', "^" },
		{ '?', "?" },
		{ 0xfc, "ü" },
		{ 0x65e5, "日" },
		{ 0x1f600, "😀" },
		{ CTRL('A'), "^A" },
		{ CTRL('D'), "^D" },
		{ CTRL('Z'), "^Z" },
		{ CTRL('_'), "^_" },
		{ K_TAB, "Tab" },
		{ K_ENTER, "Enter" },
		{ K_ESCAPE, "Esc" },
		{ K_SPACE, "Space" },
		{ K_BACKSPACE, "Backspace" },
		{ K_UP, "Up" },
		{ K_PAGE_UP, "PgUp" },
		{ K_BACK_TAB, "BackTab" },
		{ K_F1, "F1" },
		{ K_F1 + 9, "F10" },
		{ K_LAST, "F12" },
		{ 0x202e, "U+202E" },
		{ 0x9b, "U+009B" },
		{ 0x10ffff, "U+10FFFF" },
		{ K_NONE, "" },
	};
	char out[KEY_NAME_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		want_text("name", key_name(cases[i].key, out), cases[i].name);
		want_int(cases[i].name, key_parse(cases[i].name), cases[i].key);
	}
	end_cases();
}

static void
no_names(void **state)
{
	static const char *const texts[] = { "jj", "enter", "^d", "^DD", "F13", "F0", "U+",
		"U+110000", "U+-1", "U+41x", "\xff", "\xc0\xaf" };
	char out[KEY_NAME_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		want_int(texts[i], key_parse(texts[i]), K_NONE);
	want_text("above all", key_name(K_LAST + 1, out), "");
	want_text("no character", key_name(0x110000, out), "");
	want_text("below all", key_name(-1, out), "");
	end_cases();
}

/* Every key that has a name is found by it, and no two have the same. */
static void
round_trip(void **state)
{
	char out[KEY_NAME_MAX], hex[16];
	int key;

	(void)state;
	for (key = 1; key <= K_LAST; key++) {
		if (key == 0x110000)
			key = K_FIRST;
		snprintf(hex, sizeof(hex), "%x", (unsigned)key);
		want_int(hex, key_parse(key_name(key, out)), key);
	}
	end_cases();
}

static void
bytes(void **state)
{
	static const struct {
		int key;
		const char *want;
	} cases[] = {
		{ 'a', "a" },
		{ 0xfc, "\xc3\xbc" },
		{ 0x20ac, "\xe2\x82\xac" },
		{ 0x10ffff, "\xf4\x8f\xbf\xbf" },
		{ K_SPACE, " " },
		{ K_ENTER, "" },
		{ K_BACKSPACE, "" },
		{ 0x9b, "" },
		{ 0xd800, "" },
		{ K_UP, "" },
		{ K_NONE, "" },
		{ -1, "" },
	};
	char out[KEY_BYTES_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		out[key_bytes(cases[i].key, out)] = '\0';
		want_text("bytes", out, cases[i].want);
	}
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(no_names),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
