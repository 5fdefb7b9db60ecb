/* sqlgrey.c - sqlgrey's tables, from its SQLite file or a dump, and its whitelists.
 *
 * connect is what waits. from_awl and domain_awl are senders and domains that passed from an
 * address or, most often, from a network (a.b.c), for any recipient. Here such a client is known by
 * its address: that is a client; a network becomes a rule that expects mail from it, for as long as
 * automatic whitelisting lasts. Both are of the client alone. */
#include "common/import/source.h"

#include <stdlib.h>
#include <string.h>

#include "common/import/layout.h"
#include "common/import/patterns.h"
#include "common/store/foreign.h"

#define HINT_OPT 1U

/* SRC: a.b.c.d, a.b.c, eight groups, or the first four of them. */
static int
full_address(struct slice src, char out[ADDR_TEXT_MAX])
{
	size_t i, dots = 0, colons = 0;
	bool shortened = false;
	struct buf b;

	for (i = 0; i < src.len; i++) {
		dots += src.ptr[i] == '.';
		colons += src.ptr[i] == ':';
		shortened = shortened || (i > 0 && src.ptr[i] == ':' && src.ptr[i - 1] == ':');
	}
	buf_init(&b, out, ADDR_TEXT_MAX);
	buf_add(&b, src);
	if (colons == 3 && dots == 0 && !shortened)
		buf_add_text(&b, "::");
	else if (dots == 2 && colons == 0)
		buf_add_text(&b, ".0");
	else
		return -1;
	return colons == 3 ? 64 : 24;
}

static bool
is_undef(struct slice text)
{
	return slice_equal(text, SLICE("-undef-"));
}

static int
take_connect(struct import *import, const struct slice *v, struct err *err)
{
	char client[ADDR_TEXT_MAX], sender[EMAIL_TEXT_MAX];
	struct source_triplet t = { .recipient = v[3], .attempts = 1 };
	struct buf b;

	buf_init(&b, sender, sizeof(sender));
	if (!is_undef(v[0]) || !is_undef(v[1])) {
		buf_add(&b, v[0]);
		buf_add_char(&b, '@');
		buf_add(&b, v[1]);
	}
	t.prefix = full_address(v[2], client);
	t.client = slice_of(client);
	t.sender = buf_slice(&b);
	t.first_s = t.last_s = source_time(import, v[4]);
	return source_triplet(import, &t, err);
}

static int
take_known(struct import *import, struct slice domain, struct slice src, struct slice first,
    struct slice last, struct err *err)
{
	int64_t first_s = source_time(import, first), last_s = source_time(import, last);
	int64_t needed = import->options.config->auto_whitelist_passes;
	char client[ADDR_TEXT_MAX], text[ADDR_TEXT_MAX + 4], comment[300];
	int prefix = full_address(src, client);
	struct source_entry entry = { .source = "import" };

	/* Where clients earn nothing, a rule does for an address as well. */
	if (prefix == -1 && needed > 0)
		return source_client(import, src, first_s, last_s, needed, err);
	if (last_s < 0) {
		source_refuse(import, "its times cannot be read");
		return 0;
	}
	snprintf(text, sizeof(text), prefix == -1 ? "%s" : "%s/%d", client, prefix);
	snprintf(comment, sizeof(comment), "sqlgrey: mail of %.*s passed",
	    (int)(domain.len > 200 ? 200 : domain.len), domain.len == 0 ? "" : domain.ptr);
	entry.sender = slice_of(text);
	entry.comment = slice_of(comment);
	entry.expires_s = last_s + import->options.config->auto_whitelist_lifetime_s;
	return source_rule(import, &entry, RULE_EXPECT, err);
}

static int
take_from_awl(struct import *import, const struct slice *v, struct err *err)
{
	return take_known(import, is_undef(v[1]) ? SLICE("<>") : v[1], v[2], v[3], v[4], err);
}

static int
take_domain_awl(struct import *import, const struct slice *v, struct err *err)
{
	return take_known(import, v[0], v[1], v[2], v[3], err);
}

/* ---- opting ---- */

static int
take_opt(struct import *import, struct slice scope, bool greylist, struct err *err)
{
	struct source_entry entry = { .scope = scope, .comment = SLICE("sqlgrey") };

	if ((import->hints & HINT_OPT) == 0)
		source_hint(import,
		    "Recipients that had opted in or out have policies now. Where sqlgrey ran with "
		    "optmethod = optin, all others were not greylisted: greygate policy set @. "
		    "--greylist off");
	import->hints |= HINT_OPT;
	return source_policy(import, &entry, greylist, err);
}

static int
take_opt_domain(struct import *import, struct slice domain, bool greylist, struct err *err)
{
	char scope[PATTERN_TEXT_MAX];
	struct buf b;

	buf_init(&b, scope, sizeof(scope));
	buf_add_char(&b, '@');
	buf_add(&b, domain);
	return take_opt(import, buf_slice(&b), greylist, err);
}

static int
take_optin_domain(struct import *import, const struct slice *v, struct err *err)
{
	return take_opt_domain(import, v[0], true, err);
}

static int
take_optout_domain(struct import *import, const struct slice *v, struct err *err)
{
	return take_opt_domain(import, v[0], false, err);
}

