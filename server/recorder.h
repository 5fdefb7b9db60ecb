/* recorder.h - greygated --record: each judged request as a line (common/replay/record.h).
 *
 * Lines gather in memory and are written once a loop turn, after the answers left. When the file
 * cannot be written recording stops with one warning; SIGHUP begins anew, also after a rotation. */
#ifndef SERVER_RECORDER_H
#define SERVER_RECORDER_H

#include "common/base/err.h"
#include "common/greylist/engine.h"

struct recorder;

/* Appends to PATH (borrowed), a regular file that only its owner may read. */
struct recorder *recorder_open(const char *path, struct err *err);
void recorder_close(struct recorder *r); /* NULL is fine, here and below */

void recorder_note(struct recorder *r, const struct engine_item *item, int64_t now_s);
/* What SPF said later of a client of DOMAIN. */
void recorder_note_spf(struct recorder *r, struct slice address, struct slice domain,
    const char *result, int64_t now_s);
void recorder_flush(struct recorder *r);
void recorder_reopen(struct recorder *r);

#endif
