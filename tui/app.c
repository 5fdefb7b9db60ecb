/* app.c - what the console does for its views and commands: the stack of views, words for the
 * operator, and the store. */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DNS_CACHE_BYTES (4 << 20)

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
	return (struct edit){ .store = console->store,
		.author = slice_of(console->options->author),
		.now_s = console->now_s };
}

void
console_stale(struct console *console, bool now)
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
	console_stale(console, true);
}

bool
console_may_write(struct console *console)
{
	if (console->options->readonly == NULL)
		return true;
	console_warn(console, "nothing is changed: %s", console->options->readonly);
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
