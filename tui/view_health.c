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

/* ---- now ---- */

static const struct level_look {
	const char *word;
	enum element element;
} looks[] = {
	[DOCTOR_OK] = { "ok", ELEMENT_GOOD },
	[DOCTOR_NOTE] = { "note", ELEMENT_NOTICE },
	[DOCTOR_WRONG] = { "WRONG", ELEMENT_BAD },
};

static void
add_finding(struct view *view, enum doctor_level level, const char *text, const char *advice)
{
	add_item(view, looks[level].element, looks[level].word, WORD_COLS, slice_of(text));
	if (*advice != '\0')
		add_item(view, ELEMENT_NORMAL, "", WORD_COLS, slice_of(advice));
}

static size_t
failing_resolvers(const struct health *h)
{
	size_t n = 0, i;

	for (i = 0; i < h->resolvers.n; i++)
		n += h->resolvers.each[i].state == RESOLVER_FAILS;
	return n;
}

/* One that does not answer costs time; where none does, no SPF record can be read. */
static enum doctor_level
level_of_resolvers(const struct health *h)
{
	size_t n = failing_resolvers(h);

	return n == 0 ? DOCTOR_OK : n < h->resolvers.n ? DOCTOR_NOTE : DOCTOR_WRONG;
}

static size_t
count_level(const struct health *h, enum doctor_level level)
{
	size_t n = level_of_resolvers(h) == level, i;

	for (i = 0; i < h->finding_n; i++)
		n += h->findings[i].level == level;
	return n + (level == DOCTOR_WRONG && h->trouble[0] != '\0');
}

static void
add_resolver_problem(struct view *view, const struct health *h)
{
	const char *where = h->resolvers.configured ? "dns.servers" : "/etc/resolv.conf";
	enum doctor_level level = level_of_resolvers(h);
	char text[128], advice[256];

	snprintf(text, sizeof(text), "DNS: %zu of %zu name servers do not answer",
	    failing_resolvers(h), h->resolvers.n);
	if (level == DOCTOR_NOTE)
		snprintf(advice, sizeof(advice), "each costs time: see below which, and correct %s",
		    where);
	else
		snprintf(advice, sizeof(advice),
		    "without DNS networks of domains stay as they are and mail of pools waits for "
		    "each host: start the name server, or correct %s",
		    where);
	add_finding(view, level, text, advice);
}

static void
add_level(struct view *view, const struct health *h, enum doctor_level level)
{
	size_t i;

	if (level == DOCTOR_WRONG && h->trouble[0] != '\0')
		add_finding(view, level, h->trouble, "what is shown below may be old");
	for (i = 0; i < h->finding_n; i++)
		if (h->findings[i].level == level)
			add_finding(view, level, h->findings[i].text, h->findings[i].advice);
	if (level != DOCTOR_OK && level_of_resolvers(h) == level)
		add_resolver_problem(view, h);
}

static void
add_now(struct view *view, const struct health *h)
{
	view_line(view, ELEMENT_SECTION, "Now");
	add_level(view, h, DOCTOR_WRONG);
	add_level(view, h, DOCTOR_NOTE);
	if (count_level(h, DOCTOR_WRONG) + count_level(h, DOCTOR_NOTE) == 0)
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

/* ---- name servers ---- */

static void
add_resolver(struct view *view, const struct resolver *resolver)
{
	char text[128];

	if (resolver->state == RESOLVER_FAILS) {
		snprintf(text, sizeof(text), "%s: %s", resolver->text, resolver->why);
		add_item(view, ELEMENT_BAD, "FAILS", WORD_COLS, slice_of(text));
	} else if (resolver->state == RESOLVER_ANSWERS) {
		snprintf(text, sizeof(text), "%s answers in %s%" PRId64 " ms", resolver->text,
		    resolver->took_ms == 0 ? "less than " : "",
		    resolver->took_ms == 0 ? 1 : resolver->took_ms);
		add_item(view, ELEMENT_GOOD, "ok", WORD_COLS, slice_of(text));
	} else {
		snprintf(text, sizeof(text), "%s is asked", resolver->text);
		add_item(view, ELEMENT_NORMAL, "...", WORD_COLS, slice_of(text));
	}
}

static void
add_resolvers(struct view *view, const struct health *h)
{
	size_t i;

	view_line(view, ELEMENT_SECTION, "Name servers, by %s",
	    h->resolvers.configured ? "dns.servers" : "/etc/resolv.conf");
	for (i = 0; i < h->resolvers.n; i++)
		add_resolver(view, &h->resolvers.each[i]);
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
	add_pair(view, ELEMENT_NORMAL, "entries", "%zu rules, %zu policies", h->rules, h->policies);
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
resolver_changed(void *arg)
{
	struct view *view = arg;

	view_stale(view, true);
}

static int
open_health(struct view *view, struct err *err)
{
	struct health *h = xcalloc(1, sizeof(*h));

	(void)err;
	view->state = h;
	resolvers_begin(
	    &h->resolvers, view->console->loop, view->console->config, resolver_changed, view);
	return 0;
}

static void
close_health(struct view *view)
{
	health_clear(view->state);
	free(view->state);
}

static void
add_page(struct view *view, const struct health *h)
{
	add_now(view, h);
	add_server(view, h);
	add_resolvers(view, h);
	view_line(view, ELEMENT_SECTION, "In order");
	add_level(view, h, DOCTOR_OK);
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
		resolvers_ask(&h->resolvers, console->now_ms);
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
	size_t wrong = count_level(h, DOCTOR_WRONG), notes = count_level(h, DOCTOR_NOTE);

	if (wrong + notes == 0)
		buf_add_text(out, "All is well");
	if (wrong > 0)
		buf_printf(out, "%zu %s WRONG", wrong, wrong == 1 ? "thing is" : "things are");
	if (notes > 0)
		buf_printf(out, "%s%zu worth a look", wrong > 0 ? ", " : "It works; ", notes);
}

const struct view_type view_health = {
	.id = VIEW_HEALTH,
	.name = "health",
	.title = "Health",
	.about =
	    "Whether all is well, and what to do where it is not: the server, the database, the "
	    "disk, the domains, the name servers; then what is in force. The name servers are "
	    "asked "
	    "for an address when this is opened and every 30 seconds while it is shown, the rest "
	    "is "
	    "what greygate check says.",
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
