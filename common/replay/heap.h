/* heap.h - tries that are to come, the earliest on top; private to common/replay. */
#ifndef COMMON_REPLAY_HEAP_H
#define COMMON_REPLAY_HEAP_H

#include "common/replay/mail.h"

struct heap_entry {
	struct mail_try try;
	uint32_t mail; /* in mails.mails */
	uint32_t made; /* tries before this one */
};

struct heap {
	struct heap_entry *entries;
	size_t n, cap;
};

/* By time, then in the order of the input. */
bool heap_before(const struct heap_entry *a, const struct heap_entry *b);
void heap_push(struct heap *h, const struct heap_entry *entry);
const struct heap_entry *heap_top(const struct heap *h); /* NULL: it is empty */
void heap_pop(struct heap *h);
void heap_clear(struct heap *h); /* a zeroed one is empty */

#endif
