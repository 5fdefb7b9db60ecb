/* lines.h - a file, gzipped or not, as bytes or as lines, in bounded memory, with the place for
 * complaints. */
#ifndef COMMON_IMPORT_LINES_H
#define COMMON_IMPORT_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h> /* EOF */

#include "common/base/err.h"
#include "common/base/gzip.h"
#include "common/base/str.h"

#define LINES_BUFFER 65536
#define LINES_MAX 65536 /* of a line; what is longer is cut */

struct lines {
	struct gzip *in;   /* NULL: what is read is in memory */
	struct slice left; /* of that */
	char *buffer;      /* LINES_BUFFER bytes, then the line */
	size_t at, end;
	int64_t line;        /* of the byte or line read last, from 1 */
	int64_t bytes;       /* read so far */
	bool newline;        /* the byte read last was one */
	int64_t line_before; /* of the byte before that, for lines_ungetc() */
	bool newline_before;
	bool cut;       /* the line read last was too long */
	struct err err; /* why there is no more; code 0: it is the end */
};

/* Reads what FD is open on, from where it stands; FD stays the caller's. NAME is borrowed. */
void lines_open(struct lines *lines, int fd, const char *name);
/* Reads TEXT, which is borrowed. */
void lines_from(struct lines *lines, struct slice text);
void lines_close(struct lines *lines); /* a zeroed one is fine */

/* The next byte, or EOF at the end and after an error: see lines_failed(). */
int lines_getc(struct lines *lines);
void lines_ungetc(struct lines *lines); /* the one read last, once */

/* The next line without its end (LF or CR LF); false at the end. Lives until the next call. */
bool lines_next(struct lines *lines, struct slice *line_out);

/* What lies ahead, as far as it is in the buffer: to tell what a file is. */
struct slice lines_peek(struct lines *lines);

/* After the end: whether it was one. -1 with ERR when reading failed: ERR_DATA for a gzipped file
 * that is damaged or ends too early, ERR_IO otherwise. */
int lines_failed(const struct lines *lines, struct err *err);

#endif
