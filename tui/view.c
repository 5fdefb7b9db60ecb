/* view.c - see view.h: a view's life and its reading in slices. */
#include "tui/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "tui/app.h"

/* A reading that took long is not begun again before ten times that. */
#define PAUSE_TIMES 10

const struct column view_text_columns[1] = {
	{ "text", "", COLUMN_TEXT, 1, 1, LIST_REST, NULL },
};

static const struct view_type *const types[VIEW_ID_N] = {
	[VIEW_DEFERRED] = &view_deferred,
	[VIEW_PASSED] = &view_passed,
	[VIEW_DOMAINS] = &view_domains,
	[VIEW_RULES] = &view_rules,
	[VIEW_LIVE] = &view_live,
	[VIEW_STATISTICS] = &view_statistics,
	[VIEW_HEALTH] = &view_health,
	[VIEW_TRIPLETS] = &view_triplets,
	[VIEW_DETAIL] = &view_detail,
	[VIEW_CLIENTS] = &view_clients,
	[VIEW_DOMAIN] = &view_domain,
	[VIEW_ENTRY] = &view_entry,
	[VIEW_CHANGES] = &view_changes,
	[VIEW_CHANGE] = &view_change,
	[VIEW_WHITELIST] = &view_whitelist,
	[VIEW_PREVIEW] = &view_preview,
	[VIEW_HELP] = &view_help,
	[VIEW_MESSAGES] = &view_messages,
};

const struct view_type *
view_type(enum view_id id)
{
	return types[id];
}

const struct view_type *
view_type_named(const char *name)
{
	size_t i;

	for (i = 0; i < VIEW_ID_N; i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	return NULL;
}

struct view *
view_new(struct console *console, enum view_id id, int64_t key, const char *arg, struct err *err)
{
	struct view *view = xcalloc(1, sizeof(*view));

	view->type = types[id];
	view->console = console;
	view->key = key;
	view->arg = xstrdup(arg);
	view->stale = true;
	list_init(&view->list, view->type->columns, view->type->column_n);
	view->list.sort = view->type->sort;
	view->list.reverse = view->type->reverse;
	view->list.now_s = console->now_s;
	if (view->type->open != NULL && view->type->open(view, err) == -1) {
		view_free(view);
		return NULL;
	}
	return view;
}

void
view_free(struct view *view)
{
	if (view == NULL)
		return;
	if (view->type->close != NULL)
		view->type->close(view);
	list_clear(&view->list);
	free(view->arg);
	free(view);
}

void
view_stale(struct view *view, bool now)
{
	view->stale = true;
	if (now) {
		view->urgent = true;
		view->not_before_ms = 0;
	}
}

void
view_answered(struct view *view)
{
	if (!view->paused)
		view_stale(view, true);
}

void
view_abandon(struct view *view)
{
	view->reading = false;
	view->percent = 0;
	list_abandon(&view->list);
}

void
view_pause(struct view *view)
{
	view_abandon(view);
	view->paused = true;
	view->stale = false;
}

bool
view_wants_slice(const struct view *view)
{
	if (view->type->read == NULL)
		return false;
	return view->reading || (view->stale && view->console->now_ms >= view->not_before_ms);
}

static void
begin_reading(struct view *view)
{
	view->stale = view->urgent = false;
	view->percent = 0;
	view->began_ms = clock_mono_ms();
}

static void
end_reading(struct view *view, bool good)
{
	int64_t now_ms = clock_mono_ms();

	view->failed = !good;
	view->was_read = view->was_read || good;
	view->not_before_ms = now_ms + PAUSE_TIMES * (now_ms - view->began_ms);
	if (view->urgent)
		view->not_before_ms = 0;
}

void
view_read_slice(struct view *view)
{
	struct err err = { 0 };
	bool begin = !view->reading;
	enum view_read result;
	int percent = view->percent;

	if (begin)
		begin_reading(view);
	view->list.now_s = view->console->now_s;
	result = view->type->read(view, begin, &err);
	view->reading = result == VIEW_MORE;
	if (result == VIEW_ERROR)
		console_fail(view->console, &err);
	if (result != VIEW_MORE)
		end_reading(view, result == VIEW_DONE);
	if (begin || result != VIEW_MORE || view->percent != percent)
		view->console->dirty = true;
}

void
view_line(struct view *view, enum element element, const char *fmt, ...)
{
	struct row *row = row_new(&view->list, (int64_t)view->list.filling_n, ROW_TEXT);
	char text[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	row->element = element;
	row_text(row, 0, slice_of(text));
	list_add(&view->list, row);
}

void
view_sentence(struct view *view, enum element element, int indent, struct slice text)
{
	int cols = term_cols(view->console->term) - indent - 3;
	enum text_charset charset = term_charset(view->console->term);
	size_t len, next;

	do {
		len = text_wrap(text, cols < 10 ? 10 : cols, charset, &next);
		view_line(view, element, "%*s%.*s", indent, "", (int)len, text.ptr);
		text.ptr += next;
		text.len -= next;
	} while (text.len > 0);
}
