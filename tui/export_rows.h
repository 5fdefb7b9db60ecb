/* export_rows.h - the rows that a list shows, written for other programs; knows no files.
 *
 * CSV (RFC 4180): texts are quoted, and escaped as on the screen, so a row is always one line. One
 * that a spreadsheet would take for a formula gets a ' before it. Times are those of the clock
 * here, "2026-11-24 23:49:37". JSON: one object a line, numbers as numbers, times in Unix seconds;
 * "never" is null. Columns of times (in JSON) and of seconds are named NAME_s. */
#ifndef TUI_EXPORT_ROWS_H
#define TUI_EXPORT_ROWS_H

#include <stdio.h>

#include "tui/list.h"

enum export_format { EXPORT_CSV, EXPORT_JSON, EXPORT_TEXT };

/* All columns, those too that have no place on the screen. For TEXT the first column alone.
 * Whether it was written OUT knows (ferror). */
void export_rows_write(const struct list *list, enum export_format format, FILE *out);

#endif
