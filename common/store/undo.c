/* undo.c - see undo.h. What a change was is one row of a table; which way back it has follows from
 * its images; what each way means for a row is in undo_kind.c. */
#include "common/store/undo.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/store/edit_internal.h"
#include "common/store/import_undo.h"
#include "common/store/undo_kind.h"

#define PAGE 100

struct verb {
	const char *name;
	enum image_kind kind;
	bool lasting; /* nothing to take back */
};

/* An import is not about one row: it has no images, and a way of its own. */
static const struct verb import_verb = { "import", IMAGE_N, false };

static const struct verb verbs[] = {
	{ "rule add", IMAGE_RULE, false },
	{ "rule change", IMAGE_RULE, false },
	{ "rule remove", IMAGE_RULE, false },
	{ "policy set", IMAGE_POLICY, false },
	{ "policy change", IMAGE_POLICY, false },
	{ "policy unset", IMAGE_POLICY, false },
	{ "domain add", IMAGE_DOMAIN, false },
	{ "domain change", IMAGE_DOMAIN, false },
	{ "domain remove", IMAGE_DOMAIN, false },
	{ "domain refresh", IMAGE_DOMAIN, true },
	{ "release", IMAGE_TRIPLET, false },
	{ "client remove", IMAGE_CLIENT, false },
};

/* NULL: another one, as "undo". */
static const struct verb *
find_verb(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (slice_equal(name, slice_of(verbs[i].name)))
			return &verbs[i];
	if (slice_equal(name, slice_of(import_verb.name)))
		return &import_verb;
	return NULL;
}

/* ---- what a change was ---- */

/* Both images of a change. */
static int
read_images(struct json_reader *reader, enum image_kind kind, const struct change *change,
    struct undo_rows *rows, struct err *err)
{
	if (image_read(reader, kind, change->before, &rows->was, err) == -1)
		return -1;
	return image_read(reader, kind, change->after, &rows->left, err);
}

static void
say_rows(struct buf *b, const struct undo_kind *kind, const struct undo_rows *rows)
{
	char old_text[UNDO_TEXT_MAX], new_text[UNDO_TEXT_MAX];
	struct buf was, left;

	buf_init(&was, old_text, sizeof(old_text));
	buf_init(&left, new_text, sizeof(new_text));
	if (rows->was.there)
		kind->say(&was, &rows->was);
	if (rows->left.there)
		kind->say(&left, &rows->left);
	buf_add(b, was.len > 0 ? buf_slice(&was) : buf_slice(&left));
	if (was.len > 0 && left.len > 0 && !slice_equal(buf_slice(&was), buf_slice(&left))) {
		buf_add_text(b, " -> ");
		buf_add(b, buf_slice(&left));
	}
}

static bool
add_text(void *arg, const struct json_leaf *leaf)
{
	buf_add(arg, leaf->text);
	return false;
}

/* What an import was is said in its image. */
static void
say_import(struct buf *b, const struct change *change)
{
	struct json_reader *reader = json_reader_new();

	json_read(reader, change->after, add_text, b, NULL);
	json_reader_free(reader);
}

/* The verb and the row; of an undo, which change. */
static void
say_change(struct buf *b, const struct change *change, const struct verb *verb,
    const struct undo_rows *rows)
{
	buf_add(b, change->verb);
	buf_add_text(b, ": ");
	if (verb == &import_verb)
		say_import(b, change);
	else if (verb != NULL && (rows->was.there || rows->left.there))
		say_rows(b, &undo_kinds[verb->kind], rows);
	else
		buf_printf(b, "%.*s %" PRId64, (int)change->object.len, change->object.ptr,
		    change->object_id);
}

static void
clear_rows(struct undo_rows *rows)
{
	image_clear(&rows->was);
	image_clear(&rows->left);
	image_clear(&rows->now);
}

/* ---- whether it can be taken back ---- */

/* A change under examination: is filled as far as nothing stands against it. */
struct examination {
	struct store *store;
	struct json_reader *reader;
	struct undo *undo;
	const struct verb *verb;
	struct undo_rows rows;
	enum undo_way way;
	int64_t object_id; /* as the change has it */
	struct buf why;
};

