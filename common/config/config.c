/* config.c - see config.h. A file is taken only when there is no error in it. */
#include "common/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/config/document.h"
#include "common/config/fields.h"
#include "common/config/report.h"

#define FILE_MAX_BYTES (1 << 20)
#define VALUE_MAX_BYTES (FILE_MAX_BYTES + 4096) /* written out, with quotes and commas */

void
config_init(struct config *config)
{
	size_t i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < field_n; i++)
		field_set_default(&fields[i], config, fields[i].value);
}

void
config_clear(struct config *config)
{
	size_t i;

	for (i = 0; i < field_n; i++)
		field_clear(&fields[i], config);
	memset(config, 0, sizeof(*config));
}

int
config_read_text(const char *name, const char *text, size_t len, struct config *config_out,
    struct config_report *report)
{
	struct config config;

	report_begin(report, name);
	config_init(&config);
	document_read(text, len, &config, report);
	if (report->error_n > 0) {
		config_clear(&config);
		return -1;
	}
	*config_out = config;
	return 0;
}

/* The whole of FILE, at most FILE_MAX_BYTES; NULL with errno. */
static char *
slurp(FILE *file, size_t *len_out)
{
	char *text = xcalloc(FILE_MAX_BYTES + 1, 1);

	*len_out = fread(text, 1, FILE_MAX_BYTES + 1, file);
	if (ferror(file) || *len_out > FILE_MAX_BYTES) {
		errno = ferror(file) ? errno : EFBIG;
		free(text);
		return NULL;
	}
	return text;
}

int
config_read(const char *path, struct config *config_out, struct config_report *report)
{
	const char *name = path == NULL ? CONFIG_DEFAULT_PATH : path;
	FILE *file = fopen(name, "re");
	char *text = NULL, why[256];
	size_t len;
	int result;

	if (file == NULL && path == NULL && errno == ENOENT)
		return config_read_text("defaults", "", 0, config_out, report);
	if (file != NULL)
		text = slurp(file, &len);
	if (text == NULL) {
		snprintf(why, sizeof(why), "cannot be read: %s", strerror(errno));
		report_begin(report, name);
		report_error(report, (struct report_place){ 0, 0 }, "", why);
		result = -1;
	} else {
		result = config_read_text(name, text, len, config_out, report);
	}
	free(text);
	if (file != NULL)
		fclose(file);
	return result;
}

int
config_set(struct config *config, const char *key, const char *text, struct err *err)
{
	struct slice item = slice_of(text);
	char notice[ERR_TEXT_MAX] = "";
	const struct field *field = field_find(key);

	if (field != NULL)
		return field_set(field, config, &item, 1, notice, err);
	return err_set(err, ERR_INTERNAL, "there is no setting %s", key);
}

static int
unknown_key(const char *key, struct err *err)
{
	const char *nearest = field_nearest(key);

	return err_set(err, ERR_USAGE, "%s: unknown setting%s%s%s", key,
	    nearest == NULL ? "; greygate.conf(5) has the list" : "; did you mean ",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
}

/* The items of VALUE: one, unless it is a list, which may be empty. */
static size_t
split_items(const char *value, bool is_list, struct slice items[FIELD_ITEMS_MAX])
{
	const char *end;
	size_t n = 0;

	if (is_list && slice_trim(slice_of(value)).len == 0)
		return 0;
	for (;; value = end + 1) {
		end = is_list ? strchrnul(value, ',') : value + strlen(value);
		items[n++] = slice_trim((struct slice){ value, (size_t)(end - value) });
		if (*end == '\0' || n == FIELD_ITEMS_MAX)
			return n;
	}
}

int
config_set_text(struct config *config, const char *text, struct err *err)
{
	const char *equal = strchr(text, '=');
	char key[64], notice[ERR_TEXT_MAX] = "";
	struct slice items[FIELD_ITEMS_MAX];
	const struct field *field;
	size_t n;

	if (equal == NULL)
		return err_set(err, ERR_USAGE, "%s: expected KEY=VALUE", text);
	snprintf(key, sizeof(key), "%.*s", (int)(equal - text), text);
	field = field_find(key);
	if (field == NULL)
		return unknown_key(key, err);
	n = split_items(equal + 1, field_is_list(field), items);
	if (field_set(field, config, items, n, notice, err) == 0)
		return 0;
	err->code = ERR_USAGE;
	return err_wrap(err, "%s", key);
}

void
config_diff(const struct config *a, const struct config *b,
    void (*fn)(void *arg, const char *key, const char *from, const char *to, bool needs_restart),
    void *arg)
{
	char *from_text = xcalloc(1, VALUE_MAX_BYTES), *to_text = xcalloc(1, VALUE_MAX_BYTES);
	struct buf from, to;
	size_t i;

	for (i = 0; i < field_n; i++) {
		buf_init(&from, from_text, VALUE_MAX_BYTES);
		buf_init(&to, to_text, VALUE_MAX_BYTES);
		field_format(&fields[i], a, &from);
		field_format(&fields[i], b, &to);
		if (!slice_equal(buf_slice(&from), buf_slice(&to)))
			fn(arg, fields[i].key, from_text, to_text, fields[i].restart);
	}
	free(from_text);
	free(to_text);
}
