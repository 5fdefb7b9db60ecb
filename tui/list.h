/* list.h - rows in columns, as every view shows them: selection and tags that follow their keys,
 * sorting, filtering, widths by the room there is. Knows no store and no curses (row.c
 * makes rows, list_shown.c puts them in order, list_chosen.c knows tags, list_draw.c draws).
 *
 * A column that has no place on the screen is still there for the filter, the export and the
 * commands: what a row is about is read by the names of its columns. */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "tui/filter.h"
#include "tui/term.h"

#define LIST_COLUMNS_MAX 24
#define LIST_REST 255 /* of max_cols: takes what is left */

enum column_kind {
	COLUMN_TEXT,
	COLUMN_COUNT,
	COLUMN_AGE,   /* a time: how long ago; 0 is "never" */
	COLUMN_UNTIL, /* a time: how long until; one that is over is "now" */
	COLUMN_SPAN,  /* seconds */
	COLUMN_CLOCK  /* a time: of day, with the date when it was another day; 0 is "never" */
};

struct column {
	const char *name;  /* for sort, filter and export */
	const char *title; /* on the screen */
	enum column_kind kind;
	uint8_t rank; /* 0: not on the screen; else the greatest goes first when it is narrow */
	uint8_t min_cols, max_cols;
	const char *alias; /* other name in the filter: "from"; NULL for none */
};

struct cell {
	char *text;     /* NULL: none. Shown instead of the number where there is one */
	int64_t number; /* of all kinds but COLUMN_TEXT; what is sorted by */
};

struct row {
	int64_t key;   /* stays the same while what it stands for lives */
	unsigned kind; /* enum row_kind (view.h) */
	enum element element;
	bool tagged;
	char mark; /* before the row; ' ' for none */
	struct cell cells[];
};

struct list {
	const struct column *columns;
	size_t column_n;
	struct row **rows; /* all of them, as they came */
	size_t row_n, row_cap;
	size_t tagged_n;    /* of all of them */
	struct row **shown; /* those that pass the filter, in order */
	size_t shown_n;
	struct row **filling; /* between list_begin() and list_end() */
	size_t filling_n, filling_cap;
	size_t at, top; /* selected row, first row on the screen */
	int height;     /* rows on the screen when it was last drawn */
	int sort;       /* column, -1: as they came */
	bool reverse;
	struct filter filter;
	unsigned filter_n; /* how often it was changed */
	int64_t now_s;     /* for the filter and ages */
};

void list_init(struct list *list, const struct column *columns, size_t n);
void list_clear(struct list *list);

/* ---- filling ---- */

/* A row for LIST; freed with it. Texts are copied. */
struct row *row_new(const struct list *list, int64_t key, unsigned kind);
void row_free(const struct list *list, struct row *row);
void row_text(struct row *row, size_t column, struct slice text);
void row_number(struct row *row, size_t column, int64_t number);
void row_printf(struct row *row, size_t column, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A whole new filling. What was there stays until list_end(); then selection and tags follow their
 * keys, and a selected row that is gone leaves the selection to the next that is still there. */
void list_begin(struct list *list);
void list_add(struct list *list, struct row *row); /* takes ROW */
void list_end(struct list *list);
void list_abandon(struct list *list); /* no list_end() will come */

/* At the ends of what is there, for windows on a greater whole; takes ROW. Not sorted. */
void list_append(struct list *list, struct row *row);
void list_prepend(struct list *list, struct row *row);
/* Drops N rows at the end, or at the front. */
void list_cut_back(struct list *list, size_t n);
void list_cut_front(struct list *list, size_t n);

/* ---- looking ---- */

const struct row *list_current(const struct list *list); /* NULL: there is none */
/* A cell by the name of its column: "" or 0 when there is none. A text is borrowed. */
const char *list_text(const struct list *list, const struct row *row, const char *column);
int64_t list_number(const struct list *list, const struct row *row, const char *column);
/* The number of the column, or -1. */
int list_column(const struct list *list, struct slice name);
/* What the screen shows for a cell, raw. Returns TEXT or the cell's own. */
const char *list_format(
    const struct list *list, const struct row *row, size_t column, char text[64]);

/* ---- moving ---- */

/* Return whether the selection moved. */
bool list_move(struct list *list, int64_t rows);
bool list_go(struct list *list, size_t at);
bool list_go_key(struct list *list, int64_t key);
/* To the next row (or the one before, BACKWARD) in which some cell on the screen has TEXT, letters
 * of either case; SELF: the selected row may be it. Goes round at the end. */
bool list_seek(struct list *list, struct slice text, bool backward, bool self);

/* ---- tags, order, filter ---- */

void list_tag(struct list *list, bool all); /* turns the tag of the selected row, or of all shown */
void list_untag(struct list *list);
size_t list_tagged(const struct list *list); /* of those shown */
/* Calls FN for each tagged row, or for the selected one when there is none. Returns how many. */
typedef void list_fn(void *arg, const struct list *list, const struct row *row);
size_t list_each_chosen(const struct list *list, list_fn *fn, void *arg);
/* Their kinds, together. */
unsigned list_chosen_kinds(const struct list *list);

void list_sort(struct list *list, int column, bool reverse);
/* "" for none. On -1 the filter stays as it was. */
int list_filter(struct list *list, const char *text, struct err *err);
bool list_matches(const struct list *list, const struct row *row);

/* ---- drawing (list_draw.c) ---- */

/* The titles in row TOP, where any column has one, rows below; N rows in all. */
void list_draw(struct list *list, struct term *term, int top, int n);
/* Lines of a text: no titles, nothing selected; the selected row is the first on the screen,
 * or further down on the last one. */
void list_draw_text(struct list *list, struct term *term, int top, int n);
/* The index of the shown row in screen row ROW, as last drawn from TOP; -1 for none. */
int64_t list_row_at(const struct list *list, int top, int row);

#endif
