/* log.c - see log.h. */
#include "common/replay/log.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/maillog/dict.h"
#include "common/net/email.h"

#define MESSAGES_MAX 100000
#define KEY_MAX 1024

/* One message under way. */
struct message {
	int64_t client_s;
	char *address, *name; /* NULL: its client= line was not seen */
	char *sender;         /* NULL: not known yet */
	bool authenticated;
};

struct log_messages {
	struct slice own_text;
	struct mails *mails;
	struct dict *messages;
};

static void
drop(void *value)
{
	struct message *message = value;

	free(message->address);
	free(message->name);
	free(message->sender);
}

struct log_messages *
log_messages_new(struct slice own_text, struct mails *mails)
{
	struct log_messages *l = xcalloc(1, sizeof(*l));

	l->own_text = own_text;
	l->mails = mails;
	l->messages = dict_new(sizeof(struct message), drop);
	return l;
}

void
log_messages_free(struct log_messages *l)
{
	dict_free(l->messages);
	free(l);
}

/* ADDRESS as text without NUL, which ends it. */
static struct slice
mailbox(struct buf *b, const struct maillog_event *event, struct slice address)
{
	maillog_mailbox(b, event, address);
	return slice_of(b->ptr);
}

/* A try by what EVENT tells, and by MESSAGE where there is one. */
static void
add(struct log_messages *l, const struct maillog_event *event, const struct message *message,
    int64_t time_s)
{
	char sender_text[EMAIL_TEXT_MAX], recipient_text[EMAIL_TEXT_MAX];
	struct mail_contact contact = { .time_s = time_s,
		.address = event->client_address,
		.name = event->client_name,
		.helo = event->helo,
		.answer = event->kind == MAILLOG_REFUSED ? MAIL_REFUSED : MAIL_ACCEPTED,
		.answer_known = true,
		.origin = event->program == MAILLOG_POSTFIX ? MAIL_BY_POSTFIX : MAIL_BY_POLICY };
	struct buf sender, recipient;

	buf_init(&sender, sender_text, sizeof(sender_text));
	buf_init(&recipient, recipient_text, sizeof(recipient_text));
	contact.recipient = mailbox(&recipient, event, event->recipient);
	contact.sender = message != NULL ? slice_of(message->sender)
					 : mailbox(&sender, event, event->sender);
	if (message != NULL) {
		contact.address = slice_of(message->address);
		contact.name = slice_of(message->name);
		contact.sasl = message->authenticated ? SLICE("somebody") : SLICE_NONE;
	}
	if (contact.address.len > 0 && contact.recipient.len > 0)
		mails_add(l->mails, &contact);
}

/* ---- messages ---- */

/* Queue ids are unique on a host only. */
static struct slice
key_of(struct buf *b, const struct maillog_event *event)
{
	buf_add(b, event->queue_id);
	buf_add_char(b, ' ');
	buf_add(b, event->host);
	return buf_slice(b);
}

static struct message *
put_message(struct log_messages *l, struct slice key)
{
	bool is_new;
	struct message *message = dict_put(l->messages, key, &is_new);

	if (dict_n(l->messages) > MESSAGES_MAX)
		dict_remove(l->messages, dict_oldest(l->messages));
	return message;
}

static void
begin_message(struct log_messages *l, struct slice key, const struct maillog_event *event,
    int64_t time_s, struct slice line)
{
	static const char mark[] = ", sasl_username=";
	struct message *message = put_message(l, key);

	drop(message);
	*message = (struct message){ .client_s = time_s,
		.address = xslicedup(event->client_address),
		.name = xslicedup(event->client_name),
		.authenticated = memmem(line.ptr, line.len, mark, sizeof(mark) - 1) != NULL };
}

static void
note_sender(struct log_messages *l, struct slice key, const struct maillog_event *event)
{
	struct message *message = put_message(l, key);
	char storage[EMAIL_TEXT_MAX];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	free(message->sender);
	message->sender = xslicedup(mailbox(&b, event, event->sender));
}

static void
message_event(
    struct log_messages *l, const struct maillog_event *event, int64_t time_s, struct slice line)
{
	char storage[KEY_MAX];
	struct message *message;
	struct slice key;
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	key = key_of(&b, event);
	if (event->kind == MAILLOG_CLIENT) {
		begin_message(l, key, event, time_s, line);
		return;
	}
	if (event->kind == MAILLOG_SENDER) {
		note_sender(l, key, event);
		return;
	}
	message = dict_find(l->messages, key);
	if (message != NULL && event->kind == MAILLOG_REMOVED)
		dict_remove(l->messages, message);
	else if (message != NULL && message->address != NULL && message->sender != NULL)
		add(l, event, message, message->client_s);
}

int
log_line(struct log_messages *l, struct maillog_calendar *calendar, struct slice line)
{
	struct maillog_event event;
	int64_t time_s;

	if (maillog_line(line, l->own_text, &event) == MAILLOG_NOTHING)
		return 0;
	time_s = maillog_calendar_time(calendar, &event.date);
	if (event.kind == MAILLOG_UNREAD)
		return -1;
	if (event.kind == MAILLOG_REFUSED || event.kind == MAILLOG_PASSED)
		add(l, &event, NULL, time_s);
	else
		message_event(l, &event, time_s, line);
	return 0;
}
