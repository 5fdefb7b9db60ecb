/* addr.c - see addr.h. */
#include "common/net/addr.h"

#include <arpa/inet.h>
#include <string.h>

#define MAPPED_BITS 96

static const uint8_t mapped_head[12] = { [10] = 0xff, [11] = 0xff };

unsigned
addr_bits(enum addr_family family)
{
	return family == ADDR_V4 ? 32 : 128;
}

/* A decimal number of at most MAX without leading zeros, the whole of TEXT; -1 otherwise. */
static int
decimal(struct slice text, int max)
{
	int number = 0;
	size_t i;

	if (text.len == 0 || text.len > 3 || (text.len > 1 && text.ptr[0] == '0'))
		return -1;
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		number = number * 10 + (text.ptr[i] - '0');
	}
	return number <= max ? number : -1;
}

/* Takes what is before SEPARATOR off the front of TEXT; all of it when there is none. */
static struct slice
take_until(struct slice *text, char separator)
{
	const char *end = text->len == 0 ? NULL : memchr(text->ptr, separator, text->len);
	struct slice head = { text->ptr, end == NULL ? text->len : (size_t)(end - text->ptr) };
	size_t taken = end == NULL ? head.len : head.len + 1;

	text->ptr += taken;
	text->len -= taken;
	return head;
}

static int
parse_v4(struct slice text, struct addr *addr_out)
{
	struct addr addr = { .family = ADDR_V4 };
	int i, octet;

	for (i = 0; i < 4; i++) {
		bool last = memchr(text.ptr, '.', text.len) == NULL;

		if (text.len == 0 || last != (i == 3))
			return -1;
		octet = decimal(take_until(&text, '.'), 255);
		if (octet == -1)
			return -1;
		addr.bytes[i] = (uint8_t)octet;
	}
	*addr_out = addr;
	return 0;
}

static int
parse_v6(struct slice text, struct addr *addr_out)
{
	struct slice number = take_until(&text, '%');
	struct addr addr = { .family = ADDR_V6 };
	char copy[INET6_ADDRSTRLEN];

	if (number.len >= sizeof(copy) || memchr(number.ptr, '\0', number.len) != NULL)
		return -1;
	memcpy(copy, number.ptr, number.len);
	copy[number.len] = '\0';
	if (inet_pton(AF_INET6, copy, addr.bytes) != 1)
		return -1;
	*addr_out = addr;
	return 0;
}

static bool
is_mapped(const struct addr *addr)
{
	return addr->family == ADDR_V6 &&
	       memcmp(addr->bytes, mapped_head, sizeof(mapped_head)) == 0;
}

static struct addr
unmapped(const struct addr *addr)
{
	struct addr v4 = { .family = ADDR_V4 };

	memcpy(v4.bytes, addr->bytes + sizeof(mapped_head), 4);
	return v4;
}

/* As addr_parse(), a mapped address left as it is: a network needs its prefix first. */
static int
parse_any(struct slice text, struct addr *addr_out)
{
	if (text.len == 0)
		return -1;
	return memchr(text.ptr, ':', text.len) == NULL ? parse_v4(text, addr_out)
						       : parse_v6(text, addr_out);
}

int
addr_parse(struct slice text, struct addr *addr_out)
{
	if (parse_any(text, addr_out) == -1)
		return -1;
	if (is_mapped(addr_out))
		*addr_out = unmapped(addr_out);
	return 0;
}

/* Clears the bits of ADDR beyond PREFIX; says whether there were any. */
static bool
mask_host_bits(struct addr *addr, unsigned prefix)
{
	bool masked = false;
	unsigned i;

	for (i = 0; i < addr_bits(addr->family) / 8; i++) {
		unsigned kept = prefix <= i * 8 ? 0 : prefix - i * 8;
		uint8_t mask = kept >= 8 ? 0xff : (uint8_t)(0xff00u >> kept);

		masked = masked || (addr->bytes[i] & ~mask) != 0;
		addr->bytes[i] &= mask;
	}
	return masked;
}

int
addr_net_parse(struct slice text, struct addr_net *net_out, bool *masked_out, struct err *err)
{
	struct slice rest = text;
	bool has_prefix = text.len > 0 && memchr(text.ptr, '/', text.len) != NULL;
	struct slice head = take_until(&rest, '/');
	struct addr addr;
	int prefix;
	bool masked;

	if (parse_any(head, &addr) == -1)
		return err_set(err, ERR_DATA, "not an address or network");
	prefix = (int)addr_bits(addr.family);
	if (has_prefix && (prefix = decimal(rest, prefix)) == -1)
		return err_set(err, ERR_DATA, "the prefix length is a number from 0 to %u",
		    addr_bits(addr.family));
	if (is_mapped(&addr) && prefix >= MAPPED_BITS) {
		addr = unmapped(&addr);
		prefix -= MAPPED_BITS;
	}
	masked = mask_host_bits(&addr, (unsigned)prefix);
	if (masked_out != NULL)
		*masked_out = masked;
	*net_out = (struct addr_net){ addr, (uint8_t)prefix };
	return 0;
}

struct addr_net
addr_net_of(const struct addr *addr, unsigned prefix_v4, unsigned prefix_v6)
{
	unsigned prefix = addr->family == ADDR_V4 ? prefix_v4 : prefix_v6;
	struct addr_net net = { *addr, (uint8_t)prefix };

	mask_host_bits(&net.addr, prefix);
	return net;
}

bool
addr_net_contains(const struct addr_net *net, const struct addr *addr)
{
	struct addr masked = *addr;

	if (addr->family != net->addr.family)
		return false;
	mask_host_bits(&masked, net->prefix);
	return addr_equal(&masked, &net->addr);
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, addr_bits(a->family) / 8) == 0;
}

static const char *
format_v4(const struct addr *addr, char out[ADDR_TEXT_MAX])
{
	struct buf b;
	int i;

	buf_init(&b, out, ADDR_TEXT_MAX);
	for (i = 0; i < 4; i++) {
		if (i > 0)
			buf_add_char(&b, '.');
		buf_add_int(&b, addr->bytes[i]);
	}
	return out;
}

const char *
addr_format(const struct addr *addr, char out[ADDR_TEXT_MAX])
{
	return addr->family == ADDR_V4 ? format_v4(addr, out)
				       : inet_ntop(AF_INET6, addr->bytes, out, ADDR_TEXT_MAX);
}

const char *
addr_net_format(const struct addr_net *net, char out[ADDR_NET_TEXT_MAX])
{
	char text[ADDR_TEXT_MAX];
	struct buf b;

	buf_init(&b, out, ADDR_NET_TEXT_MAX);
	buf_add_text(&b, addr_format(&net->addr, text));
	if (net->prefix < addr_bits(net->addr.family)) {
		buf_add_char(&b, '/');
		buf_add_int(&b, net->prefix);
	}
	return out;
}

void
addr_port_add(struct buf *out, const struct addr_port *at)
{
	bool v6 = at->addr.family == ADDR_V6;
	char text[ADDR_TEXT_MAX];

	buf_printf(
	    out, "%s%s%s:%u", v6 ? "[" : "", addr_format(&at->addr, text), v6 ? "]" : "", at->port);
}
