/* names.h - gives each distinct text a number, from 0 up. */
#ifndef COMMON_BASE_NAMES_H
#define COMMON_BASE_NAMES_H

#include <stddef.h>

#include "common/base/str.h"

struct names {
	char **texts;
	uint32_t *hashes; /* of the texts: a greater table is filled without looking at them */
	size_t n, cap;
	size_t *table; /* number + 1, open addressing; a power of two */
	size_t table_size;
	char **chunks; /* hold the texts */
	size_t chunk_n;
	char *free_at; /* in the last chunk */
	size_t free_n;
};

/* The number of TEXT, a new one (then equal to the old names->n) the first time. */
size_t names_number(struct names *names, struct slice text);
void names_clear(struct names *names);

#endif
