/* image_read.c - see image_read.h. The fields of each kind of row are a table. */
#include "common/store/image_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

#define FIELDS_MAX 20

enum field_type {
	FIELD_TEXT,
	FIELD_INT,
	FIELD_OPTIONAL, /* null is POLICY_UNSET, and so is a field that an old image does not have
			 */
	FIELD_ACTION
};

enum field_use {
	COMPARED = 1, /* must be as the change left it */
	RESTORED = 2
};

struct field {
	const char *key;
	enum field_type type;
	size_t at; /* in the row */
	unsigned use;
};

#define BOTH (COMPARED | RESTORED)
#define META_FIELDS(row)                                                                           \
	{ "comment", FIELD_TEXT, offsetof(row, meta.comment), BOTH },                              \
	    { "author", FIELD_TEXT, offsetof(row, meta.author), BOTH },                            \
	    { "source", FIELD_TEXT, offsetof(row, meta.source), BOTH },                            \
	    { "created_s", FIELD_INT, offsetof(row, meta.created_s), RESTORED },                   \
	    { "expires_s", FIELD_INT, offsetof(row, meta.expires_s), BOTH },                       \
	    { "hits", FIELD_INT, offsetof(row, meta.hits), RESTORED },                             \
	{                                                                                          \
		"last_hit_s", FIELD_INT, offsetof(row, meta.last_hit_s), RESTORED                  \
	}

/* clang-format off */
static const struct field tables[IMAGE_N][FIELDS_MAX] = {
	[IMAGE_RULE] = {
		{ "id", FIELD_INT, offsetof(struct rule, id), BOTH },
		{ "scope", FIELD_TEXT, offsetof(struct rule, scope), BOTH },
		{ "pattern", FIELD_TEXT, offsetof(struct rule, pattern), BOTH },
		{ "action", FIELD_ACTION, offsetof(struct rule, action), BOTH },
		META_FIELDS(struct rule) },
	[IMAGE_POLICY] = {
		{ "id", FIELD_INT, offsetof(struct policy, id), BOTH },
		{ "scope", FIELD_TEXT, offsetof(struct policy, scope), BOTH },
		{ "sender", FIELD_TEXT, offsetof(struct policy, sender), BOTH },
		{ "greylist", FIELD_OPTIONAL, offsetof(struct policy, greylist), BOTH },
		{ "training", FIELD_OPTIONAL, offsetof(struct policy, training), BOTH },
		{ "spf", FIELD_OPTIONAL, offsetof(struct policy, spf), BOTH },
		{ "delay_s", FIELD_OPTIONAL, offsetof(struct policy, delay_s), BOTH },
		{ "window_s", FIELD_OPTIONAL, offsetof(struct policy, window_s), BOTH },
		{ "lifetime_s", FIELD_OPTIONAL, offsetof(struct policy, lifetime_s), BOTH },
		META_FIELDS(struct policy) },
	[IMAGE_DOMAIN] = {
		{ "id", FIELD_INT, offsetof(struct domain, id), BOTH },
		{ "name", FIELD_TEXT, offsetof(struct domain, name), BOTH },
		{ "comment", FIELD_TEXT, offsetof(struct domain, comment), BOTH },
		{ "author", FIELD_TEXT, offsetof(struct domain, author), BOTH },
		{ "source", FIELD_TEXT, offsetof(struct domain, source), BOTH },
		{ "created_s", FIELD_INT, offsetof(struct domain, created_s), RESTORED } },
	[IMAGE_TRIPLET] = {
		{ "id", FIELD_INT, offsetof(struct triplet, id), COMPARED },
		{ "net", FIELD_TEXT, offsetof(struct triplet, key.net), COMPARED },
		{ "sender_key", FIELD_TEXT, offsetof(struct triplet, key.sender), COMPARED },
		{ "recipient_key", FIELD_TEXT, offsetof(struct triplet, key.recipient), COMPARED },
		{ "sender", FIELD_TEXT, offsetof(struct triplet, sender), 0 },
		{ "recipient", FIELD_TEXT, offsetof(struct triplet, recipient), 0 },
		{ "passed_s", FIELD_INT, offsetof(struct triplet, state.passed_s), 0 },
		{ "released_s", FIELD_INT, offsetof(struct triplet, state.released_s), COMPARED } },
	[IMAGE_CLIENT] = {
		{ "id", FIELD_INT, offsetof(struct client, id), COMPARED },
		{ "address", FIELD_TEXT, offsetof(struct client, address), BOTH },
		{ "name", FIELD_TEXT, offsetof(struct client, name), RESTORED },
		{ "first_s", FIELD_INT, offsetof(struct client, state.first_s), RESTORED },
		{ "last_s", FIELD_INT, offsetof(struct client, state.last_s), RESTORED },
		{ "passes", FIELD_INT, offsetof(struct client, state.passes), RESTORED } },
};
/* clang-format on */

static const void *
value(const struct image *image, const struct field *field)
{
	return (const char *)&image->row + field->at;
}