static int
check_verb(struct examination *e, const struct change *change, struct err *err)
{
	struct undo_rows *rows = &e->rows;
	struct err damage;

	(void)err;
	if (e->verb == NULL || e->verb->lasting)
		buf_printf(&e->why, "\"%.*s\" is nothing that can be taken back",
		    (int)change->verb.len, change->verb.ptr);
	else if (e->verb == &import_verb)
		return 0;
	else if (read_images(e->reader, e->verb->kind, change, rows, &damage) == -1)
		buf_printf(&e->why, "its audit is damaged: %s", damage.text);
	e->way = !rows->was.there ? UNDO_REMOVE : !rows->left.there ? UNDO_RESTORE : UNDO_RESET;
	if (e->why.len == 0 && undo_kinds[e->verb->kind].by[e->way] == NULL)
		buf_add_text(&e->why, "its audit is damaged: an image is missing");
	return 0;
}

static int
check_undone(struct examination *e, const struct change *change, struct err *err)
{
	enum store_found found = store_change_undone(e->store, change->id, err);

	if (found == STORE_YES)
		buf_add_text(&e->why, "it was taken back already");
	return found == STORE_ERROR ? -1 : 0;
}

/* The row of today goes the same way through JSON as that of the audit. */
static int
take_now(struct examination *e, struct err *err)
{
	char *text;
	int result;

	if (image_take(e->store, e->verb->kind, e->rows.id, &text, err) == -1)
		return -1;
	result = image_read(e->reader, e->verb->kind, slice_of(text), &e->rows.now, err);
	free(text);
	return result;
}

static int
check_row(struct examination *e, const struct change *change, struct err *err)
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
check_others(struct examination *e, const struct change *change, struct err *err)
{
	(void)change;
	return undo_kinds[e->verb->kind].look(e->store, &e->rows, &e->why, err);
}

static int
check_texts(struct examination *e, const struct change *change, struct err *err)
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
static int (*const checks[])(struct examination *e, const struct change *change,
    struct err *err) = { check_verb, check_undone, check_row, check_others, check_texts };
#define CHECKS_OF_IMPORT 2 /* the others are about a row */

static int
examine(struct examination *e, const struct change *change, struct err *err)
{
	struct buf what;
	size_t i, check_n = sizeof(checks) / sizeof(checks[0]);
	int result = 0;

	e->undo->change_id = change->id;
	e->undo->time_s = change->time_s;
	e->verb = find_verb(change->verb);
	e->object_id = change->object_id;
	if (e->verb == &import_verb)
		check_n = CHECKS_OF_IMPORT;
	buf_init(&e->why, e->undo->why_not, sizeof(e->undo->why_not));
	for (i = 0; i < check_n && result == 0 && e->why.len == 0; i++)
		result = checks[i](e, change, err);
	buf_init(&what, e->undo->what, sizeof(e->undo->what));
	say_change(&what, change, e->verb, &e->rows);
	return result;
}

/* The change is copied: its statement must end before the row is written. */
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
free_change(struct change *copy)
{
	free((void *)copy->author.ptr);
	free((void *)copy->verb.ptr);
	free((void *)copy->object.ptr);
	free((void *)copy->before.ptr);
	free((void *)copy->after.ptr);
}

static enum store_found
examine_id(struct examination *e, int64_t change_id, struct err *err)
{
	struct change change;
	enum store_found found;

	found = store_change_get(e->store, change_id, copy_change, &change, err);
	if (found != STORE_YES)
		return found;
	e->reader = json_reader_new();
	if (examine(e, &change, err) == -1)
		found = STORE_ERROR;
	json_reader_free(e->reader);
	free_change(&change);
	return found;
}

enum store_found
undo_look(struct store *store, int64_t change_id, struct undo *undo_out, struct err *err)
{
	struct examination e = { .store = store, .undo = undo_out };
	enum store_found found = examine_id(&e, change_id, err);

	clear_rows(&e.rows);
	return found;
}

/* ---- the newest one of an operator ---- */

struct search {
	struct slice author;
	int64_t undone[UNDO_LOOK_BACK];
	size_t undone_n, seen;
	int64_t found_id;
};

static bool
is_undone(const struct search *search, int64_t id)
{
	size_t i;

	for (i = 0; i < search->undone_n; i++)
		if (search->undone[i] == id)
			return true;
	return false;
}

/* An undo is newer than what it undid, so it was seen before. */
static bool
search_row(void *arg, const struct change *change)
{
	struct search *search = arg;
	const struct verb *verb = find_verb(change->verb);

	search->seen++;
	if (slice_equal(change->verb, SLICE("undo")))
		search->undone[search->undone_n++] = change->object_id;
	else if (verb != NULL && !verb->lasting && slice_equal(change->author, search->author) &&
		 !is_undone(search, change->id))
		search->found_id = change->id;
	return search->found_id == 0 && search->seen < UNDO_LOOK_BACK;
}

