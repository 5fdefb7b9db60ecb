/* sockaddr.c - see sockaddr.h. */
#include "common/net/sockaddr.h"

#include <netinet/in.h>
#include <string.h>

socklen_t
sockaddr_of(const struct addr_port *from, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (from->addr.family == ADDR_V4) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(from->port);
		memcpy(&v4->sin_addr, from->addr.bytes, 4);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(from->port);
	memcpy(&v6->sin6_addr, from->addr.bytes, 16);
	return sizeof(*v6);
}

/* An IPv4 address comes mapped from a socket that has IPv6 as well. */
struct addr_port
addr_port_of(const struct sockaddr *from)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
	struct addr_port out = { .addr.family = ADDR_V4 };

	if (from->sa_family == AF_INET) {
		out.port = ntohs(v4->sin_port);
		memcpy(out.addr.bytes, &v4->sin_addr, 4);
		return out;
	}
	out.port = ntohs(v6->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		memcpy(out.addr.bytes, (const uint8_t *)&v6->sin6_addr + 12, 4);
	} else {
		out.addr.family = ADDR_V6;
		memcpy(out.addr.bytes, &v6->sin6_addr, 16);
	}
	return out;
}
