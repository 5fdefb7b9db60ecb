/* test_base.c - durations, sizes, slices, escaping, JSON, log limits. */
#include "tests/unit/cases.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "common/base/err.h"
#include "common/base/json.h"
#include "common/base/log.h"
#include "common/base/str.h"

static void
durations(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* -1: refused */
		const char *written;
	} cases[] = {
		{ "180s", 180, "3m" },
		{ "5m", 300, "5m" },
		{ "2d", 172800, "2d" },
		{ "35d", 3024000, "35d" },
		{ "1w", 604800, "7d" },
		{ "1h30m", 5400, "90m" },
		{ "0", 0, "0s" },
		{ "90", 90, "90s" },
		{ "", -1, "" },
		{ "s", -1, "" },
		{ "5x", -1, "" },
		{ "-5s", -1, "" },
		{ "5m2h", -1, "" },
		{ "5m5m", -1, "" },
		{ "1h5", -1, "" },
		{ "1 h", -1, "" },
		{ "99999999999999999999s", -1, "" },
		{ "101w99999999w", -1, "" },
	};
	char out[DURATION_TEXT_MAX];
	int64_t got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		got = -1;
		if (duration_parse(slice_of(cases[i].text), &got) == -1)
			got = -1;
		want_int(cases[i].text, got, cases[i].want);
		if (got != -1)
			want_text(cases[i].text, duration_format(got, out), cases[i].written);
	}
	want_text("human", duration_format_human(187200, out), "2d 4h");
	want_text("human", duration_format_human(200, out), "3m 20s");
	want_text("human", duration_format_human(0, out), "0s");
	want_text("human", duration_format_human(-60, out), "-1m");
	end_cases();
}

static void
sizes(void **state)
{
	int64_t got = 0;

	(void)state;
	assert_int_equal(size_parse(SLICE("64M"), &got), 0);
	assert_int_equal(got, 64 << 20);
	assert_int_equal(size_parse(SLICE("64X"), &got), -1);
	assert_int_equal(size_parse(SLICE("M"), &got), -1);
}

static void
escaping(void **state)
{
	static const struct {
		const char *name, *text, *as_text, *as_field;
	} cases[] = {
		{ "plain", "a b", "a b", "a\\x20b" },
		{ "escape", "\x1b[31m", "\\x1b[31m", "\\x1b[31m" },
		{ "newline", "a\nb", "a\\x0ab", "a\\x0ab" },
		{ "backslash", "a\\b", "a\\\\b", "a\\\\b" },
		{ "bidi", "\xe2\x80\xae", "\\u{202e}", "\\u{202e}" },
		{ "zero width", "\xe2\x80\x8b", "\\u{200b}", "\\u{200b}" },
		{ "C1", "\xc2\x9b", "\\u{009b}", "\\u{009b}" },
		{ "invalid", "\xff", "\\xff", "\\xff" },
		{ "overlong", "\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf" },
		{ "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" },
		{ "umlaut", "\xc3\xbc", "\xc3\xbc", "\xc3\xbc" },
		{ "forged field", "a, reason=x", "a, reason=x", "a\\x2c\\x20reason\\x3dx" },
	};
	char storage[256];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&b, storage, sizeof(storage));
		str_escape(&b, slice_of(cases[i].text), ESCAPE_TEXT);
		want_text(cases[i].name, storage, cases[i].as_text);
		buf_reset(&b);
		str_escape(&b, slice_of(cases[i].text), ESCAPE_FIELD);
		want_text(cases[i].name, storage, cases[i].as_field);
	}
	end_cases();
}

static void
buffers_never_overflow(void **state)
{
	char storage[4];
	struct buf b;

	(void)state;
	buf_init(&b, storage, sizeof(storage));
	buf_add_text(&b, "ab");
	assert_false(b.cut);
	buf_add_text(&b, "cdef");
	assert_true(b.cut);
	assert_string_equal(storage, "abc");
	buf_reset(&b);
	buf_printf(&b, "%d", 12345);
	assert_true(b.cut);
	assert_string_equal(storage, "123");
	buf_reset(&b);
	buf_add_int(&b, -12345);
	assert_true(b.cut);
	assert_string_equal(storage, "-12");
}

