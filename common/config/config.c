/* config.c - a YAML document over the field table. Reading goes on after an error, so that one run
 * names all of them; the configuration is taken only when there is none. */
#include "common/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "common/base/xalloc.h"
#include "common/config/fields.h"

#define FILE_MAX_BYTES (1 << 20)
#define FIELDS_MAX 64
#define ITEMS_MAX 256

struct reading {
	yaml_document_t document;
	struct config *config;
	struct config_report *report;
	yaml_mark_t seen[FIELDS_MAX]; /* line + 1 of the first use; 0: not in the file */
};

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

static void
fill_error(struct config_error *error, yaml_mark_t mark, const char *key, const char *text)
{
	struct buf b;

	*error =
	    (struct config_error){ .line = (unsigned)mark.line, .column = (unsigned)mark.column };
	buf_init(&b, error->key, sizeof(error->key));
	str_escape(&b, slice_of(key), ESCAPE_TEXT);
	buf_init(&b, error->text, sizeof(error->text));
	str_escape(&b, slice_of(text), ESCAPE_TEXT);
}

/* MARK counts from 1 here; {0} is no place. */
static void
complain(struct config_report *report, yaml_mark_t mark, const char *key, const char *text)
{
	if (report->error_n == CONFIG_ERRORS_MAX)
		report->more = true;
	else
		fill_error(&report->errors[report->error_n++], mark, key, text);
}

static void
remark(struct config_report *report, yaml_mark_t mark, const char *key, const char *text)
{
	if (report->notice_n < CONFIG_ERRORS_MAX)
		fill_error(&report->notices[report->notice_n++], mark, key, text);
}

static yaml_mark_t
place(const yaml_node_t *node)
{
	return (yaml_mark_t){ 0, node->start_mark.line + 1, node->start_mark.column + 1 };
}

static struct slice
scalar(const yaml_node_t *node)
{
	return (struct slice){ (const char *)node->data.scalar.value, node->data.scalar.length };
}

