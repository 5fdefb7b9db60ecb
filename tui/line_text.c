/* line_text.c - see line_text.h. */
#include "tui/line_text.h"

#include <string.h>

#include "tui/keys.h"
#include "tui/text.h"

size_t
line_after(const struct line *line, size_t at)
{
	return at + text_next((struct slice){ line->text + at, line->len - at });
}

size_t
line_before(const struct line *line, size_t at)
{
	size_t start = 0, next;

	while (start < at && (next = line_after(line, start)) < at)
		start = next;
	return start;
}

/* What was two characters may have become one: the cursor never stands inside. */
static void
settle(struct line *line)
{
	size_t at = 0;

	while (at < line->at)
		at = line_after(line, at);
	line->at = at;
}

void
line_remove(struct line *line, size_t from, size_t to)
{
	memmove(line->text + from, line->text + to, line->len - to + 1);
	line->len -= to - from;
	line->at = from;
	settle(line);
}

bool
line_insert(struct line *line, struct slice s)
{
	if (line->len + s.len >= LINE_MAX_BYTES)
		return false;
	memmove(line->text + line->at + s.len, line->text + line->at, line->len - line->at + 1);
	memcpy(line->text + line->at, s.ptr, s.len);
	line->len += s.len;
	line->at += s.len;
	settle(line);
	return true;
}

size_t
line_typable(struct slice s)
{
	char bytes[KEY_BYTES_MAX];
	uint32_t cp;

	return str_utf8_next(s, &cp) == 0 ? 0 : key_bytes((int)cp, bytes);
}

void
line_replace(struct line *line, const char *text)
{
	struct slice s = slice_of(text);
	size_t n;

	line->len = 0;
	for (; s.len > 0; s.ptr += n, s.len -= n) {
		n = line_typable(s);
		if (line->len + n >= LINE_MAX_BYTES)
			break;
		memcpy(line->text + line->len, s.ptr, n);
		line->len += n;
		n = n > 0 ? n : 1;
	}
	line->text[line->len] = '\0';
	line->at = line->len;
}
