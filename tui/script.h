/* script.h - keys in, screens out: the console driven by a text, for tests and the recorded tour.
 *
 * One command a line, by the table of script.c; blank lines and those that begin with # are
 * remarks. After each command all reading is done before the next. */
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

/* The commands as a section of the manual page. */
void script_mdoc(FILE *out);

#endif
