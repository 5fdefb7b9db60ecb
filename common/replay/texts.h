/* texts.h - gives each distinct text a number, from 0 up, as common/base/names.h does, but placed
 * by a keyed hash: what a log names was chosen by strangers. Private to common/replay. */
#ifndef COMMON_REPLAY_TEXTS_H
#define COMMON_REPLAY_TEXTS_H

#include <stdint.h>

#include "common/base/str.h"

struct dict;

struct texts {
	struct dict *dict;
	const char **all; /* by number, ended by NUL */
	uint32_t n, cap;
};

/* A zeroed one is empty. TEXT holds no NUL. */
uint32_t texts_number(struct texts *t, struct slice text);
void texts_clear(struct texts *t);

/* A few texts without newlines as one, and back: parts that are missing are empty. */
void texts_join(struct buf *out, const struct slice *parts, size_t n);
void texts_split(const char *text, struct slice *parts_out, size_t n);

#endif
