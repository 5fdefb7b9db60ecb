/* count_table.h - the table of the statistics: answers by class and reason, their delays, and what
 * never came again, over four spans of time. */
#ifndef TUI_COUNT_TABLE_H
#define TUI_COUNT_TABLE_H

#include "common/greylist/tally.h"
#include "tui/view.h"

/* Adds its lines to the filling of VIEW, as wide as the screen. */
void count_table_add(struct view *view, const struct tally *tally);

#endif
