/* frame.c - see frame.h. */
#include "tui/frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tui/commands.h"

/* With fewer rows the summary and the hints give way to the list. */
#define ROOMY_ROWS 10
#define MESSAGE_ROWS 4

struct place {
	int rows, cols;
	int summary; /* screen row, -1: not shown */
	int list, list_rows;
	int hints; /* -1: not shown */
	int status;
};

static struct place
places(const struct console *console)
{
	struct place p = { .rows = term_rows(console->term), .cols = term_cols(console->term) };
	bool roomy = p.rows >= ROOMY_ROWS;

	p.summary = roomy ? 1 : -1;
	p.list = roomy ? 2 : 1;
	p.hints = roomy ? p.rows - 2 : -1;
	p.status = p.rows - 1;
	p.list_rows = (roomy ? p.hints : p.status) - p.list;
	return p;
}

int
frame_list_top(const struct console *console)
{
	return places(console).list;
}

int
frame_list_rows(const struct console *console)
{
	return places(console).list_rows;
}

bool
frame_fits(const struct console *console)
{
	return term_rows(console->term) >= FRAME_MIN_ROWS &&
	       term_cols(console->term) >= FRAME_MIN_COLS;
}

/* ---- the line of views ---- */

/* The state of the server, or what else must not be missed; at the right end. Returns its cells. */
static int
draw_state(struct console *console, const struct place *p)
{
	const char *text = !console->server_alive               ? " NO SERVER "
			   : console->options->readonly != NULL ? " read-only "
								: " server ok ";
	int cells = (int)strlen(text);

	term_put(console->term, 0, p->cols - cells,
	    console->server_alive ? ELEMENT_BAR : ELEMENT_BAD, slice_of(text), cells);
	return cells;
}

static const struct view_type *
main_type(const struct console *console)
{
	return console->stack[0]->type;
}

static void
draw_bar(struct console *console, const struct place *p)
{
	const struct view_type *shown = main_type(console);
	int room, col = 0, i;
	char text[64];

	term_put(console->term, 0, 0, ELEMENT_BAR, SLICE(""), p->cols);
	room = p->cols - draw_state(console, p);
	for (i = 0; i < VIEW_MAIN_N; i++) {
		const struct view_type *type = view_type((enum view_id)i);
		int cells = snprintf(text, sizeof(text), " %d %s", i + 1, type->title);

		/* Too narrow for all: the number alone, and the name of the one that is shown. */
		if (room < 67 && type != shown)
			cells = snprintf(text, sizeof(text), " %d", i + 1);
		if (col + cells > room)
			return;
		term_put(console->term, 0, col, type == shown ? ELEMENT_ACTIVE : ELEMENT_BAR,
		    slice_of(text), cells);
		col += cells;
	}
}

/* ---- the summary ---- */

/* How the view was reached, without what stands before the FROM-th of the stack. */
static void
add_path(const struct console *console, size_t from, struct buf *b)
{
	size_t i;

	buf_add_text(b, from == 0 ? console->stack[0]->type->title : "..");
	for (i = from == 0 ? 1 : from; i < console->depth; i++) {
		const struct view *view = console->stack[i];

		buf_add_text(b, " > ");
		buf_add_text(b, view->arg[0] != '\0' ? view->arg : view->type->title);
	}
}

/* The summary matters more than the path, of which the beginning gives way. */
static void
draw_summary(struct console *console, const struct place *p)
{
	struct view *view = console_view(console);
	enum text_charset charset = term_charset(console->term);
	char summary[1024], text[2048];
	struct buf b;
	size_t from;

	buf_init(&b, summary, sizeof(summary));
	if (view->type->summary != NULL && view->was_read)
		view->type->summary(view, &b);
	for (from = 0; from < console->depth; from++) {
		buf_init(&b, text, sizeof(text));
		if (console->depth > 1)
			add_path(console, from, &b);
		if (b.len > 0 && summary[0] != '\0')
			buf_add_text(&b, ": ");
		buf_add_text(&b, summary);
		if (text_cells(buf_slice(&b), charset) <= p->cols)
			break;
	}
	term_put(console->term, p->summary, 0, ELEMENT_SECTION, buf_slice(&b), p->cols);
}

/* ---- the list ---- */

static void
draw_nothing(struct console *console, const struct place *p)
{
	struct view *view = console_view(console);
	struct slice text = slice_of(view->type->empty);
	int end = p->list + p->list_rows, row = p->list + 2;
	size_t len, next;

	if (view->failed)
		text = SLICE("This could not be read; m shows the messages.");
	else if (!view->was_read && view->paused)
		text = SLICE("This was not read; p reads it.");
	else if (!view->was_read || view->reading)
		text = SLICE("Reading...");
	else if (view->list.filter.text != NULL)
		text = SLICE("Nothing matches the filter. Esc takes it away, f changes it.");
	while (text.len > 0 && row < end) {
		len = text_wrap(text, p->cols - 4, term_charset(console->term), &next);
		if (row == end - 1) /* the screen cuts it, and marks that it goes on */
			len = next = text.len;
		term_put(console->term, row++, 2, ELEMENT_DIM, (struct slice){ text.ptr, len },
		    p->cols - 4);
		text.ptr += next;
		text.len -= next;
	}
}

