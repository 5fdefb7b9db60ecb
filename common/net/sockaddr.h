/* sockaddr.h - addresses with ports as the socket calls want them. */
#ifndef COMMON_NET_SOCKADDR_H
#define COMMON_NET_SOCKADDR_H

#include <sys/socket.h>

#include "common/net/addr.h"

/* Fills *TO, whose family then is AF_INET or AF_INET6; returns how much of it is the address. */
socklen_t sockaddr_of(const struct addr_port *from, struct sockaddr_storage *to);

/* The way back; FROM is AF_INET or AF_INET6. */
struct addr_port addr_port_of(const struct sockaddr *from);

#endif
