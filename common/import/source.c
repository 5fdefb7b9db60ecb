/* source.c - see source.h: from what sources say to rows of ours, and what of it cannot be. */
#include "common/import/source.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/net/domain.h"

/* The first rows of each kind are shown. */
static void sample(struct import *import, enum staging_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
sample(struct import *import, enum staging_kind kind, const char *fmt, ...)
{
	char(*samples)[IMPORT_SAMPLE_MAX] = import->report.samples[kind];
	va_list args;
	int i = 0;

	while (i < IMPORT_SAMPLES && samples[i][0] != '\0')
		i++;
	if (i == IMPORT_SAMPLES)
		return;
	va_start(args, fmt);
	vsnprintf(samples[i], IMPORT_SAMPLE_MAX, fmt, args);
	va_end(args);
	if (i > 0 && strcmp(samples[i], samples[i - 1]) == 0)
		samples[i][0] = '\0'; /* the same once more says nothing */
}

#define TEXT(s) (int)((s).len > 80 ? 80 : (s).len), (s).len == 0 ? "" : (s).ptr

/* ---- triplets and clients ---- */

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What lies in the future was written by a clock that was wrong: it is now. */
static void
clamp_state(struct triplet_state *s, int64_t now_s)
{
	s->first_s = least(s->first_s, now_s);
	s->last_s = least(s->last_s, now_s);
	s->passed_s = least(s->passed_s, now_s);
	s->released_s = least(s->released_s, now_s);
	if (s->last_s < s->first_s)
		s->last_s = s->first_s;
}

int
source_take_triplet(struct import *import, const struct triplet *triplet, struct err *err)
{
	const struct staging_terms *terms = &import->terms;
	struct triplet row = *triplet;
	struct triplet_state *s = &row.state;

	clamp_state(s, terms->now_s);
	if (!import->keeps_all &&
	    (s->passed_s == 0 ? terms->now_s - s->first_s > terms->window_s
			      : terms->now_s - s->last_s > terms->lifetime_s)) {
		import->report.expired++;
		return 0;
	}
	sample(import, STAGING_TRIPLET, "%.*s  %.*s -> %.*s  %s", TEXT(row.key.net),
	    TEXT(row.sender.len == 0 ? SLICE("<>") : row.sender), TEXT(row.recipient),
	    s->passed_s != 0 ? "passed" : "waits");
	return staging_triplet(import->staging, &row, err);
}

static struct slice
without_brackets(struct slice address)
{
	address = slice_trim(address);
	if (address.len >= 2 && address.ptr[0] == '<' && address.ptr[address.len - 1] == '>')
		return (struct slice){ address.ptr + 1, address.len - 2 };
	return address;
}

/* The texts of a row and its keys. */
struct row_texts {
	char net[ADDR_NET_TEXT_MAX], address[ADDR_TEXT_MAX];
	char sender[EMAIL_TEXT_MAX], recipient[EMAIL_TEXT_MAX];
	char sender_key[EMAIL_TEXT_MAX], recipient_key[EMAIL_TEXT_MAX];
};

/* The network of ours that holds the client; a wider one cannot be made narrower. */
static bool
find_net(struct import *import, const struct source_triplet *t, struct row_texts *texts)
{
	const struct config *config = import->options.config;
	struct addr_net net;
	struct addr addr;
	int bits;

	if (addr_parse(t->client, &addr) == -1) {
		source_refuse(import, "\"%.*s\" is no client address", TEXT(t->client));
		return false;
	}
	net = addr_net_of(
	    &addr, (unsigned)config->greylist_ipv4_prefix, (unsigned)config->greylist_ipv6_prefix);
	bits = t->prefix == -1 ? (int)addr_bits(addr.family) : t->prefix;
	if (bits < net.prefix) {
		source_refuse(import,
		    "it is about the whole network %.*s/%d, and here triplets are of /%d networks "
		    "(greylist.ipv4_prefix, greylist.ipv6_prefix)",
		    TEXT(t->client), bits, net.prefix);
		return false;
	}
	addr_net_format(&net, texts->net);
	addr_format(&addr, texts->address);
	return true;
}

static struct slice
normal_key(
    struct slice address, unsigned fold, char normal[EMAIL_TEXT_MAX], char key[EMAIL_TEXT_MAX])
{
	struct buf b;

	buf_init(&b, normal, EMAIL_TEXT_MAX);
	email_normalise(&b, address);
	address = buf_slice(&b);
	buf_init(&b, key, EMAIL_TEXT_MAX);
	email_key(&b, address, fold);
	return buf_slice(&b);
}

int
source_triplet(struct import *import, const struct source_triplet *t, struct err *err)
{
	unsigned fold = import->options.config->greylist_fold;
	struct triplet row = { .state = { t->first_s, t->last_s, t->attempts, t->passes,
				   t->passed_s, 0 } };
	struct row_texts texts;

	if (t->recipient.len == 0 || t->sender.len + t->recipient.len > EMAIL_TEXT_MAX) {
		source_refuse(import,
		    t->recipient.len == 0 ? "it has no recipient" : "its addresses are too long");
		return 0;
	}
	if (t->first_s < 0 || t->last_s < 0) {
		source_refuse(import, "its times cannot be read");
		return 0;
	}
	if (!find_net(import, t, &texts))
		return 0;
	row.key.sender =
	    normal_key(without_brackets(t->sender), fold, texts.sender, texts.sender_key);
	row.key.recipient = normal_key(without_brackets(t->recipient), fold & EMAIL_FOLD_EXTENSION,
	    texts.recipient, texts.recipient_key);
	row.key.net = slice_of(texts.net);
	row.sender = without_brackets(t->sender);
	row.recipient = without_brackets(t->recipient);
	row.client_address = slice_of(texts.address);
	row.helo = t->helo;
	return source_take_triplet(import, &row, err);
}

int
source_take_client(struct import *import, const struct client *client, struct err *err)
{
	const struct staging_terms *terms = &import->terms;
	struct client row = *client;

	row.state.first_s = least(row.state.first_s, terms->now_s);
	row.state.last_s = least(row.state.last_s, terms->now_s);
	if (row.state.last_s < row.state.first_s)
		row.state.last_s = row.state.first_s;
	if (!import->keeps_all && terms->now_s - row.state.last_s > terms->client_lifetime_s) {
		import->report.expired++;
		return 0;
	}
	sample(import, STAGING_CLIENT, "%.*s  passed %" PRId64 " times", TEXT(row.address),
	    row.state.passes);
	return staging_client(import->staging, &row, err);
}

int
source_client(struct import *import, struct slice address, int64_t first_s, int64_t last_s,
    int64_t passes, struct err *err)
{
	char text[ADDR_TEXT_MAX];
	struct client row = { .state = { first_s, last_s, passes } };
	struct addr addr;

	if (addr_parse(address, &addr) == -1 || first_s < 0 || last_s < 0 || passes < 0) {
		source_refuse(import, "\"%.*s\" is no client address, or its times cannot be read",
		    TEXT(address));
		return 0;
	}
	row.address = slice_of(addr_format(&addr, text));
	return source_take_client(import, &row, err);
}

/* ---- rules and policies ---- */

int
source_take_rule(struct import *import, const struct rule *rule, struct err *err)
{
	char place[SOURCE_PLACE_MAX];
	bool taken;

	source_place(import, place);
	if (staging_rule(import->staging, rule, slice_of(place), &taken, err) == -1)
		return -1;
	if (!taken)
		source_refuse(
		    import, "a row before says something else about %.*s", TEXT(rule->pattern));
	else
		sample(import, STAGING_RULE, "%s %.*s to %.*s", rule_action_name(rule->action),
		    TEXT(rule->pattern), TEXT(rule->scope));
	return 0;
}

int
source_take_policy(struct import *import, const struct policy *policy, struct err *err)
{
	char place[SOURCE_PLACE_MAX];
	bool taken;

	source_place(import, place);
	if (staging_policy(import->staging, policy, slice_of(place), &taken, err) == -1)
		return -1;
	if (!taken)
		source_refuse(import, "a row before says something else about %.*s from %.*s",
		    TEXT(policy->scope), TEXT(policy->sender));
	else
		sample(import, STAGING_POLICY, "%.*s from %.*s%s", TEXT(policy->scope),
		    TEXT(policy->sender),
		    policy->greylist == POLICY_UNSET ? ""
		    : policy->greylist != 0          ? "  greylisting on"
						     : "  greylisting off");
	return 0;
}

static bool
read_pattern(
    struct import *import, struct slice text, enum pattern_side side, struct pattern *pattern_out)
{
	char notice[PATTERN_NOTICE_MAX];
	struct err why;

	if (pattern_parse(text.len == 0 ? SLICE("@.") : text, side, pattern_out, notice, &why) ==
	    -1) {
		source_refuse(import, "%s", why.text);
		return false;
	}
	if (notice[0] != '\0')
		source_note(import, "%s", notice);
	return true;
}

static struct entry_meta
meta_of(const struct import *import, const struct source_entry *entry)
{
	return (struct entry_meta){ .comment = entry->comment,
		.author = import->options.author,
		.source = slice_of(entry->source == NULL ? "import" : entry->source),
		.created_s = import->options.now_s,
		.expires_s = entry->expires_s };
}

static bool
is_over(struct import *import, const struct source_entry *entry)
{
	bool over = entry->expires_s != 0 && entry->expires_s <= import->options.now_s;

	import->report.expired += over;
	return over;
}

int
source_rule(struct import *import, const struct source_entry *entry, enum rule_action action,
    struct err *err)
{
	struct pattern scope, sender;
	struct rule rule = { .action = action, .meta = meta_of(import, entry) };

	if (is_over(import, entry) || !read_pattern(import, entry->scope, PATTERN_SCOPE, &scope) ||
	    !read_pattern(import, entry->sender, PATTERN_SENDER, &sender))
		return 0;
	rule.scope = slice_of(scope.text);
	rule.pattern = slice_of(sender.text);
	return source_take_rule(import, &rule, err);
}

int
source_policy(
    struct import *import, const struct source_entry *entry, bool greylist, struct err *err)
{
	struct pattern scope, sender;
	struct policy policy = { .greylist = greylist,
		.training = POLICY_UNSET,
		.spf = POLICY_UNSET,
		.delay_s = POLICY_UNSET,
		.window_s = POLICY_UNSET,
		.lifetime_s = POLICY_UNSET,
		.meta = meta_of(import, entry) };

	if (!read_pattern(import, entry->scope, PATTERN_SCOPE, &scope) ||
	    !read_pattern(import, entry->sender, PATTERN_SENDER, &sender))
		return 0;
	policy.scope = slice_of(scope.text);
	policy.sender = slice_of(sender.text);
	return source_take_policy(import, &policy, err);
}

int
source_domain(struct import *import, struct slice name, struct slice comment, struct err *err)
{
	char normal[DOMAIN_TEXT_MAX];
	struct domain domain = { .comment = comment,
		.author = import->options.author,
		.source = SLICE("import"),
		.created_s = import->options.now_s };

	if (domain_normalise(name, normal) == -1) {
		source_refuse(import, "\"%.*s\" is no domain name", TEXT(name));
		return 0;
	}
	domain.name = slice_of(normal);
	sample(import, STAGING_DOMAIN, "%s", normal);
	return staging_domain(import->staging, &domain, err);
}

int
source_network(struct import *import, struct slice domain, struct slice text, struct err *err)
{
	char normal[DOMAIN_TEXT_MAX], net_text[ADDR_NET_TEXT_MAX], path[DOMAIN_TEXT_MAX + 16];
	struct addr_net net;
	struct err why;
	bool masked;

	if (domain_normalise(domain, normal) == -1 ||
	    addr_net_parse(text, &net, &masked, &why) == -1) {
		source_refuse(import, "\"%.*s\" is no network of a domain", TEXT(text));
		return 0;
	}
	addr_net_format(&net, net_text);
	if (masked)
		source_note(import, "%.*s has host bits set; taken as %s", TEXT(text), net_text);
	snprintf(path, sizeof(path), "%s > import", normal);
	sample(import, STAGING_NETWORK, "%s of %s", net_text, normal);
	if (source_domain(import, slice_of(normal), SLICE_NONE, err) == -1)
		return -1;
	return staging_network(import->staging, slice_of(normal),
	    &(struct domain_network){ slice_of(net_text), slice_of(path) }, err);
}
