/* xalloc.c - see xalloc.h. */
#include "common/base/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

static void *
check(void *p)
{
	if (p == NULL) {
		log_error("out of memory");
		abort();
	}
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	return check(calloc(n == 0 ? 1 : n, size == 0 ? 1 : size));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		check(NULL);
	return check(realloc(p, n * size == 0 ? 1 : n * size));
}

char *
xstrdup(const char *text)
{
	return check(strdup(text));
}

char *
xslicedup(struct slice s)
{
	char *copy = xcalloc(s.len + 1, 1);

	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	return copy;
}
