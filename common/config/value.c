/* value.c - see value.h. A type is a row of the table at the end. */
#include "common/config/value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"

#define REPLY_MAX 400

/* ---- what all types use ---- */

void *
value_member(const struct field *field, const struct config *config)
{
	return (char *)config + field->offset;
}

bool
value_holds_nul(struct slice text)
{
	return text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL;
}

int
value_number(struct slice text, int base, int64_t *number_out)
{
	char copy[32], *end;

	if (text.len == 0 || text.len >= sizeof(copy) || text.ptr[0] < '0' || text.ptr[0] > '9')
		return -1;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	errno = 0;
	*number_out = strtoll(copy, &end, base);
	return end != copy + text.len || errno != 0 ? -1 : 0;
}

int
value_word(const struct field *field, struct slice text, struct err *err)
{
	char list[128];
	struct buf b;
	int i;

	buf_init(&b, list, sizeof(list));
	for (i = 0; field->words[i] != NULL; i++) {
		if (slice_equal(text, slice_of(field->words[i])))
			return i;
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", field->words[i]);
	}
	return err_set(err, ERR_CONFIG, "expected one of: %s", list);
}

/* ---- from text ---- */

static int
set_string(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	char **at = value_member(field, config);

	if (value_holds_nul(text))
		return err_set(err, ERR_CONFIG, "holds a NUL byte");
	free(*at);
	*at = xslicedup(text);
	return 0;
}

static int
set_bool(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	bool yes = slice_equal_nocase(text, SLICE("true")) ||
		   slice_equal_nocase(text, SLICE("yes")) || slice_equal_nocase(text, SLICE("on"));
	bool no = slice_equal_nocase(text, SLICE("false")) ||
		  slice_equal_nocase(text, SLICE("no")) || slice_equal_nocase(text, SLICE("off"));

	if (!yes && !no)
		return err_set(err, ERR_CONFIG, "expected true or false");
	*(bool *)value_member(field, config) = yes;
	return 0;
}

static int
set_number(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	int64_t number;

	if (value_number(text, 10, &number) == -1 || number < field->min || number > field->max)
		return err_set(err, ERR_CONFIG, "expected a number from %" PRId64 " to %" PRId64,
		    field->min, field->max);
	*(int64_t *)value_member(field, config) = number;
	return 0;
}

static int
set_duration(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	char min[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];
	int64_t seconds;

	if (duration_parse(text, &seconds) == -1)
		return err_set(err, ERR_CONFIG, "expected a duration such as 180s, 5m, 2h or 35d");
	if (seconds < field->min || seconds > field->max)
		return err_set(err, ERR_CONFIG, "expected a duration from %s to %s",
		    duration_format(field->min, min), duration_format(field->max, max));
	*(int64_t *)value_member(field, config) = seconds;
	return 0;
}

static int
set_word(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	int at = value_word(field, text, err);

	if (at == -1)
		return -1;
	*(unsigned *)value_member(field, config) = (unsigned)at;
	return 0;
}

static int
set_mode(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	int64_t mode;

	if (value_number(text, 8, &mode) == -1 || mode > field->max)
		return err_set(err, ERR_CONFIG, "expected an octal mode such as \"0660\"");
	*(mode_t *)value_member(field, config) = (mode_t)mode;
	return 0;
}

/* A code of three digits that begins with CLASS, then text. */
static bool
is_coded(struct slice text, char class)
{
	return text.len > 4 && text.ptr[0] == class && text.ptr[1] >= '0' && text.ptr[1] <= '9' &&
	       text.ptr[2] >= '0' && text.ptr[2] <= '9' && text.ptr[3] == ' ';
}

static bool
begins_with(struct slice text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && memcmp(text.ptr, word, len) == 0 &&
	       (text.len == len || text.ptr[len] == ' ');
}

