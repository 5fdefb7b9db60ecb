/* move.c - commands that move the selection and between views. */
#include <stdlib.h>
#include <string.h>

#include "tui/commands.h"
#include "tui/frame.h"

#define LONG_MS 300
#define NEAR_END 50 /* rows from an end of a window at which more is fetched */

static void
extend(struct view *view, bool backward)
{
	struct err err;
	enum view_read result;

	while ((result = view->type->extend(view, backward, &err)) == VIEW_MORE)
		if (!console_goes_on(view->console, "looking for more", view->percent)) {
			console_say(view->console, "given up: there may be more");
			return;
		}
	if (result == VIEW_ERROR)
		console_fail(view->console, &err);
}

/* After the selection moved: a window may want more. */
static void
settle(struct view *view, bool backward)
{
	const struct list *list = &view->list;

	if (view->type->extend == NULL)
		return;
	if (backward && list->at < NEAR_END)
		extend(view, true);
	if (!backward && list->at + NEAR_END > list->shown_n)
		extend(view, false);
}

/* What was sought in a text may be further down than it scrolls. */
static void
leave_last_screen(struct list *list)
{
	size_t height = (size_t)list->height;
	size_t end = list->shown_n > height ? list->shown_n - height : 0;

	if (list->at > end)
		list_go(list, end);
}

void
move_by(struct console *c, int64_t rows)
{
	struct view *view = console_view(c);

	if ((view->type->flags & VIEW_IS_TEXT) != 0)
		leave_last_screen(&view->list);
	list_move(&view->list, rows);
	settle(view, rows < 0);
}

static int64_t
page(const struct console *c)
{
	int rows = frame_list_rows(c) - 2;

	return rows < 1 ? 1 : rows;
}

void
move_up(struct console *c, const char *arg)
{
	(void)arg;
	move_by(c, -1);
}

void
move_down(struct console *c, const char *arg)
{
	(void)arg;
	move_by(c, 1);
}

void
move_page_up(struct console *c, const char *arg)
{
	(void)arg;
	move_by(c, -page(c));
}

void
move_page_down(struct console *c, const char *arg)
{
	(void)arg;
	move_by(c, page(c));
}

void
move_half_up(struct console *c, const char *arg)
{
	(void)arg;
	move_by(c, -(page(c) + 1) / 2);
}

void
move_half_down(struct console *c, const char *arg)
{
	(void)arg;
	move_by(c, (page(c) + 1) / 2);
}

void
move_first(struct console *c, const char *arg)
{
	struct view *view = console_view(c);

	(void)arg;
	if (view->type->jump != NULL)
		view->type->jump(view, true);
	list_go(&view->list, 0);
}

void
move_last(struct console *c, const char *arg)
{
	struct view *view = console_view(c);

	(void)arg;
	if (view->type->jump != NULL)
		view->type->jump(view, false);
	list_go(&view->list, SIZE_MAX);
}

void
move_open(struct console *c, const char *arg)
{
	struct view *view = console_view(c);
	const struct row *row = list_current(&view->list);

	(void)arg;
	if (row != NULL && view->type->enter != NULL)
		view->type->enter(view, row);
}

/* A reading for which somebody waits. */
static bool
takes_long(const struct console *c, const struct view *view)
{
	return view->reading && c->now_ms - view->began_ms > LONG_MS;
}

/* Each step ends a reading that takes long, the last one for good. */
void
move_back(struct console *c, const char *arg)
{
	struct view *view = console_view(c);
	bool was_long = takes_long(c, view);

	(void)arg;
	if (view->list.filter.text != NULL) {
		find_filter(c, "-");
		if (was_long)
			console_say(c, "given up: the filter is taken away");
	} else if (c->depth > 1) {
		console_pop(c);
	} else if (was_long) {
		view_pause(view);
		console_say(c, "reading given up: p reads again");
	}
}

void
move_close(struct console *c, const char *arg)
{
	(void)arg;
	if (c->depth > 1)
		console_pop(c);
	else
		console_quit(c);
}

void
move_quit(struct console *c, const char *arg)
{
	(void)arg;
	console_quit(c);
}

static void
show_beside(struct console *c, int step)
{
	int id = (int)c->stack[0]->type->id + step;

	console_show(c, (enum view_id)((id + VIEW_MAIN_N) % VIEW_MAIN_N));
}

void
move_next_view(struct console *c, const char *arg)
{
	(void)arg;
	show_beside(c, 1);
}

void
move_previous_view(struct console *c, const char *arg)
{
	(void)arg;
	show_beside(c, -1);
}

void
move_view(struct console *c, const char *arg)
{
	const struct view_type *type = view_type_named(arg);
	int number = atoi(arg);

	if (type != NULL && type->id < VIEW_MAIN_N)
		console_show(c, type->id);
	else if (number >= 1 && number <= VIEW_MAIN_N)
		console_show(c, (enum view_id)(number - 1));
	else
		console_warn(c, "view: which? a number from 1 to %d, or a name", VIEW_MAIN_N);
}
