/* dbdump.c - see dbdump.h. The head is lines of NAME=VALUE up to HEADER=END; then lines that begin
 * with a blank, key and value in turn, up to DATA=END. */
#include "common/import/dbdump.h"

#include <string.h>

void
dbdump_init(struct dbdump *dump, struct lines *lines)
{
	memset(dump, 0, sizeof(*dump));
	dump->lines = lines;
	dump->ended = true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
hex_byte(struct slice s, size_t at)
{
	int high = at + 1 < s.len ? hex_digit(s.ptr[at]) : -1;
	int low = at + 1 < s.len ? hex_digit(s.ptr[at + 1]) : -1;

	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* A byte of the text at *AT, which is moved; -1 when it cannot be read. */
static int
next_byte(const struct dbdump *dump, struct slice s, size_t *at)
{
	int c;

	if (dump->hex) {
		c = hex_byte(s, *at);
		*at += 2;
		return c;
	}
	if (s.ptr[*at] != '\\')
		return (unsigned char)s.ptr[(*at)++];
	if (*at + 1 < s.len && s.ptr[*at + 1] == '\\') {
		*at += 2;
		return '\\';
	}
	c = hex_byte(s, *at + 1);
	*at += 3;
	return c;
}

static const char *
decode(const struct dbdump *dump, struct slice line, char *out, size_t *len_out)
{
	size_t at = 1, len = 0;

	if (dump->lines->cut)
		return "the line is too long";
	while (at < line.len) {
		int c = next_byte(dump, line, &at);

		if (c < 0)
			return "an escape or a hexadecimal number is damaged";
		if (len == DBDUMP_TEXT_MAX)
			return "the text is too long";
		out[len++] = (char)c;
	}
	*len_out = len;
	return NULL;
}

static bool
starts_with(struct slice s, const char *head)
{
	size_t len = strlen(head);

	return s.len >= len && memcmp(s.ptr, head, len) == 0;
}

/* Lines between dumps and in their heads; false when LINE is none of them. */
static bool
read_head(struct dbdump *dump, struct slice line)
{
	if (starts_with(line, "format="))
		dump->hex = starts_with(line, "format=bytevalue");
	dump->ended = false;
	dump->in_data = slice_equal(line, SLICE("HEADER=END"));
	return line.len > 0 && memchr(line.ptr, '=', line.len) != NULL && line.ptr[0] != ' ';
}

static enum dbdump_found
read_pair(struct dbdump *dump, struct slice line)
{
	const char *why;

	dump->line = dump->lines->line;
	dump->why = decode(dump, line, dump->key, &dump->key_len);
	if (!lines_next(dump->lines, &line) || line.len == 0 || line.ptr[0] != ' ') {
		dump->why = "the value is missing: the dump is not whole";
		dump->in_data = false;
		return DBDUMP_BAD;
	}
	why = decode(dump, line, dump->value, &dump->value_len);
	if (dump->why == NULL)
		dump->why = why;
	return dump->why == NULL ? DBDUMP_PAIR : DBDUMP_BAD;
}

enum dbdump_found
dbdump_next(struct dbdump *dump)
{
	struct slice line;

	while (lines_next(dump->lines, &line)) {
		if (dump->in_data && line.len > 0 && line.ptr[0] == ' ')
			return read_pair(dump, line);
		if (slice_equal(line, SLICE("DATA=END"))) {
			dump->in_data = false;
			dump->ended = true;
		} else if (dump->in_data || !read_head(dump, line)) {
			return DBDUMP_FOREIGN;
		}
	}
	return DBDUMP_END;
}
