/* app.h - the console as the files of tui/ share it, and what it does for views and commands. */
#ifndef TUI_APP_H
#define TUI_APP_H

#include <ev.h>

#include "common/dns/dns.h"
#include "common/greylist/rules.h"
#include "common/store/edit.h"
#include "tui/busy.h"
#include "tui/console.h"
#include "tui/prompt.h"
#include "tui/view.h"

#define APP_STACK_MAX 16
#define APP_MESSAGES 200

struct notice {
	int64_t time_s;
	enum element element;
	char text[512];
};

struct console {
	const struct console_options *options;
	const struct config *config;
	struct store *store;
	struct term *term;
	struct ev_loop *loop;
	int64_t now_s, now_ms; /* of this turn of the loop */
	/* what is shown: a main view, and those opened from it */
	struct view *mains[VIEW_MAIN_N]; /* made when first shown */
	struct view *stack[APP_STACK_MAX];
	size_t depth;
	struct prompt prompt;
	struct busy busy;
	char seek[256]; /* what was sought last */
	/* the newest of the messages is on the screen until the next key */
	struct notice messages[APP_MESSAGES];
	size_t message_n; /* ever; the newest is at (message_n - 1) % APP_MESSAGES */
	bool message_shown;
	/* of the server and the store, once a second */
	bool server_alive;
	char server_text[128]; /* "server ok", "NO SERVER" */
	struct rules *rules;   /* as last read; NULL: not yet */
	unsigned rules_read_n; /* how often: who borrowed them over several turns compares */
	struct dns *dns;       /* started when first needed */
	bool dirty;            /* the screen is not what it should show */
	bool quit;
	bool mouse;
	const char *theme;
	void *script; /* of script.c; NULL: keys come from the terminal */
	ev_io input;
	ev_timer second;
	ev_prepare before_sleep;
	ev_check after_sleep;
	ev_idle idle;
	ev_signal resized, stopped, interrupted;
};

/* ---- what is shown ---- */

struct view *console_view(const struct console *console);
/* Opens a view on top of the present one; what is wrong is said. */
void console_push(struct console *console, enum view_id id, int64_t key, const char *arg);
/* Closes the topmost; the last one is never closed. */
void console_pop(struct console *console);
/* Goes to a main view, closing what was opened on top of the present one. */
void console_show(struct console *console, enum view_id id);
void console_quit(struct console *console);

/* A key, as if typed. */
void console_key(struct console *console, int key);
/* Another size of the terminal, as term_resize(): texts are wrapped anew. */
void console_resize(struct console *console, int rows, int cols);
/* Draws when something has changed. */
void console_draw(struct console *console);
/* Nothing is left to do before the next key, second or answer of the DNS. */
bool console_is_settled(const struct console *console);
/* What the clock calls for once a second. */
void console_second(struct console *console);

/* ---- words ---- */

/* One line for the operator; it stays until the next key and is kept for :messages. */
void console_say(struct console *console, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void console_warn(struct console *console, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void console_fail(struct console *console, const struct err *err);

/* ---- the store ---- */

/* Begins a command of this operator: what is changed by the same edit is taken back as one. After
 * it console_changed(). */
struct edit console_edit(const struct console *console);
/* We changed something: what is shown is read again at once. */
void console_changed(struct console *console);
/* What is shown must be read again, but for what is paused; NOW: also that and what took long. */
void console_stale(struct console *console, bool now);
/* Whether changes are possible; when not, it is said why. */
bool console_may_write(struct console *console);
/* Rules, policies and networks as they are now, borrowed until the next turn of the loop. NULL with
 * ERR when the store fails. */
const struct rules *console_rules(struct console *console, struct err *err);

/* The resolver, started when first asked for. NULL with ERR. */
struct dns *console_dns(struct console *console, struct err *err);

#endif
