/* line.c - see line.h: what stands before the message, and whose it is. line_postfix.c and
 * line_policy.c read the messages. */
#include <string.h>

#include "common/maillog/line_read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- cutting ---- */

bool
line_take(struct slice *s, struct slice prefix)
{
	if (s->len < prefix.len || memcmp(s->ptr, prefix.ptr, prefix.len) != 0)
		return false;
	s->ptr += prefix.len;
	s->len -= prefix.len;
	return true;
}

int64_t
line_take_number(struct slice *s)
{
	int64_t number = 0;
	size_t i;

	for (i = 0; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++)
		if (i == 15)
			return -1;
		else
			number = number * 10 + (s->ptr[i] - '0');
	s->ptr += i;
	s->len -= i;
	return i == 0 ? -1 : number;
}

static void
cut_at(struct slice s, const char *at, size_t len, struct slice *before, struct slice *after)
{
	size_t n = (size_t)(at - s.ptr);

	*before = (struct slice){ s.ptr, n };
	*after = (struct slice){ at + len, s.len - n - len };
}

bool
line_cut(struct slice s, struct slice mark, struct slice *before, struct slice *after)
{
	const char *at = s.len == 0 ? NULL : memmem(s.ptr, s.len, mark.ptr, mark.len);

	if (at == NULL)
		return false;
	cut_at(s, at, mark.len, before, after);
	return true;
}

bool
line_cut_last(struct slice s, struct slice mark, struct slice *before, struct slice *after)
{
	size_t left = s.len < mark.len ? 0 : s.len - mark.len + 1;
	const char *at;

	while (left > 0 && (at = memrchr(s.ptr, mark.ptr[0], left)) != NULL) {
		if (memcmp(at, mark.ptr, mark.len) == 0) {
			cut_at(s, at, mark.len, before, after);
			return true;
		}
		left = (size_t)(at - s.ptr);
	}
	return false;
}

static bool
is_id_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool
line_take_queue_id(struct slice *s, struct slice *id_out)
{
	size_t n = 0;

	while (n < s->len && is_id_byte(s->ptr[n]))
		n++;
	if (n < 5 || n + 2 > s->len || s->ptr[n] != ':' || s->ptr[n + 1] != ' ')
		return false;
	*id_out = (struct slice){ s->ptr, n };
	s->ptr += n + 2;
	s->len -= n + 2;
	return true;
}

struct slice
line_client_name(struct slice name)
{
	return slice_equal(name, SLICE("unknown")) ? SLICE_NONE : name;
}

/* ---- texts of refusals ---- */

/* "451 4.7.1 " and the like off the front. */
static struct slice
without_codes(struct slice text)
{
	size_t n = 0;

	while (n < text.len && ((text.ptr[n] >= '0' && text.ptr[n] <= '9') || text.ptr[n] == '.' ||
				   text.ptr[n] == ' '))
		n++;
	return (struct slice){ text.ptr + n, text.len - n };
}

