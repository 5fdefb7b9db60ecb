/* screen.h - a screen of curses: opened without its exits and its handlers of signals, given back
 * whatever happens. The one door to <curses.h>. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#define NCURSES_WIDECHAR 1
#define key_name curses_key_name /* it has one, too, that nobody here calls; ours is in keys.h */
#include <curses.h>
#undef key_name

#include "common/base/err.h"

#define SCREEN_ESCAPE_MS 25 /* within so much the rest of a sequence has come */

struct screen {
	SCREEN *curses;
	FILE *null; /* where a screen in memory writes to; NULL for a terminal */
};

int screen_open(struct screen *screen, bool in_memory, struct err *err);
void screen_close(struct screen *screen);

/* As ^Z does without a handler; returns, the terminal taken again, when the process goes on. */
void screen_suspend(void);

#endif
