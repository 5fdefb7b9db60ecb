/* heap.c - see heap.h. */
#include "common/replay/heap.h"

#include <stdlib.h>

#include "common/base/xalloc.h"

bool
heap_before(const struct heap_entry *a, const struct heap_entry *b)
{
	if (a->try.time_s != b->try.time_s)
		return a->try.time_s < b->try.time_s;
	return a->try.seq < b->try.seq;
}

void
heap_push(struct heap *h, const struct heap_entry *entry)
{
	size_t at = h->n++, parent;

	if (h->n > h->cap) {
		h->cap = h->cap == 0 ? 64 : h->cap * 2;
		h->entries = xreallocarray(h->entries, h->cap, sizeof(*h->entries));
	}
	for (; at > 0; at = parent) {
		parent = (at - 1) / 2;
		if (!heap_before(entry, &h->entries[parent]))
			break;
		h->entries[at] = h->entries[parent];
	}
	h->entries[at] = *entry;
}

const struct heap_entry *
heap_top(const struct heap *h)
{
	return h->n == 0 ? NULL : h->entries;
}

void
heap_pop(struct heap *h)
{
	struct heap_entry last = h->entries[--h->n];
	size_t at = 0, child;

	for (; (child = 2 * at + 1) < h->n; at = child) {
		if (child + 1 < h->n && heap_before(&h->entries[child + 1], &h->entries[child]))
			child++;
		if (!heap_before(&h->entries[child], &last))
			break;
		h->entries[at] = h->entries[child];
	}
	h->entries[at] = last;
}

void
heap_clear(struct heap *h)
{
	free(h->entries);
	*h = (struct heap){ .entries = NULL };
}
