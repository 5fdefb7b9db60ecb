/* test_line.c - a line that is being typed: keys in, text and cursor out. */
#include "tests/unit/cases.h"

#include <locale.h>
#include <stdlib.h>

#include "tui/keys.h"
#include "tui/line.h"
#include "tui/text.h"

#define MARK "\xcc\x81"

/* Candidates: whatever begins with the word. */
static const char *const words[] = { "show", "set", "senders", "set", "shutdown", "日本", "日曜",
	"tab\there", "zz\xff", NULL };

static void
complete(void *arg, struct slice before, struct slice word, line_add *add, void *add_arg)
{
	const char *const *p;

	(void)before;
	for (p = arg == NULL ? words : arg; *p != NULL; p++)
		if (strncmp(*p, word.ptr, word.len) == 0)
			add(add_arg, *p);
}

/* Types KEYS: names between blanks, "Space" for one. Returns the result of the last. */
static enum line_result
type(struct line *line, const char *keys, struct line_history *history, void *arg)
{
	enum line_result result = LINE_GOES_ON;
	char storage[512], *name, *rest;

	snprintf(storage, sizeof(storage), "%s", keys);
	for (name = strtok_r(storage, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest))
		result = line_key(line, key_parse(name), history, complete, arg);
	return result;
}

/* The line with a bar where the cursor is. */
static const char *
shown(const struct line *line)
{
	static char out[LINE_MAX_BYTES + 1];

	snprintf(out, sizeof(out), "%.*s|%s", (int)line->at, line->text, line->text + line->at);
	return out;
}

static void
editing(void **state)
{
	static const struct {
		const char *initial, *keys, *want;
	} cases[] = {
		{ "", "", "|" },
		{ "abc", "", "abc|" },
		{ NULL, "a", "a|" },
		{ "", "a b c", "abc|" },
		{ "", "a Space b", "a b|" },
		{ "abc", "Left", "ab|c" },
		{ "abc", "Left Left Left Left", "|abc" },
		{ "abc", "Home Right", "a|bc" },
		{ "abc", "Right", "abc|" },
		{ "abc", "^A x", "x|abc" },
		{ "abc", "^A ^E x", "abcx|" },
		{ "abc", "^B ^B ^F x", "abx|c" },
		{ "abc", "Backspace", "ab|" },
		{ "abc", "^H ^H", "a|" },
		{ "abc", "Home Backspace", "|abc" },
		{ "abc", "Home Del", "|bc" },
		{ "abc", "Home ^D ^D", "|c" },
		{ "abc", "Del", "abc|" },
		{ "one two  ", "^W", "one |" },
		{ "one two", "^W ^W", "|" },
		{ "one two", "Left ^W", "one |o" },
		{ "one", "Home ^W", "|one" },
		{ "abcd", "Left Left ^U", "|cd" },
		{ "abcd", "Left Left ^K", "ab|" },
		{ "abc", "^X ^Z F1 PgUp Mouse Resize", "abc|" },
		{ "日本", "Left", "日|本" },
		{ "日本", "Backspace", "日|" },
		{ "日本", "Home Del", "|本" },
		{ "", "日 ü 😀", "日ü😀|" },
		{ "ae" MARK MARK "b", "Left", "ae" MARK MARK "|b" },
		{ "ae" MARK MARK "b", "Left Left", "a|e" MARK MARK "b" },
		{ "ae" MARK MARK "b", "Left Backspace", "a|b" },
		{ "ae" MARK MARK "b", "Home Right Del", "a|b" },
		{ MARK "a", "Home Right", MARK "|a" },
		{ MARK "a", "Home Del", "|a" },
		{ "e", "U+301", "e" MARK "|" },
		{ "ab", "Left U+301", "a" MARK "|b" },
		{ "a\xe2\x80\x8b" MARK "b", "Left Left Backspace", "a" MARK "|b" },
		{ "", "U+9B U+85 U+D800", "|" },
		{ "a\033b\xff\xc2\x9b\tc", "", "abc|" },
		{ "a\xe6\x97", "", "a|" },
	};
	struct line line = { 0 };
	size_t i;

	(void)state;
	line_clear(&line);
	for (i = 0; i < COUNT(cases); i++) {
		line_begin(&line, cases[i].initial);
		type(&line, cases[i].keys, NULL, NULL);
		want_text(cases[i].keys, shown(&line), cases[i].want);
		want_int(cases[i].keys, (int)line.len, (int)strlen(line.text));
		line_clear(&line);
	}
	end_cases();
}

