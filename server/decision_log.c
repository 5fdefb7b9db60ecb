/* decision_log.c - see decision_log.h. */
#include "server/decision_log.h"

#include "common/base/log.h"

static void
add_field(struct buf *out, const char *key, struct slice value)
{
	if (value.len == 0)
		return;
	buf_add_text(out, key);
	str_escape(out, value, ESCAPE_FIELD);
}

static void
add_number(struct buf *out, const char *key, int64_t value)
{
	if (value <= 0)
		return;
	buf_add_text(out, key);
	buf_add_int(out, value);
}

static void
add_missing(struct buf *out, int64_t wait_left_s)
{
	buf_add_text(out, " (");
	buf_add_int(out, wait_left_s);
	buf_add_text(out, "s missing)");
}

void
decision_line(struct buf *out, const struct engine_item *item)
{
	const struct request *request = &item->request;
	const struct decision *d = &item->decision;

	if (request->queue_id.len > 0) {
		str_escape(out, request->queue_id, ESCAPE_FIELD);
		buf_add_text(out, ": ");
	}
	buf_add_text(out, "action=");
	buf_add_text(out, action_name(d->action));
	buf_add_text(out, ", reason=");
	buf_add_text(out, reason_info(d->reason)->name);
	if (d->reason == REASON_EARLY || d->reason == REASON_POOL_EARLY)
		add_missing(out, d->wait_left_s);
	else if (d->action == ACTION_PASS)
		add_number(out, ", delay=", d->waited_s);
	add_field(out, ", client_name=", request->client_name);
	add_field(out, ", client_address=", request->client_address);
	add_field(out, ", sender=", request->sender);
	add_field(out, ", recipient=", request->recipient);
	add_field(out, ", helo=", request->helo_name);
}

void
decision_log(const struct engine_item *item)
{
	enum log_level level = item->decision.reason == REASON_NOT_RCPT ? LOG_LEVEL_DEBUG
									: LOG_LEVEL_INFO;
	char storage[DECISION_LINE_MAX];
	struct buf line;

	if (!log_enabled(level))
		return;
	buf_init(&line, storage, sizeof(storage));
	decision_line(&line, item);
	log_text(level, storage);
}
