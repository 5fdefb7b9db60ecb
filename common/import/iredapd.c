/* iredapd.c - the greylisting tables of iRedAPD, the wblist of amavisd, and settings.py.
 *
 * Priorities are not read: ours follow from the forms of addresses. Networks that its SPF tool has
 * written (AUTO-UPDATE: DOMAIN) belong to that domain until its first refresh here. */
#include "common/import/source.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/import/iredapd_settings.h"
#include "common/import/layout.h"
#include "common/net/domain.h"

#define PASSED_LIFETIME_S (30 * 86400)
#define HINT_GREYLISTING 1U
#define HINT_GLOBAL 2U

/* Numbered texts and pairs of staging.h. */
enum { NAMES_USERS, NAMES_MAILADDR };
enum { PAIRS_WBLIST };

static bool
is_true(struct slice text)
{
	return slice_equal(text, SLICE("1")) || slice_equal(text, SLICE("t")) ||
	       slice_equal_nocase(text, SLICE("true"));
}

static bool
starts_with(struct slice s, const char *head)
{
	size_t len = strlen(head);

	return s.len >= len && memcmp(s.ptr, head, len) == 0;
}

/* id account priority sender sender_priority comment active */
static int
take_greylisting(struct import *import, const struct slice *v, struct err *err)
{
	struct source_entry entry = { .scope = v[1], .sender = v[3], .comment = v[5] };

	import->hints |= HINT_GREYLISTING;
	if (slice_equal(v[1], SLICE("@.")) && slice_equal(v[3], SLICE("@.")))
		import->hints |= HINT_GLOBAL;
	return source_policy(import, &entry, is_true(v[6]), err);
}

static int
take_domain_network(struct import *import, struct slice domain, struct slice net, struct err *err)
{
	if (net.len > 0 && net.ptr[0] == '@') {
		source_refuse(import,
		    "\"%.*s\" was made of a ptr in the SPF record of %.*s: anyone can forge that "
		    "sender",
		    (int)(net.len > 100 ? 100 : net.len), net.ptr,
		    (int)(domain.len > 100 ? 100 : domain.len), domain.ptr);
		return 0;
	}
	return source_network(import, domain, net, err);
}

/* id account sender comment */
static int
take_whitelist(struct import *import, const struct slice *v, struct err *err)
{
	static const struct slice automatic = { "AUTO-UPDATE:", 12 };
	struct source_entry entry = { .scope = v[1], .sender = v[2], .comment = v[3] };
	struct slice domain;

	if (starts_with(v[3], automatic.ptr)) {
		domain = (struct slice){ v[3].ptr + automatic.len, v[3].len - automatic.len };
		return take_domain_network(import, slice_trim(domain), v[2], err);
	}
	if (slice_equal(v[3], SLICE("AUTO-WHITELISTED"))) {
		entry.source = "learned";
		entry.expires_s =
		    import->options.now_s + import->options.config->auto_whitelist_lifetime_s;
	}
	return source_rule(import, &entry, RULE_ALLOW, err);
}

/* id domain */
static int
take_whitelist_domain(struct import *import, const struct slice *v, struct err *err)
{
	return source_domain(import, v[1], SLICE("iRedAPD"), err);
}

/* id sender recipient client_address sender_domain rcpt_domain init_time block_expired
 * record_expired blocked_count passed */
static int
take_tracking(struct import *import, const struct slice *v, struct err *err)
{
	int64_t expired_s = source_number(v[8]), last_s, needed;
	struct source_triplet t = { .client = v[3],
		.prefix = -1,
		.sender = v[1],
		.recipient = v[2],
		.first_s = source_number(v[6]),
		.attempts = source_number(v[9]) };

	t.last_s = t.first_s;
	t.attempts = t.attempts < 1 ? 1 : t.attempts;
	if (expired_s < 0) {
		source_refuse(import, "its times cannot be read");
		return 0;
	}
	if (expired_s <= import->options.now_s) {
		import->report.expired++;
		return 0;
	}
	if (!is_true(v[10]))
		return source_triplet(import, &t, err);
	last_s = expired_s - PASSED_LIFETIME_S;
	t.last_s = last_s < t.first_s ? t.first_s : last_s;
	t.passed_s = t.last_s;
	t.passes = 1;
	needed = import->options.config->auto_whitelist_passes;
	if (source_triplet(import, &t, err) == -1)
		return -1;
	return source_client(import, v[3], t.first_s, t.last_s, needed > 1 ? needed : 1, err);
}

