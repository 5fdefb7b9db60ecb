/* index.c - see index.h. Linear probing; a removed slot is closed by moving later ones back, so
 * there are no tombstones and a table never degrades. Id 0 marks a free slot: rows begin at 1. */
#include "common/greylist/index.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

#define SEGMENTS 256
#define SEGMENT_SLOTS 16 /* at first */
#define HASH_INPUT_MAX (3 * 4096 + 3 * sizeof(uint64_t))

struct slot {
	uint64_t hash;
	int64_t id;
};

struct segment {
	struct slot *slots;
	uint32_t size, used;
};

struct index {
	uint8_t key[crypto_shorthash_KEYBYTES];
	struct segment segments[SEGMENTS];
};

struct index *
index_new(const uint8_t key[16])
{
	struct index *index = xcalloc(1, sizeof(*index));

	memcpy(index->key, key, sizeof(index->key));
	return index;
}

void
index_free(struct index *index)
{
	int i;

	if (index == NULL)
		return;
	for (i = 0; i < SEGMENTS; i++)
		free(index->segments[i].slots);
	free(index);
}

uint64_t
index_hash(const struct index *index, const struct slice *parts, size_t n)
{
	unsigned char input[HASH_INPUT_MAX], out[crypto_shorthash_BYTES];
	uint64_t hash, len;
	size_t i, used = 0;

	for (i = 0; i < n; i++) {
		len = parts[i].len;
		if (used + sizeof(len) + len > sizeof(input))
			len = sizeof(input) - used - sizeof(len); /* longer keys only collide */
		memcpy(input + used, &len, sizeof(len));
		if (len > 0)
			memcpy(input + used + sizeof(len), parts[i].ptr, len);
		used += sizeof(len) + len;
	}
	crypto_shorthash(out, input, used, index->key);
	memcpy(&hash, out, sizeof(hash));
	return hash;
}

static struct segment *
segment_of(const struct index *index, uint64_t hash)
{
	return (struct segment *)&index->segments[hash >> 56];
}

/* Where a hash would like to be: its low bits scaled to the size, which is no power of two. */
static uint32_t
home(const struct segment *s, uint64_t hash)
{
	return (uint32_t)(((hash & UINT32_MAX) * s->size) >> 32);
}

static uint32_t
next(const struct segment *s, uint32_t at)
{
	return at + 1 == s->size ? 0 : at + 1;
}

static void
put(struct segment *s, struct slot slot)
{
	uint32_t at = home(s, slot.hash);

	while (s->slots[at].id != 0)
		at = next(s, at);
	s->slots[at] = slot;
	s->used++;
}

static void
grow(struct segment *s)
{
	struct segment bigger = { .size = s->size == 0 ? SEGMENT_SLOTS : s->size + s->size / 2 };
	uint32_t i;

	bigger.slots = xcalloc(bigger.size, sizeof(*bigger.slots));
	for (i = 0; i < s->size; i++)
		if (s->slots[i].id != 0)
			put(&bigger, s->slots[i]);
	free(s->slots);
	*s = bigger;
}

/* The slot of the pair, or -1. */
static int64_t
find(const struct segment *s, uint64_t hash, int64_t id)
{
	uint32_t at;

	if (s->size == 0)
		return -1;
	for (at = home(s, hash); s->slots[at].id != 0; at = next(s, at))
		if (s->slots[at].hash == hash && s->slots[at].id == id)
			return at;
	return -1;
}

void
index_add(struct index *index, uint64_t hash, int64_t id)
{
	struct segment *s = segment_of(index, hash);

	if (find(s, hash, id) != -1)
		return;
	/* Full to four fifths, then half as much again: 16 to 24 bytes for a pair. */
	if ((uint64_t)(s->used + 1) * 5 > (uint64_t)s->size * 4)
		grow(s);
	put(s, (struct slot){ hash, id });
}

/* How far AT is behind the home of the slot that is there. */
static uint32_t
displacement(const struct segment *s, uint32_t at)
{
	uint32_t from = home(s, s->slots[at].hash);

	return at >= from ? at - from : at + s->size - from;
}

void
index_remove(struct index *index, uint64_t hash, int64_t id)
{
	struct segment *s = segment_of(index, hash);
	int64_t found = find(s, hash, id);
	uint32_t hole, at, distance;

	if (found == -1)
		return;
	hole = (uint32_t)found;
	for (at = next(s, hole); s->slots[at].id != 0; at = next(s, at)) {
		distance = at >= hole ? at - hole : at + s->size - hole;
		if (displacement(s, at) >= distance) {
			s->slots[hole] = s->slots[at];
			hole = at;
		}
	}
	s->slots[hole] = (struct slot){ 0, 0 };
	s->used--;
}

int64_t
index_next(const struct index *index, uint64_t hash, struct index_cursor *cursor)
{
	const struct segment *s = segment_of(index, hash);
	int64_t best = 0;
	uint32_t at;

	if (s->size == 0)
		return 0;
	for (at = home(s, hash); s->slots[at].id != 0; at = next(s, at))
		if (s->slots[at].hash == hash && s->slots[at].id > best &&
		    (!cursor->begun || s->slots[at].id < cursor->below_id))
			best = s->slots[at].id;
	cursor->begun = true;
	cursor->below_id = best;
	return best;
}

size_t
index_count(const struct index *index)
{
	size_t count = 0;
	int i;

	for (i = 0; i < SEGMENTS; i++)
		count += index->segments[i].used;
	return count;
}

size_t
index_bytes(const struct index *index)
{
	size_t bytes = sizeof(*index);
	int i;

	for (i = 0; i < SEGMENTS; i++)
		bytes += index->segments[i].size * sizeof(struct slot);
	return bytes;
}
