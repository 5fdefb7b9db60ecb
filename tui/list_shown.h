/* list_shown.h - which rows of a list are shown, in which order, and where the selection stands
 * when that has changed; private to the list (list_sort() and list_filter() are in list.h). */
#ifndef TUI_LIST_SHOWN_H
#define TUI_LIST_SHOWN_H

#include "tui/list.h"

/* Those rows that pass the filter, in the order of the sort. */
void list_choose(struct list *list);

/* Where the selection was, by the keys of what was shown; for after the rows have changed. */
struct list_standing {
	int64_t *keys;
	size_t n, at, below_top;
};
struct list_standing list_remember(const struct list *list);
/* The selection stays with its row, or what comes next to it, as far down the screen as it was.
 * Clears WAS. */
void list_settle(struct list *list, struct list_standing *was);

/* Puts the selection at index AT, or the last one, BELOW_TOP rows down the screen. */
void list_settle_at(struct list *list, size_t at, size_t below_top);

#endif