/* ---- amavisd ---- */

static int
hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a' + 10) & 15;
}

/* bytea comes as \x6162. */
static struct slice
unhex(struct slice text, char *out, size_t cap)
{
	size_t i, len = 0;

	if (!starts_with(text, "\\x"))
		return text;
	for (i = 2; i + 1 < text.len && len < cap; i += 2)
		out[len++] = (char)(hex_digit(text.ptr[i]) * 16 + hex_digit(text.ptr[i + 1]));
	return (struct slice){ out, len };
}

static int
take_name(struct import *import, int64_t kind, const struct slice *v, struct err *err)
{
	char text[PATTERN_TEXT_MAX];

	return staging_name_put(
	    import->staging, kind, source_number(v[0]), unhex(v[1], text, sizeof(text)), err);
}

static int
take_user(struct import *import, const struct slice *v, struct err *err)
{
	return take_name(import, NAMES_USERS, v, err);
}

static int
take_mailaddr(struct import *import, const struct slice *v, struct err *err)
{
	return take_name(import, NAMES_MAILADDR, v, err);
}

static int
put_pair(struct import *import, int64_t kind, const struct slice *v, struct err *err)
{
	char place[SOURCE_PLACE_MAX];

	source_place(import, place);
	return staging_pair_put(import->staging, kind, source_number(v[0]), source_number(v[1]),
	    v[2], slice_of(place), err);
}

static int
take_wblist(struct import *import, const struct slice *v, struct err *err)
{
	return put_pair(import, PAIRS_WBLIST, v, err);
}

/* Mail that leaves is not greylisted. */
static int
take_outbound(struct import *import, const struct slice *v, struct err *err)
{
	(void)v;
	(void)err;
	source_refuse(import, "outbound_wblist is about mail that leaves");
	return 0;
}

static int
take_rdns(struct import *import, const struct slice *v, struct err *err)
{
	struct source_entry entry = { .sender = v[1], .comment = SLICE("wblist_rdns") };

	if (slice_equal(v[2], SLICE("B")))
		return source_rule(import, &entry, RULE_BLOCK, err);
	source_refuse(import, "a W of wblist_rdns did not keep from greylisting");
	return 0;
}

/* account sender wb: users, mailaddr and wblist joined by the operator */
static int
take_joined(struct import *import, const struct slice *v, struct err *err)
{
	struct source_entry entry = { .scope = v[0], .sender = v[1], .comment = SLICE("wblist") };

	if (slice_equal(v[2], SLICE("W")))
		return source_rule(import, &entry, RULE_ALLOW, err);
	if (slice_equal(v[2], SLICE("B")))
		return source_rule(import, &entry, RULE_BLOCK, err);
	source_refuse(import, "wb is \"%.*s\"; W and B have counterparts",
	    (int)(v[2].len > 40 ? 40 : v[2].len), v[2].len == 0 ? "" : v[2].ptr);
	return 0;
}

