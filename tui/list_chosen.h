/* list_chosen.h - tags, and the rows that a command is for; what views need of it is in list.h. */
#ifndef TUI_LIST_CHOSEN_H
#define TUI_LIST_CHOSEN_H

struct list;

/* Tags of the rows that were, to those that are being filled in with the same keys. */
void list_carry_tags(struct list *list);

#endif
