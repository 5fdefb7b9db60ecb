/* output.h - what a command prints becomes a file at once, for those who read it at any moment. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "common/base/err.h"

/* Runs FN in a child whose standard output is a new file beside PATH, and renames that to PATH when
 * FN has returned 0; else PATH stays as it was. Returns the status of FN, or -1 with ERR. The file
 * belongs to who called, also when FN gives up rights to work on the database. */
int output_run(const char *path, int (*fn)(void *arg), void *arg, struct err *err);

#endif
