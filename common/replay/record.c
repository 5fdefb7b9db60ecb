/* record.c - see record.h. Names are rows of a table. */
#include "common/replay/record.h"

#include <stdlib.h>
#include <string.h>

#define TIME_MAX INT64_C(253402300799) /* year 9999 */

static const struct {
	struct slice name;
	size_t offset;
	bool is_written; /* with a request */
} fields[] = {
	{ { "client_address", 14 }, offsetof(struct record, request.client_address), true },
	{ { "client_name", 11 }, offsetof(struct record, request.client_name), true },
	{ { "helo_name", 9 }, offsetof(struct record, request.helo_name), true },
	{ { "sender", 6 }, offsetof(struct record, request.sender), true },
	{ { "recipient", 9 }, offsetof(struct record, request.recipient), true },
	{ { "sasl_username", 13 }, offsetof(struct record, request.sasl_username), true },
	{ { "instance", 8 }, offsetof(struct record, request.instance), true },
	{ { "action", 6 }, offsetof(struct record, action), true },
	{ { "reason", 6 }, offsetof(struct record, reason), true },
	{ { "spf", 3 }, offsetof(struct record, spf), true },
	{ { "spf_domain", 10 }, offsetof(struct record, spf_domain), true },
	{ { "protocol_state", 14 }, offsetof(struct record, request.protocol_state), false },
};

static struct slice *
member(const struct record *record, size_t i)
{
	return (struct slice *)((char *)(uintptr_t)record + fields[i].offset);
}

/* ---- writing ---- */

static void
put(struct buf *out, const struct record *record)
{
	size_t begin = out->len, i;
	bool was_cut = out->cut;

	buf_add_text(out, "time=");
	buf_add_int(out, record->time_s);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!fields[i].is_written || member(record, i)->len == 0)
			continue;
		buf_add_char(out, '\t');
		buf_add(out, fields[i].name);
		buf_add_char(out, '=');
		str_escape(out, *member(record, i), ESCAPE_TEXT);
	}
	buf_add_char(out, '\n');
	if (out->cut && !was_cut) {
		out->len = begin;
		out->ptr[begin] = '\0';
		out->cut = false;
	}
}

void
record_put_request(struct buf *out, const struct engine_item *item, int64_t now_s)
{
	struct record record = { .time_s = now_s,
		.request = item->request,
		.action = slice_of(action_name(item->decision.action)),
		.reason = slice_of(reason_info(item->decision.reason)->name) };

	if (item->spf.state == ENGINE_SPF_KNOWN)
		record.spf = slice_of(item->spf.result);
	put(out, &record);
}

void
record_put_spf(
    struct buf *out, struct slice address, struct slice domain, const char *spf, int64_t now_s)
{
	struct record record = { .time_s = now_s, .spf = slice_of(spf), .spf_domain = domain };

	record.request.client_address = address;
	put(out, &record);
}

/* ---- reading ---- */

void
record_begin(struct record *record_out)
{
	*record_out = (struct record){ .time_s = -1 };
}

/* Whole seconds; a fraction is dropped. */
static int
set_time(struct record *record, struct slice value, struct err *err)
{
	int64_t time_s = 0;
	size_t i;

	for (i = 0; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++)
		if ((time_s = time_s * 10 + (value.ptr[i] - '0')) > TIME_MAX)
			break;
	if (i == 0 || (i < value.len && value.ptr[i] != '.'))
		return err_set(err, ERR_DATA, "time is not in seconds since 1970");
	if (record->time_s == -1)
		record->time_s = time_s;
	return 0;
}

int
record_set(struct record *record, struct slice name, struct slice value, struct err *err)
{
	size_t i;

	if (value.len > 0 && (memchr(value.ptr, '\0', value.len) != NULL ||
				 memchr(value.ptr, '\n', value.len) != NULL))
		return err_set(err, ERR_DATA, "a value that no policy request can hold");
	if (slice_equal(name, SLICE("time")))
		return set_time(record, value, err);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (slice_equal(name, fields[i].name) && member(record, i)->ptr == NULL)
			*member(record, i) = value;
	return 0;
}

