/* lines.c - see lines.h. */
#include "common/import/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

void
lines_from(struct lines *lines, FILE *in)
{
	*lines = (struct lines){ .in = in, .newline = true };
	lines->buffer = xcalloc(1, LINES_BUFFER + LINES_MAX);
}

int
lines_open(struct lines *lines, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(path, "re");

	if (in == NULL) {
		if (errno == EACCES)
			return err_set(err, ERR_PERM,
			    "%s may not be read by the user of the database; give it on standard "
			    "input: greygate import SOURCE - < %s",
			    path, path);
		return err_errno(err, ERR_NOINPUT, "%s", path);
	}
	lines_from(lines, in);
	lines->is_stdin = is_stdin;
	return 0;
}

void
lines_close(struct lines *lines)
{
	if (lines->in != NULL && !lines->is_stdin)
		fclose(lines->in);
	free(lines->buffer);
	*lines = (struct lines){ .in = NULL };
}

static bool
fill(struct lines *lines)
{
	if (lines->at < lines->end)
		return true;
	if (lines->errnum != 0)
		return false;
	lines->at = 0;
	lines->end = fread(lines->buffer, 1, LINES_BUFFER, lines->in);
	if (lines->end == 0 && ferror(lines->in))
		lines->errnum = errno != 0 ? errno : EIO;
	return lines->end > 0;
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
lines_failed(const struct lines *lines, const char *path, struct err *err)
{
	if (lines->errnum == 0)
		return 0;
	return err_set(err, ERR_IO, "reading %s: %s", path, strerror(lines->errnum));
}
