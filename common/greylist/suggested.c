/* suggested.c - see suggested.h. */
#include "common/greylist/suggested.h"

const struct suggested suggested[] = {
#include "domains.inc"
};

const size_t suggested_n = sizeof(suggested) / sizeof(suggested[0]);

const struct suggested *
suggested_find(struct slice name)
{
	size_t i;

	for (i = 0; i < suggested_n; i++)
		if (slice_equal(slice_of(suggested[i].name), name))
			return &suggested[i];
	return NULL;
}
