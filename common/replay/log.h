/* log.h - lines of a mail log into tries; private to common/replay.
 *
 * A refusal is a try; so is what a policy server let pass. A message that Postfix took is a try for
 * each of its recipients, when its client came: queue ids tie client, sender and deliveries. */
#ifndef COMMON_REPLAY_LOG_H
#define COMMON_REPLAY_LOG_H

#include "common/maillog/line.h"
#include "common/replay/mail.h"

struct log_messages;

struct log_messages *log_messages_new(struct slice own_text, struct mails *mails);
void log_messages_free(struct log_messages *l);

/* -1 for one that looks like a refusal and could not be read. */
int log_line(struct log_messages *l, struct maillog_calendar *calendar, struct slice line);

#endif
