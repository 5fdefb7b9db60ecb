/* console.c - see console.h: the loop of the console; app.c has what views and commands use of it.
 *
 * One turn: the loop wakes for a key, a second, an answer of the DNS or a slice of reading; what
 * that changes marks the screen dirty; before the loop sleeps again one frame is drawn. Nothing
 * waits anywhere else, and no transaction outlives the handling of a key. */
#include "tui/console.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "tui/app.h"
#include "tui/commands.h"
#include "tui/frame.h"
#include "tui/script.h"

#define LONG_READING_S 30 /* what time alone changes is read again so often */

/* ---- keys ---- */

static void
click(struct console *console)
{
	struct view *view = console_view(console);
	struct term_click click;
	int64_t at;

	if (!term_click(console->term, &click))
		return;
	if (click.what == CLICK_UP || click.what == CLICK_DOWN) {
		move_by(console, click.what == CLICK_UP ? -3 : 3);
		return;
	}
	if ((view->type->flags & VIEW_IS_TEXT) != 0)
		return;
	at = list_row_at(&view->list, frame_list_top(console), click.row);
	if (at < 0)
		return;
	list_go(&view->list, (size_t)at);
	if (click.what == CLICK_OPEN)
		move_open(console, "");
}

static void
wrap_again(struct view *view)
{
	if (view != NULL && (view->type->flags & (VIEW_IS_TEXT | VIEW_HAS_ORDER)) != 0)
		view_stale(view, true);
}

void
console_resize(struct console *console, int rows, int cols)
{
	size_t i;

	term_resize(console->term, rows, cols);
	for (i = 0; i < VIEW_MAIN_N; i++)
		wrap_again(console->mains[i]);
	for (i = 1; i < console->depth; i++)
		wrap_again(console->stack[i]);
	console->dirty = true;
}

/* Where nothing is shown nothing is done: no key acts on what nobody sees. */
static bool
leaves(const struct console *console, int key)
{
	return key == CTRL('c') || (key == 'Q' && !console->prompt.active);
}

void
console_key(struct console *console, int key)
{
	const struct key_command *command;
	char name[KEY_NAME_MAX];

	console->dirty = true;
	if (key == K_RESIZE) {
		console_resize(console, 0, 0);
		return;
	}
	if (!frame_fits(console) && !leaves(console, key))
		return;
	if (console->prompt.active) {
		prompt_key(console, key);
		return;
	}
	console->message_shown = false;
	if (key == K_MOUSE) {
		click(console);
		return;
	}
	key_name(key, name);
	command = command_of_key(console, key);
	if (command != NULL)
		command_run(console, command, key >= '1' && key <= '9' ? name : "");
	else
		console_warn(console, "%s does nothing here; ? shows the keys", name);
}

static void
read_clocks(struct console *console)
{
	console->now_s = clock_wall_s();
	console->now_ms = clock_mono_ms();
}

static void
typed(struct ev_loop *loop, ev_io *io, int events)
{
	struct console *console = io->data;
	int key;

	(void)loop;
	(void)events;
	while (!console->quit && (key = term_key(console->term)) != K_NONE) {
		console_key(console, key);
		busy_end(console);
	}
}

/* The terminal is gone: nobody is there any more. */
static bool
terminal_is_gone(void)
{
	return !isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) == -1;
}

/* ---- time ---- */

static void
look_at_server(struct console *console)
{
	bool alive;
	int64_t pid;

	alive = store_lock_probe(console->config->database, &pid, NULL) == STORE_YES;
	if (alive != console->server_alive) {
		console->server_alive = alive;
		console->dirty = true;
		console_stale(console, true);
	}
}

static void
every_second(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct console *console = timer->data;
	struct view *view = console_view(console);

	(void)loop;
	(void)events;
	if (console->script == NULL && terminal_is_gone()) {
		console_quit(console);
		return;
	}
	look_at_server(console);
	if (store_changed(console->store))
		console_stale(console, false);
	else if ((view->was_read || view->failed) &&
		 console->now_ms - view->began_ms > LONG_READING_S * 1000 &&
		 (view->type->flags & VIEW_IS_STILL) == 0 && !view->paused)
		view_stale(view, false);
	console->dirty = true; /* countdowns go on */
}

void
console_second(struct console *console)
{
	read_clocks(console);
	every_second(console->loop, &console->second, 0);
}

static void
slice(struct ev_loop *loop, ev_idle *idle, int events)
{
	struct console *console = idle->data;

	(void)loop;
	(void)events;
	if (view_wants_slice(console_view(console)))
		view_read_slice(console_view(console));
	busy_end(console);
}

