/* line.c - see line.h. */
#include "tui/line.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/keys.h"
#include "tui/text.h"

#define NONE_YET SIZE_MAX /* of the candidates: only what they have in common is shown */

/* ---- text and cursor ---- */

static size_t
after(const struct line *line, size_t at)
{
	return at + text_next((struct slice){ line->text + at, line->len - at });
}

/* The start of the last character that begins before AT. */
static size_t
before(const struct line *line, size_t at)
{
	size_t start = 0, next;

	while (start < at && (next = after(line, start)) < at)
		start = next;
	return start;
}

/* What was two characters may have become one: the cursor never stands inside. */
static void
settle(struct line *line)
{
	size_t at = 0;

	while (at < line->at)
		at = after(line, at);
	line->at = at;
}

static void
remove_range(struct line *line, size_t from, size_t to)
{
	memmove(line->text + from, line->text + to, line->len - to + 1);
	line->len -= to - from;
	line->at = from;
	settle(line);
}

/* Whole or not at all. */
static bool
insert(struct line *line, struct slice s)
{
	if (line->len + s.len >= LINE_MAX_BYTES)
		return false;
	memmove(line->text + line->at + s.len, line->text + line->at, line->len - line->at + 1);
	memcpy(line->text + line->at, s.ptr, s.len);
	line->len += s.len;
	line->at += s.len;
	settle(line);
	return true;
}

/* Length of a character at the front of S that may be typed, 0 when it may not. */
static size_t
typable(struct slice s)
{
	char bytes[KEY_BYTES_MAX];
	uint32_t cp;

	return str_utf8_next(s, &cp) == 0 ? 0 : key_bytes((int)cp, bytes);
}

/* TEXT for what is there, without what could not be typed. */
static void
replace_all(struct line *line, const char *text)
{
	struct slice s = slice_of(text);
	size_t n;

	line->len = 0;
	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = typable(s);
		if (line->len + n >= LINE_MAX_BYTES)
			break;
		memcpy(line->text + line->len, s.ptr, n);
		line->len += n;
		n = n > 0 ? n : 1;
	}
	line->text[line->len] = '\0';
	line->at = line->len;
}

/* ---- completion ---- */

static void
end_completion(struct line *line)
{
	size_t i;

	for (i = 0; i < line->candidate_n; i++)
		free(line->candidates[i]);
	free(line->candidates);
	line->candidates = NULL;
	line->candidate_n = 0;
}

/* One that begins otherwise is none; nor is one with a control in it, which cannot be typed. */
static void
add_candidate(void *arg, const char *candidate)
{
	struct line *line = arg;
	struct slice s = slice_of(candidate);
	size_t n;

	if (strncmp(candidate, line->text + line->word_at, line->at - line->word_at) != 0)
		return;
	for (; s.len > 0; s.ptr += n, s.len -= n)
		if ((n = typable(s)) == 0)
			return;
	line->candidates =
	    xreallocarray(line->candidates, line->candidate_n + 1, sizeof(*line->candidates));
	line->candidates[line->candidate_n++] = xstrdup(candidate);
}

