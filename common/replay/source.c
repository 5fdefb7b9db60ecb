/* source.c - see source.h: opens the files, puts them in order, and reads recordings and
 * transcripts; logs are log.c's. */
#include "common/replay/source.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/maillog/source.h"
#include "common/replay/log.h"
#include "common/replay/record.h"

#define PROGRESS_LINES 20000

/* One file, from its first line on. */
struct input {
	struct replay_reading *reading;
	struct replay_file *file;
	struct source *source; /* NULL: there is nothing to read */
	char *first;           /* line that was looked at, until it is read */
	size_t first_len;
	struct maillog_calendar calendar;
	int64_t begins_s; /* time of a first line that tells one */
	int64_t bytes_before;
};

const char *
replay_kind_name(enum replay_kind kind)
{
	static const char *const names[] = { [REPLAY_LOG] = "mail log",
		[REPLAY_RECORDING] = "recording",
		[REPLAY_TRANSCRIPT] = "transcript" };

	return names[kind];
}

/* ---- lines ---- */

static bool
next_line(struct input *in, struct slice *line_out)
{
	if (in->first_len > 0) {
		*line_out = (struct slice){ in->first, in->first_len };
		in->first_len = 0;
	} else if (source_line(in->source, line_out, &in->file->err) != 1) {
		return false;
	}
	in->file->lines++;
	if (in->reading->progress != NULL && in->file->lines % PROGRESS_LINES == 0)
		in->reading->progress(
		    in->reading->arg, in->bytes_before + source_bytes(in->source));
	return true;
}

/* ---- what a file is ---- */

/* "name=", as attributes begin, and no line of a log. */
static bool
is_attribute(struct slice line)
{
	size_t i;

	for (i = 0; i < line.len && line.ptr[i] != '='; i++)
		if ((line.ptr[i] < 'a' || line.ptr[i] > 'z') && line.ptr[i] != '_')
			return false;
	return i > 0 && i < line.len;
}

static enum replay_kind
kind_of(struct slice line)
{
	if (!is_attribute(line))
		return REPLAY_LOG;
	return memchr(line.ptr, '\t', line.len) != NULL ? REPLAY_RECORDING : REPLAY_TRANSCRIPT;
}

static void
look_at_first(struct input *in)
{
	struct maillog_event event;
	struct slice line;

	source_begin(in->source, &in->calendar);
	do {
		if (source_line(in->source, &line, &in->file->err) != 1)
			return;
		in->file->lines++;
	} while (line.len == 0);
	in->file->lines--; /* it is counted when it is read */
	in->first = xslicedup(line);
	in->first_len = line.len;
	in->file->kind = kind_of(line);
	maillog_line(line, SLICE_NONE, &event);
	if (event.has_date) {
		struct maillog_calendar calendar = in->calendar;

		in->begins_s = maillog_calendar_time(&calendar, &event.date);
	}
}

/* ---- recordings and transcripts ---- */

static void
complain(struct input *in, int64_t line, const struct err *err)
{
	in->file->bad++;
	in->reading->complain(in->reading->arg, in->file->path, line, err->text);
}

/* Words of our log, and what a policy server answers. */
static bool
read_answer(struct slice action, enum mail_answer *answer_out)
{
	static const struct {
		struct slice begin;
		enum mail_answer answer;
	} words[] = {
		{ { "pass", 4 }, MAIL_ACCEPTED },
		{ { "greylist", 8 }, MAIL_REFUSED },
		{ { "reject", 6 }, MAIL_REJECTED },
		{ { "dunno", 5 }, MAIL_ACCEPTED },
		{ { "ok", 2 }, MAIL_ACCEPTED },
		{ { "prepend", 7 }, MAIL_ACCEPTED },
		{ { "defer", 5 }, MAIL_REFUSED },
		{ { "4", 1 }, MAIL_REFUSED },
		{ { "5", 1 }, MAIL_REJECTED },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct slice begin = { action.ptr, words[i].begin.len };

		if (action.len < begin.len || !slice_equal_nocase(begin, words[i].begin))
			continue;
		*answer_out = words[i].answer;
		return true;
	}
	*answer_out = MAIL_ACCEPTED;
	return false;
}

static void
take_spf(struct input *in, const struct record *record)
{
	const struct request *request = &record->request;
	char domain[DOMAIN_TEXT_MAX];
	struct err err;

	spf_known_domain(request->sender, request->helo_name, domain);
	if (spf_known_put(in->reading->spf, request->client_address,
		record->spf_domain.len > 0 ? record->spf_domain : slice_of(domain),
		record->spf) == -1) {
		err_set(&err, ERR_DATA, "spf is no result of SPF");
		complain(in, in->file->lines, &err);
	}
}

static void
take_record(struct input *in, const struct record *record)
{
	const struct request *request = &record->request;
	struct mail_contact contact = { .time_s = record->time_s,
		.address = request->client_address,
		.name = request->client_name,
		.helo = request->helo_name,
		.sasl = request->sasl_username,
		.sender = request->sender,
		.recipient = request->recipient,
		.instance = request->instance,
		.origin = MAIL_RECORDED };
	struct slice state = request->protocol_state;

	if (record->spf.len > 0)
		take_spf(in, record);
	if (request->recipient.len == 0 || (state.len > 0 && !slice_equal(state, SLICE("RCPT")) &&
					       !slice_equal(state, SLICE("VRFY"))))
		return;
	contact.answer_known = read_answer(record->action, &contact.answer);
	mails_add(in->reading->mails, &contact);
	in->file->tries++;
}

