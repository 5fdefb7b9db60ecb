/* pager.c - see pager.h.
 *
 * A reading goes down from the front of the window: it looks again at what the window holds, so
 * that rows which changed are shown as they are, and on until there are enough. Extending reads on
 * at an end and cuts the other, so that the window stays bounded. */
#include "tui/pager.h"

#include <stdlib.h>
#include <string.h>

#include "tui/app.h"

#define SLICE_ROWS 1500 /* looked at between two keys, at most: some 4 ms */
#define WINDOW_ROWS 300 /* wanted at first */
#define WINDOW_MAX 3000 /* kept */
#define EXTEND_ROWS 200 /* wanted by one extension */

void
pager_init(struct pager *pager, struct view *view, const struct pager_source *source, void *arg)
{
	*pager = (struct pager){ .view = view, .source = source, .at_front = true, .arg = arg };
}

void
pager_row(struct pager *pager, struct row *row)
{
	struct list *list = &pager->view->list;

	if (!list_matches(list, row)) {
		row_free(list, row);
		return;
	}
	pager->found++;
	if (pager->view->reading)
		list_add(list, row);
	else if (pager->upward)
		list_prepend(list, row);
	else
		list_append(list, row);
}

static int
note_progress(struct pager *pager, struct err *err)
{
	int64_t greatest;

	if (pager->source->greatest(pager, &greatest, err) == -1)
		return -1;
	if (greatest > 0)
		pager->view->percent =
		    (int)((pager->upward ? pager->cursor : greatest - pager->cursor) * 100 /
			  greatest);
	return 0;
}

/* Where few rows are wanted more are looked at each time; where all are, a slice stays short. */
static void
lengthen_stride(struct pager *pager)
{
	pager->stride = pager->stride * 2 < SLICE_ROWS ? pager->stride * 2 : SLICE_ROWS;
}

/* What another filter wants is sought from the front, down to the selected row if that is near. */
static void
follow_filter(struct pager *pager)
{
	const struct row *current = list_current(&pager->view->list);

	if (pager->filter_n == pager->view->list.filter_n)
		return;
	pager->filter_n = pager->view->list.filter_n;
	pager->at_front = true;
	pager->last = current == NULL ? 0 : current->key;
}

static void
begin_reading(struct pager *pager)
{
	pager->view->reading = true; /* rows go to the new filling */
	pager->upward = false;
	pager->found = 0;
	pager->stride = WINDOW_ROWS;
	follow_filter(pager);
	pager->cursor = pager->at_front ? INT64_MAX : pager->first + 1;
	list_begin(&pager->view->list);
}

/* A window ends where it ended before, but is full. New rows at its front do not keep the selected
 * one from being reached, but for a flood of them. */
static bool
wants_more(const struct pager *pager)
{
	if (pager->at_back || pager->found >= 2 * WINDOW_MAX)
		return false;
	return pager->found < WINDOW_ROWS || (pager->last != 0 && pager->cursor > pager->last);
}

/* How many rows are before those on the screen, or behind them. */
static size_t
off_screen(const struct list *list, bool at_front)
{
	size_t screen = (size_t)list->height, behind = list->shown_n - list->at;

	if (at_front)
		return list->at > screen ? list->at - screen : 0;
	return behind > screen ? behind - screen : 0;
}

/* Drops what is too much at the front, or at the end, but nothing that is on the screen. The keys
 * of what is kept say where the window ends now. */
static void
keep_bounded(struct pager *pager, bool at_front)
{
	struct list *list = &pager->view->list;
	size_t over = list->row_n > WINDOW_MAX ? list->row_n - WINDOW_MAX : 0;
	size_t spare = off_screen(list, at_front);

	over = over < spare ? over : spare;
	if (over == 0)
		return;
	if (at_front) {
		list_cut_front(list, over);
		pager->first = list->rows[0]->key;
		pager->at_front = false;
	} else {
		list_cut_back(list, over);
		pager->last = list->rows[list->row_n - 1]->key;
		pager->at_back = false;
	}
}

static int
end_reading(struct pager *pager, struct err *err)
{
	struct list *list = &pager->view->list;
	int64_t newest;

	if (pager->source->greatest(pager, &newest, err) == -1)
		return -1;
	if (pager->at_front)
		pager->first = newest;
	pager->last = pager->cursor == INT64_MAX ? 0 : pager->cursor;
	list_end(list);
	keep_bounded(pager, list->at > list->shown_n / 2);
	pager->view->more = !pager->at_back;
	return 0;
}

