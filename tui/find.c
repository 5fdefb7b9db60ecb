/* find.c - commands that seek, filter, sort and tag. */
#include <stdio.h>
#include <string.h>

#include "tui/commands.h"

/* ---- seek ---- */

static void
seek(struct console *c, bool backward, bool self)
{
	if (c->seek[0] == '\0')
		console_warn(c, "nothing was sought yet: / seeks");
	else if (!list_seek(&console_view(c)->list, slice_of(c->seek), backward, self))
		console_warn(c, "%s is in no row here", c->seek);
}

static void
seek_done(struct console *c, void *arg, const char *text)
{
	(void)arg;
	if (text == NULL || *text == '\0')
		return;
	snprintf(c->seek, sizeof(c->seek), "%s", text);
	seek(c, false, true);
}

/* While it is typed the selection is there already. */
static void
seek_typing(struct console *c, void *arg, const char *text)
{
	(void)arg;
	if (*text != '\0')
		list_seek(&console_view(c)->list, slice_of(text), false, true);
}

void
find_seek(struct console *c, const char *arg)
{
	if (*arg != '\0') {
		seek_done(c, NULL, arg);
		return;
	}
	prompt_ask(c, PROMPT_SEEK, "/", "", NULL, seek_done, NULL);
	c->prompt.typing = seek_typing;
}

void
find_next(struct console *c, const char *arg)
{
	(void)arg;
	seek(c, false, false);
}

void
find_previous(struct console *c, const char *arg)
{
	(void)arg;
	seek(c, true, false);
}

/* ---- filter ---- */

/* What a reading under way has gathered was for the filter before. */
static void
read_anew(struct view *view)
{
	view_abandon(view);
	view_stale(view, true);
}

static void
filter_done(struct console *c, void *arg, const char *text)
{
	struct view *view = console_view(c);
	struct err err;

	(void)arg;
	if (text == NULL)
		return;
	if (list_filter(&view->list, text, &err) == -1)
		console_fail(c, &err);
	else if ((view->type->flags & VIEW_IS_WINDOW) != 0)
		read_anew(view);
}

static void
complete_filter(void *console, struct slice before, struct slice word, line_add *add, void *add_arg)
{
	const struct list *list = &console_view(console)->list;
	char name[64];
	size_t i;

	(void)before;
	(void)word;
	for (i = 0; i < list->column_n; i++) {
		snprintf(name, sizeof(name), "%s:",
		    list->columns[i].alias != NULL ? list->columns[i].alias
						   : list->columns[i].name);
		add(add_arg, name);
	}
	add(add_arg, "since:");
}

/* "-" takes the filter away. */
void
find_filter(struct console *c, const char *arg)
{
	const char *now = console_view(c)->list.filter.text;

	if (strcmp(arg, "-") == 0)
		filter_done(c, NULL, "");
	else if (*arg != '\0')
		filter_done(c, NULL, arg);
	else
		prompt_ask(c, PROMPT_FILTER, "filter: ", now == NULL ? "" : now, complete_filter,
		    filter_done, NULL);
}

/* ---- order ---- */

static bool
may_sort(struct console *c)
{
	const unsigned own_order = VIEW_IS_TEXT | VIEW_IS_WINDOW | VIEW_HAS_ORDER;

	if ((console_view(c)->type->flags & own_order) == 0)
		return true;
	console_warn(c, "this view has its own order");
	return false;
}

static int
next_column(const struct list *list)
{
	int n = (int)list->column_n, at = list->sort, i;

	for (i = 0; i < n; i++) {
		at = (at + 1) % n;
		if (list->columns[at].rank > 0)
			return at;
	}
	return list->sort;
}

void
find_sort(struct console *c, const char *arg)
{
	struct list *list = &console_view(c)->list;
	int column = *arg == '\0' ? next_column(list) : list_column(list, slice_of(arg));

	if (!may_sort(c))
		return;
	if (column == -1) {
		console_warn(c, "sort: there is no column %s here", arg);
		return;
	}
	/* Numbers begin with the greatest, texts with the first. */
	list_sort(list, column, list->columns[column].kind != COLUMN_TEXT);
	console_say(c, "sorted by %s; S turns it round", list->columns[column].name);
}

void
find_reverse(struct console *c, const char *arg)
{
	struct list *list = &console_view(c)->list;

	(void)arg;
	if (may_sort(c) && list->sort >= 0)
		list_sort(list, list->sort, !list->reverse);
	else if (may_sort(c))
		console_warn(c, "this is the order in which the rows came; s sorts by a column");
}

/* ---- tags ---- */

static bool
may_tag(struct console *c)
{
	if ((console_view(c)->type->flags & VIEW_IS_TEXT) == 0)
		return true;
	console_warn(c, "lines of a text cannot be tagged");
	return false;
}

void
find_tag(struct console *c, const char *arg)
{
	struct list *list = &console_view(c)->list;

	(void)arg;
	if (!may_tag(c))
		return;
	list_tag(list, false);
	move_by(c, 1);
}

void
find_tag_all(struct console *c, const char *arg)
{
	(void)arg;
	if (may_tag(c))
		list_tag(&console_view(c)->list, true);
}

void
find_untag(struct console *c, const char *arg)
{
	(void)arg;
	list_untag(&console_view(c)->list);
}
