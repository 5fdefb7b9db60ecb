/* value_list.c - see value.h: the types that are lists. */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/config/endpoint.h"
#include "common/config/value.h"

#define DNS_PORT 53

void
value_clear_listen(struct config *config)
{
	size_t i;

	for (i = 0; i < config->listen_n; i++) {
		free(config->listen[i].text);
		free(config->listen[i].path);
	}
	free(config->listen);
	config->listen = NULL;
	config->listen_n = 0;
}

int
value_set_listen(const struct field *field, struct config *config, const struct slice *items,
    size_t n, char *notice_out, struct err *err)
{
	size_t i, j;

	(void)field;
	(void)notice_out;
	value_clear_listen(config);
	if (n == 0)
		return err_set(err, ERR_CONFIG, "expected at least one address");
	config->listen = xcalloc(n, sizeof(*config->listen));
	for (i = 0; i < n; i++) {
		if (endpoint_listen(items[i], &config->listen[i], err) == -1)
			return -1;
		config->listen_n++;
		for (j = 0; j < i; j++)
			if (slice_equal(items[i], items[j]))
				return err_set(
				    err, ERR_CONFIG, "%s is there twice", config->listen[i].text);
	}
	return 0;
}

int
value_set_networks(const struct field *field, struct config *config, const struct slice *items,
    size_t n, char *notice_out, struct err *err)
{
	char text[ADDR_NET_TEXT_MAX];
	bool masked;
	size_t i;

	(void)field;
	config->trusted_networks =
	    xreallocarray(config->trusted_networks, n, sizeof(*config->trusted_networks));
	config->trusted_networks_n = n;
	for (i = 0; i < n; i++) {
		if (addr_net_parse(items[i], &config->trusted_networks[i], &masked, err) == -1)
			return err_wrap(err, "entry %zu", i + 1);
		if (masked)
			snprintf(notice_out, ERR_TEXT_MAX,
			    "entry %zu has host bits set; taken as %s", i + 1,
			    addr_net_format(&config->trusted_networks[i], text));
	}
	return 0;
}

int
value_set_servers(const struct field *field, struct config *config, const struct slice *items,
    size_t n, char *notice_out, struct err *err)
{
	size_t i;

	(void)field;
	(void)notice_out;
	config->dns_servers =
	    xreallocarray(config->dns_servers, n + 1, sizeof(*config->dns_servers));
	config->dns_servers_n = n;
	for (i = 0; i < n; i++)
		if (endpoint_server(items[i], DNS_PORT, &config->dns_servers[i], err) == -1)
			return n == 1 ? -1 : err_wrap(err, "entry %zu", i + 1);
	return 0;
}

int
value_set_fold(const struct field *field, struct config *config, const struct slice *items,
    size_t n, char *notice_out, struct err *err)
{
	unsigned bits = 0;
	size_t i;
	int at;

	(void)notice_out;
	for (i = 0; i < n; i++) {
		if ((at = value_word(field, items[i], err)) == -1)
			return -1;
		bits |= 1u << at;
	}
	*(unsigned *)value_member(field, config) = bits;
	return 0;
}

void
value_put_listen(const struct field *field, const struct config *config, struct buf *out)
{
	size_t i;

	(void)field;
	buf_add_char(out, '[');
	for (i = 0; i < config->listen_n; i++)
		buf_printf(out, "%s\"%s\"", i == 0 ? "" : ", ", config->listen[i].text);
	buf_add_char(out, ']');
}

void
value_put_networks(const struct field *field, const struct config *config, struct buf *out)
{
	char text[ADDR_NET_TEXT_MAX];
	size_t i;

	(void)field;
	buf_add_char(out, '[');
	for (i = 0; i < config->trusted_networks_n; i++)
		buf_printf(out, "%s\"%s\"", i == 0 ? "" : ", ",
		    addr_net_format(&config->trusted_networks[i], text));
	buf_add_char(out, ']');
}

void
value_put_servers(const struct field *field, const struct config *config, struct buf *out)
{
	size_t i;

	(void)field;
	buf_add_char(out, '[');
	for (i = 0; i < config->dns_servers_n; i++) {
		buf_add_text(out, i == 0 ? "\"" : ", \"");
		addr_port_add(out, &config->dns_servers[i]);
		buf_add_char(out, '"');
	}
	buf_add_char(out, ']');
}

void
value_put_fold(const struct field *field, const struct config *config, struct buf *out)
{
	unsigned bits = *(unsigned *)value_member(field, config);
	const char *separator = "";
	int i;

	buf_add_char(out, '[');
	for (i = 0; field->words[i] != NULL; i++)
		if (bits & 1u << i) {
			buf_printf(out, "%s%s", separator, field->words[i]);
			separator = ", ";
		}
	buf_add_char(out, ']');
}
