/* record.h - one judged request as text: written by greygated --record, read by greygate replay.
 *
 * A line is fields NAME=VALUE parted by tabs. The names are those of the policy protocol, and time,
 * action and reason (words of the log), spf and spf_domain where they are known. A line without
 * action tells what SPF said of a client later. Values are escaped as on a screen (str_escape()),
 * so that a recording can be looked at. A transcript has the same fields, not escaped, each on a
 * line, and an empty line behind each request. */
#ifndef COMMON_REPLAY_RECORD_H
#define COMMON_REPLAY_RECORD_H

#include "common/base/err.h"
#include "common/greylist/engine.h"

#define RECORD_LINE_MAX 32768

struct record {
	int64_t time_s; /* -1: not said */
	struct request request;
	struct slice action, reason;
	struct slice spf, spf_domain;
};

/* Add one line. One that would not fit is left out whole. */
void record_put_request(struct buf *out, const struct engine_item *item, int64_t now_s);
void record_put_spf(
    struct buf *out, struct slice address, struct slice domain, const char *spf, int64_t now_s);

void record_begin(struct record *record_out);
/* Takes a field of a name that is known; the first of a name counts. -1 with ERR_DATA for a value
 * that it cannot have. */
int record_set(struct record *record, struct slice name, struct slice value, struct err *err);
/* Whether it is whole: -1 with what is missing. */
int record_check(const struct record *record, struct err *err);
/* A line of a recording. STORAGE has the length of LINE, and RECORD_OUT borrows from it. */
int record_read(struct slice line, char *storage, struct record *record_out, struct err *err);

#endif
