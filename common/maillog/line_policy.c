/* line_policy.c - what policy servers say of a request, and addresses as they were asked for. */
#include <string.h>

#include "common/maillog/line_read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- postgrey and greygated ---- */

/* "client_name=NAME, client_address=ADDR, " off the front; a name may be missing. */
static bool
take_fields(struct slice *s, struct maillog_event *event)
{
	struct slice rest;

	if (line_take(s, SLICE("client_name=")) &&
	    line_cut(*s, SLICE(", "), &event->client_name, &rest)) {
		event->client_name = line_client_name(event->client_name);
		*s = rest;
	}
	if (!line_take(s, SLICE("client_address=")) ||
	    !line_cut(*s, SLICE(", "), &event->client_address, &rest))
		return false;
	*s = rest;
	return true;
}

/* "[sender=SENDER, ]recipient=RCPT", where the recipient is the cleaner one. */
static bool
read_mail(struct slice s, struct maillog_event *event)
{
	struct slice sender;

	if (line_take(&s, SLICE("recipient="))) {
		event->recipient = s;
		return true;
	}
	if (!line_take(&s, SLICE("sender=")) ||
	    !line_cut_last(s, SLICE(", recipient="), &sender, &event->recipient))
		return false;
	event->sender = sender;
	return true;
}

/* "action=greylist, reason=new, delay=N, client_name=..., ..."; what follows the head is left in S.
 */
static enum maillog_kind
take_action(struct slice *s, struct maillog_event *event)
{
	struct slice head, rest, before;
	bool greylists = line_take(s, SLICE("action=greylist, "));

	if (!greylists && !line_take(s, SLICE("action=pass, ")))
		return MAILLOG_NOTHING;
	if (!line_cut(*s, SLICE(", client_"), &head, &rest))
		return greylists ? MAILLOG_UNREAD : MAILLOG_NOTHING;
	s->ptr += head.len + 2;
	s->len -= head.len + 2;
	if (line_cut(head, SLICE(", delay="), &before, &rest))
		event->delay_s = line_take_number(&rest);
	return greylists ? MAILLOG_REFUSED : MAILLOG_PASSED;
}

static enum maillog_kind
read_action(struct slice s, struct maillog_event *event)
{
	enum maillog_kind kind;

	line_take_queue_id(&s, &event->queue_id);
	kind = take_action(&s, event);
	if (kind != MAILLOG_REFUSED && kind != MAILLOG_PASSED)
		return kind;
	if (take_fields(&s, event) && read_mail(s, event))
		return kind;
	return kind == MAILLOG_REFUSED ? MAILLOG_UNREAD : MAILLOG_NOTHING;
}

enum maillog_kind
line_read_postgrey(struct slice s, struct slice own_text, struct maillog_event *event)
{
	(void)own_text;
	return read_action(s, event);
}

/* Its fields are escaped, so a comma ends one. */
enum maillog_kind
line_read_greygate(struct slice s, struct slice own_text, struct maillog_event *event)
{
	struct slice before, helo;

	(void)own_text;
	if (line_cut_last(s, SLICE(", helo="), &before, &helo)) {
		event->helo = helo;
		s = before;
	}
	return read_action(s, event);
}

/* ---- sqlgrey ---- */

/* " (00:05:12)" off the end of the recipient. */
static void
take_waited(struct maillog_event *event)
{
	struct slice recipient, time;
	int64_t hours, minutes, seconds;

	if (!line_cut_last(event->recipient, SLICE(" ("), &recipient, &time))
		return;
	event->recipient = recipient;
	hours = line_take_number(&time);
	line_take(&time, SLICE(":"));
	minutes = line_take_number(&time);
	line_take(&time, SLICE(":"));
	seconds = line_take_number(&time);
	if (hours >= 0 && hours < 100000 && minutes >= 0 && minutes < 60 && seconds >= 0 &&
	    seconds < 60)
		event->delay_s = hours * 3600 + minutes * 60 + seconds;
}

/* "NETWORK(ADDR), SENDER -> RCPT" */
static bool
read_attempt(struct slice s, struct maillog_event *event)
{
	struct slice rest, network;

	if (!line_cut(s, SLICE("("), &network, &rest) ||
	    !line_cut(rest, SLICE("), "), &event->client_address, &rest) ||
	    !line_cut_last(rest, SLICE(" -> "), &event->sender, &event->recipient))
		return false;
	if (slice_equal(event->sender, SLICE("-undef-@-undef-")))
		event->sender = SLICE_NONE;
	take_waited(event);
	return true;
}

/* "SENDER, ADDR(NAME) -> RCPT" */
static enum maillog_kind
read_whitelisted(struct slice s, struct maillog_event *event)
{
	struct slice rest, client;

	if (!line_cut_last(s, SLICE(" -> "), &rest, &event->recipient) ||
	    !line_cut_last(rest, SLICE(", "), &event->sender, &client) ||
	    !line_cut(client, SLICE("("), &event->client_address, &rest) ||
	    !line_cut(rest, SLICE(")"), &event->client_name, &rest))
		return MAILLOG_NOTHING;
	event->client_name = line_client_name(event->client_name);
	return MAILLOG_PASSED;
}

