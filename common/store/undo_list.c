/* undo_list.c - commands and changes as people are told of them; see undo.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/store/undo_check.h"

#define MORE_MAX 32      /* " and 123456 more" */
#define LOOK_CHANGES 200 /* of a command, for one that can be taken back */

static void
add_more(char text[UNDO_TEXT_MAX], int64_t change_n)
{
	size_t len = strlen(text);

	if (change_n > 1)
		snprintf(text + len, UNDO_TEXT_MAX - len, " and %" PRId64 " more", change_n - 1);
}

/* ---- lines ---- */

struct lines {
	struct store *store;
	struct json_reader *reader;
	undo_entry_fn *fn;
	void *arg;
	struct err *err;
	struct undo_entry entry; /* counts, when it is a command */
	bool goes_on;
	int result;
};

static struct lines
begin_lines(struct store *store, undo_entry_fn *fn, void *arg, struct err *err)
{
	return (struct lines){ .store = store,
		.reader = json_reader_new(),
		.fn = fn,
		.arg = arg,
		.err = err,
		.goes_on = true };
}

static int
end_lines(struct lines *lines)
{
	json_reader_free(lines->reader);
	return lines->result;
}

/* What of a damaged image can be read will do. */
static void
say_images(struct json_reader *reader, const struct change *change, struct buf *what)
{
	const struct undo_verb *verb = undo_verb_find(change->verb);
	struct undo_rows rows = { .id = 0 };

	if (verb != NULL && verb != &undo_import)
		undo_rows_read(reader, verb->kind, change, &rows, NULL);
	undo_say(reader, change, verb, &rows, what);
	undo_rows_clear(&rows);
}

struct saying {
	struct json_reader *reader;
	struct buf what;
};

/* What it took back says more than a number. */
static bool
say_undone(void *arg, const struct change *undone)
{
	struct saying *saying = arg;

	buf_add_text(&saying->what, "undo: ");
	say_images(saying->reader, undone, &saying->what);
	return false;
}

static void
say(struct lines *lines, const struct change *change, char text[UNDO_TEXT_MAX])
{
	struct saying saying = { .reader = lines->reader };

	buf_init(&saying.what, text, UNDO_TEXT_MAX - (lines->entry.change_n > 1 ? MORE_MAX : 0));
	if (!slice_equal(change->verb, SLICE("undo")) ||
	    store_change_get(lines->store, change->object_id, say_undone, &saying, NULL) !=
		STORE_YES)
		say_images(lines->reader, change, &saying.what);
	add_more(text, lines->entry.change_n);
}

static bool
line(void *arg, const struct change *change)
{
	struct lines *lines = arg;
	char text[UNDO_TEXT_MAX];

	say(lines, change, text);
	lines->entry.change = change;
	lines->entry.what = text;
	lines->goes_on = lines->fn(lines->arg, &lines->entry);
	return lines->goes_on;
}

static bool
change_line(void *arg, const struct change *change)
{
	struct lines *lines = arg;
	enum store_found undone = store_change_undone(lines->store, change->id, lines->err);

	if (undone == STORE_ERROR) {
		lines->result = -1;
		return false;
	}
	lines->entry = (struct undo_entry){ .change_n = 1, .undone_n = undone };
	return line(lines, change);
}

typedef int page_fn(struct store *store, int64_t from_id, int64_t limit, store_change_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);

static int
walk(page_fn *page, struct store *store, int64_t from_id, int64_t limit, undo_entry_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	struct lines lines = begin_lines(store, fn, arg, err);

	if (page(store, from_id, limit, change_line, &lines, last_id_out, err) == -1)
		lines.result = -1;
	return end_lines(&lines);
}

int
undo_changes_page(struct store *store, int64_t before_id, int64_t limit, undo_entry_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store_change_page, store, before_id, limit, fn, arg, last_id_out, err);
}

int
undo_changes_after(struct store *store, int64_t after_id, int64_t limit, undo_entry_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err)
{
	return walk(store_change_after, store, after_id, limit, fn, arg, last_id_out, err);
}

int
undo_changes_of(struct store *store, struct slice object, int64_t object_id, int64_t limit,
    undo_entry_fn *fn, void *arg, struct err *err)
{
	struct lines lines = begin_lines(store, fn, arg, err);

	if (store_change_of(store, object, object_id, limit, change_line, &lines, err) == -1)
		lines.result = -1;
	return end_lines(&lines);
}

static int
command_line(struct lines *lines, int64_t id)
{
	if (store_command_count(
		lines->store, id, &lines->entry.change_n, &lines->entry.undone_n, lines->err) == -1)
		return -1;
	return store_command_first(lines->store, id, line, lines, lines->err) == STORE_ERROR ? -1
											     : 0;
}

