/* program.h - what another program says. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include "common/base/err.h"

/* Runs ARGV, ended by NULL, found by PATH or in /usr/sbin, without a shell and with nothing to
 * read, for ten seconds at most. Returns its standard output, freed by the caller; NULL with ERR
 * when it could not be run, did not end well, or said too much. */
char *program_read(const char *const *argv, struct err *err);

#endif
