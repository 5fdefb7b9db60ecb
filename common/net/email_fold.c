/* email_fold.c - BATV, SRS, VERP, extensions and numbers in local parts.
 *
 * Mail systems put a signature, a return path or a counter into the envelope sender, so that each
 * mail, and sometimes each retry, has another one. For the triplet all of these are one sender.
 * Formats: BATV draft-levine-smtp-batv; SRS as libsrs2 writes it; VERP user=domain. */
#include "common/net/email_fold.h"

#include <ctype.h>
#include <string.h>

#include "common/net/email.h"

#define BATV_TAG_MIN 10 /* key number, day, six or more hex digits */

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static void
set(struct buf *local, struct slice text)
{
	memmove(local->ptr, text.ptr, text.len);
	local->len = text.len;
	local->ptr[local->len] = '\0';
}

static const char *
find(const struct buf *local, size_t from, char c)
{
	return from >= local->len ? NULL : memchr(local->ptr + from, c, local->len - from);
}

static bool
is_batv_tag(struct slice tag)
{
	size_t i;

	for (i = 0; i < tag.len; i++)
		if (!isxdigit((unsigned char)tag.ptr[i]))
			return false;
	return tag.len >= BATV_TAG_MIN;
}

/* prvs=TAG=user, or prvs=user=TAG as some write it. */
static void
fold_batv(struct buf *local)
{
	static const struct slice head = { "prvs=", 5 };
	struct slice first, second;
	const char *middle;

	if (local->len < head.len || memcmp(local->ptr, head.ptr, head.len) != 0 ||
	    (middle = find(local, head.len, '=')) == NULL)
		return;
	first = (struct slice){ local->ptr + head.len, (size_t)(middle - local->ptr) - head.len };
	second = (struct slice){ middle + 1, local->len - head.len - first.len - 1 };
	if (is_batv_tag(first) && second.len > 0)
		set(local, second);
	else if (is_batv_tag(second) && first.len > 0)
		set(local, first);
}

/* SRS0=hash=timestamp=domain=user: hash and timestamp change; SRS1=hash=host==hash=tt=dom=user. */
static void
fold_srs(struct buf *local)
{
	char copy[EMAIL_TEXT_MAX];
	const char *rest, *p;
	unsigned volatile_fields, i;

	if (local->len < 6 || memcmp(local->ptr, "srs", 3) != 0 ||
	    strchr("=+-", local->ptr[4]) == NULL)
		return;
	if (local->ptr[3] != '0' && local->ptr[3] != '1')
		return;
	volatile_fields = local->ptr[3] == '0' ? 2 : 1;
	rest = local->ptr + 5;
	for (i = 0; i < volatile_fields; i++) {
		p = find(local, (size_t)(rest - local->ptr), '=');
		if (p == NULL)
			return;
		rest = p + 1;
	}
	if (rest - local->ptr < 7)
		return; /* no hash there: nothing shorter to put in its place */
	memcpy(copy, rest, local->len - (size_t)(rest - local->ptr) + 1);
	local->len = 5;
	local->ptr[4] = '=';
	buf_add_text(local, "#=");
	buf_add_text(local, copy);
}

/* bounce-17-user=example.org: the recipient in a return path. user=domain becomes #. */
static void
fold_verp(struct buf *local)
{
	const char *equal = find(local, 1, '=');
	size_t begin, end;

	if (equal == NULL || strncmp(local->ptr, "srs", 3) == 0)
		return;
	begin = (size_t)(equal - local->ptr);
	end = begin + 1;
	while (begin > 0 && (is_word(local->ptr[begin - 1]) || strchr("._", local->ptr[begin - 1])))
		begin--;
	while (end < local->len && (is_word(local->ptr[end]) || local->ptr[end] == '.'))
		end++;
	if (memchr(equal, '.', (size_t)(local->ptr + end - equal)) == NULL)
		return; /* nothing like a domain after the '=' */
	local->ptr[begin] = '#';
	memmove(local->ptr + begin + 1, local->ptr + end, local->len - end + 1);
	local->len = begin + 1 + local->len - end;
}

static void
fold_extension(struct buf *local)
{
	const char *plus = find(local, 1, '+');

	if (plus != NULL)
		set(local, (struct slice){ local->ptr, (size_t)(plus - local->ptr) });
}

/* A word of digits only, or of hex digits with at least one digit and eight in all. */
static bool
is_number_word(const char *word, size_t len)
{
	size_t i, digits = 0, hex = 0;

	for (i = 0; i < len; i++) {
		digits += isdigit((unsigned char)word[i]) != 0;
		hex += isxdigit((unsigned char)word[i]) != 0;
	}
	return digits == len || (hex == len && digits > 0 && len >= 8);
}

static void
fold_digits(struct buf *local)
{
	size_t in = 0, out = 0, end;

	while (in < local->len) {
		for (end = in; end < local->len && is_word(local->ptr[end]); end++)
			;
		if (end > in && is_number_word(local->ptr + in, end - in)) {
			local->ptr[out++] = '#';
		} else {
			if (end == in)
				end++;
			memmove(local->ptr + out, local->ptr + in, end - in);
			out += end - in;
		}
		in = end;
	}
	local->len = out;
	local->ptr[out] = '\0';
}

void
email_fold_local(struct buf *local, unsigned fold)
{
	if (fold & EMAIL_FOLD_BATV)
		fold_batv(local);
	if (fold & EMAIL_FOLD_SRS)
		fold_srs(local);
	if (fold & EMAIL_FOLD_VERP)
		fold_verp(local);
	if (fold & EMAIL_FOLD_EXTENSION)
		fold_extension(local);
	if (fold & EMAIL_FOLD_DIGITS)
		fold_digits(local);
}
