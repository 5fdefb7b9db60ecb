/* edit_internal.h - the frame that every change runs in; private to common/store. */
#ifndef COMMON_STORE_EDIT_INTERNAL_H
#define COMMON_STORE_EDIT_INTERNAL_H

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
	int (*find)(const struct edit *edit, struct operation *op, struct err *err);
	int (*apply)(const struct edit *edit, struct operation *op, struct err *err);
	const void *row; /* what APPLY is to write, or to compare with */
	void *plan;      /* what FIND prepares for APPLY */
	char *before, *after;
};

/* BEGIN, FIND, the image before, APPLY, the image after, the audit row, the generation, COMMIT; or
 * nothing of it. */
int edit_run(const struct edit *edit, struct operation *op, struct err *err);

#endif
