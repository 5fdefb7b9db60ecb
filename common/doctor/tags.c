/* tags.c - see tags.h. */
#include "common/doctor/tags.h"

#include <string.h>

#define SHOWN_MAX 40 /* of a broken part, in a message */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
tags_trim(struct slice text)
{
	while (text.len > 0 && is_blank(text.ptr[0]))
		text = (struct slice){ text.ptr + 1, text.len - 1 };
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* REST is at its end when its pointer is NULL: "a;" has two parts, the second is empty. */
bool
tags_next(struct slice *rest, char separator, struct slice *part_out)
{
	const char *end;

	if (rest->ptr == NULL)
		return false;
	end = rest->len == 0 ? NULL : memchr(rest->ptr, separator, rest->len);
	if (end == NULL) {
		*part_out = tags_trim(*rest);
		*rest = SLICE_NONE;
		return true;
	}
	*part_out = tags_trim((struct slice){ rest->ptr, (size_t)(end - rest->ptr) });
	rest->len -= (size_t)(end + 1 - rest->ptr);
	rest->ptr = end + 1;
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name(struct slice text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!is_letter(text.ptr[i]) &&
		    (i == 0 || (text.ptr[i] != '_' && (text.ptr[i] < '0' || text.ptr[i] > '9'))))
			return false;
	return text.len > 0;
}

static bool
is_value(struct slice text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!is_blank(text.ptr[i]) && (text.ptr[i] < 0x21 || text.ptr[i] > 0x7e))
			return false;
	return true;
}

static int
shown(struct slice part)
{
	return (int)(part.len > SHOWN_MAX ? SHOWN_MAX : part.len);
}

static int
add_tag(struct tags *tags, struct slice part, struct err *err)
{
	const char *equal = part.len == 0 ? NULL : memchr(part.ptr, '=', part.len);
	struct tag tag;

	if (equal == NULL)
		return err_set(
		    err, ERR_DATA, "\"%.*s\" is no tag: it has no =", shown(part), part.ptr);
	tag.name = tags_trim((struct slice){ part.ptr, (size_t)(equal - part.ptr) });
	tag.value =
	    tags_trim((struct slice){ equal + 1, part.len - (size_t)(equal + 1 - part.ptr) });
	if (!is_name(tag.name))
		return err_set(
		    err, ERR_DATA, "\"%.*s\" is no tag: its name is wrong", shown(part), part.ptr);
	if (!is_value(tag.value))
		return err_set(err, ERR_DATA, "the tag %.*s holds characters that none may hold",
		    shown(tag.name), tag.name.ptr);
	if (tags->n == TAGS_MAX)
		return err_set(err, ERR_DATA, "it has more than %d tags", TAGS_MAX);
	tags->items[tags->n++] = tag;
	return 0;
}

static int
check_twice(const struct tags *tags, struct err *err)
{
	const struct slice last = tags->items[tags->n - 1].name;
	size_t i;

	for (i = 0; i + 1 < tags->n; i++)
		if (slice_equal(tags->items[i].name, last))
			return err_set(
			    err, ERR_DATA, "the tag %.*s is there twice", shown(last), last.ptr);
	return 0;
}

int
tags_read(struct slice text, struct tags *tags_out, struct err *err)
{
	struct slice rest = text, part;

	tags_out->n = 0;
	while (tags_next(&rest, ';', &part)) {
		if (part.len == 0 && rest.ptr == NULL && tags_out->n > 0)
			break; /* a semicolon may end the list */
		if (add_tag(tags_out, part, err) == -1 || check_twice(tags_out, err) == -1)
			return -1;
	}
	if (tags_out->n == 0)
		return err_set(err, ERR_DATA, "it is empty");
	return 0;
}

const struct slice *
tags_get(const struct tags *tags, const char *name)
{
	size_t i;

	for (i = 0; i < tags->n; i++)
		if (slice_equal(tags->items[i].name, slice_of(name)))
			return &tags->items[i].value;
	return NULL;
}

/* Whether VALUE holds "NAME=" behind its first character. */
static bool
holds_tag(struct slice value, const char *name)
{
	size_t len = strlen(name), i;

	for (i = 1; i + len < value.len; i++)
		if (value.ptr[i + len] == '=' && memcmp(value.ptr + i, name, len) == 0)
			return true;
	return false;
}

static bool
is_among(struct slice name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (slice_equal(name, slice_of(*names)))
			return true;
	return false;
}

const struct tag *
tags_glued(const struct tags *tags, const char *const *holders, const char *const *names)
{
	size_t i, j;

	for (i = 0; i < tags->n; i++)
		for (j = 0; names[j] != NULL; j++)
			if (is_among(tags->items[i].name, holders) &&
			    tags_get(tags, names[j]) == NULL &&
			    holds_tag(tags->items[i].value, names[j]))
				return &tags->items[i];
	return NULL;
}

bool
tags_are(struct slice text, const char *version)
{
	struct slice rest = text, part, value;
	const char *equal;

	if (!tags_next(&rest, ';', &part) || part.len == 0)
		return false;
	equal = memchr(part.ptr, '=', part.len);
	if (equal == NULL ||
	    !slice_equal(
		tags_trim((struct slice){ part.ptr, (size_t)(equal - part.ptr) }), SLICE("v")))
		return false;
	value = (struct slice){ equal + 1, part.len - (size_t)(equal + 1 - part.ptr) };
	return slice_equal(tags_trim(value), slice_of(version));
}

bool
tags_seem(struct slice text, const char *version)
{
	struct slice from = tags_trim(text), want = slice_of(version);

	if (from.len < 2 + want.len ||
	    !slice_equal_nocase((struct slice){ from.ptr, 2 }, SLICE("v=")))
		return false;
	return slice_equal_nocase((struct slice){ from.ptr + 2, want.len }, want);
}
