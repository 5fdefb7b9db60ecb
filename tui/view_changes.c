/* view_changes.c - the audit: what operators did, newest first. */
#include <string.h>

#include "common/base/xalloc.h"
#include "common/store/undo.h"
#include "tui/app.h"
#include "tui/pager.h"

/* Each row takes two readings of JSON and a look for its undo, so slices are small. */
#define SLICE_ROWS 50

enum { WHEN, WHO, VERB, WHAT, UNDONE, OBJECT, OBJECT_ID, BEFORE, AFTER };

static const struct column columns[] = {
	[WHEN] = { "time", "WHEN", COLUMN_CLOCK, 3, 11, 11, NULL },
	[WHO] = { "author", "WHO", COLUMN_TEXT, 4, 8, 9, "by" },
	[VERB] = { "verb", "DID", COLUMN_TEXT, 2, 13, 13, NULL },
	[WHAT] = { "what", "WHAT", COLUMN_TEXT, 1, 18, LIST_REST, NULL },
	[UNDONE] = { "undone", "", COLUMN_TEXT, 5, 6, 6, NULL },
	[OBJECT] = { "object", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[OBJECT_ID] = { "id", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[BEFORE] = { "before", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[AFTER] = { "after", "", COLUMN_TEXT, 0, 0, 0, NULL },
};

/* What the store says begins with the verb, which has its own column. */
static const char *
without_verb(const struct undo_entry *entry)
{
	size_t len = entry->change->verb.len;

	if (strncmp(entry->what, entry->change->verb.ptr, len) != 0 ||
	    strncmp(entry->what + len, ": ", 2) != 0)
		return entry->what;
	return entry->what + len + 2;
}

/* Of an undo what it took back says more than its number. */
static void
fill_what(struct row *row, struct view *view, const struct undo_entry *entry)
{
	const struct change *change = entry->change;
	struct undo undo;

	if (slice_equal(change->verb, SLICE("undo")) &&
	    undo_look(view->console->store, change->object_id, &undo, NULL) == STORE_YES)
		row_text(row, WHAT, slice_of(undo.what));
	else
		row_text(row, WHAT, slice_of(without_verb(entry)));
}

static struct row *
row_of(struct view *view, const struct undo_entry *entry)
{
	const struct change *change = entry->change;
	struct row *row = row_new(&view->list, change->id, ROW_CHANGE);

	row_number(row, WHEN, change->time_s);
	row_text(row, WHO, change->author);
	row_text(row, VERB, change->verb);
	fill_what(row, view, entry);
	row_text(row, UNDONE, entry->undone ? SLICE("undone") : SLICE(""));
	row_text(row, OBJECT, change->object);
	row_number(row, OBJECT_ID, change->object_id);
	row_text(row, BEFORE, change->before);
	row_text(row, AFTER, change->after);
	if (entry->undone)
		row->element = ELEMENT_DIM;
	return row;
}

static bool
take_down(void *arg, const struct undo_entry *entry)
{
	struct pager *pager = arg;

	pager_row(pager, row_of(pager->view, entry));
	return true;
}

static int
down(struct pager *pager, int64_t before, int64_t limit, int64_t *last_id_out, struct err *err)
{
	return undo_page(pager->view->console->store, before,
	    limit < SLICE_ROWS ? limit : SLICE_ROWS, take_down, pager, last_id_out, err);
}

/* The audit is read newest first only; upwards it is a page whose end is known, turned round. Ids
 * have no gaps: no change is ever deleted. */
struct upward {
	struct pager *pager;
	int64_t after;
	struct row *rows[SLICE_ROWS];
	size_t n;
};

static bool
take_up(void *arg, const struct undo_entry *entry)
{
	struct upward *upward = arg;

	if (entry->change->id <= upward->after)
		return false;
	upward->rows[upward->n++] = row_of(upward->pager->view, entry);
	return true;
}

static int
up(struct pager *pager, int64_t after, int64_t limit, int64_t *last_id_out, struct err *err)
{
	struct upward upward = { .pager = pager, .after = after };
	int64_t rows = limit < SLICE_ROWS ? limit : SLICE_ROWS, last_id;
	int result = undo_page(
	    pager->view->console->store, after + rows + 1, rows, take_up, &upward, &last_id, err);

	*last_id_out = upward.n == 0 ? 0 : upward.rows[0]->key;
	while (upward.n > 0)
		pager_row(pager, upward.rows[--upward.n]);
	return result;
}

static bool
take_id(void *arg, const struct change *change)
{
	*(int64_t *)arg = change->id;
	return false;
}

static int
greatest(struct pager *pager, int64_t *id_out, struct err *err)
{
	int64_t last_id;

	*id_out = 0;
	return store_change_page(
	    pager->view->console->store, INT64_MAX, 1, take_id, id_out, &last_id, err);
}

static const struct pager_source source = { down, up, greatest };

static int
open_changes(struct view *view, struct err *err)
{
	struct pager *pager = xcalloc(1, sizeof(*pager));

	(void)err;
	view->state = pager;
	pager_init(pager, view, &source, NULL);
	return 0;
}

static void
summarise(struct view *view, struct buf *out)
{
	(void)view;
	buf_add_text(out, "Enter shows before and after; u takes back your newest");
}

static void
enter(struct view *view, const struct row *row)
{
	console_push(view->console, VIEW_CHANGE, row->key, row->cells[VERB].text);
}

const struct view_type view_changes = {
	.id = VIEW_CHANGES,
	.name = "changes",
	.title = "Changes",
	.about = "What operators changed, who and when, newest first; kept for good. Enter shows "
		 "the entry before and after. u takes back your own newest change, which is then "
		 "marked undone.",
	.empty = "Nobody has changed anything yet.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.flags = VIEW_IS_WINDOW,
	.sort = -1,
	.open = open_changes,
	.close = pager_view_close,
	.read = pager_view_read,
	.summary = summarise,
	.enter = enter,
	.extend = pager_view_extend,
	.jump = pager_view_jump,
};
