/* prompt.c - see prompt.h. */
#include "tui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/app.h"

#define ANSWER_COLS 10

static void
begin(struct console *console, const char *label, const char *ending, prompt_done *done, void *arg)
{
	struct prompt *prompt = &console->prompt;

	prompt->active = true;
	prompt->confirming = false;
	prompt->count = 0;
	prompt->complete = NULL;
	prompt->typing = NULL;
	prompt->done = done;
	prompt->arg = arg;
	snprintf(prompt->label, sizeof(prompt->label), "%s", label);
	snprintf(prompt->ending, sizeof(prompt->ending), "%s", ending);
	console->message_shown = false;
	console->dirty = true;
}

void
prompt_ask(struct console *console, enum prompt_kind kind, const char *label, const char *initial,
    line_complete *complete, prompt_done *done, void *arg)
{
	begin(console, label, "", done, arg);
	console->prompt.kind = kind;
	console->prompt.complete = complete;
	line_begin(&console->prompt.line, initial);
}

void
prompt_confirm(
    struct console *console, size_t count, const char *question, prompt_done *done, void *arg)
{
	char ending[48] = " [y/N] ";

	if (count > PROMPT_MANY)
		snprintf(ending, sizeof(ending), " Type %zu to confirm: ", count);
	begin(console, question, ending, done, arg);
	console->prompt.confirming = count <= PROMPT_MANY;
	console->prompt.count = count <= PROMPT_MANY ? 0 : count;
	console->prompt.kind = PROMPT_VALUE;
	line_begin(&console->prompt.line, "");
}

static bool
is_number(struct slice text, size_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%zu", number);
	return slice_equal(slice_trim(text), slice_of(digits));
}

/* The answer is copied: DONE may ask again, which begins the line anew. */
static void
finish(struct console *console, const char *text)
{
	struct prompt *prompt = &console->prompt;
	char *answer = text == NULL ? NULL : xstrdup(text);

	prompt->active = false;
	line_clear(&prompt->line);
	prompt->done(console, prompt->arg, answer);
	free(answer);
}

void
prompt_cancel(struct console *console)
{
	if (console->prompt.active)
		finish(console, NULL);
}

void
prompt_key(struct console *console, int key)
{
	struct prompt *prompt = &console->prompt;
	enum line_result result;

	console->dirty = true;
	if (prompt->confirming) {
		finish(console, key == 'y' || key == 'Y' ? "y" : NULL);
		return;
	}
	result = line_key(
	    &prompt->line, key, &prompt->histories[prompt->kind], prompt->complete, console);
	if (result == LINE_GOES_ON && prompt->typing != NULL)
		prompt->typing(console, prompt->arg, prompt->line.text);
	if (result == LINE_CANCELLED)
		finish(console, NULL);
	if (result == LINE_ENTERED && prompt->count > 0) {
		finish(console, is_number(slice_of(prompt->line.text), prompt->count) ? "y" : NULL);
	} else if (result == LINE_ENTERED) {
		line_remember(&prompt->histories[prompt->kind], prompt->line.text);
		finish(console, prompt->line.text);
	}
}

/* The label, with its ending; of one that is too long the ending stays, and room for an answer.
 * Returns its cells. */
static int
draw_label(struct console *console, int row)
{
	const struct prompt *prompt = &console->prompt;
	enum text_charset charset = term_charset(console->term);
	int label = text_cells(slice_of(prompt->label), charset);
	int ending = text_cells(slice_of(prompt->ending), charset);
	int most = term_cols(console->term) - ending - (prompt->confirming ? 0 : ANSWER_COLS);

	if (label > most)
		label = most < 0 ? 0 : most;
	term_put(console->term, row, 0, ELEMENT_KEY, slice_of(prompt->label), label);
	term_put(console->term, row, label, ELEMENT_KEY, slice_of(prompt->ending), ending);
	return label + ending;
}

void
prompt_draw(struct console *console, int row)
{
	const struct prompt *prompt = &console->prompt;
	enum text_charset charset = term_charset(console->term);
	int label = draw_label(console, row), room = term_cols(console->term) - label, before;
	struct slice text = { prompt->line.text, prompt->line.len };
	size_t skip = 0;

	/* The part around the cursor is shown. */
	while (skip < prompt->line.at) {
		before =
		    text_cells((struct slice){ text.ptr + skip, prompt->line.at - skip }, charset);
		if (before < room)
			break;
		do
			skip++;
		while (skip < prompt->line.at && (text.ptr[skip] & 0xc0) == 0x80);
	}
	before = text_cells((struct slice){ text.ptr + skip, prompt->line.at - skip }, charset);
	term_put(console->term, row, label, ELEMENT_NORMAL,
	    (struct slice){ text.ptr + skip, text.len - skip }, room);
	term_cursor(console->term, row, label + before);
}

void
prompt_clear(struct prompt *prompt)
{
	size_t i;

	line_clear(&prompt->line);
	for (i = 0; i < PROMPT_KIND_N; i++)
		line_history_clear(&prompt->histories[i]);
}
