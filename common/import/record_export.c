/* record_export.c - see record_export.h. Pages are keyset pages over ids or names; each row goes
 * through the table of its fields (record.c). */
#include "common/import/record_export.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/base/csv_text.h"
#include "common/base/json.h"
#include "common/net/domain.h"
#include "common/net/pattern.h"

#define PAGE 1000
#define PREFIX_MAX 128

const char *const record_format_names[RECORD_FORMATS] = {
	[RECORD_JSONL] = "jsonl",
	[RECORD_CSV] = "csv",
	[RECORD_CIDR] = "cidr",
};

struct export
{
	struct store *store;
	const struct record_kind *kind;
	void (*write)(struct export * export, const union record *record);
	int64_t now_s;
	FILE *out;
	int64_t last_id;
	char name[DOMAIN_TEXT_MAX]; /* of the domain at hand */
	int64_t domain_id;
	size_t rows; /* of the page */
	/* Of a cidr table: the length of the networks at hand, and those that there are. */
	int prefix;
	bool prefixes[PREFIX_MAX + 1];
};

static const void *
value_of(const union record *record, const struct record_field *field)
{
	return (const char *)record + field->at;
}

/* ---- JSON lines ---- */

static bool
fits_json(struct slice s)
{
	return str_is_utf8(s) && (s.len == 0 || memchr(s.ptr, '\0', s.len) == NULL);
}

static void
put_hex(struct json *j, const char *name, struct slice text)
{
	static const char digits[] = "0123456789abcdef";
	char key[64], hex[2 * 4096];
	size_t i, len = text.len > sizeof(hex) / 2 ? sizeof(hex) / 2 : text.len;

	for (i = 0; i < len; i++) {
		hex[2 * i] = digits[(unsigned char)text.ptr[i] >> 4];
		hex[2 * i + 1] = digits[(unsigned char)text.ptr[i] & 15];
	}
	snprintf(key, sizeof(key), "%s_hex", name);
	json_string(j, key, (struct slice){ hex, 2 * len });
}

static void
put_json(struct json *j, const struct record_field *field, const void *value)
{
	switch (field->type) {
	case RECORD_TEXT:
		if (fits_json(*(const struct slice *)value))
			json_string(j, field->name, *(const struct slice *)value);
		else
			put_hex(j, field->name, *(const struct slice *)value);
		break;
	case RECORD_INT: json_int(j, field->name, *(const int64_t *)value); break;
	case RECORD_OPTIONAL:
		if (*(const int64_t *)value == POLICY_UNSET)
			json_null(j, field->name);
		else
			json_int(j, field->name, *(const int64_t *)value);
		break;
	case RECORD_ACTION:
		json_text(j, field->name, rule_action_name(*(const enum rule_action *)value));
		break;
	}
}

static void
write_jsonl(struct export *export, const union record *record)
{
	const struct record_field *field;
	struct json j;

	json_init(&j, export->out);
	json_object(&j, NULL);
	json_text(&j, "kind", export->kind->name);
	for (field = export->kind->fields; field->name != NULL; field++)
		put_json(&j, field, value_of(record, field));
	json_end(&j, '}');
}

/* ---- CSV ---- */

static void
put_csv(FILE *out, const struct record_field *field, const void *value)
{
	switch (field->type) {
	case RECORD_TEXT: csv_text_put(out, *(const struct slice *)value); break;
	case RECORD_OPTIONAL:
		if (*(const int64_t *)value == POLICY_UNSET)
			break;
		/* fall through */
	case RECORD_INT: fprintf(out, "%" PRId64, *(const int64_t *)value); break;
	case RECORD_ACTION: fputs(rule_action_name(*(const enum rule_action *)value), out); break;
	}
}

static void
write_csv(struct export *export, const union record *record)
{
	const struct record_field *field;

	for (field = export->kind->fields; field->name != NULL; field++) {
		if (field != export->kind->fields)
			fputc(',', export->out);
		put_csv(export->out, field, value_of(record, field));
	}
	fputs("\r\n", export->out);
}

static void
write_csv_head(struct export *export)
{
	const struct record_field *field;

	for (field = export->kind->fields; field->name != NULL; field++)
		fprintf(export->out, "%s%s", field == export->kind->fields ? "" : ",", field->name);
	fputs("\r\n", export->out);
}

/* ---- cidr ---- */

static void
write_cidr_network(struct export *export, const union record *record)
{
	fprintf(
	    export->out, "%.*s\tpermit\n", (int)record->network.net.len, record->network.net.ptr);
}

/* Whether a rule is about a network, whoever the recipient. */
static bool
is_of_network(const struct export *export, const struct rule *rule, struct pattern *pattern_out)
{
	struct err err;

	return slice_equal(rule->scope, SLICE("@.")) && rule->action != RULE_EXPECT &&
	       (rule->meta.expires_s == 0 || rule->meta.expires_s > export->now_s) &&
	       pattern_parse(rule->pattern, PATTERN_SENDER, pattern_out, NULL, &err) == 0 &&
	       (pattern_out->kind == PATTERN_ADDR || pattern_out->kind == PATTERN_NET);
}

static void
note_prefix(struct export *export, const union record *record)
{
	struct pattern pattern;

	if (is_of_network(export, &record->rule, &pattern))
		export->prefixes[pattern.net.prefix] = true;
}

