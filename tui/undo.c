/* undo.c - takes back the last command of this operator: one change, or 29 mails released by one
 * key. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/store/undo.h"
#include "tui/commands.h"

static bool
goes_on(void *arg, int64_t done_n, int64_t all_n)
{
	return console_goes_on(arg, "taking back", (int)(done_n * 100 / all_n));
}

static void
tell(struct console *c, const struct undo *undo, const struct undo_outcome *o)
{
	if (o->given_up)
		console_warn(c, "given up: %" PRId64 " of %" PRId64 " taken back; u goes on",
		    o->taken_n, undo->change_n - undo->undone_n);
	else if (o->refused_n > 0)
		console_warn(c, "%" PRId64 " taken back, %" PRId64 " not: %s", o->taken_n,
		    o->refused_n, o->why);
	else if (o->taken_n > 1)
		console_say(c, "%" PRId64 " taken back", o->taken_n);
	else
		console_say(c, "taken back: %s", undo->what);
}

static void
take_back(struct console *c, const struct undo *undo)
{
	struct edit edit = console_edit(c);
	struct undo_watch watch = { .arg = c, .goes_on = goes_on };
	struct undo_outcome outcome;
	struct err err;

	if (undo_apply(&edit, undo->id, &watch, &outcome, &err) == 0)
		tell(c, undo, &outcome);
	else if (outcome.taken_n > 0)
		console_warn(c, "%" PRId64 " taken back, then: %s", outcome.taken_n, err.text);
	else
		console_fail(c, &err);
	console_changed(c);
}

static void
answered(struct console *c, void *arg, const char *text)
{
	if (text != NULL)
		take_back(c, arg);
	else
		console_say(c, "nothing was taken back");
	free(arg);
}

static void
ask(struct console *c, const struct undo *undo)
{
	int64_t left = undo->change_n - undo->undone_n;
	char question[UNDO_TEXT_MAX + 100], age[DURATION_TEXT_MAX];
	struct undo *kept = xcalloc(1, sizeof(*kept));

	*kept = *undo;
	snprintf(question, sizeof(question), "Take back (%s ago) %s?",
	    duration_format_human(c->now_s - undo->time_s, age), undo->what);
	prompt_confirm(c, (size_t)left, question, answered, kept);
}

void
change_undo(struct console *c, const char *arg)
{
	struct undo undo;
	struct err err;
	enum store_found found;

	(void)arg;
	found = undo_find(c->store, slice_of(c->options->author), &undo, &err);
	if (found == STORE_ERROR)
		console_fail(c, &err);
	else if (found == STORE_NO)
		console_warn(
		    c, "you changed nothing that could be taken back; C shows all changes");
	else if (undo.why_not[0] != '\0')
		console_warn(c, "%s cannot be taken back: %s", undo.what, undo.why_not);
	else
		ask(c, &undo);
}
