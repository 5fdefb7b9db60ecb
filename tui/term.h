/* term.h - the one owner of the terminal: curses, colours, signals that touch it.
 *
 * A frame is drawn with term_erase(), term_put()..., term_show(): what differs from the screen is
 * written in one go. Whatever ends the process, the terminal is restored: term_open() takes the
 * signals that kill (HUP, QUIT, ABRT, SEGV, BUS, ILL, FPE, TERM); their handler only writes a
 * prepared string and sets the saved modes, then the signal is raised again. ^C is a key. INT, TSTP
 * (^Z) and WINCH are for the loop of the caller: until it watches them they are as they were. */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <stdbool.h>

#include "common/base/err.h"
#include "tui/keys.h"
#include "tui/text.h"

/* What a piece of the screen means; the theme gives it its looks. The letter stands for it in saved
 * screens (term_row_marks). */
enum element {
	ELEMENT_NORMAL,  /* . */
	ELEMENT_BAR,     /* b: the line of views */
	ELEMENT_ACTIVE,  /* a: the view that is shown */
	ELEMENT_HEAD,    /* h: titles of columns */
	ELEMENT_CURSOR,  /* c: the selected row */
	ELEMENT_TAGGED,  /* t */
	ELEMENT_DIM,     /* d */
	ELEMENT_GOOD,    /* g */
	ELEMENT_NOTICE,  /* n: worth a look */
	ELEMENT_BAD,     /* x */
	ELEMENT_KEY,     /* k: a key that may be pressed */
	ELEMENT_SECTION, /* s: title of a part of a text */
	ELEMENT_CHART,   /* r */
	ELEMENT_N
};

struct term;

struct term_options {
	const char *theme; /* "dark", "light", "mono"; NULL: dark. Mono where there is no colour */
	bool mono;         /* whatever the theme; also by a non-empty NO_COLOR */
	int rows, cols;    /* not 0: a screen in memory of that size, for scripts; no signals */
};

struct term *term_open(const struct term_options *options, struct err *err);
void term_close(struct term *term); /* NULL is fine */

/* Names of themes for completion and errors, ended by NULL. */
extern const char *const term_themes[];

int term_rows(const struct term *term);
int term_cols(const struct term *term);
enum text_charset term_charset(const struct term *term);

void term_erase(struct term *term);
/* S, raw, in exactly COLS cells from (ROW, COL); what lies outside the screen is left out. */
void term_put(struct term *term, int row, int col, enum element element, struct slice s, int cols);
/* The same, right-aligned. */
void term_put_right(
    struct term *term, int row, int col, enum element element, struct slice s, int cols);
/* Where the cursor is shown in this frame; without it it is hidden. */
void term_cursor(struct term *term, int row, int col);
void term_show(struct term *term);
/* Everything is written again with the next frame: ^L. */
void term_redraw(struct term *term);

/* The next key that has been typed, K_NONE when there is none: call it until then, for bytes that
 * have been read wake no loop again. Never waits, but for the rest of an escape sequence: 25 ms. */
int term_key(struct term *term);
/* Reads the size again, after SIGWINCH; a screen in memory takes ROWS and COLS. */
void term_resize(struct term *term, int rows, int cols);
/* Gives the terminal back and stops the process, as ^Z does; returns when it goes on. */
void term_suspend(struct term *term);

/* Reports of the mouse take the selection of text away from the terminal: off at first. */
void term_mouse(struct term *term, bool on);
struct term_click {
	int row, col;
	enum { CLICK_SELECT, CLICK_OPEN, CLICK_UP, CLICK_DOWN } what;
};
/* What K_MOUSE was. */
bool term_click(struct term *term, struct term_click *click_out);

/* Another theme; -1 when there is none of that name. */
int term_theme(struct term *term, const char *name);

/* What the last frame showed, for saved screens: the text of a row without blanks at its end, and a
 * letter for the element of each cell ('.' for NORMAL). */
void term_row_text(struct term *term, int row, struct buf *out);
void term_row_marks(struct term *term, int row, struct buf *out);

#endif