struct reading {
	const struct field *fields;
	struct image *image;
	char *free; /* where the next text goes */
	unsigned seen;
};

static int
read_int(struct slice text, int64_t *out)
{
	char digits[32], *end;

	if (text.len == 0 || text.len >= sizeof(digits))
		return -1;
	snprintf(digits, sizeof(digits), "%.*s", (int)text.len, text.ptr);
	errno = 0;
	*out = strtoll(digits, &end, 10);
	return *end == '\0' && errno == 0 ? 0 : -1;
}

static struct slice
keep(struct reading *reading, struct slice text)
{
	struct slice kept = { reading->free, text.len };

	if (text.len > 0)
		memcpy(reading->free, text.ptr, text.len);
	reading->free += text.len;
	return kept;
}

static bool
read_value(struct reading *reading, const struct field *field, const struct json_leaf *leaf)
{
	void *to = (char *)&reading->image->row + field->at;

	switch (field->type) {
	case FIELD_TEXT:
		if (!leaf->is_string) /* a number may be read as longer than it was written */
			return false;
		*(struct slice *)to = keep(reading, leaf->text);
		return true;
	case FIELD_ACTION: return rule_action_parse(leaf->text, to) == 0;
	case FIELD_OPTIONAL:
		if (leaf->text.len == 0) /* null */
			return true;
		return read_int(leaf->text, to) == 0;
	case FIELD_INT: return read_int(leaf->text, to) == 0;
	}
	return false;
}

static bool
read_leaf(void *arg, const struct json_leaf *leaf)
{
	struct reading *reading = arg;
	const struct field *field;

	if (!slice_equal(leaf->path, SLICE("$")))
		return true;
	for (field = reading->fields; field->key != NULL; field++)
		if (slice_equal(leaf->key, slice_of(field->key)) &&
		    read_value(reading, field, leaf))
			reading->seen |= 1U << (field - reading->fields);
	return true;
}

/* Before the leaves are read, and after: what must have been among them. */
static void
unset_optional(const struct field *field, struct image *image)
{
	for (; field->key != NULL; field++)
		if (field->type == FIELD_OPTIONAL)
			*(int64_t *)((char *)&image->row + field->at) = POLICY_UNSET;
}

static const char *
missing(const struct reading *reading)
{
	const struct field *field;

	for (field = reading->fields; field->key != NULL; field++)
		if (field->type != FIELD_OPTIONAL &&
		    (reading->seen & 1U << (field - reading->fields)) == 0)
			return field->key;
	return NULL;
}

static int
read_fields(struct json_reader *reader, struct reading *reading, struct slice text, struct err *err)
{
	/* A text is never longer than the JSON that means it. */
	reading->image->texts = reading->free = xcalloc(1, text.len);
	unset_optional(reading->fields, reading->image);
	if (json_read(reader, text, read_leaf, reading, err) == -1)
		return -1;
	if (missing(reading) != NULL)
		return err_set(err, ERR_DATA, "it lacks \"%s\"", missing(reading));
	return 0;
}

int
image_read(struct json_reader *reader, enum image_kind kind, struct slice text,
    struct image *image_out, struct err *err)
{
	struct reading reading = { .fields = tables[kind], .image = image_out };

	*image_out = (struct image){ .there = text.len > 0, .holds_nul = json_holds_nul(text) };
	if (!image_out->there || read_fields(reader, &reading, text, err) == 0)
		return 0;
	image_clear(image_out);
	return -1;
}

void
image_clear(struct image *image)
{
	free(image->texts);
	*image = (struct image){ 0 };
}

static bool
same(const struct field *field, const struct image *a, const struct image *b)
{
	const void *left = value(a, field), *right = value(b, field);

	switch (field->type) {
	case FIELD_TEXT:
		return slice_equal(*(const struct slice *)left, *(const struct slice *)right);
	case FIELD_ACTION:
		return *(const enum rule_action *)left == *(const enum rule_action *)right;
	case FIELD_OPTIONAL:
	case FIELD_INT: return *(const int64_t *)left == *(const int64_t *)right;
	}
	return false;
}

const char *
image_difference(enum image_kind kind, const struct image *a, const struct image *b)
{
	const struct field *field;

	for (field = tables[kind]; field->key != NULL; field++)
		if ((field->use & COMPARED) != 0 && !same(field, a, b))
			return field->key;
	return NULL;
}

static bool
is_replaced(struct slice text)
{
	static const char replacement[] = "\xef\xbf\xbd";

	return text.len > 0 && memmem(text.ptr, text.len, replacement, 3) != NULL;
}

const char *
image_lost(enum image_kind kind, const struct image *image)
{
	const struct field *field;

	for (field = tables[kind]; field->key != NULL; field++) {
		const struct slice *text = value(image, field);

		if ((field->use & RESTORED) != 0 && field->type == FIELD_TEXT &&
		    (image->holds_nul || is_replaced(*text)))
			return field->key;
	}
	return NULL;
}
