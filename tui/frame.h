/* frame.h - where things are on the screen: the line of views, the summary, the list, the status
 * line, the hints; what gives way when the screen is small. */
#ifndef TUI_FRAME_H
#define TUI_FRAME_H

#include "tui/app.h"

/* Less than that shows one line which says so. */
#define FRAME_MIN_ROWS 8
#define FRAME_MIN_COLS 40

bool frame_fits(const struct console *console);
void frame_draw(struct console *console);
/* The status line alone, while something takes long. */
void frame_draw_progress(struct console *console, const char *what, int percent);

/* Screen row of the list's titles, as drawn now; and rows that the list has, with them. */
int frame_list_top(const struct console *console);
int frame_list_rows(const struct console *console);

#endif