static enum view_read
read_on(struct pager *pager, struct err *err)
{
	int64_t last_id;

	if (pager->source->down(pager, pager->cursor, pager->stride, &last_id, err) == -1)
		return VIEW_ERROR;
	lengthen_stride(pager);
	pager->at_back = last_id == 0;
	if (!pager->at_back)
		pager->cursor = last_id;
	if (wants_more(pager))
		return note_progress(pager, err) == -1 ? VIEW_ERROR : VIEW_MORE;
	if (pager->found == 0 && !pager->at_front) { /* all that it held is gone */
		pager->at_front = true;
		begin_reading(pager);
		return VIEW_MORE;
	}
	return end_reading(pager, err) == -1 ? VIEW_ERROR : VIEW_DONE;
}

enum view_read
pager_read(struct pager *pager, bool begin, struct err *err)
{
	enum view_read result;

	if (begin)
		begin_reading(pager);
	result = read_on(pager, err);
	if (result == VIEW_ERROR)
		list_abandon(&pager->view->list);
	return result;
}

/* What was looked at ends at LAST_ID now; 0: there was nothing any more. */
static void
note_end(struct pager *pager, int64_t last_id)
{
	if (pager->upward) {
		pager->at_front = last_id == 0;
		pager->first = last_id == 0 ? pager->first : last_id;
	} else {
		pager->at_back = last_id == 0;
		pager->last = last_id == 0 ? pager->last : last_id;
	}
	pager->cursor = pager->upward ? pager->first : pager->last;
}

enum view_read
pager_extend(struct pager *pager, bool backward, struct err *err)
{
	int64_t last_id;
	int result;

	if (pager->view->reading || !pager->view->was_read ||
	    (backward ? pager->at_front : pager->at_back))
		return VIEW_DONE;
	if (pager->found > 0 || pager->upward != backward)
		pager->stride = EXTEND_ROWS;
	pager->upward = backward;
	pager->found = 0;
	if (backward)
		result = pager->source->up(pager, pager->first, pager->stride, &last_id, err);
	else
		result = pager->source->down(pager, pager->last, pager->stride, &last_id, err);
	if (result == -1)
		return VIEW_ERROR;
	lengthen_stride(pager);
	note_end(pager, last_id);
	keep_bounded(pager, !backward);
	pager->view->more = !pager->at_back;
	if (note_progress(pager, err) == -1)
		return VIEW_ERROR;
	return last_id == 0 || pager->found > 0 ? VIEW_DONE : VIEW_MORE;
}

static void
empty_window(struct pager *pager, bool at_front)
{
	view_abandon(pager->view);
	list_begin(&pager->view->list);
	list_end(&pager->view->list);
	pager->first = 0;
	pager->last = at_front ? 0 : 1; /* ids begin with 1: to the end */
	pager->at_front = at_front;
	pager->at_back = !at_front;
}

/* From the oldest row up until a window is full. */
static void
read_back(struct pager *pager)
{
	struct view *view = pager->view;
	struct err err;

	empty_window(pager, false);
	while (!pager->at_front && view->list.row_n < WINDOW_ROWS) {
		if (pager_extend(pager, true, &err) == VIEW_ERROR) {
			console_fail(view->console, &err);
			return;
		}
		if (!console_goes_on(view->console, "looking from the end", view->percent)) {
			console_say(view->console, "given up: what is newer was not looked at");
			return;
		}
	}
}

void
pager_jump(struct pager *pager, bool front)
{
	struct view *view = pager->view;

	if (!view->was_read)
		return;
	if (!front && !pager->at_back) {
		read_back(pager);
	} else if (front && !pager->at_front) {
		empty_window(pager, true);
		view->was_read = false;
		view_stale(view, true);
	}
}

/* ---- as functions of a view type ---- */

void
pager_view_close(struct view *view)
{
	free(view->state);
}

enum view_read
pager_view_read(struct view *view, bool begin, struct err *err)
{
	return pager_read(view->state, begin, err);
}

enum view_read
pager_view_extend(struct view *view, bool backward, struct err *err)
{
	return pager_extend(view->state, backward, err);
}

void
pager_view_jump(struct view *view, bool front)
{
	pager_jump(view->state, front);
}
