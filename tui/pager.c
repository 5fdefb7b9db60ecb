/* pager.c - see pager.h.
 *
 * A reading goes down from the front of the window: it looks again at what the window holds, so
 * that rows which changed are shown as they are, and on until there are enough. Extending reads on
 * at an end and cuts the other, so that the window stays bounded. */
#include "tui/pager.h"

#include <string.h>

#include "tui/app.h"

#define SLICE_ROWS 4000 /* looked at between two keys: some 5 ms */
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

static void
begin_reading(struct pager *pager)
{
	pager->view->reading = true; /* rows go to the new filling */
	pager->upward = false;
	pager->found = 0;
	pager->cursor = pager->at_front ? INT64_MAX : pager->first + 1;
	list_begin(&pager->view->list);
}

enum view_read
pager_read(struct pager *pager, bool begin, struct err *err)
{
	int64_t last_id;

	if (begin)
		begin_reading(pager);
	if (pager->source->down(pager, pager->cursor, SLICE_ROWS, &last_id, err) == -1) {
		list_abandon(&pager->view->list);
		return VIEW_ERROR;
	}
	pager->at_back = last_id == 0;
	if (!pager->at_back)
		pager->cursor = last_id;
	if (!pager->at_back &&
	    (pager->found < WINDOW_ROWS || (pager->last != 0 && pager->cursor > pager->last)))
		return note_progress(pager, err) == -1 ? VIEW_ERROR : VIEW_MORE;
	if (pager->source->greatest(pager, &last_id, err) == -1)
		return VIEW_ERROR;
	if (pager->at_front)
		pager->first = last_id;
	pager->last = pager->cursor == INT64_MAX ? 0 : pager->cursor;
	pager->view->more = !pager->at_back;
	list_end(&pager->view->list);
	return VIEW_DONE;
}

/* The keys at the ends of what is kept say where the window ends now. */
static void
keep_bounded(struct pager *pager)
{
	struct list *list = &pager->view->list;
	size_t over = list->row_n > WINDOW_MAX ? list->row_n - WINDOW_MAX : 0;

	if (over == 0)
		return;
	if (pager->upward) {
		list_cut_back(list, over);
		pager->last = list->rows[list->row_n - 1]->key;
		pager->at_back = false;
	} else {
		list_cut_front(list, over);
		pager->first = list->rows[0]->key;
		pager->at_front = false;
	}
}

enum view_read
pager_extend(struct pager *pager, bool backward, struct err *err)
{
	int64_t last_id;
	int result;

	if (pager->view->reading || !pager->view->was_read ||
	    (backward ? pager->at_front : pager->at_back))
		return VIEW_DONE;
	pager->upward = backward;
	pager->found = 0;
	if (backward)
		result = pager->source->up(pager, pager->first, EXTEND_ROWS, &last_id, err);
	else
		result = pager->source->down(pager, pager->last, SLICE_ROWS, &last_id, err);
	if (result == -1)
		return VIEW_ERROR;
	if (last_id == 0 && backward)
		pager->at_front = true;
	else if (last_id == 0)
		pager->at_back = true;
	else if (backward)
		pager->first = last_id;
	else
		pager->last = last_id;
	pager->cursor = backward ? pager->first : pager->last;
	keep_bounded(pager);
	pager->view->more = !pager->at_back;
	if (note_progress(pager, err) == -1)
		return VIEW_ERROR;
	return last_id == 0 ? VIEW_DONE : VIEW_MORE;
}

/* From the oldest row up until a window is full. */
static void
read_back(struct pager *pager, struct err *err)
{
	struct list *list = &pager->view->list;

	list_begin(list);
	list_end(list);
	pager->first = pager->last = 0;
	pager->at_front = false;
	pager->at_back = true;
	while (!pager->at_front && list->row_n < WINDOW_ROWS)
		if (pager_extend(pager, true, err) == VIEW_ERROR) {
			console_fail(pager->view->console, err);
			return;
		} else if (!console_goes_on(
			       pager->view->console, "looking from the end", pager->view->percent))
			return;
}

void
pager_jump(struct pager *pager, bool front)
{
	struct err err;

	if (pager->view->reading || !pager->view->was_read)
		return;
	if (!front && !pager->at_back) {
		read_back(pager, &err);
	} else if (front && !pager->at_front) {
		pager->at_front = true;
		pager->first = pager->last = 0;
		list_begin(&pager->view->list);
		list_end(&pager->view->list);
		view_stale(pager->view, true);
	}
}
