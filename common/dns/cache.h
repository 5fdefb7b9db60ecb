/* cache.h - answers by question, until their TTL is over; private to common/dns. Bounded in bytes:
 * what was not used for longest goes first. */
#ifndef COMMON_DNS_CACHE_H
#define COMMON_DNS_CACHE_H

#include "common/dns/answer.h"

struct dns_cache;

struct dns_cache *dns_cache_new(size_t bytes_max);
void dns_cache_free(struct dns_cache *cache); /* NULL is fine */

/* Takes a reference of its own; replaces an older answer. FAILED is not kept. */
void dns_cache_put(struct dns_cache *cache, struct slice name, enum dns_type type,
    struct dns_answer *answer, int64_t now_ms);
/* Borrowed until the next call; NULL when there is none that is still good. */
struct dns_answer *dns_cache_get(
    struct dns_cache *cache, struct slice name, enum dns_type type, int64_t now_ms);

size_t dns_cache_count(const struct dns_cache *cache);
size_t dns_cache_bytes(const struct dns_cache *cache);

#endif
