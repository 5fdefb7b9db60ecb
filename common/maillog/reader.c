/* reader.c - see reader.h. Each file holds its next event ready; the earliest goes out. */
#include "common/maillog/reader.h"

#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/maillog/source.h"

struct input {
	struct source *source; /* NULL: at its end */
	struct maillog_calendar calendar;
	struct maillog_file file;
	struct maillog_record next;
};

struct maillog_reader {
	struct slice own_text;
	int64_t since_s;
	struct input *inputs;
	size_t n;
	struct input *given; /* the one whose event the caller has */
};

static void
end_input(struct input *in)
{
	in->file.bytes = source_bytes(in->source);
	in->file.too_long = source_too_long(in->source);
	source_close(in->source);
	in->source = NULL;
}

/* Reads up to the next event that is wanted. */
static void
advance(struct maillog_reader *r, struct input *in)
{
	struct maillog_record *next = &in->next;

	while (in->source != NULL) {
		if (source_line(in->source, &next->line, &in->file.err) != 1) {
			end_input(in);
			return;
		}
		in->file.lines++;
		if (maillog_line(next->line, r->own_text, &next->event) == MAILLOG_NOTHING)
			continue;
		next->time_s = maillog_calendar_time(&in->calendar, &next->event.date);
		if (next->time_s < r->since_s)
			continue;
		in->file.unread += next->event.kind == MAILLOG_UNREAD;
		return;
	}
}

struct maillog_reader *
maillog_open(const char *const *paths, size_t n, struct slice own_text, int64_t since_s)
{
	struct maillog_reader *r = xcalloc(1, sizeof(*r));
	size_t i;

	r->own_text = own_text;
	r->since_s = since_s;
	r->inputs = xcalloc(n, sizeof(*r->inputs));
	r->n = n;
	for (i = 0; i < n; i++) {
		struct input *in = &r->inputs[i];

		in->file.path = paths[i];
		in->source = source_open(paths[i], &in->file.err);
		if (in->source != NULL)
			source_begin(in->source, &in->calendar);
		advance(r, in);
	}
	return r;
}

void
maillog_close(struct maillog_reader *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		source_close(r->inputs[i].source);
	free(r->inputs);
	free(r);
}

bool
maillog_next(struct maillog_reader *r, struct maillog_record *record_out)
{
	struct input *first = NULL;
	size_t i;

	if (r->given != NULL)
		advance(r, r->given);
	for (i = 0; i < r->n; i++)
		if (r->inputs[i].source != NULL &&
		    (first == NULL || r->inputs[i].next.time_s < first->next.time_s))
			first = &r->inputs[i];
	r->given = first;
	if (first != NULL)
		*record_out = first->next;
	return first != NULL;
}

const struct maillog_file *
maillog_file(const struct maillog_reader *r, size_t i)
{
	return &r->inputs[i].file;
}
