/* dns.h - asks the resolvers of the site, in a libev loop, without ever blocking.
 *
 * UDP by libudns, TCP where the answer was truncated (RFC 7766). Answers are kept by their TTL; the
 * same question asked twice at once is sent once. At most PARALLEL questions are under way, the
 * rest waits its turn; each has its deadline in monotonic time, from the moment it is sent. */
#ifndef COMMON_DNS_DNS_H
#define COMMON_DNS_DNS_H

#include <ev.h>

#include "common/base/err.h"
#include "common/dns/answer.h"

struct dns;

struct dns_options {
	const struct addr_port *servers; /* none: those of RESOLV_CONF */
	size_t server_n;
	const char *resolv_conf; /* NULL: /etc/resolv.conf; missing: 127.0.0.1, as resolv.conf(5) */
	int64_t timeout_ms;      /* for one question with all its repeats */
	size_t parallel;
	size_t cache_bytes; /* the cache forgets what was not used for longest */
};

#define DNS_SERVERS_MAX 6

/* The servers that PATH (NULL: /etc/resolv.conf) names; where it names none, 127.0.0.1. Returns how
 * many. */
size_t dns_resolv_conf(const char *path, struct addr_port servers[DNS_SERVERS_MAX]);

struct dns *dns_start(struct ev_loop *loop, const struct dns_options *options, struct err *err);
/* Drops what is under way without calling anyone. NULL is fine. */
void dns_stop(struct dns *dns);

struct ev_loop *dns_loop(const struct dns *dns);

/* What is known already, borrowed until the next call of any function here; NULL: must be asked. */
struct dns_answer *dns_cached(struct dns *dns, struct slice name, enum dns_type type);

struct dns_query;
/* ANSWER is borrowed. The query is gone when this is called. */
typedef void dns_done(void *arg, struct dns_answer *answer);

/* Asks; DONE is called exactly once, from the loop, never before this returns - also for a cached
 * answer, or a name that cannot be asked for (NOTHING) - unless dns_forget() came before. */
struct dns_query *dns_ask(
    struct dns *dns, struct slice name, enum dns_type type, dns_done *done, void *arg);
void dns_forget(struct dns_query *query);

struct dns_numbers {
	uint64_t asked, cached, sent, tcp, failed; /* since it was started */
	size_t under_way, waiting, cache_entries, cache_bytes;
};
void dns_numbers(const struct dns *dns, struct dns_numbers *numbers_out);

#endif
