/* image_read.h - rows back from their images in the audit: what undo compares and restores.
 * Private to common/store. */
#ifndef COMMON_STORE_IMAGE_READ_H
#define COMMON_STORE_IMAGE_READ_H

#include "common/store/image.h"
#include "common/store/json_read.h"

struct image {
	bool there; /* false: there was no row */
	union {
		struct rule rule;
		struct policy policy;
		struct domain domain;
		struct triplet triplet;
		struct client client;
	} row;          /* of what undo has no use for, the fields stay 0 */
	char *texts;    /* what the slices of ROW point into */
	bool holds_nul; /* some text does, and the reader does not get past it */
};

/* Reads TEXT, "" for no row. ERR_DATA when it is damaged or a field is missing; IMAGE_OUT is then
 * as without a row. It is cleared by the caller. */
int image_read(struct json_reader *reader, enum image_kind kind, struct slice text,
    struct image *image_out, struct err *err);
void image_clear(struct image *image); /* a zeroed one is fine */

/* The first field in which two rows differ, of those that make the row what it is or that an
 * operator sets; NULL when there is none. Hits and what refreshes write do not count. */
const char *image_difference(enum image_kind kind, const struct image *a, const struct image *b);

/* A text that is to be restored and that the image may not hold as it was: NUL, and bytes that are
 * no UTF-8, of which U+FFFD is all that is left. Its name, or NULL. */
const char *image_lost(enum image_kind kind, const struct image *image);

#endif
