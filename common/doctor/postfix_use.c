/* postfix_use.c - see postfix_use.h. Restrictions are read in the order in which smtpd evaluates
 * them, with the classes that they name. */
#include "common/doctor/postfix_use.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 256
#define CLASS_DEPTH 5

/* When smtpd evaluates a list; greygate judges at RCPT only. */
enum stage { BEFORE_RCPT, /* at RCPT, too, with smtpd_delay_reject */ AT_RCPT, AFTER_RCPT };

static const struct {
	const char *name;
	enum stage stage;
} lists[] = {
	{ "smtpd_client_restrictions", BEFORE_RCPT },
	{ "smtpd_helo_restrictions", BEFORE_RCPT },
	{ "smtpd_sender_restrictions", BEFORE_RCPT },
	{ "smtpd_relay_restrictions", AT_RCPT },
	{ "smtpd_recipient_restrictions", AT_RCPT },
	{ "smtpd_data_restrictions", AFTER_RCPT },
	{ "smtpd_end_of_data_restrictions", AFTER_RCPT },
};

static bool
is_word(struct slice item, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (slice_equal(item, slice_of(words[i])))
			return true;
	return false;
}

bool
postfix_is_end(struct slice item)
{
	static const char *const words[] = { "permit", "reject", "defer" };

	return is_word(item, words, 3);
}

/* Whether it refuses mail for domains of others. */
static bool
is_destination(struct slice item)
{
	static const char *const words[] = { "reject_unauth_destination",
		"defer_unauth_destination" };

	return is_word(item, words, 2);
}

bool
postfix_override(const struct postfix *postfix, const struct postfix_service *service,
    const char *name, struct slice *value_out)
{
	char key[NAME_BYTES];

	snprintf(key, sizeof(key), "%.*s/%.*s/%s", (int)service->name.len, service->name.ptr,
	    (int)service->type.len, service->type.ptr, name);
	return postfix_setting(postfix->texts->overrides, key, value_out);
}

struct slice
postfix_value(
    const struct postfix *postfix, const struct postfix_service *service, const char *name)
{
	struct slice value = SLICE_NONE;

	if (!postfix_override(postfix, service, name, &value) &&
	    !postfix_setting(postfix->texts->settings, name, &value))
		return SLICE_NONE;
	return value;
}

bool
postfix_relays_first(const struct postfix *postfix, const struct postfix_service *service)
{
	return slice_equal(
	    postfix_value(postfix, service, "smtpd_relay_before_recipient_restrictions"),
	    SLICE("yes"));
}

/* "-" is the default, which was "y" before Postfix 3.0 and still is at that level. */
bool
postfix_is_chroot(const struct postfix *postfix, const struct postfix_service *service)
{
	struct slice level = SLICE_NONE;

	if (!slice_equal(service->chroot, SLICE("-")))
		return slice_equal(service->chroot, SLICE("y"));
	postfix_setting(postfix->texts->settings, "compatibility_level", &level);
	return level.len == 0 || *level.ptr == '0';
}

/* ---- is it our socket? ---- */

/* PATH as it is outside of the chroot; relative ones begin in the queue. */
static void
real_path(const struct postfix *postfix, struct slice path, bool chroot, char out[512])
{
	struct slice queue = SLICE_NONE;
	bool absolute = path.len > 0 && *path.ptr == '/';

	postfix_setting(postfix->texts->settings, "queue_directory", &queue);
	if (absolute && !chroot)
		queue = SLICE_NONE;
	snprintf(out, 512, "%.*s%s%.*s", (int)queue.len, queue.ptr == NULL ? "" : queue.ptr,
	    absolute ? "" : "/", (int)path.len, path.ptr);
}

static bool
listens_at(const struct config *config, const char *path)
{
	size_t i;

	for (i = 0; i < config->listen_n; i++)
		if (config->listen[i].kind == CONFIG_LISTEN_UNIX &&
		    strcmp(config->listen[i].path, path) == 0)
			return true;
	return false;
}

static enum postfix_found
find_unix(const struct postfix *postfix, struct slice path, bool chroot)
{
	char real[512], literal[512];

	real_path(postfix, path, chroot, real);
	real_path(postfix, path, false, literal);
	if (listens_at(postfix->config, real))
		return POSTFIX_ASKED;
	return chroot && listens_at(postfix->config, literal) ? POSTFIX_CHROOT : POSTFIX_NOT_ASKED;
}

bool
postfix_is_any(const struct addr *addr)
{
	return addr_equal(addr, &(struct addr){ .family = addr->family });
}

static bool
takes(const struct addr *listens, const struct addr *asked)
{
	return addr_equal(listens, asked) ||
	       (postfix_is_any(listens) && listens->family == asked->family);
}

