/* program.h - what another program says: run without a shell, with nothing to read. Not for a
 * process with libev's default loop, which waits for every child itself. */
#ifndef COMMON_BASE_PROGRAM_H
#define COMMON_BASE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/base/err.h"

#define PROGRAM_TIMEOUT_MS 10000 /* more than any that is asked here needs */

struct program {
	const char *name; /* argv[0] */
	int out;          /* its standard output: becomes readable */
	/* private */
	int errors;
	pid_t pid;
	char *text;
	size_t len;
	bool ended;
};

/* Starts ARGV, ended by NULL, found by PATH or in /usr/sbin. ERR_UNAVAILABLE: it is not there. */
int program_start(struct program *program, const char *const *argv, struct err *err);

/* Takes what it has said since; blocks while OUT is not readable. False: there will be no more. */
bool program_take(struct program *program);

/* Its standard output, freed by the caller, when it has ended well; else NULL, with ERR: what it
 * said at its standard error, which may hold any bytes. One that still runs is killed. */
char *program_end(struct program *program, struct err *err);

/* All of it in one, for PROGRAM_TIMEOUT_MS at most. */
char *program_read(const char *const *argv, struct err *err);

#endif
