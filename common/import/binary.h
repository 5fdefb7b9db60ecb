/* binary.h - files that are no text: what they are, and what makes text of them. */
#ifndef COMMON_IMPORT_BINARY_H
#define COMMON_IMPORT_BINARY_H

#include "common/base/str.h"

struct binary_kind {
	size_t at; /* where MAGIC stands; without a MAGIC it is any other binary file */
	struct slice magic;
	const char *name;       /* "an SQLite database" */
	const char *command[2]; /* what prints its text: before and after the name of the file */
	bool is_sqlite;
};

/* What a file is that begins with HEAD; NULL for text. */
const struct binary_kind *binary_find(struct slice head);

#endif
