/* story.c - see story.h: what each event means for the mails that are known. */
#include "common/maillog/story.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/maillog/story_count.h"
#include "common/maillog/story_try.h"
#include "common/net/email.h"

#define PAIRS_MAX 500000
#define MESSAGES_MAX 100000
#define PAUSE_S (2 * 86400) /* who was silent for longer does not try the same message again */
#define ECHO_S 5            /* between the two lines of one try */
#define FOLD_LOOK_AT 32
#define KEY_MAX (2 * EMAIL_TEXT_MAX + 2)

static void
drop_pair(void *value)
{
	struct pair *pair = value;
	size_t i;

	for (i = 0; i < pair->tried_n; i++)
		free(pair->tried[i].client);
	free(pair->tried);
}

static void
drop_message(void *value)
{
	struct message *message = value;

	free(message->client);
	free(message->sender);
}

struct story *
story_new(const struct story_options *options)
{
	struct story *s = xcalloc(1, sizeof(*s));

	s->options = *options;
	if (s->options.pairs_max == 0)
		s->options.pairs_max = PAIRS_MAX;
	if (s->options.messages_max == 0)
		s->options.messages_max = MESSAGES_MAX;
	s->domains = dict_new(sizeof(struct domain_count), count_domain_drop);
	s->pairs = dict_new(sizeof(struct pair), drop_pair);
	s->messages = dict_new(sizeof(struct message), drop_message);
	s->days = dict_new(sizeof(struct story_day), NULL);
	return s;
}

void
story_free(struct story *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->slowest_n; i++) {
		free(s->slowest[i].sender);
		free(s->slowest[i].recipient);
	}
	dict_free(s->pairs);
	dict_free(s->domains);
	dict_free(s->messages);
	dict_free(s->days);
	free(s->domain_list);
	free(s->day_list);
	free(s);
}

/* ---- mails ---- */

/* ADDRESS as text without NUL, which ends it, in STORAGE. */
static const char *
mailbox(char storage[EMAIL_TEXT_MAX], const struct maillog_event *event, struct slice address)
{
	struct buf b;

	buf_init(&b, storage, EMAIL_TEXT_MAX);
	maillog_mailbox(&b, event, address);
	return storage;
}

/* The key of the mail of EVENT: its sender is that of the event, or another one's. */
static struct slice
pair_key(struct buf *b, const struct maillog_event *event, const char *sender)
{
	char storage[EMAIL_TEXT_MAX];

	buf_add_text(b, sender != NULL ? sender : mailbox(storage, event, event->sender));
	buf_add_char(b, '\0');
	buf_add_text(b, mailbox(storage, event, event->recipient));
	return buf_slice(b);
}

/* Takes out the mail that was tried longest ago, a finished one if there is one near the end. */
static void
fold_one(struct story *s)
{
	struct pair *oldest = dict_oldest(s->pairs), *pair = oldest, *next;
	struct domain_count *d;
	int i;

	for (i = 0; i < FOLD_LOOK_AT; i++) {
		next = dict_next(pair);
		if (!pair->waits || s->totals.last_s - pair->all.last_s > PAUSE_S || next == NULL)
			break;
		pair = next;
	}
	if (i == FOLD_LOOK_AT || dict_next(pair) == NULL)
		pair = oldest;
	d = pair->domain;
	count_pair(s, pair);
	dict_remove(s->pairs, pair);
	s->totals.folded++;
	if (--d->pairs > 0 || d->shown.tries > 1 || d->shown.passed > 0)
		return;
	s->totals.domains--;
	s->totals.others++;
	dict_remove(s->domains, d);
}

static struct pair *
find_or_add(struct story *s, struct slice key, int64_t time_s)
{
	bool is_new;
	struct pair *pair = dict_put(s->pairs, key, &is_new);

	if (!is_new)
		return pair;
	if (dict_n(s->pairs) > s->options.pairs_max && dict_n(s->pairs) > 1)
		fold_one(s);
	pair->domain = count_domain(s, slice_of(dict_key(pair).ptr));
	pair->domain->pairs++;
	pair->domain->shown.mails++;
	s->totals.mails++;
	count_day(s, time_s)->mails++;
	return pair;
}

/* ---- events ---- */

/* Whether this refusal is the other half of one that was counted. */
static bool
is_echo(struct pair *pair, bool by_postfix, uint64_t net, int64_t time_s, int64_t times)
{
	bool near = pair->echo.net == net && time_s - pair->echo.time_s <= ECHO_S;

	if (near && pair->echo.by_postfix != by_postfix && pair->echo.n >= times) {
		pair->echo.n -= times;
		return true;
	}
	if (!near || pair->echo.by_postfix != by_postfix)
		pair->echo.n = 0;
	pair->echo.by_postfix = by_postfix;
	pair->echo.net = net;
	pair->echo.time_s = time_s;
	pair->echo.n += times;
	return false;
}

static void
note_wait(struct pair *pair, int64_t time_s)
{
	bool begins = !pair->waits || time_s - pair->all.last_s > PAUSE_S;

	wait_extend(&pair->all, begins, pair->passed, time_s);
	pair->waits = true;
	pair->evidence_waits = pair->evidence_waits && !begins;
}

static void
note_client(struct pair *pair, struct slice name, uint64_t net, int64_t times, int64_t time_s)
{
	pair->named = pair->named || name.len > 0;
	if (!count_client(pair->domain, name, net, times))
		return;
	wait_extend(&pair->evidence, !pair->evidence_waits, pair->passed, time_s);
	pair->evidence_waits = true;
	if (pair->evidence_tries == 0)
		pair->evidence_net = net;
	pair->moved = pair->moved || net != pair->evidence_net;
	pair->evidence_tries += times;
}

