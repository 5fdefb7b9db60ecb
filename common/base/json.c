/* json.c - see json.h. */
#include "common/base/json.h"

#include <assert.h>
#include <inttypes.h>

void
json_init(struct json *j, FILE *out)
{
	*j = (struct json){ .out = out };
}

/* \uNNNN, in two halves beyond the first plane (RFC 8259 7). */
static void
put_code(struct json *j, uint32_t cp)
{
	if (cp < 0x10000) {
		fprintf(j->out, "\\u%04x", (unsigned)cp);
	} else {
		cp -= 0x10000;
		fprintf(j->out, "\\u%04x\\u%04x", 0xd800 + (cp >> 10), 0xdc00 + (cp & 0x3ff));
	}
}

static void
put_string(struct json *j, struct slice s)
{
	uint32_t cp;
	size_t n;

	fputc('"', j->out);
	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = str_utf8_next(s, &cp);
		if (n == 0) {
			n = 1;
			fputs("\xef\xbf\xbd", j->out);
		} else if (cp == '"' || cp == '\\') {
			fprintf(j->out, "\\%c", (int)cp);
		} else if (cp < 0x20 || cp == 0x7f || str_is_invisible(cp)) {
			put_code(j, cp);
		} else {
			fwrite(s.ptr, 1, n, j->out);
		}
	}
	fputc('"', j->out);
}

static void
begin_value(struct json *j, const char *key)
{
	if (j->more[j->depth])
		fputs(", ", j->out);
	j->more[j->depth] = true;
	if (key != NULL) {
		put_string(j, slice_of(key));
		fputs(": ", j->out);
	}
}

static void
open_bracket(struct json *j, const char *key, char bracket)
{
	begin_value(j, key);
	fputc(bracket, j->out);
	assert(j->depth + 1 < JSON_DEPTH_MAX);
	j->more[++j->depth] = false;
}

void
json_object(struct json *j, const char *key)
{
	open_bracket(j, key, '{');
}

void
json_array(struct json *j, const char *key)
{
	open_bracket(j, key, '[');
}

void
json_end(struct json *j, char bracket)
{
	assert(j->depth > 0);
	fputc(bracket, j->out);
	if (--j->depth == 0) {
		fputc('\n', j->out);
		j->more[0] = false;
	}
}

void
json_string(struct json *j, const char *key, struct slice value)
{
	begin_value(j, key);
	put_string(j, value);
}

void
json_text(struct json *j, const char *key, const char *value)
{
	if (value == NULL)
		json_null(j, key);
	else
		json_string(j, key, slice_of(value));
}

void
json_int(struct json *j, const char *key, int64_t value)
{
	begin_value(j, key);
	fprintf(j->out, "%" PRId64, value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	fputs(value ? "true" : "false", j->out);
}

void
json_raw(struct json *j, const char *key, struct slice json)
{
	begin_value(j, key);
	fwrite(json.ptr, 1, json.len, j->out);
}

void
json_null(struct json *j, const char *key)
{
	begin_value(j, key);
	fputs("null", j->out);
}