static int
set_reply(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	bool defers = field->type == FIELD_DEFERRAL;
	bool right = defers ? is_coded(text, '4') || begins_with(text, "DEFER") ||
				  begins_with(text, "DEFER_IF_PERMIT")
			    : is_coded(text, '5') || begins_with(text, "REJECT");
	size_t i;

	if (text.len > REPLY_MAX)
		return err_set(err, ERR_CONFIG, "expected at most %d bytes", REPLY_MAX);
	for (i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return err_set(err, ERR_CONFIG, "holds a control character");
	if (!right)
		return err_set(err, ERR_CONFIG, "expected %s",
		    defers ? "a 4NN code and a text, DEFER or DEFER_IF_PERMIT"
			   : "a 5NN code and a text, or REJECT");
	if (begins_with(text, "421"))
		return err_set(
		    err, ERR_CONFIG, "421 makes Postfix drop the connection; take 451 instead");
	return set_string(field, config, text, err);
}

/* ---- to text ---- */

static void
put_text(const struct field *field, const struct config *config, struct buf *out)
{
	const char *text = *(char **)value_member(field, config);

	buf_printf(out, "\"%s\"", text == NULL ? "" : text);
}

static void
put_bool(const struct field *field, const struct config *config, struct buf *out)
{
	buf_add_text(out, *(bool *)value_member(field, config) ? "true" : "false");
}

static void
put_number(const struct field *field, const struct config *config, struct buf *out)
{
	buf_printf(out, "%" PRId64, *(int64_t *)value_member(field, config));
}

static void
put_duration(const struct field *field, const struct config *config, struct buf *out)
{
	char text[DURATION_TEXT_MAX];

	buf_add_text(out, duration_format(*(int64_t *)value_member(field, config), text));
}

static void
put_word(const struct field *field, const struct config *config, struct buf *out)
{
	buf_add_text(out, field->words[*(unsigned *)value_member(field, config)]);
}

static void
put_mode(const struct field *field, const struct config *config, struct buf *out)
{
	buf_printf(out, "\"%04o\"", (unsigned)*(mode_t *)value_member(field, config));
}

/* ---- the table ---- */

static const struct {
	value_set *set;
	value_set_list *set_list;
	value_put *put;
} types[] = {
	[FIELD_STRING] = { set_string, NULL, put_text },
	[FIELD_BOOL] = { set_bool, NULL, put_bool },
	[FIELD_NUMBER] = { set_number, NULL, put_number },
	[FIELD_DURATION] = { set_duration, NULL, put_duration },
	[FIELD_WORD] = { set_word, NULL, put_word },
	[FIELD_MODE] = { set_mode, NULL, put_mode },
	[FIELD_DEFERRAL] = { set_reply, NULL, put_text },
	[FIELD_REJECTION] = { set_reply, NULL, put_text },
	[FIELD_LISTEN] = { NULL, value_set_listen, value_put_listen },
	[FIELD_NETWORKS] = { NULL, value_set_networks, value_put_networks },
	[FIELD_SERVERS] = { NULL, value_set_servers, value_put_servers },
	[FIELD_FOLD] = { NULL, value_set_fold, value_put_fold },
};

int
field_set(const struct field *field, struct config *config, const struct slice *items, size_t n,
    char *notice_out, struct err *err)
{
	notice_out[0] = '\0';
	if (types[field->type].set_list != NULL)
		return types[field->type].set_list(field, config, items, n, notice_out, err);
	return types[field->type].set(field, config, items[0], err);
}

void
field_set_default(const struct field *field, struct config *config, const char *value)
{
	char notice[ERR_TEXT_MAX];
	struct slice items[8];
	const char *comma;
	size_t n = 0;

	for (; field_is_list(field) && (comma = strstr(value, ", ")) != NULL; value = comma + 2)
		items[n++] = (struct slice){ value, (size_t)(comma - value) };
	if (!field_is_list(field) || *value != '\0')
		items[n++] = slice_of(value);
	if (field_set(field, config, items, n, notice, NULL) == -1)
		abort(); /* a default that does not parse is a defect; tests read them all */
}

void
field_format(const struct field *field, const struct config *config, struct buf *out)
{
	types[field->type].put(field, config, out);
}

void
field_clear(const struct field *field, struct config *config)
{
	switch (field->type) {
	case FIELD_STRING:
	case FIELD_DEFERRAL:
	case FIELD_REJECTION: free(*(char **)value_member(field, config)); break;
	case FIELD_LISTEN: value_clear_listen(config); break;
	case FIELD_NETWORKS: free(config->trusted_networks); break;
	case FIELD_SERVERS: free(config->dns_servers); break;
	default: break;
	}
}
