/* undo.c - takes back the last change of this operator. What was done by one command to many rows
 * - 29 mails released, 40 domains added - is taken back as one: changes of the same moment and
 * verb. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/store/undo.h"
#include "tui/commands.h"

#define PAGE_CHANGES 200
#define BETWEEN_REPORTS 50

struct taking {
	struct undo newest;
	struct slice author;
	int64_t *ids; /* newest first */
	size_t n;
	bool ended; /* the next change is another command's */
};

static void
taking_free(struct taking *t)
{
	free(t->ids);
	free(t);
}

/* "release" of "release: a@x to b@y". */
static size_t
verb_len(const char *what)
{
	return strcspn(what, ":");
}

static bool
is_of_same_command(const struct taking *t, const struct undo_entry *entry)
{
	size_t len = verb_len(entry->what);

	return entry->change->time_s == t->newest.time_s && !entry->undone &&
	       slice_equal(entry->change->author, t->author) && len == verb_len(t->newest.what) &&
	       memcmp(entry->what, t->newest.what, len) == 0;
}

static bool
gather(void *arg, const struct undo_entry *entry)
{
	struct taking *t = arg;

	t->ended = !is_of_same_command(t, entry);
	if (t->ended)
		return false;
	t->ids = xreallocarray(t->ids, t->n + 1, sizeof(*t->ids));
	t->ids[t->n++] = entry->change->id;
	return true;
}

static int
gather_command(struct console *c, struct taking *t, struct err *err)
{
	int64_t before_id = t->newest.change_id + 1;

	while (!t->ended && before_id != 0)
		if (undo_page(c->store, before_id, PAGE_CHANGES, gather, t, &before_id, err) == -1)
			return -1;
	return 0;
}

static void
take_back(struct console *c, const struct taking *t)
{
	struct edit edit = console_edit(c);
	struct err err = { 0 }, first = { 0 };
	size_t bad = 0, i;

	for (i = 0; i < t->n; i++) {
		if (undo_apply(&edit, t->ids[i], &err) == -1 && bad++ == 0)
			first = err;
		if (i % BETWEEN_REPORTS == BETWEEN_REPORTS - 1 &&
		    !console_goes_on(c, "taking back", (int)(i * 100 / t->n)))
			break;
	}
	if (bad > 0 && t->n == 1)
		console_fail(c, &first);
	else if (bad > 0)
		console_warn(c, "%zu taken back, %zu not: %s", i - bad, bad, first.text);
	else if (t->n > 1)
		console_say(c, "%zu taken back", i);
	else
		console_say(c, "taken back: %s", t->newest.what);
	console_changed(c);
}

static void
answered(struct console *c, void *arg, const char *text)
{
	if (text != NULL)
		take_back(c, arg);
	else
		console_say(c, "nothing was taken back");
	taking_free(arg);
}

static void
ask(struct console *c, struct taking *t)
{
	char question[UNDO_TEXT_MAX + 100], age[DURATION_TEXT_MAX], more[64] = "";

	if (t->n > 1)
		snprintf(more, sizeof(more), " and %zu more of the same", t->n - 1);
	snprintf(question, sizeof(question), "Take back (%s ago) %s%s?",
	    duration_format_human(c->now_s - t->newest.time_s, age), t->newest.what, more);
	prompt_confirm(c, t->n, question, answered, t);
}

void
change_undo(struct console *c, const char *arg)
{
	struct taking *t = xcalloc(1, sizeof(*t));
	struct err err;
	enum store_found found;

	(void)arg;
	t->author = slice_of(c->options->author);
	found = undo_find(c->store, t->author, &t->newest, &err);
	if (found == STORE_YES && t->newest.why_not[0] == '\0' && gather_command(c, t, &err) == 0) {
		ask(c, t);
		return;
	}
	if (found == STORE_NO)
		console_warn(
		    c, "you changed nothing that could be taken back; C shows all changes");
	else if (found == STORE_YES && t->newest.why_not[0] != '\0')
		console_warn(c, "%s cannot be taken back: %s", t->newest.what, t->newest.why_not);
	else
		console_fail(c, &err);
	taking_free(t);
}