static void
endings(void **state)
{
	static const struct {
		const char *initial, *keys;
		enum line_result want;
	} cases[] = {
		{ "a", "b", LINE_GOES_ON },
		{ "a", "Enter", LINE_ENTERED },
		{ "", "Enter", LINE_ENTERED },
		{ "a", "Esc", LINE_CANCELLED },
		{ "a", "^C", LINE_CANCELLED },
		{ "a", "Backspace", LINE_GOES_ON },
		{ "a", "Backspace Backspace", LINE_CANCELLED },
		{ "", "^H", LINE_CANCELLED },
		{ "a", "Home Backspace", LINE_GOES_ON },
		{ "", "Del", LINE_GOES_ON },
		{ "", "Up Down Tab BackTab", LINE_GOES_ON },
	};
	struct line line;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		line_begin(&line, cases[i].initial);
		want_int(cases[i].keys, type(&line, cases[i].keys, NULL, NULL), cases[i].want);
		line_clear(&line);
	}
	line_begin(&line, "a");
	want_int("no completion", line_key(&line, K_TAB, NULL, NULL, NULL), LINE_GOES_ON);
	want_text("no completion", shown(&line), "a|");
	line_clear(&line);
	end_cases();
}

static void
completing(void **state)
{
	static const struct {
		const char *initial, *keys, *want;
	} cases[] = {
		{ "sho", "Tab", "show|" },
		{ "s", "Tab", "senders|" },
		{ "s", "Tab Tab", "set|" },
		{ "s", "Tab Tab Tab", "show|" },
		{ "s", "Tab Tab Tab Tab", "shutdown|" },
		{ "s", "Tab Tab Tab Tab Tab", "senders|" },
		{ "s", "Tab BackTab", "shutdown|" },
		{ "s", "BackTab", "shutdown|" },
		{ "s", "BackTab BackTab", "show|" },
		{ "s", "Tab x Tab", "sendersx|" },
		{ "se", "Tab", "senders|" },
		{ "x", "Tab", "x|" },
		{ "ab s", "Tab Tab", "ab set|" },
		{ "s yz", "Home Right Tab Tab", "set| yz" },
		{ "sz", "Left Tab", "senders|z" },
		{ "日", "Tab", "日曜|" },
		{ "日", "Tab Tab", "日本|" },
		{ "t", "Tab", "t|" },
		{ "z", "Tab", "z|" },
		{ "", "Tab", "senders|" },
		{ "a ", "Tab Tab", "a set|" },
		{ "s", "Tab Left Right Tab", "senders|" },
	};
	static const char *prefixes[] = { "domain=", "domain=b", "domain=a", "dom", NULL };
	static const char *bytes[] = { "x日", "x曜", NULL };
	static const char *itself[] = { "foobar", "foo", NULL };
	struct line line;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		line_begin(&line, cases[i].initial);
		type(&line, cases[i].keys, NULL, NULL);
		want_text(cases[i].keys, shown(&line), cases[i].want);
		line_clear(&line);
	}
	line_begin(&line, "d");
	type(&line, "Tab", NULL, prefixes);
	want_text("in common", shown(&line), "dom|");
	type(&line, "Tab", NULL, prefixes);
	want_text("then the next", shown(&line), "domain=|");
	line_clear(&line);
	line_begin(&line, "");
	type(&line, "Tab", NULL, bytes);
	want_text("no part of a character", shown(&line), "x|");
	type(&line, "Tab", NULL, bytes);
	want_text("then the first", shown(&line), "x日|");
	line_clear(&line);
	line_begin(&line, "f");
	type(&line, "Tab BackTab", NULL, itself);
	want_text("back from the first", shown(&line), "foobar|");
	line_clear(&line);
	end_cases();
}

