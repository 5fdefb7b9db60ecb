/* xalloc.h - memory, or a clear last word. Out of memory logs and aborts: there is no state to
 * save that the database does not already hold. The policy path allocates nothing. */
#ifndef COMMON_BASE_XALLOC_H
#define COMMON_BASE_XALLOC_H

#include <stddef.h>

#include "common/base/str.h"

void *xcalloc(size_t n, size_t size);                /* zeroed */
void *xreallocarray(void *p, size_t n, size_t size); /* overflow aborts */
char *xstrdup(const char *text);
char *xslicedup(struct slice s); /* ended by NUL */

#endif