static void
before_sleep(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct console *console = prepare->data;

	(void)events;
	if (console->quit)
		return;
	if (view_wants_slice(console_view(console)))
		ev_idle_start(loop, &console->idle);
	else
		ev_idle_stop(loop, &console->idle);
	console_draw(console);
}

static void
after_sleep(struct ev_loop *loop, ev_check *check, int events)
{
	(void)loop;
	(void)events;
	read_clocks(check->data);
}

void
console_draw(struct console *console)
{
	if (!console->dirty)
		return;
	console->dirty = false;
	frame_draw(console);
}

bool
console_is_settled(const struct console *console)
{
	return !view_wants_slice(console_view(console));
}

/* ---- signals ---- */

static void
resized(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)loop;
	(void)events;
	console_key(signal->data, K_RESIZE);
}

static void
stopped(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct console *console = signal->data;

	(void)loop;
	(void)events;
	term_suspend(console->term);
	read_clocks(console);
	console->dirty = true;
}

/* From outside; ^C comes as the key that this is like. */
static void
interrupted(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct console *console = signal->data;

	(void)loop;
	(void)events;
	console_key(console, CTRL('c'));
}

/* ---- start and end ---- */

static void
start_watchers(struct console *console)
{
	struct ev_loop *loop = console->loop;

	ev_io_init(&console->input, typed, STDIN_FILENO, EV_READ);
	ev_timer_init(&console->second, every_second, 1, 1);
	ev_prepare_init(&console->before_sleep, before_sleep);
	ev_check_init(&console->after_sleep, after_sleep);
	ev_idle_init(&console->idle, slice);
	ev_signal_init(&console->resized, resized, SIGWINCH);
	ev_signal_init(&console->stopped, stopped, SIGTSTP);
	ev_signal_init(&console->interrupted, interrupted, SIGINT);
	console->input.data = console->second.data = console->before_sleep.data = console;
	console->after_sleep.data = console->idle.data = console->resized.data = console;
	console->stopped.data = console->interrupted.data = console;
	ev_set_priority(&console->after_sleep, EV_MAXPRI);
	ev_check_start(loop, &console->after_sleep);
	if (console->script != NULL)
		return; /* the script turns the loop and says when it is the next second */
	ev_prepare_start(loop, &console->before_sleep);
	ev_io_start(loop, &console->input);
	ev_timer_start(loop, &console->second);
	ev_signal_start(loop, &console->resized);
	ev_signal_start(loop, &console->stopped);
	ev_signal_start(loop, &console->interrupted);
}

/* Somebody who never changed anything is told how to begin. */
static void
greet(struct console *console)
{
	const char *readonly = console->options->readonly;

	if (readonly != NULL)
		console_warn(console, "%s; all can be looked at", readonly);
	else
		console_say(console,
		    "Enter opens what is selected, Esc goes back, ? shows all keys, "
		    "Q leaves.");
}

static int
open_console(struct console *console, struct err *err)
{
	const struct console_options *options = console->options;
	struct term_options term = { .theme = options->theme,
		.mono = options->mono,
		.rows = options->script != NULL ? options->rows : 0,
		.cols = options->script != NULL ? options->cols : 0 };

	console->config = options->config;
	console->store = options->store;
	read_clocks(console);
	/* The default loop would take the end of every program that is started away from who waits
	 * for it. */
	console->loop = ev_loop_new(EVFLAG_AUTO);
	if (console->loop == NULL)
		return err_set(err, ERR_OS, "no event loop");
	if (options->script != NULL)
		console->script = script_new(console, options->script);
	console->term = term_open(&term, err);
	if (console->term == NULL)
		return -1;
	look_at_server(console);
	store_changed(console->store);
	console_show(console, VIEW_DEFERRED);
	greet(console);
	start_watchers(console);
	return 0;
}

static void
close_console(struct console *console)
{
	size_t i;

	prompt_cancel(console);
	while (console->depth > 1)
		console_pop(console);
	for (i = 0; i < VIEW_MAIN_N; i++)
		view_free(console->mains[i]);
	prompt_clear(&console->prompt);
	dns_stop(console->dns);
	rules_free(console->rules);
	term_close(console->term);
	script_free(console->script);
	if (console->loop != NULL)
		ev_loop_destroy(console->loop);
	free(console);
}

int
console_run(const struct console_options *options, struct err *err)
{
	struct console *console = xcalloc(1, sizeof(*console));
	int result;

	console->options = options;
	result = open_console(console, err);
	if (result == 0 && console->script != NULL)
		result = script_run(console->script, err);
	else if (result == 0)
		ev_run(console->loop, 0);
	close_console(console);
	return result;
}

const char *const *
console_themes(void)
{
	return term_themes;
}