static void
history(void **state)
{
	static const struct {
		const char *initial, *keys, *want;
	} cases[] = {
		{ "", "Up", "three|" },
		{ "", "Up Up", "two|" },
		{ "", "Up Up Up Up", "one|" },
		{ "", "^P ^P ^N", "three|" },
		{ "typed", "Up Down", "typed|" },
		{ "typed", "Up Down Down", "typed|" },
		{ "typed", "Down", "typed|" },
		{ "typed", "Up Up Down Down x", "typedx|" },
		{ "typed", "Up x Up Down", "three|" },
	};
	struct line_history past = { 0 };
	struct line line;
	char text[16];
	size_t i;

	(void)state;
	line_remember(&past, "one");
	line_remember(&past, "two");
	line_remember(&past, "two");
	line_remember(&past, "");
	line_remember(&past, "three");
	want_int("remembered", (int)past.n, 3);
	for (i = 0; i < COUNT(cases); i++) {
		line_begin(&line, cases[i].initial);
		type(&line, cases[i].keys, &past, NULL);
		want_text(cases[i].keys, shown(&line), cases[i].want);
		line_clear(&line);
	}
	for (i = 0; i < 2 * LINE_HISTORY; i++) {
		snprintf(text, sizeof(text), "%d", (int)i);
		line_remember(&past, text);
	}
	want_int("full", (int)past.n, LINE_HISTORY);
	want_text("oldest", past.lines[0], "50");
	want_text("newest", past.lines[LINE_HISTORY - 1], "99");
	line_history_clear(&past);
	line_history_clear(&past);
	end_cases();
}

/* Whatever is typed, pasted, completed or remembered. */
static void
never_too_long(void **state)
{
	static char wide[3 * LINE_MAX_BYTES], word[LINE_MAX_BYTES];
	const char *long_words[] = { word, NULL };
	struct line_history past = { 0 };
	struct line line;
	int i;

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	for (i = 0; i < LINE_MAX_BYTES; i++)
		memcpy(wide + 3 * i, "日", 3);
	wide[sizeof(wide) - 1] = '\0';
	line_begin(&line, wide);
	want_int("initial", (int)line.len, 1023);
	type(&line, "Backspace ü a b", NULL, NULL);
	want_int("filled", (int)line.len, 1023);
	type(&line, "日 x U+301", NULL, NULL);
	want_int("full", (int)line.len, 1023);
	want_int("whole", str_is_utf8(slice_of(line.text)), true);
	line_clear(&line);
	line_begin(&line, "a ");
	type(&line, "Tab", NULL, long_words);
	want_text("a candidate that does not fit", shown(&line), "a |");
	line_remember(&past, wide);
	type(&line, "Up", &past, NULL);
	want_int("remembered", (int)line.len, 1023);
	line_clear(&line);
	line_history_clear(&past);
	end_cases();
}

/* The cursor stands between characters. */
static bool
cursor_is_between(const struct line *line)
{
	size_t at = 0;

	while (at < line->at)
		at += text_next((struct slice){ line->text + at, line->len - at });
	return at == line->at;
}

static void
random_keys(void **state)
{
	static const int keys[] = { 'a', ' ', 0x301, 0x65e5, 0x200b, 0x1f600, K_LEFT, K_RIGHT,
		K_HOME, K_END, K_BACKSPACE, K_DELETE, K_TAB, K_BACK_TAB, K_UP, K_DOWN, CTRL('W'),
		CTRL('U'), CTRL('K'), K_RESIZE, 's', 0x1161 };
	struct line_history past = { 0 };
	struct line line;
	char name[32];
	int i, key;

	(void)state;
	srand(1);
	line_remember(&past, "one " MARK);
	line_remember(&past, "日本 two");
	line_begin(&line, "");
	for (i = 0; i < 100000; i++) {
		key = keys[(size_t)rand() % COUNT(keys)];
		line_key(&line, key, &past, complete, NULL);
		snprintf(name, sizeof(name), "key %d", i);
		want_int(name, str_is_utf8((struct slice){ line.text, line.len }), true);
		want_int(name, line.text[line.len], '\0');
		want_int(name, line.len < LINE_MAX_BYTES && line.at <= line.len, true);
		want_int(name, cursor_is_between(&line), true);
	}
	line_clear(&line);
	line_history_clear(&past);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(editing),
		cmocka_unit_test(endings),
		cmocka_unit_test(completing),
		cmocka_unit_test(history),
		cmocka_unit_test(never_too_long),
		cmocka_unit_test(random_keys),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
