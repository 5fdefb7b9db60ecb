/* resolvers.h - whether each name server of the site answers, asked without waiting for it. Each
 * has a resolver of its own, without a cache: what was kept would always answer. */
#ifndef COMMON_DOCTOR_RESOLVERS_H
#define COMMON_DOCTOR_RESOLVERS_H

#include "common/config/config.h"
#include "common/dns/dns.h"
#include "common/doctor/verdict.h"

#define RESOLVERS_NAME "example.com" /* for documentation (RFC 2606), and it exists */
#define RESOLVER_TEXT_MAX (ADDR_TEXT_MAX + 8)

struct resolver {
	char text[RESOLVER_TEXT_MAX]; /* the address, its port when it is not 53 */
	enum { RESOLVER_ASKED, RESOLVER_ANSWERS, RESOLVER_FAILS } state;
	int64_t took_ms;
	const char *why; /* of RESOLVER_FAILS */
	/* private */
	struct resolvers *all;
	struct addr_port server;
	struct dns *dns;
	struct dns_query *query;
	int64_t sent_ms;
};

struct resolvers {
	struct ev_loop *loop;
	bool configured; /* by dns.servers, else by resolv.conf */
	size_t n;
	struct resolver each[DNS_SERVERS_MAX];
	size_t open_n; /* those that have not answered yet */
	int64_t timeout_ms;
	void (*changed)(void *arg); /* an answer, or the lack of one, is there */
	void *arg;
};

/* LOOP and what CONFIG holds must live as long. */
void resolvers_begin(struct resolvers *resolvers, struct ev_loop *loop, const struct config *config,
    void (*changed)(void *arg), void *arg);
void resolvers_end(struct resolvers *resolvers); /* a zeroed one is fine */

/* Asks them all. */
void resolvers_ask(struct resolvers *resolvers);

/* Says how those are that have answered, or have not in time. */
void resolvers_check(const struct resolvers *resolvers, struct verdicts *v);

/* "127.0.0.1, 127.0.0.1:5353" */
void resolvers_list(const struct resolvers *resolvers, struct buf *out);

#endif
