/* source.h - the lines of one file, plain or through gzip; for common/maillog and common/replay. */
#ifndef COMMON_MAILLOG_SOURCE_H
#define COMMON_MAILLOG_SOURCE_H

#include "common/base/err.h"
#include "common/maillog/date.h"

struct source;

/* PATH, which is borrowed, may be "-" for standard input. NULL with ERR for what is no readable
 * log: a directory, no right to read it, another compression. */
struct source *source_open(const char *path, struct err *err);
void source_close(struct source *s); /* NULL is fine */

/* The next line, without its end, valid until the next call. 1; 0 at the end; -1 with ERR when the
 * rest cannot be read. A line longer than MAILLOG_LINE_MAX is left out and counted. */
int source_line(struct source *s, struct slice *line_out, struct err *err);

/* Begins CALENDAR for the lines of S, before the first of them is taken. */
void source_begin(const struct source *s, struct maillog_calendar *calendar);

int64_t source_bytes(const struct source *s);    /* that were read, uncompressed */
int64_t source_too_long(const struct source *s); /* lines that were left out */

#endif
