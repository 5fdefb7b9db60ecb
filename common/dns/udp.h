/* udp.h - questions over UDP, by libudns: sending, repeating, matching answers to questions;
 * private to common/dns. Only packets come out: its typed parsers trust what they read, and its
 * header has names that ours have, too.
 *
 * libudns keeps one socket and so one source port for its life, and its ids are weak: a resolver on
 * loopback, where nobody else can answer, is the one to have. */
#ifndef COMMON_DNS_UDP_H
#define COMMON_DNS_UDP_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/net/addr.h"

#define UDP_SERVERS_MAX 6

struct udp;
struct udp_query;

/* True: this answer without an error helps as little as a failure, and the next server is asked. */
typedef bool udp_judge(const uint8_t *packet, size_t len);

struct udp *udp_open(struct ev_loop *loop, const struct addr_port *servers, size_t n,
    udp_judge *is_useless, struct err *err);
void udp_close(struct udp *udp); /* NULL is fine; nobody is called */

/* The last packet that answered the question, and its server; NULL when none came. The query is
 * gone when this is called. */
typedef void udp_done(void *arg, const uint8_t *packet, size_t len, const struct addr_port *server);

/* Asks for NAME, which is dns_name_valid(). DONE is called from the loop, sometime; or never after
 * udp_forget(). NULL when libudns refuses. */
struct udp_query *udp_ask(struct udp *udp, struct slice name, int type, udp_done *done, void *arg);
void udp_forget(struct udp_query *query);

#endif
