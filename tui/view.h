/* view.h - what a view is, and the stack of them. A view is a list (list.h) and a few functions; a
 * text - a detail, the help, statistics - is a list of one column without a selection. */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "tui/list.h"

struct console;
struct view;

/* What a row stands for, one bit each: the commands that can act on it name them. */
enum row_kind {
	ROW_POOL = 1 << 0,
	ROW_WAITING = 1 << 1, /* a triplet that waits */
	ROW_PASSED = 1 << 2,
	ROW_CLIENT = 1 << 3, /* auto-whitelisted */
	ROW_DOMAIN = 1 << 4,
	ROW_NETWORK = 1 << 5,
	ROW_RULE = 1 << 6,
	ROW_POLICY = 1 << 7,
	ROW_EVENT = 1 << 8,
	ROW_CHANGE = 1 << 9,
	ROW_TEXT = 1 << 10,  /* a line of text */
	ROW_CHOICE = 1 << 11 /* something to choose */
};

/* The first seven are the views of the keys 1 to 7, the others are opened from them. */
enum view_id {
	VIEW_DEFERRED,
	VIEW_PASSED,
	VIEW_DOMAINS,
	VIEW_RULES,
	VIEW_LIVE,
	VIEW_STATISTICS,
	VIEW_HEALTH,
	VIEW_MAIN_N,
	VIEW_TRIPLETS = VIEW_MAIN_N, /* arg: sender domain */
	VIEW_DETAIL,                 /* key: triplet */
	VIEW_CLIENTS,
	VIEW_DOMAIN,    /* key: domain */
	VIEW_ENTRY,     /* key: of a row in VIEW_RULES */
	VIEW_CHANGES,   /* the audit */
	VIEW_CHANGE,    /* key: change */
	VIEW_WHITELIST, /* what to let pass, or block */
	VIEW_PREVIEW,   /* arg: domain */
	VIEW_HELP,
	VIEW_MESSAGES,
	VIEW_ID_N
};

enum view_flag {
	VIEW_IS_TEXT = 1,   /* scrolls, nothing is selected */
	VIEW_IS_WINDOW = 2, /* rows are a window on a table (pager.h): no sorting */
	VIEW_IS_STILL = 4,  /* does not change when the database does */
	VIEW_HAS_ORDER = 8  /* rows belong where they are: no sorting */
};

/* What came of a slice of reading: complete, or there is more to read. */
enum view_read { VIEW_ERROR = -1, VIEW_DONE, VIEW_MORE };

struct view_type {
	enum view_id id;
	const char *name;  /* "deferred": for :commands */
	const char *title; /* "Deferred" */
	const char *about; /* for the help: what it shows, a sentence */
	const char *empty; /* what to say where there is no row */
	const struct column *columns;
	size_t column_n;
	unsigned flags;
	int sort; /* column at first, -1: as the rows come */
	bool reverse;
	/* Each may be NULL. open() makes view->state; an error ends it. */
	int (*open)(struct view *view, struct err *err);
	void (*close)(struct view *view);
	/* Reads a slice (some 5 ms) of what is shown; BEGIN: from the start. Works on view->list by
	 * list_begin() ... list_end(). */
	enum view_read (*read)(struct view *view, bool begin, struct err *err);
	/* The line above the columns: what it is, counted. */
	void (*summary)(struct view *view, struct buf *out);
	void (*enter)(struct view *view, const struct row *row);
	/* The selection came near an end of the window: get more. MORE: nothing was found yet, and
	 * there is more to look at. */
	enum view_read (*extend)(struct view *view, bool backward, struct err *err);
	/* To the window at the FRONT of the whole, or at its end. */
	void (*jump)(struct view *view, bool front);
};

struct view {
	const struct view_type *type;
	struct console *console;
	struct list list;
	void *state;  /* of the type */
	int64_t key;  /* what it is about */
	char *arg;    /* what it is about, as text; "" for nothing */
	bool reading; /* read() has more to do */
	bool stale;   /* must be read again */
	bool urgent;  /* and that at once */
	bool paused;
	bool failed;      /* the last reading */
	bool was_read;    /* once at least, without a failure */
	bool more;        /* a window: older rows than those of the list are there */
	int percent;      /* of a reading that takes long; for the status line */
	int64_t began_ms; /* of the last reading */
	/* the next reading, unless the operator asks: one tenth of the time */
	int64_t not_before_ms;
};

/* Types by id (views.c). */
const struct view_type *view_type(enum view_id id);
/* By name, NULL when there is none. */
const struct view_type *view_type_named(const char *name);

struct view *view_new(
    struct console *console, enum view_id id, int64_t key, const char *arg, struct err *err);
void view_free(struct view *view);

/* One slice of reading, when there is something to read. */
void view_read_slice(struct view *view);
/* Must be read again; NOW: even when the last reading took long. One under way is not disturbed. */
void view_stale(struct view *view, bool now);
/* What the view itself has asked for is there: it must be read again, but for a pause. */
void view_answered(struct view *view);
/* Ends the reading under way; what is shown stays as it is. */
void view_abandon(struct view *view);
/* Holds it still, and gives up a reading under way: p goes on. */
void view_pause(struct view *view);
/* Whether a slice is due. */
bool view_wants_slice(const struct view *view);

/* Lines of texts: one row with one cell, wrapped by view_wrap_text() where it is a sentence. */
void view_line(struct view *view, enum element element, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void view_sentence(struct view *view, enum element element, int indent, struct slice text);
extern const struct column view_text_columns[1];

/* The types, each in the file of its name. */
extern const struct view_type view_deferred, view_passed, view_domains, view_rules, view_live,
    view_statistics, view_health, view_triplets, view_detail, view_clients, view_domain, view_entry,
    view_changes, view_change, view_whitelist, view_preview, view_help, view_messages;

#endif