static void
write_cidr_rule(struct export *export, const union record *record)
{
	struct pattern pattern;

	if (is_of_network(export, &record->rule, &pattern) && pattern.net.prefix == export->prefix)
		fprintf(export->out, "%s\t%s\n", pattern.text,
		    record->rule.action == RULE_ALLOW ? "permit" : "reject");
}

/* ---- rows, page by page ---- */

static bool
triplet_row(void *arg, const struct triplet *triplet)
{
	struct export *export = arg;

	export->write(export, &(union record){ .triplet = *triplet });
	return !ferror(export->out);
}

static bool
client_row(void *arg, const struct client *client)
{
	struct export *export = arg;

	export->write(export, &(union record){ .client = *client });
	return !ferror(export->out);
}

static bool
rule_row(void *arg, const struct rule *rule)
{
	struct export *export = arg;

	export->last_id = rule->id;
	export->write(export, &(union record){ .rule = *rule });
	return !ferror(export->out);
}

static bool
policy_row(void *arg, const struct policy *policy)
{
	struct export *export = arg;

	export->last_id = policy->id;
	export->write(export, &(union record){ .policy = *policy });
	return !ferror(export->out);
}

static void
remember_name(struct export *export, const struct domain *domain)
{
	struct buf b;

	buf_init(&b, export->name, sizeof(export->name));
	buf_add(&b, domain->name);
	export->domain_id = domain->id;
	export->rows++;
}

static bool
domain_row(void *arg, const struct domain *domain)
{
	struct export *export = arg;

	remember_name(export, domain);
	export->write(export, &(union record){ .domain = *domain });
	return !ferror(export->out);
}

static bool
network_row(void *arg, int64_t domain_id, const struct domain_network *network)
{
	struct export *export = arg;

	(void)domain_id;
	export->write(export,
	    &(union record){ .network = { slice_of(export->name), network->net, network->path } });
	return !ferror(export->out);
}

static bool
next_domain(void *arg, const struct domain *domain)
{
	remember_name(arg, domain);
	return false;
}

typedef int page_fn(struct export *export, struct err *err);

static int
triplet_page(struct export *export, struct err *err)
{
	return store_triplet_page_up(
	    export->store, export->last_id, PAGE, triplet_row, export, &export->last_id, err);
}

static int
client_page(struct export *export, struct err *err)
{
	return store_client_keys(
	    export->store, export->last_id, PAGE, client_row, export, &export->last_id, err);
}

/* Where a callback notes the last id, a page without rows leaves 0. */
static int
rule_page(struct export *export, struct err *err)
{
	int64_t after_id = export->last_id;

	export->last_id = 0;
	return store_rule_each(export->store, after_id, PAGE, rule_row, export, err);
}

static int
policy_page(struct export *export, struct err *err)
{
	int64_t after_id = export->last_id;

	export->last_id = 0;
	return store_policy_each(export->store, after_id, PAGE, policy_row, export, err);
}

static int
domain_page(struct export *export, struct err *err)
{
	char after[DOMAIN_TEXT_MAX];
	int result;

	memcpy(after, export->name, sizeof(after));
	export->rows = 0;
	result = store_domain_each(export->store, slice_of(after), PAGE, domain_row, export, err);
	export->last_id = (int64_t) export->rows;
	return result;
}

/* The networks of the next domain. */
static int
network_page(struct export *export, struct err *err)
{
	char after[DOMAIN_TEXT_MAX];

	memcpy(after, export->name, sizeof(after));
	export->rows = 0;
	if (store_domain_each(export->store, slice_of(after), 1, next_domain, export, err) == -1)
		return -1;
	export->last_id = (int64_t) export->rows;
	if (export->rows == 0)
		return 0;
	return store_domain_networks(export->store, export->domain_id, network_row, export, err);
}

static page_fn *const pages[STAGING_N] = {
	[STAGING_DOMAIN] = domain_page,
	[STAGING_NETWORK] = network_page,
	[STAGING_POLICY] = policy_page,
	[STAGING_RULE] = rule_page,
	[STAGING_CLIENT] = client_page,
	[STAGING_TRIPLET] = triplet_page,
};

static int
write_pages(struct export *export, page_fn *page, struct err *err)
{
	export->last_id = 0;
	do
		if (page(export, err) == -1)
			return -1;
	while (export->last_id != 0 && !ferror(export->out));
	return ferror(export->out) ? err_errno(err, ERR_IO, "writing the export") : 0;
}

/* Postfix takes the first line that matches, and here the longest network counts: so one pass for
 * each length that there is, after one that finds them. */
static int
write_cidr_rules(struct export *export, struct err *err)
{
	int result;

	export->write = note_prefix;
	result = write_pages(export, rule_page, err);
	export->write = write_cidr_rule;
	for (export->prefix = PREFIX_MAX; export->prefix >= 0 && result == 0; export->prefix--)
		if (export->prefixes[export->prefix])
			result = write_pages(export, rule_page, err);
	return result;
}

int
record_export(struct store *store, enum staging_kind kind, enum record_format format, int64_t now_s,
    FILE *out, struct err *err)
{
	struct export export = { .store = store,
		.kind = &record_kinds[kind],
		.write = format == RECORD_JSONL ? write_jsonl
			 : format == RECORD_CSV ? write_csv
						: write_cidr_network,
		.now_s = now_s,
		.out = out };

	if (format == RECORD_CSV)
		write_csv_head(&export);
	if (format == RECORD_CIDR && kind == STAGING_RULE)
		return write_cidr_rules(&export, err);
	return write_pages(&export, pages[kind], err);
}
