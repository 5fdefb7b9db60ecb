/* gzip.h - what a file holds, packed with gzip or not, read in order and in bounded memory; and
 * packed files written. */
#ifndef COMMON_BASE_GZIP_H
#define COMMON_BASE_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/base/err.h"

/* Reading. What is not packed is given as it is; the members of a packed file as one. Behind them
 * only zeros may follow. */
struct gzip;

/* Reads FD, which stays the caller's, from where it stands; it may be a pipe. NAME, borrowed, is
 * that of what fails. */
struct gzip *gzip_open(int fd, const char *name);
void gzip_close(struct gzip *gz); /* NULL is fine */

/* The next LEN bytes, fewer only where there are no more. 0 at the end; -1 with ERR once all that
 * could be read was given: ERR_IO, or ERR_DATA, with the place in the file, for a packed file that
 * is cut or damaged. */
ssize_t gzip_read(struct gzip *gz, char *out, size_t len, struct err *err);

/* Known after the first gzip_read(). */
bool gzip_is_packed(const struct gzip *gz);

/* Writing. */
struct gzip_writer;

/* Packs to FD, which stays the caller's. NULL with ERR. */
struct gzip_writer *gzip_writer_open(int fd, const char *name, struct err *err);
int gzip_write(struct gzip_writer *w, const char *bytes, size_t len, struct err *err);
/* Writes what is left and frees W, whatever the result; without it the file is not whole. */
int gzip_writer_close(struct gzip_writer *w, struct err *err);

#endif