static void
draw_list(struct console *console, const struct place *p)
{
	struct view *view = console_view(console);

	view->list.now_s = console->now_s;
	if ((view->type->flags & VIEW_IS_TEXT) != 0)
		list_draw_text(&view->list, console->term, p->list, p->list_rows);
	else
		list_draw(&view->list, console->term, p->list, p->list_rows);
	if (view->list.shown_n == 0)
		draw_nothing(console, p);
}

/* ---- the hints ---- */

static bool
shows_entries(const struct console *console)
{
	enum view_id id = console_view(console)->type->id;

	return id == VIEW_RULES || id == VIEW_DOMAINS;
}

static void
draw_hints(struct console *console, const struct place *p)
{
	char name[KEY_NAME_MAX + 2];
	int col = 0;
	size_t i;

	for (i = 0; i < key_command_n; i++) {
		const struct key_command *command = &key_commands[i];
		int key_cells, hint_cells;

		if (command->hint == NULL || !command_possible(console, command, NULL) ||
		    ((command->flags & COMMAND_ENTRIES) != 0 && !shows_entries(console)))
			continue;
		key_cells = snprintf(
		    name, sizeof(name), " %.*s", (int)strcspn(command->keys, " "), command->keys);
		hint_cells = (int)strlen(command->hint);
		if (col + key_cells + 1 + hint_cells > p->cols)
			return;
		term_put(console->term, p->hints, col, ELEMENT_KEY, slice_of(name), key_cells);
		col += key_cells + 1;
		term_put(
		    console->term, p->hints, col, ELEMENT_DIM, slice_of(command->hint), hint_cells);
		col += hint_cells + 2;
	}
}

/* ---- the status line ---- */

static void add_part(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
add_part(struct buf *b, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_printf(b, "%s%s", b->len > 0 ? "  " : "", text);
}

static void
add_position(const struct view *view, struct buf *b)
{
	const struct list *list = &view->list;
	size_t tagged = list_tagged(list);

	if ((view->type->flags & VIEW_IS_TEXT) != 0 && list->shown_n > 0)
		add_part(b, "line %zu of %zu", list->top + 1, list->shown_n);
	else if (list->shown_n > 0)
		add_part(b, "%zu of %zu%s", list->at + 1, list->shown_n, view->more ? "+" : "");
	if (tagged > 0)
		add_part(b, "%zu tagged", tagged);
	if (list->filter.text != NULL)
		add_part(b, "filter: %s", list->filter.text);
	if (view->paused)
		add_part(b, "PAUSED");
	if (view->reading && view->percent > 0)
		add_part(b, "reading %d%%", view->percent);
}

/* The newest message, up from screen row BOTTOM: one that is long covers what is above. */
static void
draw_message(struct console *console, const struct place *p, int bottom)
{
	const struct notice *message =
	    &console->messages[(console->message_n + APP_MESSAGES - 1) % APP_MESSAGES];
	struct slice text = slice_of(message->text), lines[MESSAGE_ROWS];
	size_t next;
	int n = 0, i;

	while (text.len > 0 && n < MESSAGE_ROWS) {
		lines[n].ptr = text.ptr;
		lines[n++].len = text_wrap(text, p->cols, term_charset(console->term), &next);
		text.ptr += next;
		text.len -= next;
	}
	if (n > 0)
		lines[n - 1].len += text.len; /* what is too long is cut by the screen */
	for (i = 0; i < n; i++)
		term_put(console->term, bottom - n + 1 + i, 0, message->element, lines[i], p->cols);
}

static void
draw_status(struct console *console, const struct place *p)
{
	char text[512];
	struct buf b;

	if (console->prompt.active) {
		prompt_draw(console, p->status);
		if (console->message_shown)
			draw_message(console, p, p->status - 1);
		return;
	}
	if (console->message_shown) {
		draw_message(console, p, p->status);
		return;
	}
	buf_init(&b, text, sizeof(text));
	add_position(console_view(console), &b);
	term_put(console->term, p->status, 0, ELEMENT_DIM, buf_slice(&b), p->cols);
}

void
frame_draw_progress(struct console *console, const char *what, int percent)
{
	struct place p = places(console);
	char text[256];

	snprintf(text, sizeof(text), "%s: %d%%  (Esc gives up)", what, percent);
	term_put(console->term, p.status, 0, ELEMENT_NOTICE, slice_of(text), p.cols);
	term_show(console->term);
}

void
frame_draw(struct console *console)
{
	struct place p = places(console);

	term_erase(console->term);
	if (!frame_fits(console)) {
		term_put(console->term, 0, 0, ELEMENT_NORMAL,
		    SLICE("needs 40x8 or more; ^C leaves"), p.cols);
	} else {
		draw_bar(console, &p);
		if (p.summary >= 0)
			draw_summary(console, &p);
		draw_list(console, &p);
		if (p.hints >= 0)
			draw_hints(console, &p);
		draw_status(console, &p);
	}
	term_show(console->term);
}