int
undo_page(struct store *store, int64_t before_id, int64_t limit, undo_entry_fn *fn, void *arg,
    int64_t *last_id_out, struct err *err)
{
	struct lines lines = begin_lines(store, fn, arg, err);
	enum store_found found = STORE_YES;
	int64_t id = before_id;

	*last_id_out = 0;
	while (lines.result == 0 && lines.goes_on && limit-- > 0 &&
	       (found = store_command_before(store, id, &id, err)) == STORE_YES) {
		lines.result = command_line(&lines, id);
		*last_id_out = id;
	}
	if (found == STORE_ERROR)
		lines.result = -1;
	return end_lines(&lines);
}

/* ---- one command ---- */

static bool
keep_entry(void *arg, const struct undo_entry *entry)
{
	struct undo *undo = arg;

	undo->id = entry->change->command_id;
	undo->time_s = entry->change->time_s;
	undo->change_n = entry->change_n;
	undo->undone_n = entry->undone_n;
	memcpy(undo->what, entry->what, UNDO_TEXT_MAX);
	return false;
}

/* Whether one of the newest changes that are left can be taken back: then nothing is said. Else
 * what stands against the newest, unless older ones were not looked at. */
static int
find_why_not(struct store *store, struct undo *undo, bool *possible_out, struct err *err)
{
	struct undo_check check;
	enum store_found left = STORE_YES;
	int64_t id = INT64_MAX;
	int i;

	snprintf(undo->why_not, sizeof(undo->why_not), "it was taken back already");
	undo_check_init(&check, store);
	for (i = 0; i < LOOK_CHANGES && left == STORE_YES && undo->why_not[0] != '\0'; i++) {
		left = store_command_left(store, undo->id, id, &id, err);
		if (left == STORE_YES)
			left = undo_check(&check, id, err);
		if (left == STORE_YES && (i == 0 || check.why_not[0] == '\0'))
			memcpy(undo->why_not, check.why_not, sizeof(undo->why_not));
	}
	*possible_out = undo->why_not[0] == '\0';
	if (i == LOOK_CHANGES)
		undo->why_not[0] = '\0';
	undo_check_clear(&check);
	return left == STORE_ERROR ? -1 : 0;
}

/* NO, or all but why_not. */
static enum store_found
read_command(struct store *store, int64_t id, struct undo *undo, struct err *err)
{
	int64_t last_id;

	*undo = (struct undo){ .id = 0 };
	if (undo_page(store, id == INT64_MAX ? id : id + 1, 1, keep_entry, undo, &last_id, err) ==
	    -1)
		return STORE_ERROR;
	return undo->id == id ? STORE_YES : STORE_NO;
}

static bool
keep_command(void *arg, const struct change *change)
{
	*(int64_t *)arg = change->command_id;
	return false;
}

static enum store_found
look(struct store *store, int64_t id, struct undo *undo_out, bool *possible_out, struct err *err)
{
	enum store_found found = read_command(store, id, undo_out, err);

	if (found == STORE_NO) {
		found = store_change_get(store, id, keep_command, &undo_out->id, err);
		return found == STORE_YES ? STORE_OTHER : found;
	}
	if (found == STORE_YES && find_why_not(store, undo_out, possible_out, err) == -1)
		return STORE_ERROR;
	return found;
}

enum store_found
undo_look(struct store *store, int64_t id, struct undo *undo_out, struct err *err)
{
	bool ignored;

	return look(store, id, undo_out, &ignored, err);
}

enum store_found
undo_look_change(struct store *store, int64_t change_id, struct undo *undo_out, struct err *err)
{
	struct undo_check check;
	enum store_found found;

	undo_check_init(&check, store);
	found = undo_check(&check, change_id, err);
	if (found == STORE_YES)
		found = read_command(store, check.change.command_id, undo_out, err);
	memcpy(undo_out->what, check.what, sizeof(check.what));
	memcpy(undo_out->why_not, check.why_not, sizeof(check.why_not));
	undo_check_clear(&check);
	return found;
}

/* ---- the newest one of an operator ---- */

struct search {
	struct slice author;
	bool fits;
};

/* All changes of a command are of one kind, as far as this goes. */
static bool
look_at_verb(void *arg, const struct change *change)
{
	struct search *search = arg;
	const struct undo_verb *verb = undo_verb_find(change->verb);

	search->fits = verb != NULL && !verb->lasting &&
		       slice_equal(change->author, search->author);
	return false;
}

enum store_found
undo_find(struct store *store, struct slice author, struct undo *undo_out, struct err *err)
{
	struct search search = { .author = author };
	enum store_found found = STORE_YES;
	int64_t id = INT64_MAX;
	bool possible;
	int i;

	for (i = 0; i < UNDO_LOOK_BACK && found == STORE_YES; i++) {
		found = store_command_before(store, id, &id, err);
		if (found == STORE_YES)
			found = store_command_first(store, id, look_at_verb, &search, err);
		if (found != STORE_YES || !search.fits)
			continue;
		found = look(store, id, undo_out, &possible, err);
		if (found == STORE_YES && (undo_out->undone_n == 0 || possible))
			return STORE_YES;
	}
	return found == STORE_ERROR ? STORE_ERROR : STORE_NO;
}
