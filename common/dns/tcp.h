/* tcp.h - one question over one TCP connection (RFC 7766), for answers that do not fit UDP; private
 * to common/dns. Deadlines are the caller's. */
#ifndef COMMON_DNS_TCP_H
#define COMMON_DNS_TCP_H

#include <ev.h>
#include <stddef.h>
#include <stdint.h>

#include "common/dns/answer.h"

struct tcp_query;

/* The answer's packet, or NULL when there was none: refused, closed early, another question. The
 * query is gone when this is called. */
typedef void tcp_done(void *arg, const uint8_t *packet, size_t len);

/* DONE is called from the loop unless tcp_forget() came before. NULL when it could not begin. */
struct tcp_query *tcp_ask(struct ev_loop *loop, const struct addr_port *server, struct slice name,
    enum dns_type type, tcp_done *done, void *arg);
void tcp_forget(struct tcp_query *query);

#endif
