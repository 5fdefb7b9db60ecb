/* lines.h - a file as bytes or as lines, in bounded memory, with the place for complaints. */
#ifndef COMMON_IMPORT_LINES_H
#define COMMON_IMPORT_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/err.h"
#include "common/base/str.h"

#define LINES_BUFFER 65536
#define LINES_MAX 65536 /* of a line; what is longer is cut */

struct lines {
	FILE *in;
	bool is_stdin;
	char *buffer; /* LINES_BUFFER bytes, then the line */
	size_t at, end;
	int64_t line;        /* of the byte or line read last, from 1 */
	int64_t bytes;       /* read so far */
	bool newline;        /* the byte read last was one */
	int64_t line_before; /* of the byte before that, for lines_ungetc() */
	bool newline_before;
	bool cut;   /* the line read last was too long */
	int errnum; /* of a read that failed */
};

/* PATH "-" is standard input. */
int lines_open(struct lines *lines, const char *path, struct err *err);
/* Takes over a stream that is open. */
void lines_from(struct lines *lines, FILE *in);
void lines_close(struct lines *lines); /* a zeroed one is fine */

/* The next byte, or EOF at the end and after an error: see lines_failed(). */
int lines_getc(struct lines *lines);
void lines_ungetc(struct lines *lines); /* the one read last, once */

/* The next line without its end (LF or CR LF); false at the end. Lives until the next call. */
bool lines_next(struct lines *lines, struct slice *line_out);

/* What lies ahead, as far as it is in the buffer: to tell what a file is. */
struct slice lines_peek(struct lines *lines);

/* After the end: whether it was one. -1 with ERR when reading failed. */
int lines_failed(const struct lines *lines, const char *path, struct err *err);

#endif
