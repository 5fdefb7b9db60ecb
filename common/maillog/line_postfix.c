/* line_postfix.c - what Postfix says of a mail.
 *
 * A refusal is
 *   QUEUEID: reject: RCPT from NAME[ADDR]: 451 4.7.1 <RCPT>: Recipient address rejected: TEXT;
 *   from=<SENDER> to=<RCPT> proto=ESMTP helo=<HELO>
 * A sender may hold anything, "> to=<" too. HELO cannot: Postfix takes blanks and angle brackets
 * out of it. The recipient is there twice, and that finds where the sender ends. */
#include <string.h>

#include "common/maillog/line_read.h"

/* Takes "NAME[ADDR]", or "NAME[ADDR]:PORT". */
static bool
take_client(struct slice *s, struct maillog_event *event)
{
	struct slice name, address, rest;

	if (!line_cut(*s, SLICE("["), &name, &rest) || !line_cut(rest, SLICE("]"), &address, &rest))
		return false;
	if (name.len == 0 || memchr(name.ptr, ' ', name.len) != NULL || address.len == 0)
		return false;
	*s = rest;
	if (rest.len > 1 && rest.ptr[0] == ':' && rest.ptr[1] != ' ') {
		line_take(&rest, SLICE(":"));
		if (line_take_number(&rest) >= 0)
			*s = rest;
	}
	event->client_name = line_client_name(name);
	event->client_address = address;
	return true;
}

/* Takes "451 4.7.1 ", where a milter may leave out either; false when it is no temporary refusal.
 */
static bool
take_codes(struct slice *s)
{
	bool temporary = s->len > 0 && s->ptr[0] == '4';
	struct slice rest = *s, code;

	if (temporary && line_cut(rest, SLICE(" "), &code, &rest) && code.len == 3)
		*s = rest;
	rest = *s;
	if (s->len > 2 && s->ptr[0] == '4' && s->ptr[1] == '.' &&
	    line_cut(rest, SLICE(" "), &code, &rest))
		*s = rest;
	return temporary;
}

/* The recipient that "<RCPT>: Recipient address rejected: TEXT" names; the text is left in S. */
static struct slice
take_named_recipient(struct slice *s)
{
	struct slice name, text;

	if (s->len == 0 || s->ptr[0] != '<' ||
	    !line_cut(*s, SLICE(">: Recipient address rejected: "), &name, &text))
		return SLICE_NONE;
	*s = text;
	return (struct slice){ name.ptr + 1, name.len - 1 };
}

/* Takes " proto=ESMTP helo=<HELO>" off the end; nothing in it may hold a blank. */
static bool
drop_protocol(struct slice *s, struct maillog_event *event)
{
	struct slice before, after, helo;

	if (!line_cut_last(*s, SLICE(" proto="), &before, &after))
		return false;
	*s = before;
	if (line_cut(after, SLICE(" helo=<"), &before, &after) &&
	    line_cut(after, SLICE(">"), &helo, &after))
		event->helo = helo;
	return true;
}

static const struct slice to_mark = { "> to=<", 6 };

/* Whether S ends in "> to=<RECIPIENT"; then what stands before that is the sender. */
static bool
ends_with_recipient(struct slice s, struct slice recipient, struct slice *sender_out)
{
	struct slice head = { s.ptr, s.len - recipient.len };

	if (recipient.len == 0 || !slice_ends_with(s, recipient) || !slice_ends_with(head, to_mark))
		return false;
	*sender_out = (struct slice){ s.ptr, head.len - to_mark.len };
	return true;
}

/* "SENDER> to=<RCPT> proto=ESMTP helo=<HELO>" */
static bool
read_envelope(struct slice s, struct slice named, struct maillog_event *event)
{
	struct slice sender, recipient, rest;

	if (!drop_protocol(&s, event) || s.len == 0 || s.ptr[s.len - 1] != '>')
		return false;
	s.len--;
	if (ends_with_recipient(s, named, &event->sender)) {
		event->recipient = named;
		return true;
	}
	if (!line_cut(s, to_mark, &sender, &recipient) ||
	    line_cut(recipient, to_mark, &rest, &rest))
		return false; /* there is none, or one of two */
	event->sender = sender;
	event->recipient = recipient;
	return true;
}

