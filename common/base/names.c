/* names.c - see names.h. */
#include "common/base/names.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

#define CHUNK_BYTES 65536

static uint32_t
hash_of(struct slice text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
	return (uint32_t)(hash ^ hash >> 29);
}

static size_t
place_of(const struct names *names, struct slice text, uint32_t hash)
{
	size_t at = hash & (names->table_size - 1), number;

	for (; names->table[at] != 0; at = (at + 1) & (names->table_size - 1)) {
		number = names->table[at] - 1;
		if (names->hashes[number] == hash &&
		    slice_equal(slice_of(names->texts[number]), text))
			break;
	}
	return at;
}

static void
grow_table(struct names *names)
{
	size_t i, at;

	names->table_size = names->table_size == 0 ? 64 : names->table_size * 2;
	free(names->table);
	names->table = xcalloc(names->table_size, sizeof(*names->table));
	for (i = 0; i < names->n; i++) {
		at = names->hashes[i] & (names->table_size - 1);
		while (names->table[at] != 0)
			at = (at + 1) & (names->table_size - 1);
		names->table[at] = i + 1;
	}
}

/* A million of texts is freed at once, not one by one. */
static char *
keep_text(struct names *names, struct slice text)
{
	size_t size = text.len + 1;
	char *at;

	if (size > names->free_n) {
		names->free_n = size > CHUNK_BYTES ? size : CHUNK_BYTES;
		names->free_at = xcalloc(names->free_n, 1);
		names->chunks =
		    xreallocarray(names->chunks, names->chunk_n + 1, sizeof(*names->chunks));
		names->chunks[names->chunk_n++] = names->free_at;
	}
	at = names->free_at;
	names->free_at += size;
	names->free_n -= size;
	if (text.len > 0)
		memcpy(at, text.ptr, text.len);
	return at;
}

size_t
names_number(struct names *names, struct slice text)
{
	uint32_t hash = hash_of(text);
	size_t at;

	if (names->n * 2 >= names->table_size)
		grow_table(names);
	at = place_of(names, text, hash);
	if (names->table[at] != 0)
		return names->table[at] - 1;
	if (names->n == names->cap) {
		names->cap = names->cap == 0 ? 64 : names->cap * 2;
		names->texts = xreallocarray(names->texts, names->cap, sizeof(*names->texts));
		names->hashes = xreallocarray(names->hashes, names->cap, sizeof(*names->hashes));
	}
	names->texts[names->n] = keep_text(names, text);
	names->hashes[names->n] = hash;
	names->table[at] = ++names->n;
	return names->n - 1;
}

void
names_clear(struct names *names)
{
	size_t i;

	for (i = 0; i < names->chunk_n; i++)
		free(names->chunks[i]);
	free(names->chunks);
	free(names->texts);
	free(names->hashes);
	free(names->table);
	memset(names, 0, sizeof(*names));
}
