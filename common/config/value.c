/* value.c - one value of each type: from text, to text. A type is a row of the table at the end. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/config/fields.h"

#define REPLY_MAX 400
#define DNS_PORT 53

static void *
member(const struct field *field, const struct config *config)
{
	return (char *)config + field->offset;
}

static int
set_string(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	char **at = member(field, config);

	if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
		return err_set(err, ERR_CONFIG, "holds a NUL byte");
	free(*at);
	*at = xslicedup(text);
	return 0;
}

static int
set_bool(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	bool yes = slice_equal_nocase(text, SLICE("true")) ||
		   slice_equal_nocase(text, SLICE("yes")) || slice_equal_nocase(text, SLICE("on"));
	bool no = slice_equal_nocase(text, SLICE("false")) ||
		  slice_equal_nocase(text, SLICE("no")) || slice_equal_nocase(text, SLICE("off"));

	if (!yes && !no)
		return err_set(err, ERR_CONFIG, "expected true or false");
	*(bool *)member(field, config) = yes;
	return 0;
}

/* A whole number in BASE, the whole of TEXT. */
static int
parse_number(struct slice text, int base, int64_t *number_out)
{
	char copy[32], *end;

	if (text.len == 0 || text.len >= sizeof(copy) || text.ptr[0] < '0' || text.ptr[0] > '9')
		return -1;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	errno = 0;
	*number_out = strtoll(copy, &end, base);
	return *end != '\0' || errno != 0 ? -1 : 0;
}

static int
set_number(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	int64_t number;

	if (parse_number(text, 10, &number) == -1 || number < field->min || number > field->max)
		return err_set(err, ERR_CONFIG, "expected a number from %" PRId64 " to %" PRId64,
		    field->min, field->max);
	*(int64_t *)member(field, config) = number;
	return 0;
}

static int
set_duration(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	char min[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];
	int64_t seconds;

	if (duration_parse(text, &seconds) == -1)
		return err_set(err, ERR_CONFIG, "expected a duration such as 180s, 5m, 2h or 35d");
	if (seconds < field->min || seconds > field->max)
		return err_set(err, ERR_CONFIG, "expected a duration from %s to %s",
		    duration_format(field->min, min), duration_format(field->max, max));
	*(int64_t *)member(field, config) = seconds;
	return 0;
}

static int
find_word(const struct field *field, struct slice text, struct err *err)
{
	char list[128];
	struct buf b;
	int i;

	buf_init(&b, list, sizeof(list));
	for (i = 0; field->words[i] != NULL; i++) {
		if (slice_equal(text, slice_of(field->words[i])))
			return i;
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", field->words[i]);
	}
	return err_set(err, ERR_CONFIG, "expected one of: %s", list);
}

static int
set_word(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	int at = find_word(field, text, err);

	if (at == -1)
		return -1;
	*(unsigned *)member(field, config) = (unsigned)at;
	return 0;
}

static int
set_mode(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	int64_t mode;

	if (parse_number(text, 8, &mode) == -1 || mode > field->max)
		return err_set(err, ERR_CONFIG, "expected an octal mode such as \"0660\"");
	*(mode_t *)member(field, config) = (mode_t)mode;
	return 0;
}

/* A code of three digits that begins with CLASS, then text. */
static bool
is_coded(struct slice text, char class)
{
	return text.len > 4 && text.ptr[0] == class && text.ptr[1] >= '0' && text.ptr[1] <= '9' &&
	       text.ptr[2] >= '0' && text.ptr[2] <= '9' && text.ptr[3] == ' ';
}

static bool
begins_with(struct slice text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && memcmp(text.ptr, word, len) == 0 &&
	       (text.len == len || text.ptr[len] == ' ');
}

