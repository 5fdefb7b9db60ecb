/* console.c - see console.h: the loop of the console, the stack of views, words and store for them.
 *
 * One turn: the loop wakes for a key, a second, an answer of the DNS or a slice of reading; what
 * that changes marks the screen dirty; before the loop sleeps again one frame is drawn. Nothing
 * waits anywhere else, and no transaction outlives the handling of a key. */
#include "tui/console.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "tui/app.h"
#include "tui/commands.h"
#include "tui/frame.h"
#include "tui/script.h"

#define DNS_CACHE_BYTES (4 << 20)
#define LONG_READING_S 30 /* what time alone changes is read again so often */

/* ---- what is shown ---- */

struct view *
console_view(const struct console *console)
{
	return console->stack[console->depth - 1];
}

void
console_push(struct console *console, enum view_id id, int64_t key, const char *arg)
{
	struct err err;
	struct view *view;

	if (console->depth == APP_STACK_MAX) {
		console_warn(console, "too many views are open: Esc closes them");
		return;
	}
	view = view_new(console, id, key, arg, &err);
	if (view == NULL)
		console_fail(console, &err);
	else
		console->stack[console->depth++] = view;
	console->dirty = true;
}

void
console_pop(struct console *console)
{
	if (console->depth > 1)
		view_free(console->stack[--console->depth]);
	console->dirty = true;
}

void
console_show(struct console *console, enum view_id id)
{
	struct err err;

	while (console->depth > 1)
		console_pop(console);
	if (console->mains[id] == NULL)
		console->mains[id] = view_new(console, id, 0, "", &err);
	if (console->mains[id] == NULL) {
		console_fail(console, &err);
		return;
	}
	console->stack[0] = console->mains[id];
	console->depth = 1;
	console->dirty = true;
}

void
console_quit(struct console *console)
{
	console->quit = true;
	ev_break(console->loop, EVBREAK_ALL);
}

/* ---- words ---- */

/* Of a text that was cut to SIZE bytes the last character may be a part only. */
static void
drop_cut_character(char *text, size_t size)
{
	size_t len = strlen(text), at = len;
	uint32_t cp;

	if (len + 1 < size)
		return;
	while (at > 0 && len - at < 3 && (text[at - 1] & 0xc0) == 0x80)
		at--;
	if (at > 0 && str_utf8_next((struct slice){ text + at - 1, len - at + 1 }, &cp) == 0)
		text[at - 1] = '\0';
}

static void
put_message(struct console *console, enum element element, const char *text)
{
	struct notice *message = &console->messages[console->message_n++ % APP_MESSAGES];

	message->time_s = console->now_s;
	message->element = element;
	snprintf(message->text, sizeof(message->text), "%s", text);
	drop_cut_character(message->text, sizeof(message->text));
	console->message_shown = true;
	console->dirty = true;
}

void
console_say(struct console *console, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_message(console, ELEMENT_NORMAL, text);
}

void
console_warn(struct console *console, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_message(console, ELEMENT_NOTICE, text);
}

void
console_fail(struct console *console, const struct err *err)
{
	put_message(console, ELEMENT_BAD, err->text);
}

/* ---- the store ---- */

struct edit
console_edit(const struct console *console)
{
	return (struct edit){ console->store, slice_of(console->options->author), console->now_s };
}

static void
all_stale(struct console *console, bool now)
{
	size_t i;

	for (i = 0; i < VIEW_MAIN_N; i++)
		if (console->mains[i] != NULL && (now || !console->mains[i]->paused))
			view_stale(console->mains[i], now);
	for (i = 1; i < console->depth; i++)
		if ((console->stack[i]->type->flags & VIEW_IS_STILL) == 0 &&
		    (now || !console->stack[i]->paused))
			view_stale(console->stack[i], now);
}

void
console_changed(struct console *console)
{
	all_stale(console, true);
}

bool
console_may_write(struct console *console)
{
	if (console->options->readonly == NULL)
		return true;
	console_warn(console, "read-only: %s", console->options->readonly);
	return false;
}

const struct rules *
console_rules(struct console *console, struct err *err)
{
	struct rules *fresh;
	int64_t generation;

	if (store_generation(console->store, &generation, err) == -1)
		return NULL;
	if (console->rules != NULL && rules_generation(console->rules) == generation)
		return console->rules;
	fresh = rules_load(console->store, NULL, err);
	if (fresh == NULL)
		return NULL;
	rules_free(console->rules);
	console->rules = fresh;
	console->rules_read_n++;
	return fresh;
}

struct dns *
console_dns(struct console *console, struct err *err)
{
	const struct config *config = console->config;
	struct dns_options options = { .servers = config->dns_servers,
		.server_n = config->dns_servers_n,
		.timeout_ms = config->dns_timeout_s * 1000,
		.parallel = (size_t)config->dns_parallel,
		.cache_bytes = DNS_CACHE_BYTES };

	if (console->dns == NULL)
		console->dns = dns_start(console->loop, &options, err);
	return console->dns;
}

bool
console_goes_on(struct console *console, const char *what, int percent)
{
	int key;

	frame_draw_progress(console, what, percent);
	while (console->script == NULL && (key = term_key(console->term)) != K_NONE)
		if (key == K_ESCAPE || key == CTRL('c'))
			return false;
	return true;
}

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
	while (!console->quit && (key = term_key(console->term)) != K_NONE)
		console_key(console, key);
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
		all_stale(console, true);
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
		all_stale(console, false);
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

/* ^C gives up what is being typed; with nothing to give up it leaves, as in a shell. */
static void
interrupted(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct console *console = signal->data;

	(void)loop;
	(void)events;
	if (console->prompt.active)
		console_key(console, CTRL('c'));
	else
		console_quit(console);
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
		console_warn(console, "read-only: %s", readonly);
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
	console->loop = ev_default_loop(0);
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
