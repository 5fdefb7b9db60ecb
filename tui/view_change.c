/* view_change.c - one change of the audit: what the entry was before and after. The key is its
 * id. */
#include <inttypes.h>
#include <stdio.h>

#include "common/store/undo.h"
#include "tui/app.h"
#include "tui/change_fields.h"
#include "tui/page.h"

static void
say_difference(struct view *view, const struct change_field *field)
{
	page_field(view, ELEMENT_NOTICE, '*', field->name,
	    slice_of(field->before == NULL ? "not there" : field->before));
	page_field(view, ELEMENT_NOTICE, '*', "  now",
	    slice_of(field->after == NULL ? "not there" : field->after));
}

static void
say_fields(struct view *view, const struct change *change, const struct change_fields *fields)
{
	bool was = change->before.len > 0, is = change->after.len > 0;
	size_t i;

	page_section(view, was && is ? "Before and after (* differs)"
			   : was     ? "It was removed. It had been"
			   : is      ? "It was added as"
				     : "There is nothing to show");
	for (i = 0; i < fields->n; i++) {
		const struct change_field *field = &fields->items[i];

		if (field->differs)
			say_difference(view, field);
		else
			page_field(view, ELEMENT_NORMAL, ' ', field->name,
			    slice_of(field->after != NULL ? field->after : field->before));
	}
}

static bool
say_images(void *arg, const struct change *change)
{
	struct view *view = arg;
	struct json_reader *reader = json_reader_new();
	struct change_fields fields;
	char when[96];
	struct err err;

	page_fieldf(view, "When", "%s", page_time(view, change->time_s, when));
	page_field(view, ELEMENT_NORMAL, ' ', "Who", change->author);
	page_fieldf(view, "Of", "%.*s %" PRId64, (int)change->object.len, change->object.ptr,
	    change->object_id);
	if (change_fields_read(reader, change, &fields, &err) == -1)
		view_sentence(view, ELEMENT_BAD, 2, slice_of(err.text));
	say_fields(view, change, &fields);
	change_fields_clear(&fields);
	json_reader_free(reader);
	return false;
}

/* What one command did is taken back as one. */
static void
say_undo(struct view *view, const struct undo *undo)
{
	int64_t others = undo->change_n - 1;
	char with[64] = "";

	if (others > 0) {
		page_fieldf(view, "Command",
		    "made with %" PRId64 " other%s; f command:%" PRId64 " in the changes shows all",
		    others, others == 1 ? "" : "s", undo->id);
		snprintf(with, sizeof(with), " with the other%s", others == 1 ? "" : "s");
	}
	if (undo->why_not[0] != '\0')
		page_fieldf(view, "Undo", "not possible: %s", undo->why_not);
	else
		page_fieldf(view, "Undo",
		    "possible%s: greygate undo %" PRId64 ", or u if it is your newest command",
		    with, undo->id);
}

static enum view_read
read_change(struct view *view, bool begin, struct err *err)
{
	struct store *store = view->console->store;
	struct undo undo;
	enum store_found found = undo_look_change(store, view->key, &undo, err);

	(void)begin;
	list_begin(&view->list);
	if (found == STORE_YES) {
		view_line(view, ELEMENT_SECTION, "Change %" PRId64, view->key);
		page_fieldf(view, "What", "%s", undo.what);
		say_undo(view, &undo);
		found = store_change_get(store, view->key, say_images, view, err);
	}
	if (found == STORE_ERROR) {
		list_abandon(&view->list);
		return VIEW_ERROR;
	}
	list_end(&view->list);
	return VIEW_DONE;
}

const struct view_type view_change = {
	.id = VIEW_CHANGE,
	.name = "change",
	.title = "Change",
	.about = "One change of an operator: the entry before and after, with a star where they "
		 "differ, and whether it can be taken back.",
	.empty = "There is no such change.",
	.columns = view_text_columns,
	.column_n = 1,
	.flags = VIEW_IS_TEXT,
	.sort = -1,
	.read = read_change,
};
