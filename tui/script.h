/* script.h - keys in, screens out: the console driven by a text, for tests and the recorded tour.
 *
 * One command a line; blank lines and those that begin with # are remarks.
 *   key NAME...      keys by name: key j j Enter ^D
 *   type TEXT        the characters of TEXT
 *   size 80x24       another size
 *   screen [TITLE]   writes the screen, framed, below a line with TITLE
 *   marks [TITLE]    the same with the element of each cell (term.h)
 *   say TEXT         writes TEXT as it is
 *   second           a second's work, as the clock would call for it
 *   wait TEXT        until the screen has TEXT; fails after ten seconds
 *   gone TEXT        until it has not
 * After each command all reading is done before the next. */
#ifndef TUI_SCRIPT_H
#define TUI_SCRIPT_H

#include <stdio.h>

#include "common/base/err.h"

struct console;
struct script;

/* INPUT is borrowed. Screens go to standard output. */
struct script *script_new(struct console *console, FILE *input);
void script_free(struct script *script); /* NULL is fine */

/* Runs to the end, or until the console was left. -1 with the line that failed in ERR (ERR_DATA).
 */
int script_run(struct script *script, struct err *err);

#endif
