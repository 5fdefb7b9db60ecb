/* names.c - see names.h. */
#include "common/base/names.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

static size_t
hash_of(struct slice text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 29);
}

static size_t
place_of(const struct names *names, struct slice text)
{
	size_t at = hash_of(text) & (names->table_size - 1);

	while (names->table[at] != 0 &&
	       !slice_equal(slice_of(names->texts[names->table[at] - 1]), text))
		at = (at + 1) & (names->table_size - 1);
	return at;
}

static void
grow(struct names *names)
{
	size_t i;

	names->table_size = names->table_size == 0 ? 64 : names->table_size * 2;
	free(names->table);
	names->table = xcalloc(names->table_size, sizeof(*names->table));
	for (i = 0; i < names->n; i++)
		names->table[place_of(names, slice_of(names->texts[i]))] = i + 1;
}

size_t
names_number(struct names *names, struct slice text)
{
	size_t at;

	if (names->n * 2 >= names->table_size)
		grow(names);
	at = place_of(names, text);
	if (names->table[at] != 0)
		return names->table[at] - 1;
	if (names->n == names->cap) {
		names->cap = names->cap == 0 ? 64 : names->cap * 2;
		names->texts = xreallocarray(names->texts, names->cap, sizeof(*names->texts));
	}
	names->texts[names->n] = xslicedup(text);
	names->table[at] = ++names->n;
	return names->n - 1;
}

void
names_clear(struct names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		free(names->texts[i]);
	free(names->texts);
	free(names->table);
	memset(names, 0, sizeof(*names));
}
