/* lines.c - see lines.h. */
#include "common/import/lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

static void
init(struct lines *lines)
{
	*lines = (struct lines){ .newline = true };
	lines->buffer = xcalloc(1, LINES_BUFFER + LINES_MAX);
}

void
lines_from(struct lines *lines, struct slice text)
{
	init(lines);
	lines->left = text;
}

void
lines_open(struct lines *lines, int fd, const char *name)
{
	init(lines);
	lines->in = gzip_open(fd, name);
}

void
lines_close(struct lines *lines)
{
	gzip_close(lines->in);
	free(lines->buffer);
	*lines = (struct lines){ .in = NULL };
}

static ssize_t
take_left(struct lines *lines)
{
	size_t n = lines->left.len < LINES_BUFFER ? lines->left.len : LINES_BUFFER;

	if (n > 0)
		memcpy(lines->buffer, lines->left.ptr, n);
	lines->left.ptr += n;
	lines->left.len -= n;
	return (ssize_t)n;
}

static bool
fill(struct lines *lines)
{
	ssize_t n;

	if (lines->at < lines->end)
		return true;
	if (lines->err.code != 0)
		return false;
	n = lines->in == NULL ? take_left(lines)
			      : gzip_read(lines->in, lines->buffer, LINES_BUFFER, &lines->err);
	lines->at = 0;
	lines->end = n < 0 ? 0 : (size_t)n;
	return n > 0;
}

int
lines_getc(struct lines *lines)
{
	char c;

	if (!fill(lines))
		return EOF;
	c = lines->buffer[lines->at++];
	lines->bytes++;
	lines->line_before = lines->line;
	lines->newline_before = lines->newline;
	lines->line += lines->newline;
	lines->newline = c == '\n';
	return (unsigned char)c;
}

void
lines_ungetc(struct lines *lines)
{
	lines->at--; /* it is there: the buffer is filled anew only when a byte is asked for */
	lines->bytes--;
	lines->line = lines->line_before;
	lines->newline = lines->newline_before;
}

bool
lines_next(struct lines *lines, struct slice *line_out)
{
	char *text = lines->buffer + LINES_BUFFER;
	size_t len = 0;
	int c;

	lines->cut = false;
	while ((c = lines_getc(lines)) != EOF && c != '\n') {
		if (len < LINES_MAX)
			text[len++] = (char)c;
		else
			lines->cut = true;
	}
	if (c == EOF && len == 0)
		return false;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	*line_out = (struct slice){ text, len };
	return true;
}

struct slice
lines_peek(struct lines *lines)
{
	if (!fill(lines))
		return SLICE_NONE;
	return (struct slice){ lines->buffer + lines->at, lines->end - lines->at };
}

int
lines_failed(const struct lines *lines, struct err *err)
{
	if (lines->err.code == 0)
		return 0;
	return err_set(
	    err, lines->err.code, "%s (after line %" PRId64 ")", lines->err.text, lines->line);
}