static int
take_optin_email(struct import *import, const struct slice *v, struct err *err)
{
	return take_opt(import, v[0], true, err);
}

static int
take_optout_email(struct import *import, const struct slice *v, struct err *err)
{
	return take_opt(import, v[0], false, err);
}

static const struct layout layouts[] = {
	{ "connect", take_connect,
	    { "sender_name", "sender_domain", "src", "rcpt", "first_seen" } },
	{ "from_awl", take_from_awl,
	    { "sender_name", "sender_domain", "src", "first_seen", "last_seen" } },
	{ "domain_awl", take_domain_awl, { "sender_domain", "src", "first_seen", "last_seen" } },
	{ "optin_domain", take_optin_domain, { "domain" } },
	{ "optout_domain", take_optout_domain, { "domain" } },
	{ "optin_email", take_optin_email, { "email" } },
	{ "optout_email", take_optout_email, { "email" } },
};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* ---- its SQLite file ---- */

struct table {
	struct import *import;
	const struct layout *layout;
	int64_t rows;
	int result;
	struct err *err;
};

static bool
take_row(void *arg, const struct slice *values)
{
	struct table *table = arg;

	source_row(table->import, ++table->rows);
	table->result = table->layout->take(table->import, values, table->err);
	return table->result == 0;
}

/* The place of a row is FILE:TABLE and its number. */
static int
read_table(
    struct import *import, struct foreign *foreign, const struct layout *layout, struct err *err)
{
	struct table table = { .import = import, .layout = layout, .err = err };
	const char *path = import->path;
	enum store_found found;
	char place[SOURCE_PLACE_MAX];

	snprintf(place, sizeof(place), "%.150s:%s", path, layout->table);
	import->path = place;
	found = foreign_each(
	    foreign, layout->table, layout->columns, layout_columns(layout), take_row, &table, err);
	import->path = path;
	return found == STORE_ERROR ? -1 : table.result;
}

static int
open_database(struct import *import, const char *path, struct err *err)
{
	struct foreign *foreign = foreign_open(path, err);
	int result = 0;
	size_t i;

	if (foreign == NULL)
		return -1;
	for (i = 0; i < LAYOUTS && result == 0; i++)
		result = read_table(import, foreign, &layouts[i], err);
	foreign_close(foreign);
	return result;
}

/* ---- whitelists ---- */

static int
allow(struct import *import, struct slice sender, struct err *err)
{
	struct source_entry entry = { .sender = sender, .comment = SLICE("sqlgrey") };

	return source_rule(import, &entry, RULE_ALLOW, err);
}

static int
take_ip(struct import *import, struct slice word, struct err *err)
{
	char text[ADDR_TEXT_MAX], net[ADDR_TEXT_MAX + 4];
	int prefix = full_address(word, text);

	if (prefix == -1)
		return allow(import, word, err);
	snprintf(net, sizeof(net), "%s/%d", text, prefix);
	return allow(import, slice_of(net), err);
}

static int
take_fqdn(struct import *import, struct slice word, struct err *err)
{
	char name[PATTERNS_TEXT_MAX];
	const char *notice;
	struct err why;

	if (word.len > 2 && word.ptr[0] == '*' && word.ptr[1] == '.')
		return allow(import, (struct slice){ word.ptr + 2, word.len - 2 }, err);
	if (word.len < 2 || word.ptr[0] != '/' || word.ptr[word.len - 1] != '/')
		return allow(import, word, err);
	word = (struct slice){ word.ptr + 1, word.len - 2 };
	if (patterns_host(word, name, &notice, &why) == -1) {
		source_refuse(import, "/%.*s/: %s", (int)word.len, word.ptr, why.text);
		return 0;
	}
	if (*notice != '\0')
		source_note(import, "%s: %s", name, notice);
	return allow(import, slice_of(name), err);
}

static int
read_whitelist(struct import *import, struct lines *lines,
    int (*take)(struct import *import, struct slice word, struct err *err), struct err *err)
{
	struct slice line;

	while (lines_next(lines, &line)) {
		line = source_uncomment(line);
		if (line.len == 0)
			continue;
		source_row(import, lines->line);
		if (lines->cut || line.len > 400)
			source_refuse(import, "too long");
		else if (take(import, line, err) == -1)
			return -1;
	}
	return 0;
}

static int
read_any(struct import *import, struct lines *lines, struct err *err)
{
	const char *name = source_basename(import->path);

	if (strstr(name, "ip_whitelist") != NULL)
		return read_whitelist(import, lines, take_ip, err);
	if (strstr(name, "fqdn_whitelist") != NULL)
		return read_whitelist(import, lines, take_fqdn, err);
	if (strstr(name, ".regexp") != NULL || strstr(name, "README") != NULL)
		return err_set(err, ERR_DATA,
		    "%s: only the whitelists clients_ip_whitelist and clients_fqdn_whitelist can "
		    "be "
		    "taken",
		    import->path);
	return layout_read_sql(import, lines, layouts, LAYOUTS, err);
}

const struct source source_sqlgrey = { .name = "sqlgrey", .read = read_any, .open = open_database };