static int
compare_candidates(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort_candidates(struct line *line)
{
	size_t i, kept = 0;

	if (line->candidate_n == 0)
		return;
	qsort(line->candidates, line->candidate_n, sizeof(*line->candidates), compare_candidates);
	for (i = 1; i < line->candidate_n; i++)
		if (strcmp(line->candidates[i], line->candidates[kept]) == 0)
			free(line->candidates[i]);
		else
			line->candidates[++kept] = line->candidates[i];
	line->candidate_n = kept + 1;
}

/* What all candidates begin with: of sorted ones the first and the last tell. */
static struct slice
common_prefix(const struct line *line)
{
	const char *first = line->candidates[0], *last = line->candidates[line->candidate_n - 1];
	struct slice s = slice_of(first);
	size_t n = 0, len;

	while (n < s.len && (len = typable((struct slice){ s.ptr + n, s.len - n })) > 0 &&
	       strncmp(first + n, last + n, len) == 0)
		n += len;
	return (struct slice){ first, n };
}

/* The word before the cursor gives way to S, if that fits. */
static void
replace_word(struct line *line, struct slice s)
{
	size_t word_len = line->at - line->word_at;

	if (line->len - word_len + s.len >= LINE_MAX_BYTES)
		return;
	remove_range(line, line->word_at, line->at);
	insert(line, s);
}

static struct slice
word_of(struct line *line)
{
	line->word_at = line->at;
	while (line->word_at > 0 && line->text[line->word_at - 1] != ' ')
		line->word_at--;
	return (struct slice){ line->text + line->word_at, line->at - line->word_at };
}

static void
go_on_completing(struct line *line, int step)
{
	size_t at = line->candidate_at, n = line->candidate_n;

	if (step > 0)
		line->candidate_at = at < n - 1 ? at + 1 : 0;
	else
		line->candidate_at = at > 0 && at < n ? at - 1 : n - 1;
	replace_word(line, slice_of(line->candidates[line->candidate_at]));
}

/* The first Tab. One that has been completed is done with: the next Tab begins anew. */
static void
begin_completion(struct line *line, int step, line_complete *complete, void *arg)
{
	struct slice word = word_of(line), prefix;
	size_t word_len = word.len;

	complete(arg, (struct slice){ line->text, line->word_at }, word, add_candidate, line);
	sort_candidates(line);
	if (line->candidate_n == 0)
		return;
	prefix = common_prefix(line);
	if (prefix.len > word_len) {
		replace_word(line, prefix);
		line->candidate_at = line->candidates[0][prefix.len] == '\0' ? 0 : NONE_YET;
	} else {
		line->candidate_at = NONE_YET;
		go_on_completing(line, step);
	}
	if (line->candidate_n == 1)
		end_completion(line);
}

static void
complete_word(struct line *line, int step, line_complete *complete, void *arg)
{
	if (complete == NULL)
		return;
	if (line->candidate_n > 0)
		go_on_completing(line, step);
	else
		begin_completion(line, step, complete, arg);
}

/* ---- history ---- */

/* One step back or forward; 0 steps back in all is what was typed. */
static void
walk_history(struct line *line, const struct line_history *history, bool back)
{
	size_t n = history == NULL ? 0 : history->n;

	if (back ? line->back >= n : line->back == 0)
		return;
	if (line->back == 0) {
		free(line->typed);
		line->typed = xstrdup(line->text);
	}
	line->back = back ? line->back + 1 : line->back - 1;
	replace_all(line, line->back == 0 ? line->typed : history->lines[n - line->back]);
}

void
line_remember(struct line_history *history, const char *text)
{
	if (*text == '\0' || (history->n > 0 && strcmp(history->lines[history->n - 1], text) == 0))
		return;
	if (history->n == LINE_HISTORY) {
		free(history->lines[0]);
		memmove(
		    history->lines, history->lines + 1, sizeof(history->lines[0]) * --history->n);
	}
	history->lines[history->n++] = xstrdup(text);
}

void
line_history_clear(struct line_history *history)
{
	while (history->n > 0)
		free(history->lines[--history->n]);
}

/* ---- keys ---- */

static void
go_left(struct line *line)
{
	line->at = before(line, line->at);
}

static void
go_right(struct line *line)
{
	line->at = after(line, line->at);
}

static void
go_home(struct line *line)
{
	line->at = 0;
}

static void
go_end(struct line *line)
{
	line->at = line->len;
}

static void
delete_before(struct line *line)
{
	remove_range(line, before(line, line->at), line->at);
}

static void
delete_after(struct line *line)
{
	remove_range(line, line->at, after(line, line->at));
}

static void
delete_word(struct line *line)
{
	size_t from = line->at;

	while (from > 0 && line->text[from - 1] == ' ')
		from--;
	while (from > 0 && line->text[from - 1] != ' ')
		from--;
	remove_range(line, from, line->at);
}

static void
delete_to_start(struct line *line)
{
	remove_range(line, 0, line->at);
}

static void
delete_to_end(struct line *line)
{
	remove_range(line, line->at, line->len);
}

static const struct {
	int key;
	void (*edit)(struct line *line);
} edits[] = {
	{ K_LEFT, go_left },
	{ CTRL('B'), go_left },
	{ K_RIGHT, go_right },
	{ CTRL('F'), go_right },
	{ K_HOME, go_home },
	{ CTRL('A'), go_home },
	{ K_END, go_end },
	{ CTRL('E'), go_end },
	{ K_BACKSPACE, delete_before },
	{ CTRL('H'), delete_before },
	{ K_DELETE, delete_after },
	{ CTRL('D'), delete_after },
	{ CTRL('W'), delete_word },
	{ CTRL('U'), delete_to_start },
	{ CTRL('K'), delete_to_end },
};

/* A key that moves or deletes, or a character. */
static void
edit(struct line *line, int key)
{
	char bytes[KEY_BYTES_MAX] = "";
	size_t i, n;

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		if (edits[i].key == key) {
			edits[i].edit(line);
			return;
		}
	n = key_bytes(key, bytes);
	insert(line, (struct slice){ bytes, n });
}

static bool
cancels(const struct line *line, int key)
{
	if (key == K_BACKSPACE || key == CTRL('H'))
		return line->len == 0;
	return key == K_ESCAPE || key == CTRL('C');
}

void
line_begin(struct line *line, const char *initial)
{
	memset(line, 0, sizeof(*line));
	replace_all(line, initial);
}

void
line_clear(struct line *line)
{
	end_completion(line);
	free(line->typed);
	memset(line, 0, sizeof(*line));
}

enum line_result
line_key(
    struct line *line, int key, struct line_history *history, line_complete *complete, void *arg)
{
	if (key == K_ENTER || cancels(line, key))
		return key == K_ENTER ? LINE_ENTERED : LINE_CANCELLED;
	if (key == K_TAB || key == K_BACK_TAB) {
		complete_word(line, key == K_TAB ? 1 : -1, complete, arg);
		return LINE_GOES_ON;
	}
	end_completion(line);
	if (key == K_UP || key == CTRL('P'))
		walk_history(line, history, true);
	else if (key == K_DOWN || key == CTRL('N'))
		walk_history(line, history, false);
	else
		edit(line, key);
	return LINE_GOES_ON;
}
