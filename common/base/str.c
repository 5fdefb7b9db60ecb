/* str.c - slices and bounded buffers; see str.h. UTF-8 and escaping are in escape.c. */
#include "common/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NEAREST_WORD_MAX 64

struct slice
slice_of(const char *text)
{
	return (struct slice){ text, text == NULL ? 0 : strlen(text) };
}

bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
slice_equal_nocase(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

bool
slice_ends_with(struct slice s, struct slice tail)
{
	if (tail.len > s.len)
		return false;
	return slice_equal((struct slice){ s.ptr + (s.len - tail.len), tail.len }, tail);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct slice
slice_trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

void
buf_init(struct buf *b, char *storage, size_t cap)
{
	b->ptr = storage;
	b->cap = cap;
	buf_reset(b);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->cut = false;
	b->ptr[0] = '\0';
}

void
buf_add(struct buf *b, struct slice s)
{
	size_t room = b->cap - 1 - b->len;

	if (s.len > room) {
		s.len = room;
		b->cut = true;
	}
	if (s.len > 0)
		memcpy(b->ptr + b->len, s.ptr, s.len);
	b->len += s.len;
	b->ptr[b->len] = '\0';
}

void
buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, slice_of(text));
}

void
buf_add_char(struct buf *b, char c)
{
	buf_add(b, (struct slice){ &c, 1 });
}

void
buf_add_int(struct buf *b, int64_t number)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char digits[20]; /* of 2^64 */
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		buf_add_char(b, '-');
	buf_add(b, (struct slice){ digits + at, sizeof(digits) - at });
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(b->ptr + b->len, room, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n >= room) {
		b->cut = true;
		b->len = b->cap - 1;
	} else {
		b->len += (size_t)n;
	}
}

struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ b->ptr, b->len };
}

void
str_lower(char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] - 'A' + 'a');
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Optimal string alignment: Levenshtein with swapped neighbours as one step. */
static size_t
distance(struct slice a, struct slice b)
{
	size_t rows[3][NEAREST_WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t i, j;

	for (j = 0; j <= b.len; j++)
		last[j] = j;
	for (i = 1; i <= a.len; i++) {
		row[0] = i;
		for (j = 1; j <= b.len; j++) {
			bool same = a.ptr[i - 1] == b.ptr[j - 1];

			row[j] = least(last[j] + 1, row[j - 1] + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
			    a.ptr[i - 2] == b.ptr[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}

const char *
str_nearest(struct slice word, const char *const *candidates, size_t n)
{
	size_t limit = 1 + word.len / 4;
	const char *nearest = NULL;
	size_t i, d;

	if (word.len > NEAREST_WORD_MAX)
		return NULL;
	for (i = 0; i < n; i++) {
		struct slice candidate = slice_of(candidates[i]);

		if (candidate.len > NEAREST_WORD_MAX)
			continue;
		d = distance(word, candidate);
		if (d <= limit && (nearest == NULL || d < limit)) {
			nearest = candidates[i];
			limit = d;
		}
	}
	return nearest;
}
