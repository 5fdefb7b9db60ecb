/* progress.c - see progress.h. */
#include "cli/progress.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/str.h"

#define EVERY_MS 100
#define LINE_MAX_LEN 78 /* of any terminal: a line that is broken is not taken away */
#define CLEAR "\r\033[K"

static bool shown;
static int64_t next_ms;

void
progress_show(const char *fmt, ...)
{
	int64_t now_ms = clock_mono_ms();
	char text[256], line[LINE_MAX_LEN + 1];
	va_list args;
	struct buf b;

	if (now_ms < next_ms || !isatty(STDERR_FILENO))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_init(&b, line, sizeof(line));
	str_escape(&b, slice_of(text), ESCAPE_TEXT);
	fprintf(stderr, CLEAR "%s", line);
	fflush(stderr);
	shown = true;
	next_ms = now_ms + EVERY_MS;
}

void
progress_clear(void)
{
	if (shown)
		fputs(CLEAR, stderr);
	shown = false;
}
