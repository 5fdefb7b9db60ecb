/* view_changes.c - the audit: what operators did, newest first. */
#include <string.h>

#include "common/base/xalloc.h"
#include "common/store/undo.h"
#include "tui/app.h"
#include "tui/pager.h"

/* Each row takes two readings of JSON and a look for its undo, so slices are small. */
#define SLICE_ROWS 50

enum { WHEN, WHO, VERB, WHAT, UNDONE, OBJECT, OBJECT_ID, COMMAND, BEFORE, AFTER };

static const struct column columns[] = {
	[WHEN] = { "time", "WHEN", COLUMN_CLOCK, 3, 11, 11, NULL },
	[WHO] = { "author", "WHO", COLUMN_TEXT, 4, 8, 9, "by" },
	[VERB] = { "verb", "DID", COLUMN_TEXT, 2, 13, 13, NULL },
	[WHAT] = { "what", "WHAT", COLUMN_TEXT, 1, 18, LIST_REST, NULL },
	[UNDONE] = { "undone", "", COLUMN_TEXT, 5, 6, 6, NULL },
	[OBJECT] = { "object", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[OBJECT_ID] = { "id", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[COMMAND] = { "command", "", COLUMN_COUNT, 0, 0, 0, NULL },
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

static struct row *
row_of(struct view *view, const struct undo_entry *entry)
{
	const struct change *change = entry->change;
	struct row *row = row_new(&view->list, change->id, ROW_CHANGE);

	row_number(row, WHEN, change->time_s);
	row_text(row, WHO, change->author);
	row_text(row, VERB, change->verb);
	row_text(row, WHAT, slice_of(without_verb(entry)));
	row_text(row, UNDONE, entry->undone_n > 0 ? SLICE("undone") : SLICE(""));
	row_text(row, OBJECT, change->object);
	row_number(row, OBJECT_ID, change->object_id);
	row_number(row, COMMAND, change->command_id);
	row_text(row, BEFORE, change->before);
	row_text(row, AFTER, change->after);
	if (entry->undone_n > 0)
		row->element = ELEMENT_DIM;
	return row;
}

static bool
take(void *arg, const struct undo_entry *entry)
{
	struct pager *pager = arg;

	pager_row(pager, row_of(pager->view, entry));
	return true;
}

static int
down(struct pager *pager, int64_t before, int64_t limit, int64_t *last_id_out, struct err *err)
{
	return undo_changes_page(pager->view->console->store, before,
	    limit < SLICE_ROWS ? limit : SLICE_ROWS, take, pager, last_id_out, err);
}

static int
up(struct pager *pager, int64_t after, int64_t limit, int64_t *last_id_out, struct err *err)
{
	return undo_changes_after(pager->view->console->store, after,
	    limit < SLICE_ROWS ? limit : SLICE_ROWS, take, pager, last_id_out, err);
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
	.about = "What operators changed, who and when, newest first: the last million changes. "
		 "Enter shows the entry before and after, and what else the same command changed. "
		 "u takes back all of your newest command, which is then marked undone.",
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
