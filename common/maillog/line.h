/* line.h - one line of a mail log, read into what it says about one mail.
 *
 * Lines of Postfix (any instance), postgrey, sqlgrey, iRedAPD and greygated are known, as syslog,
 * the journal or the programs themselves write them: with or without priority, host and pid, also
 * folded by rsyslog ("message repeated 3 times: [ ... ]"). Every byte of HELO, sender and recipient
 * may come from a stranger; each field is found from the side that its writer keeps clean, and a
 * refusal that can be read in two ways counts as unread. Nothing is allocated. */
#ifndef COMMON_MAILLOG_LINE_H
#define COMMON_MAILLOG_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/maillog/date.h"

#define MAILLOG_LINE_MAX (1024 * 1024)

enum maillog_program {
	MAILLOG_POSTFIX,
	MAILLOG_POSTGREY,
	MAILLOG_SQLGREY,
	MAILLOG_IREDAPD,
	MAILLOG_GREYGATE
};

enum maillog_kind {
	MAILLOG_NOTHING,  /* about something else */
	MAILLOG_UNREAD,   /* looks like a refusal by greylisting and could not be read */
	MAILLOG_REFUSED,  /* client, sender and recipient were told to come again; none but the
			   * sender is empty */
	MAILLOG_PASSED,   /* a policy server let them pass; delay_s where it tells */
	MAILLOG_CLIENT,   /* the message queue_id comes from client */
	MAILLOG_SENDER,   /* the message queue_id has this sender */
	MAILLOG_DELIVERY, /* the message queue_id was accepted for recipient, delay_s ago */
	MAILLOG_REMOVED   /* the message queue_id is done with */
};

/* Slices borrow from the line; what a kind does not tell is empty. A line that is MAILLOG_NOTHING
 * or MAILLOG_UNREAD may have any of them. */
struct maillog_event {
	enum maillog_kind kind;
	enum maillog_program program;
	struct maillog_date date;
	bool has_date;
	struct slice host; /* that logged it */
	struct slice queue_id;
	struct slice client_name; /* verified; empty when there is none */
	struct slice client_address;
	struct slice sender, recipient; /* as logged: see maillog_mailbox() */
	struct slice helo;
	int64_t delay_s; /* -1: not told */
	int64_t times;   /* the line stands for so many, at least 1 */
};

/* Refusals are known by their text, which sites change. OWN is one more than those of the programs
 * above, such as that of `reply` in the configuration (a leading status code does not matter);
 * empty for none. */
enum maillog_kind maillog_line(
    struct slice line, struct slice own_text, struct maillog_event *event_out);

/* Adds ADDRESS, a sender or recipient of EVENT, to OUT as Postfix hands it to a policy server: no
 * quotes, no escapes of our own log. Lower case, so that one mailbox is one text. */
void maillog_mailbox(struct buf *out, const struct maillog_event *event, struct slice address);

#endif
