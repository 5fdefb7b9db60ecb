/* index.h - keyed hash of a key to row ids, in memory. An accelerator, never a second truth:
 * every hit is verified against the row, and an entry whose row is gone is dropped by the finder.
 *
 * 256 segments by the high bits of the hash, each an open-addressing table that grows on its own,
 * so that no answer waits for one great rehash. 16 bytes a slot: hash and id. */
#ifndef COMMON_GREYLIST_INDEX_H
#define COMMON_GREYLIST_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"

struct index;

/* KEY is the secret of the hash (SipHash-2-4), so that nobody outside can aim at one chain. */
struct index *index_new(const uint8_t key[16]);
void index_free(struct index *index); /* NULL is fine */

/* Hash of PARTS in order; lengths are part of the input, so ("a","bc") is not ("ab","c"). */
uint64_t index_hash(const struct index *index, const struct slice *parts, size_t n);

/* The same pair twice is kept once. */
void index_add(struct index *index, uint64_t hash, int64_t id);
void index_remove(struct index *index, uint64_t hash, int64_t id);

/* Ids with that hash, newest first: begins with *CURSOR zeroed, returns 0 after the last. */
struct index_cursor {
	bool begun;
	int64_t below_id;
};
int64_t index_next(const struct index *index, uint64_t hash, struct index_cursor *cursor);

size_t index_count(const struct index *index);
size_t index_bytes(const struct index *index);

#endif
