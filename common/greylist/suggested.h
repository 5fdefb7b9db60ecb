/* suggested.h - domains whose mail greylisting is known to hurt (data/domains.yaml). Nothing of it
 * is in force before an operator takes it. */
#ifndef COMMON_GREYLIST_SUGGESTED_H
#define COMMON_GREYLIST_SUGGESTED_H

#include <stddef.h>

#include "common/base/str.h"

struct suggested {
	const char *name; /* normal form */
	const char *reason;
	const char *date; /* when it was last looked at */
};

extern const struct suggested suggested[];
extern const size_t suggested_n;

/* The row of NAME, or NULL. */
const struct suggested *suggested_find(struct slice name);

#endif