static void
read_recording(struct input *in)
{
	struct record record;
	struct slice line;
	struct err err;
	char *storage = NULL;
	size_t cap = 0;

	while (next_line(in, &line)) {
		if (line.len == 0)
			continue;
		if (line.len > cap)
			storage = xreallocarray(storage, cap = line.len * 2, 1);
		if (record_read(line, storage, &record, &err) == -1)
			complain(in, in->file->lines, &err);
		else
			take_record(in, &record);
	}
	free(storage);
}

/* A request of a transcript: its lines, one behind the other, and the first of them. */
struct gathered {
	char text[RECORD_LINE_MAX];
	size_t len;
	int64_t line;
	bool too_long;
};

/* One line off the front of REST into RECORD. */
static int
take_attribute(struct slice *rest, struct record *record, struct err *err)
{
	const char *end = memchr(rest->ptr, '\n', rest->len);
	struct slice name = { rest->ptr, (size_t)(end - rest->ptr) }, value;
	const char *equal = memchr(name.ptr, '=', name.len);

	rest->len -= name.len + 1;
	rest->ptr = end + 1;
	if (equal == NULL || equal == name.ptr)
		return err_set(err, ERR_DATA, "a line that is not NAME=VALUE");
	name.len = (size_t)(equal - name.ptr);
	value = (struct slice){ equal + 1, (size_t)(end - equal - 1) };
	return record_set(record, name, value, err);
}

static void
end_request(struct input *in, struct gathered *g)
{
	struct slice rest = { g->text, g->len };
	int64_t line = g->line;
	struct record record;
	struct err err;
	int result = 0;

	record_begin(&record);
	if (g->too_long)
		result =
		    err_set(&err, ERR_DATA, "a request of more than %d bytes", RECORD_LINE_MAX);
	for (; rest.len > 0 && result == 0; line += result == 0)
		result = take_attribute(&rest, &record, &err);
	if (result == -1) {
		complain(in, line, &err);
	} else if (g->len > 0) {
		if (record_check(&record, &err) == -1)
			complain(in, g->line, &err);
		else
			take_record(in, &record);
	}
	g->len = 0;
	g->too_long = false;
}

static void
read_transcript(struct input *in)
{
	struct gathered g = { .len = 0 };
	struct slice line;

	while (next_line(in, &line)) {
		if (line.len == 0) {
			end_request(in, &g);
			continue;
		}
		if (g.len == 0)
			g.line = in->file->lines;
		if (g.len + line.len + 1 > sizeof(g.text)) {
			g.too_long = true;
			continue;
		}
		memcpy(g.text + g.len, line.ptr, line.len);
		g.text[g.len + line.len] = '\n';
		g.len += line.len + 1;
	}
	end_request(in, &g);
}

/* ---- all of it ---- */

static void
read_log(struct input *in, struct log_messages *messages)
{
	struct slice line;

	while (next_line(in, &line)) {
		size_t before = in->reading->mails->try_n;

		if (log_line(messages, &in->calendar, line) == -1)
			in->file->bad++;
		in->file->tries += (int64_t)(in->reading->mails->try_n - before);
	}
	in->file->bad += source_too_long(in->source);
}

static void
read_input(struct input *in, struct log_messages *messages)
{
	if (in->file->kind == REPLAY_LOG)
		read_log(in, messages);
	else if (in->file->kind == REPLAY_RECORDING)
		read_recording(in);
	else
		read_transcript(in);
}

static int
by_begin(const void *va, const void *vb)
{
	const struct input *a = va, *b = vb;

	if (a->begins_s != b->begins_s)
		return a->begins_s < b->begins_s ? -1 : 1;
	return a->file < b->file ? -1 : a->file > b->file;
}

/* In the order of their beginnings: a message that is in the queue when a log is rotated is in two
 * files. */
static struct input *
open_all(struct replay_reading *r, const char *const *paths, size_t n, struct replay_file *files)
{
	struct input *inputs = xcalloc(n, sizeof(*inputs));
	size_t i;

	for (i = 0; i < n; i++) {
		files[i] = (struct replay_file){ .path = paths[i] };
		inputs[i] = (struct input){ .reading = r, .file = &files[i] };
		inputs[i].source = source_open(paths[i], &files[i].err);
		if (inputs[i].source != NULL)
			look_at_first(&inputs[i]);
	}
	qsort(inputs, n, sizeof(*inputs), by_begin);
	return inputs;
}

void
replay_read(
    struct replay_reading *r, const char *const *paths, size_t n, struct replay_file *files_out)
{
	struct log_messages *messages = log_messages_new(r->own_text, r->mails);
	struct input *inputs = open_all(r, paths, n, files_out);
	int64_t bytes = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		inputs[i].bytes_before = bytes;
		if (inputs[i].source != NULL && inputs[i].first != NULL)
			read_input(&inputs[i], messages);
		bytes += inputs[i].source == NULL ? 0 : source_bytes(inputs[i].source);
		source_close(inputs[i].source);
		free(inputs[i].first);
	}
	free(inputs);
	log_messages_free(messages);
}
