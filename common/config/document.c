/* document.c - see document.h. */
#include "common/config/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "common/config/fields.h"
#include "common/config/report.h"

struct reading {
	yaml_document_t document;
	struct config *config;
	struct config_report *report;
	struct report_place seen[FIELDS_MAX]; /* of the first use; {0}: not in the file */
};

static struct report_place
place_of(yaml_mark_t mark)
{
	return (struct report_place){ mark.line + 1, mark.column + 1 };
}

static struct report_place
place(const yaml_node_t *node)
{
	return place_of(node->start_mark);
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

static bool
is_name(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE &&
	       strlen(scalar(node).ptr) == node->data.scalar.length;
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
	const char *nearest = field_nearest(key);
	char text[256];

	if (is_section(key))
		snprintf(text, sizeof(text), "is a section: settings go below it");
	else if (nearest != NULL)
		snprintf(text, sizeof(text), "unknown setting; did you mean %s?", nearest);
	else
		snprintf(text, sizeof(text), "unknown setting; greygate.conf(5) has the list");
	report_error(r->report, place(node), key, text);
}

/* The texts of a value: one for a scalar, any number for a sequence. */
static int
collect(struct reading *r, const yaml_node_t *node, const struct field *field,
    struct slice items[FIELD_ITEMS_MAX], size_t *n_out, const char **why_out)
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

		if (*n_out == FIELD_ITEMS_MAX)
			*why_out = FIELD_ITEMS_TOO_MANY;
		if (*n_out == FIELD_ITEMS_MAX || child->type != YAML_SCALAR_NODE)
			return -1;
		items[(*n_out)++] = scalar(child);
	}
	return 0;
}

static void
read_field(struct reading *r, const struct field *field, const yaml_node_t *key_node,
    const yaml_node_t *node)
{
	struct report_place *seen = &r->seen[field - fields];
	struct slice items[FIELD_ITEMS_MAX];
	char notice[ERR_TEXT_MAX];
	const char *why;
	struct err err;
	size_t n;

	if (seen->line != 0) {
		snprintf(notice, sizeof(notice), "is set twice, first in line %zu", seen->line);
		report_error(r->report, place(key_node), field->key, notice);
		return;
	}
	*seen = place(key_node);
	if (collect(r, node, field, items, &n, &why) == -1)
		report_error(r->report, place(node), field->key, why);
	else if (field_set(field, r->config, items, n, notice, &err) == -1)
		report_error(r->report, place(node), field->key, err.text);
	else if (notice[0] != '\0')
		report_notice(r->report, place(node), field->key, notice);
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

		if (!is_name(key_node)) {
			report_error(
			    r->report, place(key_node), section, "expected the name of a setting");
			continue;
		}
		snprintf(key, sizeof(key), "%s%s%s", section, *section == '\0' ? "" : ".",
		    (const char *)key_node->data.scalar.value);
		field = field_find(key);
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
	const struct field *delay = field_find("greylist.delay");

	if (r->config->greylist_delay_s >= r->config->greylist_window_s)
		report_error(r->report, r->seen[delay - fields], delay->key,
		    "must be shorter than greylist.window, or no retry could pass");
}

static void
read_document(struct reading *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(&r->document);

	if (root == NULL || is_null(root))
		return;
	if (root->type != YAML_MAPPING_NODE) {
		report_error(
		    r->report, place(root), "", "expected settings of the form name: value");
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
	struct report_place at = place_of(parser->problem_mark);

	if (parser->error == YAML_READER_ERROR)
		at = (struct report_place){ 0, 0 };
	report_error(report, at, "", parser->problem == NULL ? "not YAML" : parser->problem);
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
		report_error(report, place(yaml_document_get_root_node(&second)), "",
		    "a second document; only one is read");
	yaml_document_delete(&second);
}

void
document_read(const char *text, size_t len, struct config *config, struct config_report *report)
{
	struct reading r = { .config = config, .report = report };
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, &r.document)) {
		complain_syntax(report, &parser);
	} else {
		bool empty = yaml_document_get_root_node(&r.document) == NULL;

		read_document(&r);
		yaml_document_delete(&r.document);
		if (!empty)
			check_single(&parser, report);
	}
	yaml_parser_delete(&parser);
}
