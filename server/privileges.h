/* privileges.h - from root to the user of the server, for good. */
#ifndef SERVER_PRIVILEGES_H
#define SERVER_PRIVILEGES_H

#include "common/base/err.h"

/* Becomes USER with its groups when the process is root and USER is not; otherwise does nothing. */
int privileges_drop(const char *user, struct err *err);

#endif
