/* scratch.h - a folder and a store of its own for a test. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/store/store.h"

struct scratch {
	char dir[64];
	char database[128];
};

static inline void
scratch_make(struct scratch *s)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(s->dir, sizeof(s->dir), "%.40s/gg-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(s->dir) == NULL)
		abort();
	snprintf(s->database, sizeof(s->database), "%s/g.db", s->dir);
}

static inline void
scratch_remove(const struct scratch *s)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", s->dir);
	if (system(command) != 0)
		abort();
}

static inline struct store *
scratch_open(const struct scratch *s, enum store_mode mode, struct err *err)
{
	struct store_options options = { .path = s->database, .mode = mode };

	return store_open(&options, NULL, err);
}

#endif
