/* busy.c - see busy.h. */
#include "tui/busy.h"

#include <string.h>

#include "tui/app.h"
#include "tui/commands.h"
#include "tui/frame.h"

static struct scene
look(const struct console *console)
{
	const struct view *view = console_view(console);
	const struct row *row = list_current(&view->list);

	return (struct scene){ .view = view,
		.depth = console->depth,
		.tagged = list_tagged(&view->list),
		.row = row == NULL ? 0 : row->key,
		.asking = console->prompt.active };
}

void
busy_hold(struct console *console, int key)
{
	struct busy *busy = &console->busy;

	if (busy->n == 0)
		busy->scene = look(console);
	if (busy->n == BUSY_KEYS_MAX || key == K_MOUSE)
		busy->lost++;
	else
		busy->keys[busy->n++] = key;
}

bool
console_goes_on(struct console *console, const char *what, int percent)
{
	int key;

	console->busy.worked = true;
	frame_draw_progress(console, what, percent);
	while ((key = term_key(console->term)) != K_NONE) {
		if (key == K_ESCAPE || key == CTRL('c'))
			return false;
		busy_hold(console, key);
	}
	return true;
}

/* ---- afterwards ---- */

static bool
same_place(const struct scene *a, const struct scene *b)
{
	return a->view == b->view && a->depth == b->depth && a->asking == b->asking;
}

static bool
same_rows(const struct scene *a, const struct scene *b)
{
	return a->row == b->row && a->tagged == b->tagged;
}

static bool
meets_what_was_seen(const struct console *console, const struct scene *now, int key)
{
	const struct scene *then = &console->busy.scene;
	const struct key_command *command = command_of_key(console, key);
	bool on_rows = !now->asking && command != NULL && command->kinds != 0;

	return same_place(now, then) && (!on_rows || same_rows(now, then));
}

static int
first_key(struct busy *busy)
{
	int key = busy->keys[0];

	busy->n--;
	memmove(busy->keys, busy->keys + 1, busy->n * sizeof(busy->keys[0]));
	return key;
}

/* What the work came to stays on the screen. */
static void
tell(struct console *console, size_t dropped)
{
	char result[512] = "";

	if (console->message_shown)
		snprintf(result, sizeof(result), "%.400s; ",
		    console->messages[(console->message_n - 1) % APP_MESSAGES].text);
	console_warn(console, "%s%zu key%s typed meanwhile not taken", result, dropped,
	    dropped == 1 ? "" : "s");
}

void
busy_end(struct console *console)
{
	struct busy *busy = &console->busy;
	struct scene now = look(console);
	size_t dropped;
	bool foreseen;

	while (busy->n > 0 && !console->quit && meets_what_was_seen(console, &now, busy->keys[0])) {
		foreseen = same_rows(&now, &busy->scene);
		busy->worked = false;
		console_key(console, first_key(busy));
		now = look(console);
		if (foreseen && !busy->worked) /* what the key did was to be expected */
			busy->scene = now;
	}
	dropped = busy->n + busy->lost;
	busy->n = busy->lost = 0;
	if (dropped > 0 && !console->quit)
		tell(console, dropped);
}
