/* endpoint.c - see endpoint.h. */
#include "common/config/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "common/base/xalloc.h"
#include "common/config/value.h"

static int
parse_unix(struct slice path, struct config_listen *listen, struct err *err)
{
	const size_t longest = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (path.len == 0 || path.ptr[0] != '/')
		return err_set(err, ERR_CONFIG, "expected an absolute path after unix:");
	if (value_holds_nul(path))
		return err_set(err, ERR_CONFIG, "holds a NUL byte");
	if (path.len > longest)
		return err_set(err, ERR_CONFIG, "a socket path has at most %zu bytes", longest);
	listen->kind = CONFIG_LISTEN_UNIX;
	listen->path = xslicedup(path);
	return 0;
}

/* Where the address ends that TEXT begins with. */
static size_t
address_len(struct slice text)
{
	bool bracketed = text.len > 0 && text.ptr[0] == '[';
	const char *end = text.len == 0 ? NULL : memchr(text.ptr, bracketed ? ']' : ':', text.len);

	return end == NULL ? text.len : (size_t)(end - text.ptr) + bracketed;
}

static size_t
colons(struct slice text)
{
	size_t n = 0, i;

	for (i = 0; i < text.len; i++)
		n += text.ptr[i] == ':';
	return n;
}

static int
parse_port(struct slice text, uint16_t *port_out, struct err *err)
{
	int64_t number;

	if (text.len == 0 || text.ptr[0] != ':' ||
	    value_number((struct slice){ text.ptr + 1, text.len - 1 }, 10, &number) == -1 ||
	    number < 1 || number > 65535)
		return err_set(err, ERR_CONFIG, "expected a port from 1 to 65535 at the end");
	*port_out = (uint16_t)number;
	return 0;
}

/* ADDRESS:PORT, IPv6 in brackets. With DEFAULT_PORT other than 0 the port may be left out, and then
 * the brackets. */
static int
parse_endpoint(struct slice text, uint16_t default_port, struct addr *addr_out, uint16_t *port_out,
    struct err *err)
{
	size_t len = address_len(text);
	struct slice host = { text.ptr, len }, rest = { text.ptr + len, text.len - len };

	*port_out = default_port;
	if (default_port != 0 && addr_parse(text, addr_out) == 0)
		return 0;
	if (len > 1 && host.ptr[0] == '[' && host.ptr[len - 1] == ']')
		host = (struct slice){ host.ptr + 1, len - 2 };
	else if (colons(text) > 1)
		return err_set(
		    err, ERR_CONFIG, "put the IPv6 address in brackets, as in [::1]:10023");
	if (addr_parse(host, addr_out) == -1)
		return err_set(err, ERR_CONFIG, "expected an address, not a name");
	return rest.len == 0 && default_port != 0 ? 0 : parse_port(rest, port_out, err);
}

static int
parse_inet(struct slice text, struct config_listen *listen, struct err *err)
{
	listen->kind = CONFIG_LISTEN_INET;
	return parse_endpoint(text, 0, &listen->addr, &listen->port, err);
}

int
endpoint_listen(struct slice text, struct config_listen *listen, struct err *err)
{
	int result;

	if (text.len > 5 && memcmp(text.ptr, "unix:", 5) == 0)
		result = parse_unix((struct slice){ text.ptr + 5, text.len - 5 }, listen, err);
	else if (text.len > 5 && memcmp(text.ptr, "inet:", 5) == 0)
		result = parse_inet((struct slice){ text.ptr + 5, text.len - 5 }, listen, err);
	else
		result = err_set(err, ERR_CONFIG, "expected unix:PATH or inet:ADDRESS:PORT");
	if (result == 0)
		listen->text = xslicedup(text);
	return result;
}

int
endpoint_server(
    struct slice text, uint16_t default_port, struct addr_port *server_out, struct err *err)
{
	return parse_endpoint(text, default_port, &server_out->addr, &server_out->port, err);
}