/* "HOST:PORT" or "PORT"; a host that is a name may be any of ours. */
static enum postfix_found
find_inet(const struct postfix *postfix, struct slice text)
{
	const struct config *config = postfix->config;
	const char *colon = memrchr(text.ptr, ':', text.len);
	struct slice host = { text.ptr, colon == NULL ? 0 : (size_t)(colon - text.ptr) };
	struct slice port = { text.ptr + host.len + (colon != NULL),
		text.len - host.len - (colon != NULL) };
	char number[16];
	struct addr addr;
	size_t i;

	if (host.len > 1 && *host.ptr == '[')
		host = (struct slice){ host.ptr + 1, host.len - 2 };
	for (i = 0; i < config->listen_n; i++) {
		const struct config_listen *listen = &config->listen[i];

		snprintf(number, sizeof(number), "%u", (unsigned)listen->port);
		if (listen->kind == CONFIG_LISTEN_INET && slice_equal(port, slice_of(number)) &&
		    (addr_parse(host, &addr) == -1 || takes(&listen->addr, &addr)))
			return POSTFIX_ASKED;
	}
	return POSTFIX_NOT_ASKED;
}

static bool
take_prefix(struct slice *text, struct slice prefix)
{
	if (text->len < prefix.len || !slice_equal((struct slice){ text->ptr, prefix.len }, prefix))
		return false;
	text->ptr += prefix.len;
	text->len -= prefix.len;
	return true;
}

static enum postfix_found
find_server(const struct postfix *postfix, struct slice server, bool chroot)
{
	if (take_prefix(&server, SLICE("unix:")))
		return find_unix(postfix, server, chroot);
	take_prefix(&server, SLICE("inet:"));
	return find_inet(postfix, server);
}

/* ---- restrictions ---- */

struct reading {
	const struct postfix *postfix;
	const struct postfix_service *service;
	bool at_rcpt;                  /* the list at hand is evaluated there */
	bool destination, sasl, ended; /* seen so far */
	struct postfix_use use;
};

/* "NAME=VALUE" with blanks around the sign, as in { timeout = 10s }. */
static void
take_attribute(struct slice item, struct postfix_use *use)
{
	const char *equal = item.len == 0 ? NULL : memchr(item.ptr, '=', item.len);
	struct slice name, value;

	if (equal == NULL)
		return;
	name = slice_trim((struct slice){ item.ptr, (size_t)(equal - item.ptr) });
	value = slice_trim((struct slice){ equal + 1, item.len - (size_t)(equal + 1 - item.ptr) });
	if (slice_equal(name, SLICE("timeout")))
		use->timeout = value;
	else if (slice_equal(name, SLICE("default_action")))
		use->default_action = value;
}

/* What follows check_policy_service: a server, or with attributes in braces. */
static void
take_policy(struct reading *r, struct slice argument, const char *list)
{
	struct slice rest = argument, server, item;
	enum postfix_found found;

	if (r->use.found != POSTFIX_NOT_ASKED || !postfix_next_item(&rest, &server))
		return;
	found = find_server(r->postfix, server, postfix_is_chroot(r->postfix, r->service));
	if (found == POSTFIX_NOT_ASKED)
		return;
	if (!r->at_rcpt)
		found = POSTFIX_NOT_JUDGED;
	r->use = (struct postfix_use){ .found = found,
		.list = list,
		.server = server,
		.timeout = postfix_value(r->postfix, r->service, "smtpd_policy_service_timeout"),
		.default_action =
		    postfix_value(r->postfix, r->service, "smtpd_policy_service_default_action"),
		.after_destination = r->destination,
		.after_sasl = r->sasl,
		.unreachable = r->ended };
	while (postfix_next_item(&rest, &item))
		take_attribute(item, &r->use);
}

static bool
is_class(const struct reading *r, struct slice item)
{
	struct slice rest = postfix_value(r->postfix, r->service, "smtpd_restriction_classes"),
		     name;

	while (postfix_next_item(&rest, &name))
		if (slice_equal(name, item))
			return true;
	return false;
}

static void
read_list(struct reading *r, struct slice rest, const char *list, int depth)
{
	char name[NAME_BYTES];
	struct slice item;

	while (postfix_next_item(&rest, &item)) {
		r->destination |= is_destination(item);
		r->sasl |= slice_equal(item, SLICE("permit_sasl_authenticated"));
		r->ended |= postfix_is_end(item);
		if (slice_equal(item, SLICE("check_policy_service"))) {
			if (postfix_next_item(&rest, &item))
				take_policy(r, item, list);
		} else if (depth < CLASS_DEPTH && item.len < sizeof(name) && is_class(r, item)) {
			snprintf(name, sizeof(name), "%.*s", (int)item.len, item.ptr);
			read_list(r, postfix_value(r->postfix, r->service, name), list, depth + 1);
		}
	}
}

/* What a list permits or refuses holds for that list; a refused destination for all after it. */
struct postfix_use
postfix_find_use(const struct postfix *postfix, const struct postfix_service *service)
{
	bool relay_first = postfix_relays_first(postfix, service),
	     delays =
		 !slice_equal(postfix_value(postfix, service, "smtpd_delay_reject"), SLICE("no"));
	struct reading r = { .postfix = postfix, .service = service };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char *name = lists[i].name;
		bool late = !relay_first && strcmp(name, "smtpd_relay_restrictions") == 0,
		     before = r.destination;

		r.at_rcpt = lists[i].stage == AT_RCPT || (lists[i].stage == BEFORE_RCPT && delays);
		r.sasl = r.ended = false;
		read_list(&r, postfix_value(postfix, service, name), name, 0);
		if (late)
			r.destination = before;
	}
	return r.use;
}