static int
take_pair(struct import *import, struct staging_pair *pair, struct err *err)
{
	char account[PATTERN_TEXT_MAX], sender[PATTERN_TEXT_MAX], *colon;
	const char *path = import->path;
	enum store_found found;
	int result;

	colon = strrchr(pair->place, ':');
	import->line = colon == NULL ? 0 : source_number(slice_of(colon + 1));
	if (colon != NULL)
		*colon = '\0';
	import->path = pair->place;
	found =
	    staging_name_get(import->staging, NAMES_USERS, pair->a, account, sizeof(account), err);
	if (found == STORE_YES)
		found = staging_name_get(
		    import->staging, NAMES_MAILADDR, pair->b, sender, sizeof(sender), err);
	result = found == STORE_ERROR ? -1 : 0;
	if (found == STORE_NO)
		source_refuse(import, "users or mailaddr has no row for it; import all three");
	else if (found == STORE_YES)
		result = take_joined(import,
		    (struct slice[]){ slice_of(account), slice_of(sender), slice_of(pair->text) },
		    err);
	import->path = path;
	return result;
}

static int
join_wblist(struct import *import, struct err *err)
{
	struct staging_pair pair = { .id = 0 };
	enum store_found found;

	while ((found = staging_pair_next(import->staging, pair.id, &pair, err)) == STORE_YES)
		if (take_pair(import, &pair, err) == -1)
			return -1;
	if ((import->hints & HINT_GREYLISTING) != 0 && (import->hints & HINT_GLOBAL) == 0)
		source_hint(import,
		    "iRedAPD greylists only what a row of greylisting says, and none is for "
		    "everyone (@.). Here everyone is greylisted unless a policy says no: greygate "
		    "policy set @. --greylist off");
	return found == STORE_ERROR ? -1 : 0;
}

static const struct layout layouts[] = {
	{ "greylisting", take_greylisting,
	    { "?id", "account", "?priority", "sender", "?sender_priority", "?comment", "active" } },
	{ "greylisting_whitelists", take_whitelist, { "?id", "account", "sender", "comment" } },
	{ "greylisting_whitelist_domain_spf", take_whitelist,
	    { "?id", "account", "sender", "comment" } },
	{ "greylisting_whitelist_domains", take_whitelist_domain, { "?id", "domain" } },
	{ "greylisting_tracking", take_tracking,
	    { "?id", "sender", "recipient", "client_address", "?sender_domain", "?rcpt_domain",
		"init_time", "?block_expired", "record_expired", "?blocked_count", "passed" } },
	{ "wblist_rdns", take_rdns, { "?id", "rdns", "wb" } },
	{ "users", take_user, { "id", "email" } },
	{ "mailaddr", take_mailaddr, { "id", "email" } },
	{ "wblist", take_wblist, { "rid", "sid", "wb" } },
	{ "outbound_wblist", take_outbound, { "rid", "sid", "wb" } },
	{ "account_sender_wb", take_joined, { "account", "sender", "wb" } },
};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* ---- what a file is ---- */

/* The first line that says something. */
static struct slice
first_line(struct slice text)
{
	struct slice line = SLICE_NONE;

	while (text.len > 0) {
		line = slice_trim(source_cut(&text, '\n'));
		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len > 0 && !starts_with(line, "--"))
			break;
	}
	return line;
}

static bool
is_sql(struct slice line)
{
	static const char *const heads[] = { "--", "/*", "insert", "create", "copy", "set ",
		"begin", "lock", "drop", "start", "alter", "select", "\\", "use ", "replace",
		"delete" };
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (line.len >= strlen(heads[i]) &&
		    slice_equal_nocase(
			(struct slice){ line.ptr, strlen(heads[i]) }, slice_of(heads[i])))
			return true;
	return false;
}

static int
read_any(struct import *import, struct lines *lines, struct err *err)
{
	const char *name = source_basename(import->path);
	struct slice line = first_line(lines_peek(lines));
	size_t len = strlen(name);

	if (len > 3 && strcmp(name + len - 3, ".py") == 0)
		return iredapd_read_settings(import, lines);
	if (line.len == 0 || is_sql(line))
		return layout_read_sql(import, lines, layouts, LAYOUTS, err);
	return layout_read_records(import, lines,
	    memchr(line.ptr, '\t', line.len) != NULL ? CSV_TABS : CSV_COMMAS, layouts, LAYOUTS,
	    err);
}

const struct source source_iredapd = { .name = "iredapd", .read = read_any, .end = join_wblist };
