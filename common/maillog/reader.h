/* reader.h - the events of one or more logs in the order of time.
 *
 * Files may be plain or gzipped, rotated ones, and of several hosts, in any order: the earliest of
 * their next events is always the one that is handed out. One file is read in its own order, also
 * where its clock went back. Memory is a buffer for each file. */
#ifndef COMMON_MAILLOG_READER_H
#define COMMON_MAILLOG_READER_H

#include "common/base/err.h"
#include "common/maillog/line.h"

struct maillog_reader;

struct maillog_record {
	struct maillog_event event; /* never MAILLOG_NOTHING */
	int64_t time_s;
	struct slice line;
};

struct maillog_file {
	const char *path; /* of the caller */
	int64_t lines;    /* read, of whatever program */
	int64_t bytes;    /* of them, uncompressed */
	int64_t unread;   /* refusals that could not be read */
	int64_t too_long; /* lines longer than MAILLOG_LINE_MAX, which were left out */
	struct err err;   /* code ERR_NONE: read to its end */
};

/* Opens the N files at PATHS; "-" is standard input. One that cannot be opened has its err, and the
 * others are read. Events before SINCE_S are left out. OWN_TEXT as in maillog_line(); both are
 * borrowed. */
struct maillog_reader *maillog_open(
    const char *const *paths, size_t n, struct slice own_text, int64_t since_s);
void maillog_close(struct maillog_reader *reader);

/* The next event, whose slices are valid until the next call; false when there is none. */
bool maillog_next(struct maillog_reader *reader, struct maillog_record *record_out);

/* What was read so far of file I. */
const struct maillog_file *maillog_file(const struct maillog_reader *reader, size_t i);

#endif
