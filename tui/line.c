/* line.c - see line.h: history, and what each key does. */
#include "tui/line.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/keys.h"
#include "tui/line_complete.h"
#include "tui/line_text.h"

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
	line_replace(line, line->back == 0 ? line->typed : history->lines[n - line->back]);
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
	line->at = line_before(line, line->at);
}

static void
go_right(struct line *line)
{
	line->at = line_after(line, line->at);
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
	line_remove(line, line_before(line, line->at), line->at);
}

static void
delete_after(struct line *line)
{
	line_remove(line, line->at, line_after(line, line->at));
}

static void
delete_word(struct line *line)
{
	size_t from = line->at;

	while (from > 0 && line->text[from - 1] == ' ')
		from--;
	while (from > 0 && line->text[from - 1] != ' ')
		from--;
	line_remove(line, from, line->at);
}

static void
delete_to_start(struct line *line)
{
	line_remove(line, 0, line->at);
}

static void
delete_to_end(struct line *line)
{
	line_remove(line, line->at, line->len);
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
	line_insert(line, (struct slice){ bytes, n });
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
	line_replace(line, initial);
}

void
line_clear(struct line *line)
{
	line_complete_end(line);
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
		line_complete_word(line, key == K_TAB ? 1 : -1, complete, arg);
		return LINE_GOES_ON;
	}
	line_complete_end(line);
	if (key == K_UP || key == CTRL('P'))
		walk_history(line, history, true);
	else if (key == K_DOWN || key == CTRL('N'))
		walk_history(line, history, false);
	else
		edit(line, key);
	return LINE_GOES_ON;
}
