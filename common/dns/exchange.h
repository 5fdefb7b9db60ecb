/* exchange.h - one question on its way: by UDP, by TCP from server to server where the answer was
 * truncated, until its deadline at the latest; private to common/dns. */
#ifndef COMMON_DNS_EXCHANGE_H
#define COMMON_DNS_EXCHANGE_H

#include <ev.h>

#include "common/dns/answer.h"
#include "common/dns/udp.h"

/* How all questions go. */
struct exchange_ways {
	struct ev_loop *loop;
	struct udp *udp;
	struct addr_port servers[UDP_SERVERS_MAX];
	size_t server_n;
	int64_t timeout_ms;
	uint64_t tcp_n; /* how often TCP was tried */
};

/* ANSWER is taken. Nothing is under way any more when this is called. */
typedef void exchange_done(void *arg, struct dns_answer *answer);

/* A zeroed struct is not under way. */
struct exchange {
	struct exchange_ways *ways;
	struct slice name;
	enum dns_type type;
	struct udp_query *udp;
	struct tcp_query *tcp;
	size_t tcp_next; /* the server to try when TCP fails with the one at hand */
	ev_timer deadline;
	exchange_done *done;
	void *arg;
};

/* Sends the question for NAME, which is borrowed. DONE is called exactly once, from the loop, never
 * before this returns, unless exchange_stop() came before. */
void exchange_begin(struct exchange *exchange, struct exchange_ways *ways, struct slice name,
    enum dns_type type, exchange_done *done, void *arg);
/* Also for one that is not under way. */
void exchange_stop(struct exchange *exchange);

#endif
