/* change_fields.c - see change_fields.h. */
#include "tui/change_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"

#define VALUE_MAX 64

typedef const char *show_fn(int64_t number, char out[VALUE_MAX]);

static const char *
show_time(int64_t number, char out[VALUE_MAX])
{
	return number == 0 ? "never" : calendar_text(number, "%Y-%m-%d %H:%M:%S", out);
}

static const char *
show_span(int64_t number, char out[VALUE_MAX])
{
	return number < 0 ? "unknown" : duration_format(number, out); /* exact: it is compared */
}

static const char *
show_switch(int64_t number, char out[VALUE_MAX])
{
	(void)out;
	return number != 0 ? "on" : "off";
}

/* By enum config_spf. */
static const char *
show_spf(int64_t number, char out[VALUE_MAX])
{
	static const char *const modes[] = { "key", "bypass", "ignore" };

	snprintf(out, VALUE_MAX, "%lld", (long long)number);
	return number >= 0 && number < 3 ? modes[number] : out;
}

/* Numbers that are not shown as they are. All others whose name ends in "_s" are times. */
static const struct {
	const char *name;
	show_fn *show;
} shown[] = {
	{ "delay_s", show_span },
	{ "window_s", show_span },
	{ "lifetime_s", show_span },
	{ "min_ttl_s", show_span },
	{ "greylist", show_switch },
	{ "training", show_switch },
	{ "spf", show_spf },
};

static show_fn *
show_of(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (slice_equal(name, slice_of(shown[i].name)))
			return shown[i].show;
	return slice_ends_with(name, SLICE("_s")) ? show_time : NULL;
}

static char *
value_of(const struct json_leaf *leaf)
{
	show_fn *show = leaf->is_string ? NULL : show_of(leaf->key);
	char text[VALUE_MAX], number[VALUE_MAX];

	if (!leaf->is_string && leaf->text.len == 0)
		return xstrdup("not set");
	if (show == NULL)
		return xslicedup(leaf->text.len == 0 ? SLICE("none") : leaf->text);
	snprintf(number, sizeof(number), "%.*s", (int)leaf->text.len, leaf->text.ptr);
	return xstrdup(show(strtoll(number, NULL, 10), text));
}

/* "last_hit_s" is "last hit". */
static char *
name_of(struct slice key)
{
	struct slice name = key;
	char *text;
	size_t i;

	if (slice_ends_with(name, SLICE("_s")))
		name.len -= 2;
	text = xslicedup(name);
	for (i = 0; i < name.len; i++)
		if (text[i] == '_')
			text[i] = ' ';
	return text;
}

struct reading {
	struct change_fields *fields;
	bool after;
};

static bool
take_leaf(void *arg, const struct json_leaf *leaf)
{
	struct reading *reading = arg;
	struct change_fields *fields = reading->fields;
	struct change_field *field = fields->items;
	char *name = name_of(leaf->key), **place;

	while (field < fields->items + fields->n && strcmp(field->name, name) != 0)
		field++;
	if (field == fields->items + fields->n) {
		fields->items = xreallocarray(fields->items, fields->n + 1, sizeof(*fields->items));
		field = &fields->items[fields->n++];
		*field = (struct change_field){ .name = name };
	} else {
		free(name);
	}
	place = reading->after ? &field->after : &field->before;
	free(*place);
	*place = value_of(leaf);
	return true;
}

static int
read_image(struct json_reader *reader, struct slice image, struct reading *reading, struct err *err)
{
	return image.len == 0 ? 0 : json_read(reader, image, take_leaf, reading, err);
}

int
change_fields_read(struct json_reader *reader, const struct change *change,
    struct change_fields *fields, struct err *err)
{
	struct reading before = { fields, false }, after = { fields, true };
	bool both = change->before.len > 0 && change->after.len > 0;
	int result = 0;
	size_t i;

	*fields = (struct change_fields){ NULL, 0 };
	if (read_image(reader, change->before, &before, err) == -1 ||
	    read_image(reader, change->after, &after, err) == -1)
		result = -1;
	for (i = 0; i < fields->n; i++) {
		struct change_field *field = &fields->items[i];

		field->differs = both && (field->before == NULL || field->after == NULL ||
					     strcmp(field->before, field->after) != 0);
	}
	return result;
}

void
change_fields_clear(struct change_fields *fields)
{
	while (fields->n > 0) {
		struct change_field *field = &fields->items[--fields->n];

		free(field->name);
		free(field->before);
		free(field->after);
	}
	free(fields->items);
	fields->items = NULL;
}