enum store_found
undo_find(struct store *store, struct slice author, struct undo *undo_out, struct err *err)
{
	struct search search = { .author = author };
	int64_t before_id = INT64_MAX;

	while (before_id != 0 && search.found_id == 0 && search.seen < UNDO_LOOK_BACK)
		if (store_change_page(
			store, before_id, PAGE, search_row, &search, &before_id, err) == -1)
			return STORE_ERROR;
	return search.found_id == 0 ? STORE_NO : undo_look(store, search.found_id, undo_out, err);
}

/* ---- taking it back ---- */

struct taking {
	struct undo undo;
	struct examination examination;
};

static int
find_change(const struct edit *edit, struct operation *op, struct err *err)
{
	struct taking *taking = op->plan;
	struct examination *e = &taking->examination;
	enum store_found found = examine_id(e, op->object_id, err);

	if (found == STORE_NO)
		return err_set(err, ERR_NOINPUT, "there is no change %" PRId64, op->object_id);
	if (found == STORE_ERROR)
		return -1;
	if (taking->undo.why_not[0] != '\0')
		return err_set(err, ERR_DATA, "change %" PRId64 " cannot be taken back: %s",
		    op->object_id, taking->undo.why_not);
	(void)edit;
	op->image = e->verb->kind;
	op->id = e->rows.id;
	return 0;
}

static int
apply_undo(const struct edit *edit, struct operation *op, struct err *err)
{
	struct examination *e = &((struct taking *)op->plan)->examination;
	int result;

	if (e->verb == &import_verb)
		return import_undo_rest(edit->store, op->object_id, err);
	result = undo_kinds[e->verb->kind].by[e->way](edit->store, &e->rows, err);

	op->id = e->rows.id;
	return result;
}

/* What of an import takes many transactions comes before the one that says it is done. */
static int
undo_import_rows(const struct edit *edit, int64_t change_id, struct err *err)
{
	struct undo undo;
	struct examination e = { .store = edit->store, .undo = &undo };
	enum store_found found = examine_id(&e, change_id, err);

	clear_rows(&e.rows);
	if (found == STORE_ERROR)
		return -1;
	if (found == STORE_NO || undo.why_not[0] != '\0' || e.verb != &import_verb)
		return 0;
	return import_undo_rows(edit->store, change_id, e.object_id, err);
}

int
undo_apply(const struct edit *edit, int64_t change_id, struct err *err)
{
	struct taking taking = { .examination = { .store = edit->store } };
	struct operation op = { .verb = "undo",
		.object = "change",
		.object_id = change_id,
		.find = find_change,
		.apply = apply_undo,
		.plan = &taking };
	int result;

	taking.examination.undo = &taking.undo;
	if (undo_import_rows(edit, change_id, err) == -1)
		return -1;
	result = edit_run(edit, &op, err);
	clear_rows(&taking.examination.rows);
	return result;
}

/* ---- the audit for people ---- */

struct page {
	struct store *store;
	struct json_reader *reader;
	undo_entry_fn *fn;
	void *arg;
	int result;
	struct err *err;
};

/* What of a damaged image can be read will do. */
static void
say_entry(const struct page *page, const struct change *change, char text[UNDO_TEXT_MAX])
{
	const struct verb *verb = find_verb(change->verb);
	struct undo_rows rows = { .id = 0 };
	struct buf what;

	if (verb != NULL && verb != &import_verb)
		read_images(page->reader, verb->kind, change, &rows, NULL);
	buf_init(&what, text, UNDO_TEXT_MAX);
	say_change(&what, change, verb, &rows);
	clear_rows(&rows);
}

static bool
page_row(void *arg, const struct change *change)
{
	struct page *page = arg;
	enum store_found undone = store_change_undone(page->store, change->id, page->err);
	char text[UNDO_TEXT_MAX];
	struct undo_entry entry = { change, text, undone == STORE_YES };

	if (undone == STORE_ERROR) {
		page->result = -1;
		return false;
	}
	say_entry(page, change, text);
	return page->fn(page->arg, &entry);
}

int
undo_page(struct store *store, int64_t before_id, int64_t limit, undo_entry_fn *fn, void *arg,
    int64_t *last_id_out, struct err *err)
{
	struct page page = { store, json_reader_new(), fn, arg, 0, err };

	if (store_change_page(store, before_id, limit, page_row, &page, last_id_out, err) == -1)
		page.result = -1;
	json_reader_free(page.reader);
	return page.result;
}