int
record_check(const struct record *record, struct err *err)
{
	if (record->time_s == -1)
		return err_set(err, ERR_DATA, "there is no time");
	if (record->request.client_address.len == 0)
		return err_set(err, ERR_DATA, "there is no client_address");
	if (record->request.recipient.len == 0 && record->spf.len == 0)
		return err_set(err, ERR_DATA, "there is no recipient");
	return 0;
}

/* Hexadecimal digits of TEXT up to CLOSE, which may be NUL for exactly two. */
static size_t
take_hex(struct slice text, char close, uint32_t *value_out)
{
	static const char digits[] = "0123456789abcdef";
	size_t max = close == '\0' ? 2 : 6, i;
	const char *digit;

	*value_out = 0;
	for (i = 0; i < text.len && i < max; i++) {
		digit = memchr(digits, text.ptr[i], sizeof(digits) - 1);
		if (digit == NULL)
			break;
		*value_out = *value_out * 16 + (uint32_t)(digit - digits);
	}
	if (close == '\0')
		return i == 2 ? 2 : 0;
	return i > 0 && i < text.len && text.ptr[i] == close ? i + 1 : 0;
}

static size_t
put_utf8(char *to, uint32_t cp)
{
	static const unsigned char heads[] = { 0, 0xc0, 0xe0, 0xf0 };
	size_t tail = cp < 0x80 ? 0 : cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3, i;

	to[0] = (char)(heads[tail] | cp >> 6 * tail);
	for (i = 1; i <= tail; i++)
		to[i] = (char)(0x80 | (cp >> 6 * (tail - i) & 0x3f));
	return tail + 1;
}

/* What stands behind a backslash at the front of TEXT; the bytes that it takes, 0 for none known.
 */
static size_t
unescape_one(struct slice text, char *to, size_t *len_out)
{
	struct slice rest = { text.ptr + 2, text.len < 2 ? 0 : text.len - 2 };
	uint32_t value;
	size_t n = 0;

	*len_out = 1;
	if (text.len >= 2 && text.ptr[1] == '\\') {
		*to = '\\';
		return 2;
	}
	if (text.len >= 2 && text.ptr[1] == 'x' && (n = take_hex(rest, '\0', &value)) > 0) {
		*to = (char)value;
		return 2 + n;
	}
	if (rest.len == 0 || text.ptr[1] != 'u' || rest.ptr[0] != '{')
		return 0;
	n = take_hex((struct slice){ rest.ptr + 1, rest.len - 1 }, '}', &value);
	if (n < 4 || value > 0x10ffff) /* never longer than what it stands for */
		return 0;
	*len_out = put_utf8(to, value);
	return 3 + n;
}

static int
unescape(struct slice text, char *to, struct slice *out, struct err *err)
{
	char *begin = to;
	size_t used, len;

	while (text.len > 0) {
		used = len = 1;
		if (*text.ptr != '\\')
			*to = *text.ptr;
		else if ((used = unescape_one(text, to, &len)) == 0)
			return err_set(err, ERR_DATA, "a backslash that escapes nothing");
		to += len;
		text = (struct slice){ text.ptr + used, text.len - used };
	}
	*out = (struct slice){ begin, (size_t)(to - begin) };
	return 0;
}

static int
read_field(struct slice field, char *storage, struct record *record, struct err *err)
{
	const char *equal = field.len == 0 ? NULL : memchr(field.ptr, '=', field.len);
	struct slice name, value;

	if (equal == NULL || equal == field.ptr)
		return err_set(err, ERR_DATA, "a field that is not NAME=VALUE");
	name = (struct slice){ field.ptr, (size_t)(equal - field.ptr) };
	value = (struct slice){ equal + 1, field.len - name.len - 1 };
	return unescape(value, storage + name.len + 1, &value, err) == -1
		   ? -1
		   : record_set(record, name, value, err);
}

int
record_read(struct slice line, char *storage, struct record *record_out, struct err *err)
{
	struct slice field;
	const char *tab;

	record_begin(record_out);
	for (;;) {
		tab = line.len == 0 ? NULL : memchr(line.ptr, '\t', line.len);
		field =
		    (struct slice){ line.ptr, tab == NULL ? line.len : (size_t)(tab - line.ptr) };
		if (read_field(field, storage, record_out, err) == -1)
			return -1;
		if (tab == NULL)
			return record_check(record_out, err);
		line = (struct slice){ tab + 1, line.len - field.len - 1 };
		storage += field.len + 1;
	}
}