/* Nothing after the colon, and no quotes that would make it an empty text. */
static bool
is_null(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static const struct field *
find_field(const char *key)
{
	size_t i;

	for (i = 0; i < field_n; i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

static bool
is_section(const char *key)
{
	size_t len = strlen(key), i;

	for (i = 0; i < field_n; i++)
		if (strncmp(fields[i].key, key, len) == 0 && fields[i].key[len] == '.')
			return true;
	return false;
}

static void
complain_unknown(struct reading *r, const yaml_node_t *node, const char *key)
{
	const char *keys[FIELDS_MAX], *nearest;
	char text[256];
	size_t i;

	for (i = 0; i < field_n; i++)
		keys[i] = fields[i].key;
	nearest = str_nearest(slice_of(key), keys, field_n);
	if (is_section(key))
		snprintf(text, sizeof(text), "is a section: settings go below it");
	else if (nearest != NULL)
		snprintf(text, sizeof(text), "unknown setting; did you mean %s?", nearest);
	else
		snprintf(text, sizeof(text), "unknown setting; greygate.conf(5) has the list");
	complain(r->report, place(node), key, text);
}

/* The texts of a value: one for a scalar, any number for a sequence. */
static int
collect(struct reading *r, const yaml_node_t *node, const struct field *field,
    struct slice items[ITEMS_MAX], size_t *n_out, const char **why_out)
{
	yaml_node_item_t *item;

	*n_out = 0;
	if (node->type == YAML_SCALAR_NODE && !is_null(node)) {
		items[(*n_out)++] = scalar(node);
		return 0;
	}
	*why_out = is_null(node)          ? "has no value"
		   : field_is_list(field) ? "expected a list of texts"
					  : "expected one value";
	if (node->type != YAML_SEQUENCE_NODE || !field_is_list(field))
		return -1;
	for (item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
		const yaml_node_t *child = yaml_document_get_node(&r->document, *item);

		if (*n_out == ITEMS_MAX || child->type != YAML_SCALAR_NODE)
			return -1;
		items[(*n_out)++] = scalar(child);
	}
	return 0;
}

static void
read_field(struct reading *r, const struct field *field, const yaml_node_t *key_node,
    const yaml_node_t *node)
{
	yaml_mark_t *seen = &r->seen[field - fields];
	struct slice items[ITEMS_MAX];
	char notice[ERR_TEXT_MAX];
	const char *why;
	struct err err;
	size_t n;

	if (seen->line != 0) {
		snprintf(notice, sizeof(notice), "is set twice, first in line %zu", seen->line);
		complain(r->report, place(key_node), field->key, notice);
		return;
	}
	*seen = place(key_node);
	if (collect(r, node, field, items, &n, &why) == -1)
		complain(r->report, place(node), field->key, why);
	else if (field_set(field, r->config, items, n, notice, &err) == -1)
		complain(r->report, place(node), field->key, err.text);
	else if (notice[0] != '\0')
		remark(r->report, place(node), field->key, notice);
}

static void
read_mapping(struct reading *r, const yaml_node_t *mapping, const char *section)
{
	yaml_node_pair_t *pair;

	for (pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top;
	     pair++) {
		const yaml_node_t *key_node = yaml_document_get_node(&r->document, pair->key);
		const yaml_node_t *node = yaml_document_get_node(&r->document, pair->value);
		const struct field *field;
		char key[128];

		if (key_node->type != YAML_SCALAR_NODE) {
			complain(
			    r->report, place(key_node), section, "expected the name of a setting");
			continue;
		}
		snprintf(key, sizeof(key), "%s%s%s", section, *section == '\0' ? "" : ".",
		    (const char *)key_node->data.scalar.value);
		field = find_field(key);
		if (field != NULL)
			read_field(r, field, key_node, node);
		else if (node->type == YAML_MAPPING_NODE && *section == '\0' && is_section(key))
			read_mapping(r, node, key);
		else if (!is_null(node) || !is_section(key))
			complain_unknown(r, key_node, key);
	}
}

static void
apply_compat(struct reading *r)
{
	size_t i;

	if (r->config->compat != CONFIG_COMPAT_IREDAPD)
		return;
	for (i = 0; i < field_n; i++)
		if (fields[i].iredapd != NULL && r->seen[i].line == 0)
			field_set_default(&fields[i], r->config, fields[i].iredapd);
}

/* What no field can see alone. */
static void
check_together(struct reading *r)
{
	const struct field *delay = find_field("greylist.delay");

	if (r->config->greylist_delay_s >= r->config->greylist_window_s)
		complain(r->report, r->seen[delay - fields], delay->key,
		    "must be shorter than greylist.window, or no retry could pass");
}

static void
read_document(struct reading *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(&r->document);

	if (root == NULL || is_null(root))
		return;
	if (root->type != YAML_MAPPING_NODE) {
		complain(r->report, place(root), "", "expected settings of the form name: value");
		return;
	}
	read_mapping(r, root, "");
	if (r->report->error_n == 0) {
		apply_compat(r);
		check_together(r);
	}
}

static void
complain_syntax(struct config_report *report, const yaml_parser_t *parser)
{
	yaml_mark_t mark = parser->problem_mark;

	mark.line++;
	mark.column++;
	if (parser->error == YAML_READER_ERROR)
		mark = (yaml_mark_t){ 0, 0, 0 };
	complain(report, mark, "", parser->problem == NULL ? "not YAML" : parser->problem);
}

/* A second document in the file would be ignored: say so instead. */
static void
check_single(yaml_parser_t *parser, struct config_report *report)
{
	yaml_document_t second;

	if (!yaml_parser_load(parser, &second)) {
		complain_syntax(report, parser);
		return;
	}
	if (yaml_document_get_root_node(&second) != NULL)
		complain(report, place(yaml_document_get_root_node(&second)), "",
		    "a second document; only one is read");
	yaml_document_delete(&second);
}

static void
parse(struct reading *r, const char *text, size_t len)
{
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, &r->document)) {
		complain_syntax(r->report, &parser);
	} else {
		bool empty = yaml_document_get_root_node(&r->document) == NULL;

		read_document(r);
		yaml_document_delete(&r->document);
		if (!empty)
			check_single(&parser, r->report);
	}
	yaml_parser_delete(&parser);
}

int
config_read_text(const char *name, const char *text, size_t len, struct config *config_out,
    struct config_report *report)
{
	struct config config;
	struct reading r = { .config = &config, .report = report };

	memset(report, 0, sizeof(*report));
	snprintf(report->file, sizeof(report->file), "%s", name);
	config_init(&config);
	parse(&r, text, len);
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
		memset(report, 0, sizeof(*report));
		snprintf(report->file, sizeof(report->file), "%s", name);
		complain(report, (yaml_mark_t){ 0, 0, 0 }, "", why);
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
	size_t i;

	for (i = 0; i < field_n; i++)
		if (strcmp(fields[i].key, key) == 0)
			return field_set(&fields[i], config, &item, 1, notice, err);
	return err_set(err, ERR_INTERNAL, "there is no setting %s", key);
}

static int
unknown_key(const char *key, struct err *err)
{
	const char *keys[FIELDS_MAX], *nearest;
	size_t i;

	for (i = 0; i < field_n; i++)
		keys[i] = fields[i].key;
	nearest = str_nearest(slice_of(key), keys, field_n);
	return err_set(err, ERR_USAGE, "%s: unknown setting%s%s%s", key,
	    nearest == NULL ? "; greygate.conf(5) has the list" : "; did you mean ",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
}

/* The items of VALUE: one, unless it is a list. */
static size_t
split_items(const char *value, bool is_list, struct slice items[ITEMS_MAX])
{
	const char *end;
	size_t n = 0;

	for (;; value = end + 1) {
		end = is_list ? strchrnul(value, ',') : value + strlen(value);
		items[n++] = slice_trim((struct slice){ value, (size_t)(end - value) });
		if (*end == '\0' || n == ITEMS_MAX)
			return n;
	}
}

int
config_set_text(struct config *config, const char *text, struct err *err)
{
	const char *equal = strchr(text, '=');
	char key[64], notice[ERR_TEXT_MAX] = "";
	struct slice items[ITEMS_MAX];
	const struct field *field;
	size_t n;

	if (equal == NULL)
		return err_set(err, ERR_USAGE, "%s: expected KEY=VALUE", text);
	snprintf(key, sizeof(key), "%.*s", (int)(equal - text), text);
	field = find_field(key);
	if (field == NULL)
		return unknown_key(key, err);
	n = split_items(equal + 1, field_is_list(field), items);
	if (field_set(field, config, items, n, notice, err) == 0)
		return 0;
	err->code = ERR_USAGE;
	return err_wrap(err, "%s", key);
}

const char *
config_error_format(
    const struct config_report *report, const struct config_error *error, char *out, size_t out_len)
{
	struct buf b;

	buf_init(&b, out, out_len);
	buf_add_text(&b, report->file);
	if (error->line != 0)
		buf_printf(&b, ":%u:%u", error->line, error->column);
	if (error->key[0] != '\0')
		buf_printf(&b, ": %s", error->key);
	buf_printf(&b, ": %s", error->text);
	return out;
}

void
config_diff(const struct config *a, const struct config *b,
    void (*fn)(void *arg, const char *key, const char *from, const char *to, bool needs_restart),
    void *arg)
{
	char from_text[1024], to_text[1024];
	struct buf from, to;
	size_t i;

	for (i = 0; i < field_n; i++) {
		buf_init(&from, from_text, sizeof(from_text));
		buf_init(&to, to_text, sizeof(to_text));
		field_format(&fields[i], a, &from);
		field_format(&fields[i], b, &to);
		if (!slice_equal(buf_slice(&from), buf_slice(&to)))
			fn(arg, fields[i].key, from_text, to_text, fields[i].restart);
	}
}
