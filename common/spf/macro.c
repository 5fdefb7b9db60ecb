/* macro.c - see macro.h. A macro string is read as pieces: runs of literal text, escapes, and
 * %{letter digits r delimiters}. */
#include "common/spf/macro.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/dns/answer.h"

#define PARTS_MAX 128 /* of a value, split at its delimiters: more than any name has */

struct piece {
	struct slice literal; /* the text, when LETTER is 0 */
	bool is_macro;        /* written with %, an escape too */
	char letter;          /* lower case */
	bool escape;          /* upper case was written: the value is URL-escaped */
	bool reverse;
	unsigned keep; /* rightmost parts; 0: all */
	struct slice delimiters;
};

enum piece_found { PIECE_BAD = -1, PIECE_END, PIECE_FOUND };

static struct slice
skip(struct slice s, size_t n)
{
	return (struct slice){ s.ptr + n, s.len - n };
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What stands between the braces. */
static enum piece_found
read_macro(struct slice inside, struct piece *piece)
{
	size_t i = 0;

	if (inside.len == 0 || !is_letter(inside.ptr[0]))
		return PIECE_BAD;
	piece->letter = (char)(inside.ptr[0] | 0x20);
	piece->escape = inside.ptr[0] != piece->letter;
	if (strchr("slodiphcrtv", piece->letter) == NULL)
		return PIECE_BAD;
	for (i = 1; i < inside.len && is_digit(inside.ptr[i]); i++)
		if (piece->keep < PARTS_MAX)
			piece->keep = piece->keep * 10 + (unsigned)(inside.ptr[i] - '0');
	if (i > 1 && piece->keep == 0)
		return PIECE_BAD;
	if (i < inside.len && (inside.ptr[i] | 0x20) == 'r') {
		piece->reverse = true;
		i++;
	}
	piece->delimiters = skip(inside, i);
	for (; i < inside.len; i++)
		if (memchr(".-+,/_=", inside.ptr[i], 7) == NULL)
			return PIECE_BAD;
	if (piece->delimiters.len == 0)
		piece->delimiters = SLICE(".");
	return PIECE_FOUND;
}

static enum piece_found
read_percent(struct slice *rest, struct piece *piece)
{
	const char *end;

	if (rest->len < 2)
		return PIECE_BAD;
	piece->is_macro = true;
	switch (rest->ptr[1]) {
	case '%': piece->literal = SLICE("%"); break;
	case '_': piece->literal = SLICE(" "); break;
	case '-': piece->literal = SLICE("%20"); break;
	case '{':
		end = memchr(rest->ptr, '}', rest->len);
		if (end == NULL)
			return PIECE_BAD;
		if (read_macro((struct slice){ rest->ptr + 2, (size_t)(end - rest->ptr) - 2 },
			piece) == PIECE_BAD)
			return PIECE_BAD;
		*rest = skip(*rest, (size_t)(end - rest->ptr) + 1);
		return PIECE_FOUND;
	default: return PIECE_BAD;
	}
	*rest = skip(*rest, 2);
	return PIECE_FOUND;
}

static enum piece_found
next_piece(struct slice *rest, struct piece *piece)
{
	size_t n = 0;

	*piece = (struct piece){ .letter = 0 };
	if (rest->len == 0)
		return PIECE_END;
	if (rest->ptr[0] == '%')
		return read_percent(rest, piece);
	while (n < rest->len && rest->ptr[n] != '%')
		n++;
	piece->literal = (struct slice){ rest->ptr, n };
	*rest = skip(*rest, n);
	return PIECE_FOUND;
}

/* RFC 7208 7.1: toplabel is letters, digits and inner hyphens, not digits alone. */
static bool
is_top_label(struct slice label)
{
	bool other_than_digit = false;
	size_t i;

	if (label.len == 0 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
		return false;
	for (i = 0; i < label.len; i++) {
		if (!is_letter(label.ptr[i]) && !is_digit(label.ptr[i]) && label.ptr[i] != '-')
			return false;
		other_than_digit = other_than_digit || !is_digit(label.ptr[i]);
	}
	return other_than_digit;
}

/* Whether a literal at the end of a domain-spec ends in a dot and a top label. */
static bool
ends_in_top_label(struct slice literal)
{
	size_t at;

	if (literal.len > 0 && literal.ptr[literal.len - 1] == '.')
		literal.len--;
	for (at = literal.len; at > 0 && literal.ptr[at - 1] != '.';)
		at--;
	return at > 0 && is_top_label(skip(literal, at));
}

static bool
is_printable(struct slice text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

bool
spf_macro_valid(struct slice text, enum spf_macro_use use)
{
	struct slice rest = text;
	struct piece piece, last = { .letter = 0 };
	enum piece_found found;

	if (!is_printable(text))
		return false;
	while ((found = next_piece(&rest, &piece)) == PIECE_FOUND) {
		if (use == SPF_MACRO_DOMAIN && piece.letter != 0 &&
		    strchr("crt", piece.letter) != NULL)
			return false;
		last = piece;
	}
	if (found == PIECE_BAD)
		return false;
	return use != SPF_MACRO_DOMAIN || last.is_macro || ends_in_top_label(last.literal);
}

static bool
has_letter(struct slice text, const char *letters)
{
	struct piece piece;

	while (next_piece(&text, &piece) == PIECE_FOUND)
		if (piece.letter != 0 && strchr(letters, piece.letter) != NULL)
			return true;
	return false;
}

bool
spf_macro_dynamic(struct slice text)
{
	return has_letter(text, "sliphcrtv");
}

bool
spf_macro_needs_validated(struct slice text)
{
	return has_letter(text, "p");
}

/* %{i}: octets, or nibbles for IPv6 (RFC 7208 7.3). */
static void
add_dotted(struct buf *out, const struct addr *ip)
{
	unsigned i;

	if (ip->family == ADDR_V4)
		buf_printf(
		    out, "%u.%u.%u.%u", ip->bytes[0], ip->bytes[1], ip->bytes[2], ip->bytes[3]);
	else
		for (i = 0; i < 16; i++)
			buf_printf(out, "%s%x.%x", i == 0 ? "" : ".", ip->bytes[i] >> 4,
			    ip->bytes[i] & 15);
}

static void
add_value(struct buf *out, char letter, const struct spf_macro_values *values)
{
	char text[ADDR_TEXT_MAX];

	switch (letter) {
	case 's': buf_add(out, values->sender); break;
	case 'l': buf_add(out, values->local); break;
	case 'o': buf_add(out, values->sender_domain); break;
	case 'd': buf_add(out, values->domain); break;
	case 'i': add_dotted(out, &values->ip); break;
	case 'p': buf_add(out, values->validated); break;
	case 'h': buf_add(out, values->helo); break;
	case 'c': buf_add_text(out, addr_format(&values->ip, text)); break;
	case 'r': buf_add(out, values->receiver); break;
	case 't': buf_printf(out, "%" PRId64, values->now_s); break;
	default: buf_add_text(out, values->ip.family == ADDR_V4 ? "in-addr" : "ip6"); break;
	}
}

static size_t
split(struct slice value, struct slice delimiters, struct slice parts[PARTS_MAX])
{
	size_t n = 0, from = 0, i;

	for (i = 0; i <= value.len && n < PARTS_MAX; i++) {
		if (i < value.len && memchr(delimiters.ptr, value.ptr[i], delimiters.len) == NULL)
			continue;
		parts[n++] = (struct slice){ value.ptr + from, i - from };
		from = i + 1;
	}
	return n;
}

static void
add_escaped(struct buf *out, struct slice value)
{
	size_t i;

	for (i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

static void
add_macro(struct buf *out, const struct piece *piece, const struct spf_macro_values *values)
{
	char value_text[4096], joined_text[4096];
	struct slice parts[PARTS_MAX];
	struct buf value, joined;
	size_t n, first, i;

	buf_init(&value, value_text, sizeof(value_text));
	buf_init(&joined, joined_text, sizeof(joined_text));
	add_value(&value, piece->letter, values);
	n = split(buf_slice(&value), piece->delimiters, parts);
	first = piece->keep == 0 || piece->keep >= n ? 0 : n - piece->keep;
	for (i = first; i < n; i++) {
		/* Reversed, the rightmost of the new order are the leftmost of the old. */
		size_t at = piece->reverse ? n - 1 - i : i;

		if (i > first)
			buf_add_char(&joined, '.');
		buf_add(&joined, parts[at]);
	}
	if (piece->escape)
		add_escaped(out, buf_slice(&joined));
	else
		buf_add(out, buf_slice(&joined));
}

/* Labels go from the left until the name is short enough; a final dot goes, too. */
static struct slice
fit_name(struct slice name)
{
	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		name.len--;
	while (name.len > DNS_NAME_MAX) {
		const char *dot = memchr(name.ptr, '.', name.len);

		if (dot == NULL)
			return SLICE_NONE;
		name = skip(name, (size_t)(dot - name.ptr) + 1);
	}
	return name;
}

void
spf_macro_expand(struct buf *out, struct slice text, const struct spf_macro_values *values,
    enum spf_macro_use use)
{
	char whole_text[8192];
	struct buf whole;
	struct piece piece;
	struct slice result;

	buf_init(&whole, whole_text, sizeof(whole_text));
	while (next_piece(&text, &piece) == PIECE_FOUND) {
		if (piece.letter == 0)
			buf_add(&whole, piece.literal);
		else
			add_macro(&whole, &piece, values);
	}
	result = buf_slice(&whole);
	if (use == SPF_MACRO_DOMAIN) {
		str_lower(whole.ptr, whole.len);
		result = whole.cut ? SLICE_NONE : fit_name(result);
	}
	buf_add(out, result);
}
