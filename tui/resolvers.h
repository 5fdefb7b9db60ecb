/* resolvers.h - whether each name server of the site answers, asked now and then without waiting
 * for it. Each has a resolver of its own, without a cache: what was kept would always answer. */
#ifndef TUI_RESOLVERS_H
#define TUI_RESOLVERS_H

#include "common/config/config.h"
#include "common/dns/dns.h"

#define RESOLVERS_EVERY_MS 30000
#define RESOLVERS_NAME "example.com" /* for documentation (RFC 2606), and it exists */

struct resolver {
	char text[ADDR_TEXT_MAX + 8]; /* the address, its port when it is not 53 */
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
	int64_t timeout_ms, asked_ms;
	void (*changed)(void *arg); /* an answer, or the lack of one, is there */
	void *arg;
};

/* LOOP and what CONFIG holds must live as long. */
void resolvers_begin(struct resolvers *resolvers, struct ev_loop *loop, const struct config *config,
    void (*changed)(void *arg), void *arg);
void resolvers_end(struct resolvers *resolvers);

/* Asks them all, when the last time is long enough ago. */
void resolvers_ask(struct resolvers *resolvers, int64_t now_ms);

#endif