static int
set_reply(const struct field *field, struct config *config, struct slice text, struct err *err)
{
	bool defers = field->type == FIELD_DEFERRAL;
	bool right = defers ? is_coded(text, '4') || begins_with(text, "DEFER") ||
				  begins_with(text, "DEFER_IF_PERMIT")
			    : is_coded(text, '5') || begins_with(text, "REJECT");
	size_t i;

	if (text.len > REPLY_MAX)
		return err_set(err, ERR_CONFIG, "expected at most %d bytes", REPLY_MAX);
	for (i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return err_set(err, ERR_CONFIG, "holds a control character");
	if (!right)
		return err_set(err, ERR_CONFIG, "expected %s",
		    defers ? "a 4NN code and a text, DEFER or DEFER_IF_PERMIT"
			   : "a 5NN code and a text, or REJECT");
	if (begins_with(text, "421"))
		return err_set(
		    err, ERR_CONFIG, "421 makes Postfix drop the connection; take 451 instead");
	return set_string(field, config, text, err);
}

static int
parse_unix(struct slice path, struct config_listen *listen, struct err *err)
{
	const size_t longest = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (path.len == 0 || path.ptr[0] != '/')
		return err_set(err, ERR_CONFIG, "expected an absolute path after unix:");
	if (path.len > longest)
		return err_set(err, ERR_CONFIG, "a socket path has at most %zu bytes", longest);
	listen->kind = CONFIG_LISTEN_UNIX;
	listen->path = xslicedup(path);
	return 0;
}

/* ADDRESS:PORT, IPv6 in brackets. With DEFAULT_PORT other than 0 the port may be left out. */
static int
parse_endpoint(struct slice text, int64_t default_port, struct addr *addr_out, uint16_t *port_out,
    struct err *err)
{
	struct slice host = text, port = SLICE_NONE;
	int64_t number = default_port;
	bool bare = default_port != 0 && addr_parse(text, addr_out) == 0;
	size_t i;

	for (i = bare ? 0 : text.len; i > 0; i--)
		if (text.ptr[i - 1] == ':') {
			host.len = i - 1;
			port = (struct slice){ text.ptr + i, text.len - i };
			break;
		}
	if (host.len > 1 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = (struct slice){ host.ptr + 1, host.len - 2 };
	else if (!bare && host.len > 0 && memchr(host.ptr, ':', host.len) != NULL)
		return err_set(
		    err, ERR_CONFIG, "put the IPv6 address in brackets, as in [::1]:10023");
	if (!bare && addr_parse(host, addr_out) == -1)
		return err_set(err, ERR_CONFIG, "expected an address, not a name");
	if (!bare && (parse_number(port, 10, &number) == -1 || number < 1 || number > 65535))
		return err_set(err, ERR_CONFIG, "expected a port from 1 to 65535 at the end");
	*port_out = (uint16_t)number;
	return 0;
}

static int
parse_inet(struct slice text, struct config_listen *listen, struct err *err)
{
	listen->kind = CONFIG_LISTEN_INET;
	return parse_endpoint(text, 0, &listen->addr, &listen->port, err);
}

static int
parse_listen(struct slice text, struct config_listen *listen, struct err *err)
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

static void
clear_listen(struct config *config)
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

static int
set_listen(const struct field *field, struct config *config, const struct slice *items, size_t n,
    char *notice_out, struct err *err)
{
	size_t i, j;

	(void)field;
	(void)notice_out;
	clear_listen(config);
	if (n == 0)
		return err_set(err, ERR_CONFIG, "expected at least one address");
	config->listen = xcalloc(n, sizeof(*config->listen));
	for (i = 0; i < n; i++) {
		if (parse_listen(items[i], &config->listen[i], err) == -1)
			return -1;
		config->listen_n++;
		for (j = 0; j < i; j++)
			if (slice_equal(items[i], items[j]))
				return err_set(
				    err, ERR_CONFIG, "%s is there twice", config->listen[i].text);
	}
	return 0;
}

static int
set_networks(const struct field *field, struct config *config, const struct slice *items, size_t n,
    char *notice_out, struct err *err)
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

static int
set_servers(const struct field *field, struct config *config, const struct slice *items, size_t n,
    char *notice_out, struct err *err)
{
	size_t i;

	(void)field;
	(void)notice_out;
	config->dns_servers =
	    xreallocarray(config->dns_servers, n + 1, sizeof(*config->dns_servers));
	config->dns_servers_n = n;
	for (i = 0; i < n; i++)
		if (parse_endpoint(items[i], DNS_PORT, &config->dns_servers[i].addr,
			&config->dns_servers[i].port, err) == -1)
			return n == 1 ? -1 : err_wrap(err, "entry %zu", i + 1);
	return 0;
}

static int
set_fold(const struct field *field, struct config *config, const struct slice *items, size_t n,
    char *notice_out, struct err *err)
{
	unsigned bits = 0;
	size_t i;
	int at;

	(void)notice_out;
	for (i = 0; i < n; i++) {
		if ((at = find_word(field, items[i], err)) == -1)
			return -1;
		bits |= 1u << at;
	}
	*(unsigned *)member(field, config) = bits;
	return 0;
}

static void
put_text(const struct field *field, const struct config *config, struct buf *out)
{
	const char *text = *(char **)member(field, config);

	buf_printf(out, "\"%s\"", text == NULL ? "" : text);
}

static void
put_bool(const struct field *field, const struct config *config, struct buf *out)
{
	buf_add_text(out, *(bool *)member(field, config) ? "true" : "false");
}

static void
put_number(const struct field *field, const struct config *config, struct buf *out)
{
	buf_printf(out, "%" PRId64, *(int64_t *)member(field, config));
}

static void
put_duration(const struct field *field, const struct config *config, struct buf *out)
{
	char text[DURATION_TEXT_MAX];

	buf_add_text(out, duration_format(*(int64_t *)member(field, config), text));
}

static void
put_word(const struct field *field, const struct config *config, struct buf *out)
{
	buf_add_text(out, field->words[*(unsigned *)member(field, config)]);
}

static void
put_mode(const struct field *field, const struct config *config, struct buf *out)
{
	buf_printf(out, "\"%04o\"", (unsigned)*(mode_t *)member(field, config));
}

static void
put_listen(const struct field *field, const struct config *config, struct buf *out)
{
	size_t i;

	(void)field;
	buf_add_char(out, '[');
	for (i = 0; i < config->listen_n; i++)
		buf_printf(out, "%s\"%s\"", i == 0 ? "" : ", ", config->listen[i].text);
	buf_add_char(out, ']');
}

static void
put_networks(const struct field *field, const struct config *config, struct buf *out)
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

static void
put_servers(const struct field *field, const struct config *config, struct buf *out)
{
	char text[ADDR_TEXT_MAX];
	size_t i;

	(void)field;
	buf_add_char(out, '[');
	for (i = 0; i < config->dns_servers_n; i++) {
		const struct addr_port *server = &config->dns_servers[i];
		bool v6 = server->addr.family == ADDR_V6;

		buf_printf(out, "%s\"%s%s%s:%u\"", i == 0 ? "" : ", ", v6 ? "[" : "",
		    addr_format(&server->addr, text), v6 ? "]" : "", server->port);
	}
	buf_add_char(out, ']');
}

static void
put_fold(const struct field *field, const struct config *config, struct buf *out)
{
	unsigned bits = *(unsigned *)member(field, config);
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

typedef int set_one(
    const struct field *field, struct config *config, struct slice text, struct err *err);
typedef int set_list(const struct field *field, struct config *config, const struct slice *items,
    size_t n, char *notice_out, struct err *err);

static const struct {
	set_one *set;
	set_list *set_list;
	void (*put)(const struct field *field, const struct config *config, struct buf *out);
} types[] = {
	[FIELD_STRING] = { set_string, NULL, put_text },
	[FIELD_BOOL] = { set_bool, NULL, put_bool },
	[FIELD_NUMBER] = { set_number, NULL, put_number },
	[FIELD_DURATION] = { set_duration, NULL, put_duration },
	[FIELD_WORD] = { set_word, NULL, put_word },
	[FIELD_MODE] = { set_mode, NULL, put_mode },
	[FIELD_DEFERRAL] = { set_reply, NULL, put_text },
	[FIELD_REJECTION] = { set_reply, NULL, put_text },
	[FIELD_LISTEN] = { NULL, set_listen, put_listen },
	[FIELD_NETWORKS] = { NULL, set_networks, put_networks },
	[FIELD_SERVERS] = { NULL, set_servers, put_servers },
	[FIELD_FOLD] = { NULL, set_fold, put_fold },
};

int
field_set(const struct field *field, struct config *config, const struct slice *items, size_t n,
    char *notice_out, struct err *err)
{
	notice_out[0] = '\0';
	if (types[field->type].set_list != NULL)
		return types[field->type].set_list(field, config, items, n, notice_out, err);
	return types[field->type].set(field, config, items[0], err);
}

void
field_set_default(const struct field *field, struct config *config, const char *value)
{
	char notice[ERR_TEXT_MAX];
	struct slice items[8];
	const char *comma;
	size_t n = 0;

	for (; field_is_list(field) && (comma = strstr(value, ", ")) != NULL; value = comma + 2)
		items[n++] = (struct slice){ value, (size_t)(comma - value) };
	if (!field_is_list(field) || *value != '\0')
		items[n++] = slice_of(value);
	if (field_set(field, config, items, n, notice, NULL) == -1)
		abort(); /* a default that does not parse is a defect; tests read them all */
}

void
field_format(const struct field *field, const struct config *config, struct buf *out)
{
	types[field->type].put(field, config, out);
}

void
field_clear(const struct field *field, struct config *config)
{
	switch (field->type) {
	case FIELD_STRING:
	case FIELD_DEFERRAL:
	case FIELD_REJECTION: free(*(char **)member(field, config)); break;
	case FIELD_LISTEN: clear_listen(config); break;
	case FIELD_NETWORKS: free(config->trusted_networks); break;
	case FIELD_SERVERS: free(config->dns_servers); break;
	default: break;
	}
}
