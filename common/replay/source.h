/* source.h - files into mails: recordings of greygated, transcripts of policy requests, and mail
 * logs as greygate log reads them, each plain or gzipped, mixed and in any order. Which kind a file
 * is, its first line tells. */
#ifndef COMMON_REPLAY_SOURCE_H
#define COMMON_REPLAY_SOURCE_H

#include "common/base/err.h"
#include "common/replay/mail.h"
#include "common/replay/spf_known.h"

enum replay_kind { REPLAY_LOG, REPLAY_RECORDING, REPLAY_TRANSCRIPT };
const char *replay_kind_name(enum replay_kind kind); /* "mail log", ... */

struct replay_file {
	const char *path; /* of the caller; "-" is standard input */
	enum replay_kind kind;
	int64_t lines, tries;
	int64_t bad;    /* lines that could not be read */
	struct err err; /* code ERR_NONE: read to its end */
};

struct replay_reading {
	struct slice own_text; /* as maillog_line() */
	struct mails *mails;
	struct spf_known *spf;
	/* What is wrong with a line; of those of a log nothing is said, they are counted. */
	void (*complain)(void *arg, const char *path, int64_t line, const char *text);
	/* Called now and then; NULL for none. */
	void (*progress)(void *arg, int64_t bytes);
	void *arg;
};

/* Reads the N files into r->mails, which the caller then ends. Recipients and senders of a log are
 * as Postfix would hand them over. A delivery whose client the log does not tell is left out. */
void replay_read(
    struct replay_reading *r, const char *const *paths, size_t n, struct replay_file *files_out);

#endif
