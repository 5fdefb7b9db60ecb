/* greygate.c - what greygate export --format jsonl wrote, read back: one object a line. Its "kind"
 * comes first; a text that JSON cannot hold is under NAME_hex. Rows are taken as they are. */
#include "common/import/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/import/record.h"
#include "common/net/domain.h"
#include "common/store/json_read.h"

#define NUMBER_MAX (INT64_C(1) << 53) /* what is counted further must not overflow */

struct reading {
	const struct record_kind *kind;
	union record record;
	char *free, *end; /* where texts go */
	unsigned seen;
	const char *wrong; /* a field, or NULL */
};

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
keep_text(struct reading *r, struct slice text, bool hex, struct slice *out)
{
	size_t i, len = hex ? text.len / 2 : text.len;

	if (len > (size_t)(r->end - r->free) || (hex && text.len % 2 != 0))
		return false;
	for (i = 0; i < len; i++) {
		int byte = hex ? hex_value(text.ptr[2 * i]) * 16 + hex_value(text.ptr[2 * i + 1])
			       : text.ptr[i];

		if (hex && (hex_value(text.ptr[2 * i]) < 0 || hex_value(text.ptr[2 * i + 1]) < 0))
			return false;
		r->free[i] = (char)byte;
	}
	*out = (struct slice){ r->free, len };
	r->free += len;
	return true;
}

static bool
keep_int(struct slice text, int64_t *out)
{
	char digits[24], *end;

	if (text.len == 0 || text.len >= sizeof(digits))
		return false;
	snprintf(digits, sizeof(digits), "%.*s", (int)text.len, text.ptr);
	errno = 0;
	*out = strtoll(digits, &end, 10);
	return *end == '\0' && errno == 0 && *out >= 0 && *out <= NUMBER_MAX;
}

static bool
keep_value(
    struct reading *r, const struct record_field *field, const struct json_leaf *leaf, bool hex)
{
	void *to = (char *)&r->record + field->at;

	switch (field->type) {
	case RECORD_TEXT: return leaf->is_string && keep_text(r, leaf->text, hex, to);
	case RECORD_INT: return keep_int(leaf->text, to);
	case RECORD_OPTIONAL:
		*(int64_t *)to = POLICY_UNSET;
		return leaf->text.len == 0 || keep_int(leaf->text, to);
	case RECORD_ACTION: return rule_action_parse(leaf->text, to) == 0;
	}
	return false;
}

static const struct record_kind *
find_kind(struct slice name)
{
	int kind;

	for (kind = 0; kind < STAGING_N; kind++)
		if (slice_equal(name, slice_of(record_kinds[kind].name)))
			return &record_kinds[kind];
	return NULL;
}

static bool
take_leaf(void *arg, const struct json_leaf *leaf)
{
	bool hex = slice_ends_with(leaf->key, SLICE("_hex"));
	struct slice name = { leaf->key.ptr, leaf->key.len - (hex ? 4 : 0) };
	const struct record_field *field;
	struct reading *r = arg;

	if (!slice_equal(leaf->path, SLICE("$")))
		return true;
	if (slice_equal(leaf->key, SLICE("kind"))) {
		r->kind = find_kind(leaf->text);
		return r->kind != NULL;
	}
	if (r->kind == NULL)
		return false;
	for (field = r->kind->fields; field->name != NULL; field++) {
		if (!slice_equal(name, slice_of(field->name)))
			continue;
		r->seen |= 1U << (field - r->kind->fields);
		if (!keep_value(r, field, leaf, hex))
			r->wrong = field->name;
	}
	return r->wrong == NULL;
}

static const char *
missing(const struct reading *r)
{
	const struct record_field *field;

	for (field = r->kind->fields; field->name != NULL; field++)
		if ((r->seen & 1U << (field - r->kind->fields)) == 0)
			return field->name;
	return NULL;
}

/* ---- what must hold of each kind, whoever wrote the file ---- */

static bool
is_pattern(struct slice text, enum pattern_side side)
{
	struct pattern pattern;
	struct err err;

	return pattern_parse(text, side, &pattern, NULL, &err) == 0 &&
	       slice_equal(text, slice_of(pattern.text));
}

static bool
is_net(struct slice text)
{
	char canonical[ADDR_NET_TEXT_MAX];
	struct addr_net net;
	struct err err;

	return addr_net_parse(text, &net, NULL, &err) == 0 &&
	       slice_equal(text, slice_of(addr_net_format(&net, canonical)));
}