static void
numbers(void **state)
{
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ 10, "10" },
		{ -1, "-1" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	char storage[32];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&b, storage, sizeof(storage));
		buf_add_int(&b, cases[i].number);
		want_text(cases[i].text, storage, cases[i].text);
	}
	end_cases();
}

static void
nearest_words(void **state)
{
	static const char *const words[] = { "greylist.delay", "greylist.window", "listen" };

	(void)state;
	assert_string_equal(str_nearest(SLICE("greylist.windw"), words, 3), "greylist.window");
	assert_string_equal(str_nearest(SLICE("lsiten"), words, 3), "listen");
	assert_null(str_nearest(SLICE("database"), words, 3));
}

static void
json_holds_any_bytes(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct json j;

	(void)state;
	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "s", SLICE("a\"\\\n\xff\x01\xc2\x9b"));
	json_array(&j, "l");
	json_int(&j, NULL, -5);
	json_bool(&j, NULL, true);
	json_end(&j, ']');
	json_null(&j, "n");
	json_end(&j, '}');
	fclose(out);
	assert_string_equal(text, "{\"s\": \"a\\\"\\\\\\u000a\xef\xbf\xbd\\u0001\\u009b\", \"l\": "
				  "[-5, true], \"n\": null}\n");
	free(text);
}

static void
errors_gather_context(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, ERR_IO, "disk %d", 3), -1);
	err_wrap(&err, "opening %s", "x");
	assert_string_equal(err.text, "opening x: disk 3");
	assert_int_equal(err.code, ERR_IO);
	assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), -1);
}

static void
complaints_are_limited(void **state)
{
	struct log_limit limit = { 0 };
	uint64_t silent = 9;

	(void)state;
	assert_true(log_limit_pass(&limit, 100, 1000, &silent));
	assert_int_equal(silent, 0);
	assert_false(log_limit_pass(&limit, 200, 1000, &silent));
	assert_false(log_limit_pass(&limit, 1099, 1000, &silent));
	assert_true(log_limit_pass(&limit, 1100, 1000, &silent));
	assert_int_equal(silent, 2);
}

/* All that is in the pipe, as one text. */
static void
drain(int fd, char *out, size_t size)
{
	ssize_t n;
	size_t len = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((n = read(fd, out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
}

/* Nobody reads the log: its lines are dropped and counted, and whole lines follow. */
static void
a_full_pipe_is_not_waited_for(void **state)
{
	static char got[1 << 20];
	int saved = dup(STDERR_FILENO), ends[2], i;
	const char *cut;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	alarm(10);
	for (i = 0; i < 2000; i++)
		log_info("line %d of those that are about sixty bytes long or so", i);
	log_flush();
	drain(ends[0], got, sizeof(got));
	cut = strrchr(got, '\n');
	assert_non_null(cut);
	log_info("after");
	log_flush();
	drain(ends[0], got, sizeof(got));
	alarm(0);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
	assert_non_null(strstr(got, " log lines could not be written\n"));
	assert_non_null(strstr(got, "]: after\n"));
	assert_true(got[0] == '\n' || strncmp(got, "20", 2) == 0);
}

static void
times_of_the_calendar(void **state)
{
	static const int64_t none[] = { INT64_MIN, INT64_MAX, 400000000000000000,
		-400000000000000000 };
	char text[CALENDAR_TEXT_MAX];
	size_t i;

	(void)state;
	setenv("TZ", "UTC", 1);
	want_text(
	    "day", calendar_text(1795608000, "%Y-%m-%d %H:%M:%S", text), "2026-11-25 12:00:00");
	for (i = 0; i < COUNT(none); i++)
		want_text("none", calendar_text(none[i], "%Y", text), "?");
	want_int("too long", calendar_text(0, "%A %A %A %A %A %A %A %A", text)[0], '?');
	want_int("same day", calendar_same_day(1795608000, 1795608000 + 43199), 1);
	want_int("the next", calendar_same_day(1795608000, 1795608000 + 43200), 0);
	want_int("same day of another year", calendar_same_day(0, 365 * 86400), 0);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(times_of_the_calendar),
		cmocka_unit_test(sizes),
		cmocka_unit_test(escaping),
		cmocka_unit_test(buffers_never_overflow),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nearest_words),
		cmocka_unit_test(json_holds_any_bytes),
		cmocka_unit_test(errors_gather_context),
		cmocka_unit_test(complaints_are_limited),
		cmocka_unit_test(a_full_pipe_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
