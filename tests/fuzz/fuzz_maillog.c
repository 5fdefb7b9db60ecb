/* fuzz_maillog.c - lines of a log by whoever sends mail: fields lie within their line, and the
 * story that they make adds up. */
#include <stdlib.h>
#include <string.h>

#include "common/maillog/suggest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_be_inside(struct slice field, struct slice line)
{
	if (field.len > 0 && (field.ptr < line.ptr || field.ptr + field.len > line.ptr + line.len))
		abort();
}

static void
look_at(const struct maillog_event *event, struct slice line)
{
	must_be_inside(event->host, line);
	must_be_inside(event->queue_id, line);
	must_be_inside(event->client_name, line);
	must_be_inside(event->client_address, line);
	must_be_inside(event->sender, line);
	must_be_inside(event->recipient, line);
	must_be_inside(event->helo, line);
	if (event->times < 1 || event->delay_s < -1)
		abort();
	if (event->kind == MAILLOG_REFUSED &&
	    (event->recipient.len == 0 || event->client_address.len == 0))
		abort();
}

/* Every mail became something, and no domain has more than there is. */
static void
must_add_up(struct story *story)
{
	const struct story_totals *totals = story_totals(story);
	const struct story_domain **domains;
	size_t n = story_domains(story, &domains), i;
	int64_t mails = totals->others;

	for (i = 0; i < n; i++) {
		const struct story_domain *d = domains[i];

		mails += d->mails;
		if (d->passed + d->once + d->stuck != d->mails || d->networks > d->tries ||
		    d->evidence.tries > d->tries || d->nameless > d->tries || d->nameless < 0 ||
		    d->longest_s < 0)
			abort();
	}
	if (mails != totals->mails || totals->passed + totals->once + totals->stuck != mails)
		abort();
}

static void
read_line(struct story *story, struct maillog_calendar *calendar, const char *text, size_t len)
{
	struct maillog_event event;
	char *exact = malloc(len + 1); /* its end is where a sanitizer sees it */
	struct slice line = { memcpy(exact, text, len), len };
	int64_t time_s;

	if (maillog_line(line, SLICE("450 own text"), &event) != MAILLOG_NOTHING) {
		time_s = maillog_calendar_time(calendar, &event.date);
		look_at(&event, line);
		story_event(story, &event, time_s);
	}
	free(exact);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct story_options options = { 24, 64, 3, 2, "qq.com" };
	struct story *story = story_new(&options);
	const char *text = (const char *)data, *end;
	struct suggestion *suggestions;
	struct maillog_calendar calendar;

	maillog_calendar_begin(&calendar, NULL, 0, 1795500000);
	for (; size > 0; text = end + 1) {
		end = memchr(text, '\n', size);
		if (end == NULL) {
			read_line(story, &calendar, text, size);
			break;
		}
		read_line(story, &calendar, text, (size_t)(end - text));
		size -= (size_t)(end - text) + 1;
	}
	story_end(story);
	must_add_up(story);
	suggest_domains(story, &suggestions);
	free(suggestions);
	story_free(story);
	return 0;
}
