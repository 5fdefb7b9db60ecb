/* undo_kind.h - how a change of each kind of row is taken back; private to common/store. */
#ifndef COMMON_STORE_UNDO_KIND_H
#define COMMON_STORE_UNDO_KIND_H

#include "common/store/image_read.h"

/* A change, and the row that it was about. */
struct undo_rows {
	struct image was;  /* before the change */
	struct image left; /* after it */
	struct image now;
	int64_t id; /* of the row: where the audit says; in the end, where it is */
};

/* What the images of a change say that its undo does. */
enum undo_way { UNDO_REMOVE, UNDO_RESTORE, UNDO_RESET, UNDO_WAYS };

/* 0 or -1; inside a transaction. */
typedef int undo_fn(struct store *store, struct undo_rows *rows, struct err *err);

struct undo_kind {
	const char *name;
	/* Adds a few words that tell the row from others. */
	void (*say)(struct buf *b, const struct image *image);
	/* Looks for what else stands against it and adds it to WHY; may move rows->id to where the
	 * row is now. NULL: nothing to look for. */
	int (*look)(struct store *store, struct undo_rows *rows, struct buf *why, struct err *err);
	undo_fn *by[UNDO_WAYS]; /* NULL: no change of that kind is made */
};

extern const struct undo_kind undo_kinds[IMAGE_N];

#endif
