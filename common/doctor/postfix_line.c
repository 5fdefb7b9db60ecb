/* postfix_line.c - see postfix_line.h. */
#include "common/doctor/postfix_line.h"

#include <string.h>

#define ATTRIBUTES ", timeout=10s, default_action=DUNNO }"

/* A socket that takes connections at every address is asked at that of the machine itself. */
static void
add_inet(const struct config_listen *listen, struct buf *out)
{
	if (!postfix_is_any(&listen->addr))
		buf_add_text(out, listen->text);
	else
		buf_printf(out, "inet:%s:%u",
		    listen->addr.family == ADDR_V4 ? "127.0.0.1" : "[::1]", (unsigned)listen->port);
}

bool
postfix_server(const struct postfix *postfix, bool chroot, struct buf *out)
{
	const struct config *config = postfix->config;
	struct slice queue = SLICE_NONE;
	size_t i;

	postfix_setting(postfix->texts->settings, "queue_directory", &queue);
	for (i = 0; i < config->listen_n; i++) {
		const struct config_listen *listen = &config->listen[i];
		bool below = listen->kind == CONFIG_LISTEN_UNIX && queue.len > 0 &&
			     strncmp(listen->path, queue.ptr, queue.len) == 0 &&
			     listen->path[queue.len] == '/';

		if (listen->kind == CONFIG_LISTEN_UNIX && chroot && !below)
			continue;
		if (below)
			buf_printf(out, "unix:%s", listen->path + queue.len + 1);
		else if (listen->kind == CONFIG_LISTEN_INET)
			add_inet(listen, out);
		else
			buf_add_text(out, listen->text);
		return true;
	}
	return false;
}

bool
postfix_question(
    const struct postfix *postfix, const struct postfix_service *service, struct buf *out)
{
	buf_add_text(out, "check_policy_service { ");
	if (!postfix_server(postfix, postfix_is_chroot(postfix, service), out))
		return false;
	buf_add_text(out, ATTRIBUTES);
	return !out->cut;
}

static bool
holds(struct slice list, const char *word)
{
	struct slice item;

	while (postfix_next_item(&list, &item))
		if (slice_equal(item, slice_of(word)))
			return true;
	return false;
}

static bool
checks_destination(struct slice list)
{
	return holds(list, "reject_unauth_destination") || holds(list, "defer_unauth_destination");
}

/* What POSTFIX_LIST lacks before the question. Where the relay list has checked the destination it
 * is not checked again: that could refuse whom that list lets relay. */
static void
add_missing(const struct postfix *postfix, const struct postfix_service *service, struct slice list,
    struct buf *out)
{
	static const char *const permits[] = { "permit_mynetworks", "permit_sasl_authenticated" };
	size_t i;

	if (checks_destination(list) || holds(list, "reject") || holds(list, "defer"))
		return;
	for (i = 0; i < sizeof(permits) / sizeof(permits[0]); i++)
		if (!holds(list, permits[i]))
			buf_printf(out, "%s, ", permits[i]);
	if (!postfix_relays_first(postfix, service) ||
	    !checks_destination(postfix_value(postfix, service, "smtpd_relay_restrictions")))
		buf_add_text(out, "reject_unauth_destination, ");
}

/* Where POSTFIX_LIST ends for everybody, or is at its end. */
static struct slice
end_of_list(struct slice list)
{
	struct slice rest = list, item;

	while (postfix_next_item(&rest, &item))
		if (postfix_is_end(item))
			return (struct slice){ item.ptr, (size_t)(list.ptr + list.len - item.ptr) };
	return (struct slice){ list.ptr + list.len, 0 };
}

static struct slice
without_comma(struct slice list)
{
	list = slice_trim(list);
	while (list.len > 0 && list.ptr[list.len - 1] == ',')
		list = slice_trim((struct slice){ list.ptr, list.len - 1 });
	return list;
}

/* The restrictions at hand with the question where it belongs: behind the check of destinations,
 * before an item that ends the list. */
static bool
propose_list(const struct postfix *postfix, const struct postfix_service *service, struct buf *out)
{
	struct slice whole = postfix_value(postfix, service, POSTFIX_LIST), end, list;

	if (whole.ptr == NULL)
		whole = SLICE("");
	end = end_of_list(whole);
	list = without_comma((struct slice){ whole.ptr, (size_t)(end.ptr - whole.ptr) });
	buf_add_text(out, POSTFIX_LIST " = ");
	buf_add(out, list);
	buf_add_text(out, list.len > 0 ? ", " : "");
	add_missing(postfix, service, whole, out);
	if (!postfix_question(postfix, service, out))
		return false;
	buf_add_text(out, end.len > 0 ? ", " : "");
	buf_add(out, end);
	return !out->cut;
}

/* Whether it can be shown as it is: it comes from the files of the operator. */
static bool
is_printable(const struct buf *text)
{
	size_t i;

	for (i = 0; i < text->len; i++)
		if (text->ptr[i] < 0x20 || text->ptr[i] > 0x7e)
			return false;
	return true;
}

bool
postfix_line(
    const struct postfix *postfix, const struct postfix_service *service, bool own, struct buf *out)
{
	bool good;

	buf_add_text(out, own ? "  -o { " : "");
	good = propose_list(postfix, service, out);
	buf_add_text(out, own ? " }" : "");
	return good && !out->cut && is_printable(out);
}
