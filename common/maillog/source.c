/* source.c - see source.h. */
#include "common/maillog/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/gzip.h"
#include "common/base/xalloc.h"
#include "common/maillog/line_read.h"

#define BUFFER_FIRST (256 * 1024)
#define SAMPLE_STEP (64 * 1024)
#define SAMPLE_BYTES 2048
#define SAMPLES_MAX 16384

struct source {
	const char *path;
	int fd;
	struct gzip *gz;
	bool is_plain_file;
	int64_t written_s;
	int64_t size; /* of a plain file */
	char *buffer;
	size_t cap, start, end; /* what is not taken yet is from START to END */
	bool ended;
	struct err err; /* why it ended early */
	int64_t bytes, too_long;
};

/* ---- opening ---- */

static int
open_path(const char *path, struct stat *st, struct err *err)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool denied = fd == -1 && (errno == EACCES || errno == EPERM);

	if (fd == -1) {
		return denied ? err_set(err, ERR_PERM,
				    "%s: no right to read it; run it as root or as a member of the "
				    "group of the log (often adm)",
				    path)
			      : err_errno(err, ERR_NOINPUT, "%s", path);
	}
	if (fstat(fd, st) == 0 && !S_ISDIR(st->st_mode))
		return fd;
	close(fd);
	return err_set(err, ERR_NOINPUT, "%s is a directory; name the files, such as %s/mail.log*",
	    path, path);
}

/* Fills what is free of the buffer; the end of the file, or of what can be read, is noted. */
static void
fill(struct source *s)
{
	ssize_t n = gzip_read(s->gz, s->buffer + s->end, s->cap - s->end, &s->err);

	s->ended = n <= 0;
	if (n > 0) {
		s->end += (size_t)n;
		s->bytes += n;
	}
}

static int
refuse_compression(const struct source *s, struct err *err)
{
	static const struct {
		struct slice magic;
		const char *name, *reader;
	} kinds[] = {
		{ { "\x28\xb5\x2f\xfd", 4 }, "zstd", "zstdcat" },
		{ { "\xfd"
		    "7zXZ",
		      5 },
		    "xz", "xzcat" },
		{ { "BZh", 3 }, "bzip2", "bzcat" },
	};
	struct slice begin = { s->buffer, s->end }, rest;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		rest = begin;
		if (line_take(&rest, kinds[i].magic))
			return err_set(err, ERR_DATA,
			    "%s is compressed with %s; pipe it: %s %s | greygate ... -", s->path,
			    kinds[i].name, kinds[i].reader, s->path);
	}
	return 0;
}

struct source *
source_open(const char *path, struct err *err)
{
	struct source *s;
	struct stat st;
	int fd = open_path(path, &st, err);

	if (fd == -1)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->path = path;
	s->fd = fd;
	s->gz = gzip_open(fd, path);
	s->cap = BUFFER_FIRST;
	s->buffer = xreallocarray(NULL, s->cap, 1);
	s->written_s = S_ISREG(st.st_mode) ? st.st_mtime : clock_wall_s();
	s->size = st.st_size;
	fill(s);
	if (refuse_compression(s, err) == -1) {
		source_close(s);
		return NULL;
	}
	s->is_plain_file = S_ISREG(st.st_mode) && !gzip_is_packed(s->gz);
	return s;
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	gzip_close(s->gz);
	close(s->fd);
	free(s->buffer);
	free(s);
}

int64_t
source_bytes(const struct source *s)
{
	return s->bytes;
}

int64_t
source_too_long(const struct source *s)
{
	return s->too_long;
}

/* ---- lines ---- */

/* Makes room behind what is not taken yet, and reads on. */
static void
read_on(struct source *s)
{
	size_t left = s->end - s->start;

	if (s->start > 0)
		memmove(s->buffer, s->buffer + s->start, left);
	s->start = 0;
	s->end = left;
	if (s->end == s->cap) {
		s->cap *= 2;
		s->buffer = xreallocarray(s->buffer, s->cap, 1);
	}
	fill(s);
}

/* Where the line that begins at START ends; NULL when the file ends before. TOO_LONG_OUT says that
 * the line was too long and is dropped as it is read. */
static char *
find_end(struct source *s, bool *too_long_out)
{
	size_t seen = 0;
	char *end;

	*too_long_out = false;
	for (;;) {
		end = memchr(s->buffer + s->start + seen, '\n', s->end - s->start - seen);
		if (end != NULL || s->ended)
			return end;
		seen = s->end - s->start;
		if (seen > MAILLOG_LINE_MAX) {
			*too_long_out = true;
			s->start = s->end = seen = 0;
		}
		read_on(s);
	}
}

int
source_line(struct source *s, struct slice *line_out, struct err *err)
{
	bool too_long;
	size_t len;
	char *end;

	do {
		end = find_end(s, &too_long);
		if (end == NULL && s->end == s->start) {
			s->too_long += too_long;
			*err = s->err;
			return s->err.code == ERR_NONE ? 0 : -1;
		}
		len = (end == NULL ? s->end : (size_t)(end - s->buffer)) - s->start;
		*line_out = (struct slice){ s->buffer + s->start, len };
		s->start += len + (end != NULL);
		too_long = too_long || len > MAILLOG_LINE_MAX;
		s->too_long += too_long;
	} while (too_long);
	if (len > 0 && line_out->ptr[len - 1] == '\r')
		line_out->len--;
	return 1;
}

/* ---- the dates of a file, to know its year ---- */

/* The date of the first line of TEXT that has one; AT_START when its beginning is that of a line.
 */
static bool
first_date(struct slice text, bool at_start, struct maillog_date *date_out)
{
	struct slice before, line;

	if (!at_start && !line_cut(text, SLICE("\n"), &before, &text))
		return false;
	while (text.len > 0) {
		line = text;
		if (!line_cut(text, SLICE("\n"), &line, &text))
			text = SLICE_NONE;
		if (line_date(line, date_out) == 0)
			return true;
	}
	return false;
}

/* A log of a quiet host may span years: dates throughout the file tell how many. */
static size_t
sample(const struct source *s, struct maillog_date *dates, size_t max)
{
	int64_t step = SAMPLE_STEP > s->size / (SAMPLES_MAX / 2) ? SAMPLE_STEP
								 : s->size / (SAMPLES_MAX / 2);
	char bytes[SAMPLE_BYTES];
	int64_t at;
	size_t n = 0;
	ssize_t got;

	for (at = step; at < s->size && n < max; at += step) {
		got = pread(s->fd, bytes, sizeof(bytes), (off_t)at);
		if (got > 0 && first_date((struct slice){ bytes, (size_t)got }, false, &dates[n]))
			n++;
	}
	got = s->size > SAMPLE_BYTES
		  ? pread(s->fd, bytes, sizeof(bytes), (off_t)(s->size - SAMPLE_BYTES))
		  : 0;
	if (n < max && got > 0 &&
	    first_date((struct slice){ bytes, (size_t)got }, false, &dates[n]))
		n++;
	return n;
}

void
source_begin(const struct source *s, struct maillog_calendar *calendar)
{
	struct maillog_date *dates = xcalloc(SAMPLES_MAX, sizeof(*dates));
	struct slice begin = { s->buffer + s->start, s->end - s->start };
	size_t n = first_date(begin, true, &dates[0]);

	if (n > 0 && s->is_plain_file)
		n += sample(s, dates + 1, SAMPLES_MAX - 1);
	maillog_calendar_begin(calendar, dates, n, s->written_s);
	free(dates);
}
