/* scratch.h - a folder for files that nobody shall find afterwards: it is gone however the program
 * ends, but for kill -9. */
#ifndef CLI_SCRATCH_H
#define CLI_SCRATCH_H

#include <stddef.h>

#include "common/base/err.h"

/* Makes one below $TMPDIR or /tmp; with KEEP (else NULL) takes or makes that one, which stays. From
 * here on SIGINT, SIGTERM and SIGHUP do not end the program: it looks at interrupt_asked(). */
int scratch_open(const char *keep, struct err *err);
/* Removes it with what is in it; raises the signal that came meanwhile. Fine when there is none. */
void scratch_close(void);

/* Path of a file in it. Returns OUT. */
const char *scratch_path(const char *name, char *out, size_t len);

#endif