static bool
is_address(struct slice text)
{
	char canonical[ADDR_TEXT_MAX];
	struct addr addr;

	return addr_parse(text, &addr) == 0 &&
	       slice_equal(text, slice_of(addr_format(&addr, canonical)));
}

static bool
is_domain(struct slice text)
{
	char normal[DOMAIN_TEXT_MAX];

	return domain_normalise(text, normal) == 0 && slice_equal(text, slice_of(normal));
}

static int
put_rule(struct import *import, union record *record, struct err *err)
{
	if (is_pattern(record->rule.scope, PATTERN_SCOPE) &&
	    is_pattern(record->rule.pattern, PATTERN_SENDER))
		return source_take_rule(import, &record->rule, err);
	source_refuse(import, "scope or pattern is not in its normal form");
	return 0;
}

static int
put_policy(struct import *import, union record *record, struct err *err)
{
	if (is_pattern(record->policy.scope, PATTERN_SCOPE) &&
	    is_pattern(record->policy.sender, PATTERN_SENDER))
		return source_take_policy(import, &record->policy, err);
	source_refuse(import, "scope or sender is not in its normal form");
	return 0;
}

static int
put_domain(struct import *import, union record *record, struct err *err)
{
	if (is_domain(record->domain.name))
		return staging_domain(import->staging, &record->domain, err);
	source_refuse(import, "the name is not in its normal form");
	return 0;
}

static int
put_network(struct import *import, union record *record, struct err *err)
{
	const struct record_network *network = &record->network;

	if (is_domain(network->domain) && is_net(network->net))
		return staging_network(import->staging, network->domain,
		    &(struct domain_network){ network->net, network->path }, err);
	source_refuse(import, "domain or network is not in its normal form");
	return 0;
}

static int
put_client(struct import *import, union record *record, struct err *err)
{
	if (is_address(record->client.address))
		return source_take_client(import, &record->client, err);
	source_refuse(import, "the address is not in its normal form");
	return 0;
}

static int
put_triplet(struct import *import, union record *record, struct err *err)
{
	if (is_net(record->triplet.key.net))
		return source_take_triplet(import, &record->triplet, err);
	source_refuse(import, "the network is not in its normal form");
	return 0;
}

static int (*const puts_of[STAGING_N])(
    struct import *import, union record *record, struct err *err) = {
	[STAGING_DOMAIN] = put_domain,
	[STAGING_NETWORK] = put_network,
	[STAGING_POLICY] = put_policy,
	[STAGING_RULE] = put_rule,
	[STAGING_CLIENT] = put_client,
	[STAGING_TRIPLET] = put_triplet,
};

static int
take_line(struct import *import, struct json_reader *reader, struct reading *r, struct slice line,
    struct err *err)
{
	struct err why;

	r->kind = NULL;
	r->seen = 0;
	r->wrong = NULL;
	memset(&r->record, 0, sizeof(r->record));
	if (json_holds_nul(line)) { /* the reader would end the text there */
		source_refuse(import, "\\u0000 is in it");
		return 0;
	}
	if (json_read(reader, line, take_leaf, r, &why) == -1) {
		source_refuse(import, "not JSON: %s", why.text);
		return 0;
	}
	if (r->kind == NULL)
		source_refuse(import, "it does not begin with a \"kind\" that is known");
	else if (r->wrong != NULL || missing(r) != NULL)
		source_refuse(import, "\"%s\" is %s", r->wrong != NULL ? r->wrong : missing(r),
		    r->wrong != NULL ? "no value of its kind" : "missing");
	else
		return puts_of[r->kind - record_kinds](import, &r->record, err);
	return 0;
}

static int
read_lines(struct import *import, struct lines *lines, struct err *err)
{
	struct json_reader *reader = json_reader_new();
	char *texts = xcalloc(1, LINES_MAX);
	struct reading r = { .end = texts + LINES_MAX };
	struct slice line;
	int result = 0;

	import->keeps_all = true;
	while (result == 0 && lines_next(lines, &line)) {
		if (slice_trim(line).len == 0)
			continue;
		source_row(import, lines->line);
		r.free = texts;
		if (lines->cut)
			source_refuse(import, "the line is too long");
		else
			result = take_line(import, reader, &r, line, err);
	}
	json_reader_free(reader);
	free(texts);
	return result;
}

const struct source source_greygate = { .name = "greygate", .read = read_lines };
