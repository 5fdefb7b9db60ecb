/* story_try.h - every try of the domain that is looked at closely; private to common/maillog. */
#ifndef COMMON_MAILLOG_STORY_TRY_H
#define COMMON_MAILLOG_STORY_TRY_H

#include "common/maillog/story_count.h"

/* "name[address]" of the client of EVENT, "" when it is unknown; freed by the caller. */
char *try_client(const struct maillog_event *event);

/* Keeps a try of PAIR when its domain is the one; CLIENT goes with it, or is freed. */
void try_note(
    struct story *s, struct pair *pair, enum maillog_kind kind, int64_t time_s, char *client);

#endif
