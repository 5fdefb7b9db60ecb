/* pager.h - a list as a window on a table of any size: newest first, in keyset pages, read in
 * slices, extended where the selection comes near an end. */
#ifndef TUI_PAGER_H
#define TUI_PAGER_H

#include "tui/view.h"

struct pager;

/* Where the rows come from. Both look at no more than LIMIT rows, hand those of the view to
 * pager_row(), and tell the id of the last one looked at, 0 when there was none. */
struct pager_source {
	/* Newest first, id < BEFORE. */
	int (*down)(struct pager *pager, int64_t before, int64_t limit, int64_t *last_id_out,
	    struct err *err);
	/* Oldest first, id > AFTER. */
	int (*up)(struct pager *pager, int64_t after, int64_t limit, int64_t *last_id_out,
	    struct err *err);
	/* The greatest id, for the progress. */
	int (*greatest)(struct pager *pager, int64_t *id_out, struct err *err);
};

struct pager {
	struct view *view;
	const struct pager_source *source;
	int64_t first, last; /* ids: what lies between was looked at; 0: nothing was */
	bool at_front;       /* nothing newer was there */
	bool at_back;        /* nothing older was there */
	int64_t cursor;      /* of the reading under way */
	bool upward;
	size_t found;
	int64_t stride;    /* rows to look at in the next slice */
	unsigned filter_n; /* of the list, when the window was last filled */
	void *arg;
};

void pager_init(
    struct pager *pager, struct view *view, const struct pager_source *source, void *arg);

/* For the source: a row of the view (taken); one that the filter leaves out is freed. */
void pager_row(struct pager *pager, struct row *row);

/* For the functions of a view type. */
enum view_read pager_read(struct pager *pager, bool begin, struct err *err);
enum view_read pager_extend(struct pager *pager, bool backward, struct err *err);
void pager_jump(struct pager *pager, bool front);

/* The functions themselves, of a view whose state is a struct pager on the heap, or begins with
 * one. */
void pager_view_close(struct view *view);
enum view_read pager_view_read(struct view *view, bool begin, struct err *err);
enum view_read pager_view_extend(struct view *view, bool backward, struct err *err);
void pager_view_jump(struct view *view, bool front);

#endif
