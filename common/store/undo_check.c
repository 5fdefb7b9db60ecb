/* undo_check.c - see undo_check.h. */
#include "common/store/undo_check.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/store/import_undo.h"

/* ---- what stands against it ---- */

static int
check_import(struct undo_check *e, const struct change *change, struct err *err)
{
	bool kept;

	if (import_undo_kept(e->store, change->id, &kept, err) == -1)
		return -1;
	if (!kept)
		buf_add_text(&e->why, "how its rows were before it is kept for as long as a "
				      "triplet lives, and that is over");
	return 0;
}

static int
check_verb(struct undo_check *e, const struct change *change, struct err *err)
{
	struct undo_rows *rows = &e->rows;
	struct err damage;

	if (e->verb == NULL || e->verb->lasting)
		buf_printf(&e->why, "\"%.*s\" is nothing that can be taken back",
		    (int)change->verb.len, change->verb.ptr);
	else if (e->verb == &undo_import)
		return check_import(e, change, err);
	else if (undo_rows_read(e->reader, e->verb->kind, change, rows, &damage) == -1)
		buf_printf(&e->why, "its audit is damaged: %s", damage.text);
	e->way = !rows->was.there ? UNDO_REMOVE : !rows->left.there ? UNDO_RESTORE : UNDO_RESET;
	if (e->why.len == 0 && undo_kinds[e->verb->kind].by[e->way] == NULL)
		buf_add_text(&e->why, "its audit is damaged: an image is missing");
	return 0;
}

static int
check_undone(struct undo_check *e, const struct change *change, struct err *err)
{
	enum store_found found = store_change_undone(e->store, change->id, err);

	if (found == STORE_YES)
		buf_add_text(&e->why, "it was taken back already");
	return found == STORE_ERROR ? -1 : 0;
}

/* The row of today goes the same way through JSON as that of the audit. */
static int
take_now(struct undo_check *e, struct err *err)
{
	char *text = NULL;
	int result = image_take(e->store, e->verb->kind, e->rows.id, &text, err);

	if (result == 0)
		result = image_read(e->reader, e->verb->kind, slice_of(text), &e->rows.now, err);
	free(text);
	return result;
}

static int
check_row(struct undo_check *e, const struct change *change, struct err *err)
{
	const char *name = undo_kinds[e->verb->kind].name, *field;

	e->rows.id = change->object_id;
	if (take_now(e, err) == -1)
		return -1;
	if (!e->rows.left.there)
		return 0;
	field = image_difference(e->verb->kind, &e->rows.left, &e->rows.now);
	if (!e->rows.now.there)
		buf_printf(&e->why, "%s %" PRId64 " is gone", name, e->rows.id);
	else if (field != NULL)
		buf_printf(
		    &e->why, "%s %" PRId64 " was changed since (%s)", name, e->rows.id, field);
	return 0;
}

static int
check_others(struct undo_check *e, const struct change *change, struct err *err)
{
	(void)change;
	return undo_kinds[e->verb->kind].look(e->store, &e->rows, &e->why, err);
}

static int
check_texts(struct undo_check *e, const struct change *change, struct err *err)
{
	const char *field = image_lost(e->verb->kind, &e->rows.was);

	(void)change;
	(void)err;
	if (field != NULL)
		buf_printf(&e->why,
		    "the audit does not hold all of the old row (%s): it has bytes that are no "
		    "valid UTF-8 text",
		    field);
	return 0;
}

/* In order, until one finds something. */
static int (*const checks[])(struct undo_check *e, const struct change *change,
    struct err *err) = { check_verb, check_undone, check_row, check_others, check_texts };
#define CHECKS_OF_IMPORT 2 /* the others are about a row */

static int
examine(struct undo_check *e, struct err *err)
{
	size_t i, check_n = sizeof(checks) / sizeof(checks[0]);
	struct buf what;
	int result = 0;

	e->verb = undo_verb_find(e->change.verb);
	if (e->verb == &undo_import)
		check_n = CHECKS_OF_IMPORT;
	for (i = 0; i < check_n && result == 0 && e->why.len == 0; i++)
		result = checks[i](e, &e->change, err);
	buf_init(&what, e->what, sizeof(e->what));
	undo_say(e->reader, &e->change, e->verb, &e->rows, &what);
	return result;
}

/* ---- the change ---- */

/* It is copied: its statement must end before the row is written. */
static bool
copy_change(void *arg, const struct change *change)
{
	struct change *copy = arg;

	*copy = *change;
	copy->author = slice_of(xslicedup(change->author));
	copy->verb = slice_of(xslicedup(change->verb));
	copy->object = slice_of(xslicedup(change->object));
	copy->before = slice_of(xslicedup(change->before));
	copy->after = slice_of(xslicedup(change->after));
	return false;
}

static void
forget(struct undo_check *e)
{
	free((void *)e->change.author.ptr);
	free((void *)e->change.verb.ptr);
	free((void *)e->change.object.ptr);
	free((void *)e->change.before.ptr);
	free((void *)e->change.after.ptr);
	e->change = (struct change){ .id = 0 };
	undo_rows_clear(&e->rows);
	buf_init(&e->why, e->why_not, sizeof(e->why_not));
}

void
undo_check_init(struct undo_check *e, struct store *store)
{
	*e = (struct undo_check){ .store = store, .reader = json_reader_new() };
}

void
undo_check_clear(struct undo_check *e)
{
	forget(e);
	json_reader_free(e->reader);
}

enum store_found
undo_check(struct undo_check *e, int64_t change_id, struct err *err)
{
	enum store_found found;

	forget(e);
	found = store_change_get(e->store, change_id, copy_change, &e->change, err);
	if (found != STORE_YES)
		return found;
	return examine(e, err) == -1 ? STORE_ERROR : STORE_YES;
}