enum maillog_kind
line_read_sqlgrey(struct slice s, struct slice own_text, struct maillog_event *event)
{
	static const struct {
		struct slice prefix;
		enum maillog_kind kind;
	} forms[] = {
		{ { "grey: new: ", 11 }, MAILLOG_REFUSED },
		{ { "grey: early reconnect: ", 23 }, MAILLOG_REFUSED },
		{ { "grey: throttling: ", 18 }, MAILLOG_REFUSED },
		{ { "grey: reconnect ok: ", 20 }, MAILLOG_PASSED },
	};
	size_t i;

	(void)own_text;
	if (line_take(&s, SLICE("whitelist: ")))
		return read_whitelisted(s, event);
	for (i = 0; i < COUNT(forms); i++) {
		if (!line_take(&s, forms[i].prefix))
			continue;
		if (read_attempt(s, event))
			return forms[i].kind;
		return forms[i].kind == MAILLOG_REFUSED ? MAILLOG_UNREAD : MAILLOG_NOTHING;
	}
	return MAILLOG_NOTHING;
}

/* ---- iRedAPD ---- */

static enum maillog_kind
kind_of_action(struct slice action, struct slice own_text)
{
	static const struct slice passes[] = { { "DUNNO", 5 }, { "OK", 2 }, { "PERMIT", 6 } };
	size_t i;

	if (action.len > 0 && action.ptr[0] == '4')
		return line_refuses(action, own_text) ? MAILLOG_REFUSED : MAILLOG_NOTHING;
	for (i = 0; i < COUNT(passes); i++)
		if (line_take(&action, passes[i]))
			return MAILLOG_PASSED;
	return MAILLOG_NOTHING;
}

/* The fields behind the action, which Postfix keeps free of blanks. */
static void
take_details(struct slice s, struct maillog_event *event)
{
	struct slice before, rest;

	if (line_cut(s, SLICE(", client_name="), &before, &rest) &&
	    line_cut(rest, SLICE(", "), &event->client_name, &before))
		event->client_name = line_client_name(event->client_name);
	if (line_cut(s, SLICE(", helo="), &before, &rest))
		line_cut(rest, SLICE(", "), &event->helo, &before);
}

/* "[ADDR] RCPT, SENDER -> RCPT, ACTION [sasl_username=..., ...]" */
enum maillog_kind
line_read_iredapd(struct slice s, struct slice own_text, struct maillog_event *event)
{
	bool refuses = line_refuses(s, own_text);
	struct slice before, rest, action;

	if (!line_take(&s, SLICE("[")) || !line_cut(s, SLICE("] RCPT, "), &before, &rest))
		return MAILLOG_NOTHING;
	event->client_address = before;
	if (line_cut_last(rest, SLICE(" [sasl_username="), &before, &action)) {
		take_details(action, event);
		rest = before;
	}
	if (!line_cut_last(rest, SLICE(" -> "), &event->sender, &rest) ||
	    !line_cut(rest, SLICE(", "), &event->recipient, &action))
		return refuses ? MAILLOG_UNREAD : MAILLOG_NOTHING;
	return kind_of_action(action, own_text);
}

/* ---- addresses ---- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "\xNN" at the front of S as its byte; -1 when it is none. */
static int
escaped_byte(struct slice s)
{
	if (s.len < 4 || s.ptr[1] != 'x' || hex_digit(s.ptr[2]) < 0 || hex_digit(s.ptr[3]) < 0)
		return -1;
	return hex_digit(s.ptr[2]) * 16 + hex_digit(s.ptr[3]);
}

static void
add_unescaped(struct buf *out, struct slice s)
{
	size_t n;
	int byte;

	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = 1;
		byte = (unsigned char)s.ptr[0];
		if (byte == '\\' && s.len > 1 && s.ptr[1] == '\\')
			n = 2;
		else if (byte == '\\' && escaped_byte(s) >= 0) {
			byte = escaped_byte(s);
			n = 4;
		}
		buf_add_char(out, (char)byte);
	}
}

/* "\"a b\"@example.org" as "a b@example.org" */
static void
add_unquoted(struct buf *out, struct slice s)
{
	size_t i;

	for (i = 1; i < s.len && s.ptr[i] != '"'; i++) {
		if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
		buf_add_char(out, s.ptr[i]);
	}
	if (i < s.len)
		buf_add(out, (struct slice){ s.ptr + i + 1, s.len - i - 1 });
}

void
maillog_mailbox(struct buf *out, const struct maillog_event *event, struct slice address)
{
	size_t start = out->len;

	if (event->program == MAILLOG_GREYGATE)
		add_unescaped(out, address);
	else if (address.len > 0 && address.ptr[0] == '"')
		add_unquoted(out, address);
	else
		buf_add(out, address);
	str_lower(out->ptr + start, out->len - start);
}