/* "RCPT from NAME[ADDR]: 451 ...", behind "reject: " */
static enum maillog_kind
read_refusal(struct slice s, struct slice own_text, struct maillog_event *event)
{
	enum maillog_kind not_read = line_refuses(s, own_text) ? MAILLOG_UNREAD : MAILLOG_NOTHING;
	struct slice stage, rest, named, text, envelope;

	if (not_read == MAILLOG_NOTHING || !line_cut(s, SLICE(" from "), &stage, &rest) ||
	    !take_client(&rest, event) || !line_take(&rest, SLICE(": ")))
		return not_read;
	if (!take_codes(&rest))
		return MAILLOG_NOTHING;
	named = take_named_recipient(&rest);
	if (!line_cut(rest, SLICE("; from=<"), &text, &envelope))
		return not_read;
	line_cut_last(text, SLICE(" rejected: "), &stage, &text); /* behind what a stranger named */
	if (!line_refuses(text, own_text))
		return MAILLOG_NOTHING;
	return read_envelope(envelope, named, event) ? MAILLOG_REFUSED : MAILLOG_UNREAD;
}

enum maillog_kind
line_read_smtpd(struct slice s, struct slice own_text, struct maillog_event *event)
{
	if (!line_take_queue_id(&s, &event->queue_id))
		return MAILLOG_NOTHING;
	if (line_take(&s, SLICE("client=")))
		return take_client(&s, event) ? MAILLOG_CLIENT : MAILLOG_NOTHING;
	if (line_take(&s, SLICE("reject: ")) || line_take(&s, SLICE("milter-reject: ")))
		return read_refusal(s, own_text, event);
	return MAILLOG_NOTHING;
}

enum maillog_kind
line_read_qmgr(struct slice s, struct slice own_text, struct maillog_event *event)
{
	struct slice rest;

	(void)own_text;
	if (!line_take_queue_id(&s, &event->queue_id))
		return MAILLOG_NOTHING;
	if (slice_equal(s, SLICE("removed")))
		return MAILLOG_REMOVED;
	if (line_take(&s, SLICE("from=<")) &&
	    line_cut_last(s, SLICE(">, size="), &event->sender, &rest))
		return MAILLOG_SENDER;
	return MAILLOG_NOTHING;
}

/* Whether a delivery was tried at all, so that the message is no probe of an address. */
static bool
is_delivery(struct slice s)
{
	static const struct slice states[] = { { "sent", 4 }, { "deferred", 8 }, { "bounced", 7 } };
	struct slice before, status;
	size_t i;

	if (!line_cut(s, SLICE(", status="), &before, &status))
		return false;
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (line_take(&status, states[i]))
			return true;
	return false;
}

/* "QUEUEID: to=<RCPT>, orig_to=<RCPT>, relay=..., delay=1.2, ..., status=sent (...)"; what the mail
 * was accepted for is the original recipient. */
enum maillog_kind
line_read_delivery(struct slice s, struct slice own_text, struct maillog_event *event)
{
	struct slice before, rest;

	(void)own_text;
	if (!line_take_queue_id(&s, &event->queue_id) || !line_take(&s, SLICE("to=<")) ||
	    !line_cut(s, SLICE(">, relay="), &event->recipient, &rest) || !is_delivery(rest))
		return MAILLOG_NOTHING;
	line_cut(event->recipient, SLICE(">, orig_to=<"), &before, &event->recipient);
	if (line_cut(rest, SLICE(", delay="), &before, &rest))
		event->delay_s = line_take_number(&rest);
	return MAILLOG_DELIVERY;
}
