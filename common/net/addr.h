/* addr.h - IPv4 and IPv6 addresses and networks.
 * An IPv4-mapped IPv6 address (::ffff:192.0.2.1, RFC 4291 2.5.5.2) is IPv4 from here on. */
#ifndef COMMON_NET_ADDR_H
#define COMMON_NET_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

#define ADDR_TEXT_MAX 46
#define ADDR_NET_TEXT_MAX 50

enum addr_family { ADDR_V4, ADDR_V6 };

struct addr {
	enum addr_family family;
	uint8_t bytes[16]; /* network order; the first 4 for IPv4, the rest zero */
};

struct addr_net {
	struct addr addr; /* no host bits set */
	uint8_t prefix;   /* 0..32 or 0..128 */
};

struct addr_port {
	struct addr addr;
	uint16_t port;
};

unsigned addr_bits(enum addr_family family); /* 32 or 128 */

/* Any text form of RFC 4291 2.2; a zone (%eth0) is dropped. IPv4 is four decimal octets without
 * leading zeros: 010.1.1.1 and 1.2.3 are refused, they mean different things to different
 * programs. Returns 0, or -1 when TEXT is no address. */
int addr_parse(struct slice text, struct addr *addr_out);

/* An address (exact) or ADDRESS/PREFIX. Host bits are masked off and *MASKED_OUT (may be NULL)
 * says so. ::ffff:a.b.c.d/n with n >= 96 is the IPv4 network /n-96. */
int addr_net_parse(struct slice text, struct addr_net *net_out, bool *masked_out, struct err *err);

/* The network of ADDR with that prefix length of its family. */
struct addr_net addr_net_of(const struct addr *addr, unsigned prefix_v4, unsigned prefix_v6);
bool addr_net_contains(const struct addr_net *net, const struct addr *addr);
bool addr_equal(const struct addr *a, const struct addr *b);

/* Canonical text (RFC 5952). addr_net_format() leaves out the prefix of a single address. Return
 * OUT. */
const char *addr_format(const struct addr *addr, char out[ADDR_TEXT_MAX]);
const char *addr_net_format(const struct addr_net *net, char out[ADDR_NET_TEXT_MAX]);

/* Adds ADDRESS:PORT, IPv6 in brackets. */
void addr_port_add(struct buf *out, const struct addr_port *at);

#endif