static bool
contains(struct slice text, struct slice part)
{
	return part.len > 0 && text.len > 0 &&
	       memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

bool
line_refuses(struct slice text, struct slice own_text)
{
	static const struct slice texts[] = {
		{ "Intentional policy rejection", 28 }, /* iRedAPD, greygate */
		{ "Greylist", 8 },                      /* postgrey, sqlgrey, milter-greylist */
		{ "greylist", 8 },                      /* what sites make of it */
		{ "Graylist", 8 },
		{ "graylist", 8 },
	};
	size_t i;

	for (i = 0; i < COUNT(texts); i++)
		if (contains(text, texts[i]))
			return true;
	return contains(text, without_codes(own_text));
}

/* ---- before the message ---- */

static struct slice
take_word(struct slice *s)
{
	const char *space = s->len == 0 ? NULL : memchr(s->ptr, ' ', s->len);
	struct slice word = { s->ptr, space == NULL ? s->len : (size_t)(space - s->ptr) };

	s->ptr += word.len;
	s->len -= word.len;
	while (s->len > 0 && s->ptr[0] == ' ') {
		s->ptr++;
		s->len--;
	}
	return word;
}

/* "<22>" before the date; true when an RFC 5424 version follows. */
static bool
take_priority(struct slice *s)
{
	struct slice rest = *s;

	if (!line_take(&rest, SLICE("<")) || line_take_number(&rest) == -1 ||
	    !line_take(&rest, SLICE(">")))
		return false;
	*s = rest;
	return line_take(s, SLICE("1 "));
}

int
line_date(struct slice line, struct maillog_date *date_out)
{
	take_priority(&line);
	return maillog_date_take(&line, date_out);
}

/* Application, pid, message id and structured data of RFC 5424. */
static struct slice
take_fields(struct slice *s)
{
	struct slice tag = take_word(s), before;

	take_word(s);
	take_word(s);
	if (s->len == 0 || s->ptr[0] != '[' || !line_cut(*s, SLICE("] "), &before, s))
		take_word(s);
	line_take(s, SLICE("\xef\xbb\xbf"));
	return tag;
}

/* "postfix/smtpd[1234]:" as "postfix/smtpd"; empty when WORD is no tag. */
static struct slice
tag_of(struct slice word)
{
	const char *bracket;

	if (word.len == 0 || word.ptr[word.len - 1] != ':')
		return SLICE_NONE;
	word.len--;
	bracket = memchr(word.ptr, '[', word.len);
	if (bracket != NULL)
		word.len = (size_t)(bracket - word.ptr);
	return word;
}

/* Takes priority, host and tag. Some syslog daemons put the priority after the date. */
static struct slice
take_header(struct slice *s, struct maillog_event *event)
{
	bool has_fields = take_priority(s);
	struct slice word, tag;

	event->has_date = maillog_date_take(s, &event->date) == 0;
	if (!event->has_date)
		return SLICE_NONE;
	take_word(s);
	word = take_word(s);
	if (word.len > 2 && word.ptr[0] == '<' && word.ptr[word.len - 1] == '>')
		word = take_word(s);
	if (has_fields) {
		event->host = word;
		return take_fields(s);
	}
	tag = tag_of(word);
	if (tag.len > 0)
		return tag;
	event->host = word;
	return tag_of(take_word(s));
}

/* What some daemons put between tag and message, and how often a folded line happened. */
static void
take_folding(struct slice *s, struct maillog_event *event)
{
	struct slice rest = *s, before;
	int64_t times;

	if (s->len > 0 && s->ptr[0] == '[' && line_take(&rest, SLICE("[ID ")) &&
	    line_cut(rest, SLICE("] "), &before, &rest))
		*s = rest;
	if (!line_take(&rest, SLICE("message repeated ")))
		return;
	times = line_take_number(&rest);
	if (times < 1 || times > 1000000 || !line_take(&rest, SLICE(" times: [ ")))
		return;
	event->times = times;
	if (rest.len > 0 && rest.ptr[rest.len - 1] == ']')
		rest.len--;
	*s = rest;
}

/* ---- whose line it is ---- */

struct program {
	struct slice name; /* of a daemon, or of a service of any instance of Postfix */
	enum maillog_program program;
	line_read_fn *read;
};

#define NAME(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct program services[] = {
	{ NAME("smtpd"), MAILLOG_POSTFIX, line_read_smtpd },
	{ NAME("qmgr"), MAILLOG_POSTFIX, line_read_qmgr },
	{ NAME("smtp"), MAILLOG_POSTFIX, line_read_delivery },
	{ NAME("lmtp"), MAILLOG_POSTFIX, line_read_delivery },
	{ NAME("local"), MAILLOG_POSTFIX, line_read_delivery },
	{ NAME("virtual"), MAILLOG_POSTFIX, line_read_delivery },
	{ NAME("pipe"), MAILLOG_POSTFIX, line_read_delivery },
	{ NAME("error"), MAILLOG_POSTFIX, line_read_delivery },
	{ NAME("discard"), MAILLOG_POSTFIX, line_read_delivery },
	{ NAME("oqmgr"), MAILLOG_POSTFIX, line_read_qmgr },
	{ NAME("nqmgr"), MAILLOG_POSTFIX, line_read_qmgr },
	{ NAME("cleanup"), MAILLOG_POSTFIX, line_read_smtpd }, /* what a milter refuses */
};

static const struct program daemons[] = {
	{ NAME("greygated"), MAILLOG_GREYGATE, line_read_greygate },
	{ NAME("postgrey"), MAILLOG_POSTGREY, line_read_postgrey },
	{ NAME("sqlgrey"), MAILLOG_SQLGREY, line_read_sqlgrey },
	{ NAME("iredapd"), MAILLOG_IREDAPD, line_read_iredapd },
};

static const struct program *
find(const struct program *programs, size_t n, struct slice name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (slice_equal(programs[i].name, name))
			return &programs[i];
	return NULL;
}

/* Some sites call a daemon as if it were a service: "postfix/postgrey". */
static const struct program *
program_of(struct slice tag)
{
	const char *slash = tag.len == 0 ? NULL : memrchr(tag.ptr, '/', tag.len);
	const struct program *service = NULL;
	struct slice name = tag;

	if (slash != NULL) {
		name = (struct slice){ slash + 1, (size_t)(tag.ptr + tag.len - slash - 1) };
		service = find(services, COUNT(services), name);
	}
	return service != NULL ? service : find(daemons, COUNT(daemons), name);
}

enum maillog_kind
maillog_line(struct slice line, struct slice own_text, struct maillog_event *event_out)
{
	const struct program *program;

	memset(event_out, 0, sizeof(*event_out));
	event_out->delay_s = -1;
	event_out->times = 1;
	program = program_of(take_header(&line, event_out));
	if (program == NULL)
		return event_out->kind;
	take_folding(&line, event_out);
	event_out->program = program->program;
	event_out->kind = program->read(line, own_text, event_out);
	if (event_out->kind == MAILLOG_REFUSED &&
	    (event_out->client_address.len == 0 || event_out->recipient.len == 0))
		event_out->kind = MAILLOG_UNREAD;
	return event_out->kind;
}
