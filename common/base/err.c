/* err.c - see err.h. A text that does not fit is cut; the start, which names the thing, stays. */
#include "common/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_text(struct err *err, int code, int errnum, const char *fmt, va_list args)
    __attribute__((format(printf, 4, 0)));

static void
set_text(struct err *err, int code, int errnum, const char *fmt, va_list args)
{
	err->code = code;
	err->errnum = errnum;
	vsnprintf(err->text, sizeof(err->text), fmt, args);
}

int
err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list args;

	if (err == NULL)
		return -1;
	va_start(args, fmt);
	set_text(err, code, 0, fmt, args);
	va_end(args);
	return -1;
}

int
err_errno(struct err *err, int code, const char *fmt, ...)
{
	int errnum = errno;
	size_t len;
	va_list args;

	if (err == NULL)
		return -1;
	va_start(args, fmt);
	set_text(err, code, errnum, fmt, args);
	va_end(args);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", strerror(errnum));
	return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
	char old[ERR_TEXT_MAX];
	size_t len;
	va_list args;

	if (err == NULL)
		return -1;
	memcpy(old, err->text, sizeof(old));
	va_start(args, fmt);
	set_text(err, err->code, err->errnum, fmt, args);
	va_end(args);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", old);
	return -1;
}
