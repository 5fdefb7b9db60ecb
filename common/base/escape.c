/* escape.c - UTF-8, and the one place where text from outside is made harmless. */
#include "common/base/str.h"

/* Code points that are valid but invisible, or that move what follows: whoever sends them wants a
 * reader to see something else than what is there. Sorted. */
static const struct {
	uint32_t first, last;
} invisible[] = {
	{ 0x80, 0x9f },       /* C1 controls */
	{ 0xad, 0xad },       /* soft hyphen */
	{ 0x61c, 0x61c },     /* Arabic letter mark */
	{ 0x115f, 0x1160 },   /* Hangul fillers */
	{ 0x180b, 0x180f },   /* Mongolian selectors */
	{ 0x200b, 0x200f },   /* zero width, direction marks */
	{ 0x2028, 0x202e },   /* line separators, direction overrides */
	{ 0x2060, 0x206f },   /* joiners, isolates */
	{ 0x3164, 0x3164 },   /* Hangul filler */
	{ 0xfe00, 0xfe0f },   /* variation selectors */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xffa0, 0xffa0 },   /* Hangul filler */
	{ 0xfff0, 0xffff },   /* specials, noncharacters */
	{ 0x1d173, 0x1d17a }, /* musical formatting */
	{ 0xe0000, 0xe0fff }, /* tags, selectors */
	{ 0xf0000, 0x10ffff } /* private planes */
};

bool
str_is_invisible(uint32_t cp)
{
	size_t i;

	for (i = 0; i < sizeof(invisible) / sizeof(invisible[0]); i++)
		if (cp <= invisible[i].last)
			return cp >= invisible[i].first;
	return false;
}

size_t
str_utf8_next(struct slice s, uint32_t *cp_out)
{
	static const uint32_t least_of[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t len, i;
	uint32_t cp;

	if (s.len == 0)
		return 0;
	if (p[0] < 0x80) {
		*cp_out = p[0];
		return 1;
	}
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || s.len < len)
		return 0;
	cp = p[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if (cp < least_of[len] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*cp_out = cp;
	return len;
}

bool
str_is_utf8(struct slice s)
{
	uint32_t cp;
	size_t n;

	for (; s.len > 0; s.ptr += n, s.len -= n)
		if ((n = str_utf8_next(s, &cp)) == 0)
			return false;
	return true;
}

static bool
is_plain_ascii(unsigned char c, enum escape_mode mode)
{
	if (c < 0x20 || c >= 0x7f || c == '\\')
		return false;
	return mode == ESCAPE_TEXT || (c != ' ' && c != ',' && c != '=' && c != '"' && c != '\'');
}

/* How many bytes at the front of S need nothing: nearly all that ever comes. */
static size_t
plain_run(struct slice s, enum escape_mode mode)
{
	size_t n = 0;

	while (n < s.len && is_plain_ascii((unsigned char)s.ptr[n], mode))
		n++;
	return n;
}

/* One character that is not plain ASCII; returns its length. */
static size_t
escape_one(struct buf *b, struct slice s)
{
	uint32_t cp;
	size_t n = str_utf8_next(s, &cp);

	if (n == 0) {
		buf_printf(b, "\\x%02x", (unsigned char)s.ptr[0]);
		return 1;
	}
	if (cp == '\\')
		buf_add_text(b, "\\\\");
	else if (cp < 0x80)
		buf_printf(b, "\\x%02x", (unsigned)cp);
	else if (str_is_invisible(cp))
		buf_printf(b, "\\u{%04x}", (unsigned)cp);
	else if (b->cap - 1 - b->len < n)
		b->cut = true; /* never a part of a character */
	else
		buf_add(b, (struct slice){ s.ptr, n });
	return n;
}

void
str_escape(struct buf *b, struct slice s, enum escape_mode mode)
{
	size_t n;

	for (; s.len > 0 && !b->cut; s.ptr += n, s.len -= n) {
		n = plain_run(s, mode);
		if (n > 0)
			buf_add(b, (struct slice){ s.ptr, n });
		else
			n = escape_one(b, s);
	}
}
