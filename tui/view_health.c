/* view_health.c - is all well, and if not, what to do; then what the site consists of. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "tui/chart.h"
#include "tui/health.h"

#define WORD_COLS 7 /* of the word before a finding, and of what hangs below it */
#define NAME_COLS 12

/* ---- lines ---- */

/* WORD, and beside it TEXT, which goes on below itself. */
static void
add_item(
    struct view *view, enum element element, const char *word, int word_cols, struct slice text)
{
	int cols = term_cols(view->console->term) - word_cols - 4;
	size_t len, next;

	do {
		len = text_wrap(
		    text, cols < 10 ? 10 : cols, term_charset(view->console->term), &next);
		view_line(view, element, "  %-*s%.*s", word_cols, word, (int)len, text.ptr);
		word = "";
		text.ptr += next;
		text.len -= next;
	} while (text.len > 0);
}

static void add_pair(struct view *view, enum element element, const char *name, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

static void
add_pair(struct view *view, enum element element, const char *name, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add_item(view, element, name, NAME_COLS, slice_of(text));
}

/* ---- findings ---- */

static const struct status_look {
	const char *word;
	enum element element;
} looks[] = {
	[VERDICT_OK] = { "ok", ELEMENT_GOOD },
	[VERDICT_INFO] = { "info", ELEMENT_NORMAL },
	[VERDICT_WARNING] = { "note", ELEMENT_NOTICE },
	[VERDICT_UNKNOWN] = { "?", ELEMENT_NOTICE },
	[VERDICT_ERROR] = { "WRONG", ELEMENT_BAD },
};

struct adding {
	struct view *view;
	enum verdict_status from, to;
	size_t n;
};

static void
add_verdict(void *arg, const struct verdict *verdict)
{
	struct adding *a = arg;
	const struct status_look *look = &looks[verdict->status];

	if (verdict->status < a->from || verdict->status > a->to)
		return;
	a->n++;
	if (a->view == NULL)
		return;
	add_item(a->view, look->element, look->word, WORD_COLS, slice_of(verdict->text));
	if (verdict->advice[0] != '\0')
		add_item(a->view, ELEMENT_NORMAL, "", WORD_COLS, slice_of(verdict->advice));
	if (verdict->record[0] != '\0')
		add_item(a->view, ELEMENT_NORMAL, "", WORD_COLS, slice_of(verdict->record));
}

/* Adds those FROM ... TO to VIEW, NULL: only counts them. */
static size_t
add_verdicts(
    struct view *view, const struct health *h, enum verdict_status from, enum verdict_status to)
{
	struct adding a = { view, from, to, 0 };

	health_each(h, add_verdict, &a);
	return a.n;
}

static void
add_asked(struct view *view, const char *who)
{
	char text[128];

	snprintf(text, sizeof(text), "%s is asked", who);
	add_item(view, ELEMENT_NORMAL, "...", WORD_COLS, slice_of(text));
}

/* Those that have not answered yet. */
static void
add_awaited(struct view *view, const struct health *h)
{
	size_t i;

	for (i = 0; i < h->resolvers.n; i++)
		if (h->resolvers.each[i].state == RESOLVER_ASKED)
			add_asked(view, h->resolvers.each[i].text);
	if (health_awaits_postfix(h))
		add_asked(view, "Postfix");
}

static bool
awaits_any(const struct health *h)
{
	return h->resolvers.open_n > 0 || health_awaits_postfix(h);
}

static void
add_now(struct view *view, const struct health *h)
{
	size_t n = 0;

	view_line(view, ELEMENT_SECTION, "Now");
	n += add_verdicts(view, h, VERDICT_ERROR, VERDICT_ERROR);
	n += add_verdicts(view, h, VERDICT_UNKNOWN, VERDICT_UNKNOWN);
	n += add_verdicts(view, h, VERDICT_WARNING, VERDICT_WARNING);
	add_awaited(view, h);
	if (n == 0 && !awaits_any(h))
		view_line(view, ELEMENT_GOOD, "  All is well.");
}

/* ---- the server ---- */

static void
add_life(struct view *view, const struct health *h)
{
	int64_t now_s = view->list.now_s;
	char up[DURATION_TEXT_MAX], beat[DURATION_TEXT_MAX];

	duration_format_human(now_s - h->started_s, up);
	duration_format_human(now_s - h->beat_s, beat);
	switch (h->server) {
	case SERVER_NEVER:
		add_pair(view, ELEMENT_BAD, "state", "none has ever run on this database");
		break;
	case SERVER_STOPPED: add_pair(view, ELEMENT_BAD, "state", "stopped in order"); break;
	case SERVER_DIED:
		add_pair(view, ELEMENT_BAD, "state",
		    "ended without stopping in order; last heard of %s ago: its log or the "
		    "kernel's says why",
		    beat);
		break;
	case SERVER_ALIVE:
		add_pair(view, ELEMENT_GOOD, "state", "alive, heartbeat %s ago", beat);
		break;
	case SERVER_SILENT:
		add_pair(view, ELEMENT_BAD, "state",
		    "process %" PRId64
		    " is there, but its last heartbeat is %s old: it stands still, or another "
		    "program keeps the database locked (fuser %s names it)",
		    h->pid, beat, view->console->config->database);
		break;
	case SERVER_UNKNOWN: add_pair(view, ELEMENT_BAD, "state", "cannot be told"); break;
	}
	if (h->server == SERVER_ALIVE || h->server == SERVER_SILENT)
		add_pair(view, ELEMENT_NORMAL, "process", "%" PRId64 ", greygated %s, for %s",
		    h->pid, h->version, up);
	if (h->server == SERVER_ALIVE)
		add_pair(view, ELEMENT_NORMAL, "it says", "%s", h->status);
}

static void
add_server(struct view *view, const struct health *h)
{
	view_line(view, ELEMENT_SECTION, "Server");
	add_life(view, h);
	if (h->server == SERVER_ALIVE || h->server == SERVER_UNKNOWN)
		return;
	add_pair(view, ELEMENT_NORMAL, "until then",
	    "Postfix does what default_action of its check_policy_service says: by DUNNO mail "
	    "passes without greylisting, where there is none it is deferred (451 4.3.5).");
	add_pair(view, ELEMENT_NORMAL, "works",
	    "this console and greygate: what is whitelisted, released or blocked now holds as "
	    "soon as a server runs.");
}

/* ---- what is there ---- */

static void
add_newest(struct view *view, const char *name, int64_t id)
{
	char text[CHART_COUNT_MAX];

	add_pair(view, ELEMENT_NORMAL, name, "%s%s", id == 0 ? "none yet" : "the newest is number ",
	    id == 0 ? "" : chart_count(id, CHART_COUNT_MAX, text));
}

static void
add_contents(struct view *view, const struct health *h)
{
	view_line(view, ELEMENT_SECTION, "Contents");
	add_newest(view, "triplets", h->triplet_id);
	add_newest(view, "clients", h->client_id);
	add_pair(view, ELEMENT_NORMAL, "entries", "%zu rule%s, %zu %s", h->rules,
	    h->rules == 1 ? "" : "s", h->policies, h->policies == 1 ? "policy" : "policies");
	add_pair(view, ELEMENT_NORMAL, "domains",
	    "%zu whitelisted, %zu networks; 3 shows them, r there reads one again", h->domains,
	    h->networks);
	add_pair(view, ELEMENT_NORMAL, "generation",
	    "%" PRId64 ", counts changes of rules, policies and networks", h->generation);
}

/* ---- configuration ---- */

struct settings {
	struct view *view;
	size_t n;
};

static void
add_setting(void *arg, const char *key, const char *from, const char *to, bool needs_restart)
{
	struct settings *s = arg;
	char text[2048];

	(void)needs_restart;
	snprintf(text, sizeof(text), "%s: %s (default %s)", key, *to == '\0' ? "none" : to,
	    *from == '\0' ? "none" : from);
	view_sentence(s->view, ELEMENT_NORMAL, 2, slice_of(text));
	s->n++;
}

static void
add_configuration(struct view *view)
{
	const char *file = view->console->options->config_file;
	struct settings settings = { view, 0 };
	struct config defaults;

	view_line(view, ELEMENT_SECTION, "Configuration");
	add_item(view, ELEMENT_NORMAL, "file", NAME_COLS,
	    access(file, F_OK) == 0 ? slice_of(file) : SLICE("none: all is as by default"));
	add_item(view, ELEMENT_DIM, "read", NAME_COLS,
	    SLICE("when this console was opened; by the server when it starts or gets SIGHUP"));
	config_init(&defaults);
	config_diff(&defaults, view->console->config, add_setting, &settings);
	config_clear(&defaults);
	if (settings.n == 0)
		view_line(view, ELEMENT_NORMAL, "  Every setting is as by default.");
}

/* ---- the view ---- */

static void
others_answered(void *view)
{
	view_answered(view);
}

static int
open_health(struct view *view, struct err *err)
{
	struct health *h = xcalloc(1, sizeof(*h));

	(void)err;
	view->state = h;
	health_begin(h, view->console, others_answered, view);
	return 0;
}

static void
close_health(struct view *view)
{
	health_end(view->state);
	free(view->state);
}

static void
add_page(struct view *view, const struct health *h)
{
	add_now(view, h);
	add_server(view, h);
	view_line(view, ELEMENT_SECTION, "In order");
	add_verdicts(view, h, VERDICT_OK, VERDICT_INFO);
	add_contents(view, h);
	add_configuration(view);
}

static enum view_read
read_health(struct view *view, bool begin, struct err *err)
{
	struct console *console = view->console;
	struct health *h = view->state;

	(void)err; /* what cannot be read is a part of the page */
	if (begin) {
		health_look(h, console);
		if (health_wants_doctor(h, console->now_ms))
			return VIEW_MORE;
	} else {
		health_ask_doctor(h, console);
	}
	list_begin(&view->list);
	add_page(view, h);
	list_end(&view->list);
	return VIEW_DONE;
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct health *h = view->state;
	size_t wrong = add_verdicts(NULL, h, VERDICT_ERROR, VERDICT_ERROR),
	       notes = add_verdicts(NULL, h, VERDICT_WARNING, VERDICT_UNKNOWN);

	if (wrong + notes == 0)
		buf_add_text(out, awaits_any(h) ? "Looking" : "All is well");
	if (wrong > 0)
		buf_printf(out, "%zu %s WRONG", wrong, wrong == 1 ? "thing is" : "things are");
	if (notes > 0)
		buf_printf(out, "%s%zu worth a look", wrong > 0 ? ", " : "It works; ", notes);
}

const struct view_type view_health = {
	.id = VIEW_HEALTH,
	.name = "health",
	.title = "Health",
	.about = "Whether all is well, and what to do where it is not: the server, the database, "
		 "the disk, the domains, the name servers, Postfix; then what is in force. Name "
		 "servers and Postfix are asked when this is opened and every 30 seconds while it "
		 "is shown. greygate doctor says the same.",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.flags = VIEW_IS_TEXT,
	.sort = -1,
	.open = open_health,
	.close = close_health,
	.read = read_health,
	.summary = summarise,
};
