/* edit_frame.h - the frame that every change runs in: image before, the change, image after, the
 * audit row, the generation, COMMIT; private to common/store. */
#ifndef COMMON_STORE_EDIT_FRAME_H
#define COMMON_STORE_EDIT_FRAME_H

#include <stdbool.h>

#include "common/store/edit.h"
#include "common/store/image.h"

/* One change under way. FIND sets the ID of a row that is known by other means, or refuses; APPLY
 * does the change and, for a new row, sets ID. */
struct operation {
	const char *verb;
	const char *object;
	enum image_kind image;
	int64_t id;        /* of the row; 0: a row to come */
	int64_t object_id; /* what the audit names; 0: the row */
	bool must_exist;   /* no such row is ERR_NOINPUT */
	int (*find)(struct edit *edit, struct operation *op, struct err *err);
	int (*apply)(struct edit *edit, struct operation *op, struct err *err);
	const void *row; /* what APPLY is to write, or to compare with */
	void *plan;      /* what FIND prepares for APPLY */
	char *before, *after;
};

/* FIND, the image before, APPLY, the image after, the audit row; inside edit_transaction(). */
int edit_step(struct edit *edit, struct operation *op, struct err *err);

/* STEPS between BEGIN and the generation and COMMIT; or nothing of it. STEPS returns 0, -1 with
 * ERR, or 1: there was nothing to change. */
typedef int edit_steps_fn(struct edit *edit, void *arg, struct err *err);
int edit_transaction(struct edit *edit, edit_steps_fn *steps, void *arg, struct err *err);

/* A transaction of one step. */
int edit_run(struct edit *edit, struct operation *op, struct err *err);

#endif
