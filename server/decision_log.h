/* decision_log.h - one line for each decision, in the words and order that readers of postgrey's
 * log know; more keys come at the end. */
#ifndef SERVER_DECISION_LOG_H
#define SERVER_DECISION_LOG_H

#include "common/base/str.h"
#include "common/greylist/engine.h"

#define DECISION_LINE_MAX 3000

/* Adds to OUT: [QUEUE-ID: ]action=, reason=[ (Ns missing)][, delay=SECONDS][, client_name=],
 * client_address=[, sender=], recipient=[, helo=]; values escaped, empty ones left out. */
void decision_line(struct buf *out, const struct engine_item *item);

/* Logs the line at level info. Questions that are not about recipients only at debug. */
void decision_log(const struct engine_item *item);

#endif
