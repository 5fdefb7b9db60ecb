/* milter.c - the dump of milter-greylist: IP, sender, recipient and a time between tabs. Without
 * AUTO the row waits, and the time is when it may pass; with AUTO it passed, and the time is when
 * that ends. TARPIT rows are of another purpose. */
#include "common/import/source.h"

#include <string.h>

#define DEFAULT_WINDOW_S (3 * 86400) /* autowhite */

/* What precedes the last '=' of a sender is a return path's. */
static struct slice
sender_of(struct slice text)
{
	const char *equal = text.len == 0 ? NULL : memrchr(text.ptr, '=', text.len);
	const char *at = text.len == 0 ? NULL : memrchr(text.ptr, '@', text.len);

	text = slice_trim(text);
	if (equal == NULL || at == NULL || equal > at)
		return text;
	return (struct slice){ equal + 1, (size_t)(text.ptr + text.len - equal - 1) };
}

static struct slice
without_bracket(struct slice text)
{
	text = slice_trim(text);
	if (text.len > 0 && text.ptr[0] == '<')
		text = (struct slice){ text.ptr + 1, text.len - 1 };
	if (text.len > 0 && text.ptr[text.len - 1] == '>')
		text.len--;
	return text;
}

/* The delay of ours before the time at which it may pass here as well. */
static void
set_waiting(const struct import *import, struct source_triplet *t, int64_t time_s)
{
	int64_t first_s = time_s - import->options.config->greylist_delay_s;

	t->first_s = t->last_s = first_s < 0 ? 0 : first_s;
	t->attempts = 1;
}

static void
set_passed(const struct import *import, struct source_triplet *t, int64_t time_s)
{
	int64_t window_s = import->options.window_s, last_s;

	last_s = time_s - (window_s == -1 ? DEFAULT_WINDOW_S : window_s);
	t->first_s = t->last_s = t->passed_s = last_s < 1 ? 1 : last_s;
	t->passes = 1;
}

static int
take_line(struct import *import, struct slice line, struct err *err)
{
	struct source_triplet t = { .prefix = -1 };
	struct slice times, word;
	int64_t time_s;

	t.client = source_cut(&line, '\t');
	t.sender = sender_of(without_bracket(source_cut(&line, '\t')));
	t.recipient = without_bracket(source_cut(&line, '\t'));
	times = slice_trim(line);
	word = source_cut(&times, ' ');
	time_s = source_number(word);
	if (time_s < 0) {
		source_refuse(import, "it is not IP, sender, recipient and a time between tabs");
		return 0;
	}
	times = slice_trim(times);
	word = source_cut(&times, ' ');
	if (slice_equal(word, SLICE("TARPIT")) || source_number(word) >= 0) {
		source_refuse(import, "tarpit rows have no counterpart");
		return 0;
	}
	if (slice_equal(word, SLICE("AUTO"))) {
		if (time_s <= import->options.now_s) {
			import->report.expired++;
			return 0;
		}
		set_passed(import, &t, time_s);
	} else {
		set_waiting(import, &t, time_s);
	}
	return source_triplet(import, &t, err);
}

static int
read_lines(struct import *import, struct lines *lines, struct err *err)
{
	struct slice line;

	while (lines_next(lines, &line)) {
		line = slice_trim(line);
		if (line.len == 0 || line.ptr[0] == '#') /* elsewhere it may be of an address */
			continue;
		source_row(import, lines->line);
		if (take_line(import, line, err) == -1)
			return -1;
	}
	return 0;
}

const struct source source_milter = { .name = "milter-greylist", .read = read_lines };
