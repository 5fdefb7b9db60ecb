/* postfix_text.c - see postfix_text.h. */
#include "common/doctor/postfix_text.h"

#include <string.h>

#define COMMAND_FIELD 7 /* of a service, from 0 */

static struct slice
next_line(struct slice *rest)
{
	const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
	struct slice line = { rest->ptr, end == NULL ? rest->len : (size_t)(end - rest->ptr) };
	size_t taken = end == NULL ? rest->len : line.len + 1;

	rest->ptr += taken;
	rest->len -= taken;
	return line;
}

bool
postfix_setting(const char *text, const char *name, struct slice *value_out)
{
	struct slice rest = slice_of(text), line;
	size_t len = strlen(name);
	const char *equal;

	while (rest.len > 0) {
		line = next_line(&rest);
		equal = line.len == 0 ? NULL : memchr(line.ptr, '=', line.len);
		if (equal == NULL ||
		    !slice_equal(slice_trim((struct slice){ line.ptr, (size_t)(equal - line.ptr) }),
			(struct slice){ name, len }))
			continue;
		*value_out = slice_trim(
		    (struct slice){ equal + 1, line.len - (size_t)(equal + 1 - line.ptr) });
		return true;
	}
	return false;
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
}

/* What is between the brace at the front and the one that closes it, or the end. */
static size_t
group_length(struct slice text)
{
	size_t depth = 0, i;

	for (i = 0; i < text.len; i++) {
		depth += text.ptr[i] == '{';
		if (text.ptr[i] == '}' && --depth == 0)
			break;
	}
	return i;
}

static void
skip(struct slice *text, size_t n)
{
	n = n < text->len ? n : text->len;
	text->ptr += n;
	text->len -= n;
}

bool
postfix_next_item(struct slice *rest, struct slice *item_out)
{
	size_t n = 0;

	while (rest->len > 0 && is_separator(*rest->ptr))
		skip(rest, 1);
	if (rest->len == 0)
		return false;
	if (*rest->ptr == '{') {
		n = group_length(*rest);
		*item_out = slice_trim((struct slice){ rest->ptr + 1, n - 1 });
		skip(rest, n + 1);
		return true;
	}
	while (n < rest->len && !is_separator(rest->ptr[n]))
		n++;
	*item_out = (struct slice){ rest->ptr, n };
	skip(rest, n);
	return true;
}

bool
postfix_next_service(struct slice *rest, struct postfix_service *service_out)
{
	struct slice fields[COMMAND_FIELD + 1], line, item;
	size_t n;

	while (rest->len > 0) {
		line = next_line(rest);
		for (n = 0; n <= COMMAND_FIELD && postfix_next_item(&line, &item); n++)
			fields[n] = item;
		if (n <= COMMAND_FIELD)
			continue;
		*service_out = (struct postfix_service){ .name = fields[0],
			.type = fields[1],
			.chroot = fields[4],
			.command = fields[COMMAND_FIELD] };
		return true;
	}
	return false;
}