/* The second line of a try may know the name of the client where the first did not. */
static void
note_echo(struct story *s, struct pair *pair, const struct maillog_event *event, uint64_t net,
    int64_t time_s)
{
	struct story_try *last;

	if (!pair->echo.nameless || event->client_name.len == 0)
		return;
	pair->domain->shown.nameless -= event->times;
	note_client(pair, event->client_name, net, event->times, time_s);
	if (s->options.domain == NULL || pair->tried_n == 0)
		return;
	last = &pair->tried[pair->tried_n - 1];
	free(last->client);
	last->client = try_client(event);
}

static void
refused(struct story *s, const struct maillog_event *event, int64_t time_s)
{
	uint64_t net = count_net(&s->options, event->client_address);
	char storage[KEY_MAX];
	struct pair *pair;
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	pair = find_or_add(s, pair_key(&b, event, NULL), time_s);
	if (is_echo(pair, event->program == MAILLOG_POSTFIX, net, time_s, event->times)) {
		note_echo(s, pair, event, net, time_s);
		return;
	}
	note_wait(pair, time_s);
	pair->tries += event->times;
	pair->echo.nameless = event->client_name.len == 0;
	pair->domain->shown.tries += event->times;
	net_set_add(&pair->domain->nets, net);
	note_client(pair, event->client_name, net, event->times, time_s);
	s->totals.tries += event->times;
	count_day(s, time_s)->tries += event->times;
	if (s->options.domain != NULL)
		try_note(s, pair, event->kind, time_s, try_client(event));
}

/* The mail of KEY was let in at TIME_S. CLIENT is freed or kept. */
static void
accepted(struct story *s, struct slice key, enum maillog_kind kind, int64_t time_s, char *client)
{
	struct pair *pair = dict_find(s->pairs, key);
	int64_t wait_s;

	/* A second of slack: delays of deliveries are rounded. */
	if (pair == NULL || !pair->waits || time_s < pair->all.first_s - 1) {
		free(client);
		return;
	}
	wait_s = wait_end(&pair->all, pair->passed, time_s);
	if (pair->evidence_waits)
		wait_end(&pair->evidence, pair->passed, time_s);
	pair->waits = pair->evidence_waits = false;
	pair->passed = true;
	count_wait(s, pair, wait_s);
	count_day(s, time_s)->passed++;
	try_note(s, pair, kind, time_s, client);
}

static void
passed(struct story *s, const struct maillog_event *event, int64_t time_s)
{
	char storage[KEY_MAX];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	accepted(s, pair_key(&b, event, NULL), event->kind, time_s,
	    s->options.domain == NULL ? NULL : try_client(event));
}

/* ---- messages ---- */

/* Queue ids are unique on a host only. */
static struct slice
message_key(struct buf *b, const struct maillog_event *event)
{
	buf_add(b, event->queue_id);
	buf_add_char(b, ' ');
	buf_add(b, event->host);
	return buf_slice(b);
}

static struct message *
put_message(struct story *s, struct slice key)
{
	bool is_new;
	struct message *message = dict_put(s->messages, key, &is_new);

	if (dict_n(s->messages) > s->options.messages_max)
		dict_remove(s->messages, dict_oldest(s->messages));
	return message;
}

static void
begin_message(struct story *s, struct slice key, const struct maillog_event *event, int64_t time_s)
{
	struct message *message = put_message(s, key);

	drop_message(message);
	*message = (struct message){ .client_s = time_s };
	if (s->options.domain != NULL)
		message->client = try_client(event);
}

static void
note_sender(struct story *s, struct slice key, const struct maillog_event *event)
{
	struct message *message = put_message(s, key);
	char storage[EMAIL_TEXT_MAX];

	free(message->sender);
	message->sender = xstrdup(mailbox(storage, event, event->sender));
}

static void
delivered(
    struct story *s, struct slice message_id, const struct maillog_event *event, int64_t time_s)
{
	const struct message *message = dict_find(s->messages, message_id);
	int64_t delay_s = event->delay_s > 0 ? event->delay_s : 0;
	char storage[KEY_MAX];
	struct buf b;

	if (message == NULL || message->sender == NULL)
		return;
	buf_init(&b, storage, sizeof(storage));
	accepted(s, pair_key(&b, event, message->sender), event->kind,
	    message->client_s != 0 ? message->client_s : time_s - delay_s,
	    s->options.domain == NULL ? NULL
				      : xstrdup(message->client == NULL ? "" : message->client));
}

static void
removed(struct story *s, struct slice key)
{
	struct message *message = dict_find(s->messages, key);

	if (message != NULL)
		dict_remove(s->messages, message);
}

static void
message_event(struct story *s, const struct maillog_event *event, int64_t time_s)
{
	char storage[KEY_MAX];
	struct slice key;
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	key = message_key(&b, event);
	if (event->kind == MAILLOG_CLIENT)
		begin_message(s, key, event, time_s);
	else if (event->kind == MAILLOG_SENDER)
		note_sender(s, key, event);
	else if (event->kind == MAILLOG_DELIVERY)
		delivered(s, key, event, time_s);
	else if (event->kind == MAILLOG_REMOVED)
		removed(s, key);
}

void
story_event(struct story *s, const struct maillog_event *event, int64_t time_s)
{
	if (s->totals.first_s == 0)
		s->totals.first_s = time_s;
	if (time_s > s->totals.last_s)
		s->totals.last_s = time_s;
	if (event->kind == MAILLOG_REFUSED)
		refused(s, event, time_s);
	else if (event->kind == MAILLOG_PASSED)
		passed(s, event, time_s);
	else
		message_event(s, event, time_s);
}
