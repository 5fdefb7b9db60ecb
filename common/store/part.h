/* part.h - a file that gets its name only when it is whole; private to common/store.
 *
 * What is being written has a fixed name in the folder of the target, so that the next one there
 * removes what a killed program left. A lock tells that from one that is being written now. */
#ifndef COMMON_STORE_PART_H
#define COMMON_STORE_PART_H

#include <stdbool.h>

#include "common/base/err.h"

#define PART_PATH_MAX 4096

struct part {
	int fd; /* -1: none */
	char path[PART_PATH_MAX];
};

/* Makes an empty file NAME, 0600, in the folder of TARGET. ERR_TEMP when another program is at it.
 */
int part_begin(struct part *part, const char *target, const char *name, struct err *err);
/* Writes it to the disk. */
int part_sync(const struct part *part, struct err *err);
/* Gives it the name TARGET, which must not exist unless REPLACE, and writes the folder to the disk.
 * When that fails it is still there. */
int part_place(struct part *part, const char *target, bool replace, struct err *err);
/* Removes it, and what the engine left beside it, unless it was placed. */
void part_drop(struct part *part);

/* Writes the folder that holds PATH to the disk. */
int part_sync_folder(const char *path, struct err *err);

#endif
