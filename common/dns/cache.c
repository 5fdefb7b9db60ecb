/* cache.c - see cache.h. Chains of a fixed hash table hold the entries, a ring orders them by last
 * use. */
#include "common/dns/cache.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

#define CHAINS 4096
#define TTL_MAX_S 86400

struct entry {
	struct entry *chain;         /* the next of the same hash */
	struct entry *newer, *older; /* the ring */
	struct dns_answer *answer;
	int64_t until_ms;
	size_t bytes;
	enum dns_type type;
	size_t name_len;
	char name[DNS_NAME_MAX];
};

struct dns_cache {
	struct entry *chains[CHAINS];
	struct entry ring; /* ring.older is the one used last, ring.newer the one for longest not */
	uint8_t key[crypto_shorthash_KEYBYTES];
	size_t bytes_max, bytes, n;
};

struct dns_cache *
dns_cache_new(size_t bytes_max)
{
	struct dns_cache *cache = xcalloc(1, sizeof(*cache));

	cache->ring.newer = cache->ring.older = &cache->ring;
	cache->bytes_max = bytes_max;
	crypto_shorthash_keygen(cache->key);
	return cache;
}

static struct entry **
chain_of(struct dns_cache *cache, struct slice name, enum dns_type type)
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t number;

	crypto_shorthash(hash, (const unsigned char *)name.ptr, name.len, cache->key);
	memcpy(&number, hash, sizeof(number));
	return &cache->chains[(number + (unsigned)type) % CHAINS];
}

/* The place that points to the entry, or to NULL at the end of the chain. */
static struct entry **
find(struct dns_cache *cache, struct slice name, enum dns_type type)
{
	struct entry **place = chain_of(cache, name, type);

	while (*place != NULL &&
	       ((*place)->type != type ||
		   !slice_equal((struct slice){ (*place)->name, (*place)->name_len }, name)))
		place = &(*place)->chain;
	return place;
}

static void
unlink_ring(struct entry *entry)
{
	entry->newer->older = entry->older;
	entry->older->newer = entry->newer;
}

static void
link_newest(struct dns_cache *cache, struct entry *entry)
{
	entry->newer = &cache->ring;
	entry->older = cache->ring.older;
	entry->older->newer = entry;
	cache->ring.older = entry;
}

static void
drop(struct dns_cache *cache, struct entry **place)
{
	struct entry *entry = *place;

	*place = entry->chain;
	unlink_ring(entry);
	cache->bytes -= entry->bytes;
	cache->n--;
	dns_answer_unref(entry->answer);
	free(entry);
}

static void
drop_oldest(struct dns_cache *cache)
{
	struct entry *oldest = cache->ring.newer;

	drop(cache, find(cache, (struct slice){ oldest->name, oldest->name_len }, oldest->type));
}

void
dns_cache_free(struct dns_cache *cache)
{
	if (cache == NULL)
		return;
	while (cache->n > 0)
		drop_oldest(cache);
	free(cache);
}

void
dns_cache_put(struct dns_cache *cache, struct slice name, enum dns_type type,
    struct dns_answer *answer, int64_t now_ms)
{
	int64_t ttl_s = answer->ttl_s < TTL_MAX_S ? answer->ttl_s : TTL_MAX_S;
	struct entry **place = find(cache, name, type), *entry;

	if (*place != NULL)
		drop(cache, place);
	if (answer->status == DNS_FAILED || ttl_s == 0)
		return;
	entry = xcalloc(1, sizeof(*entry));
	entry->answer = dns_answer_ref(answer);
	entry->until_ms = now_ms + ttl_s * 1000;
	entry->bytes = sizeof(*entry) + dns_answer_bytes(answer);
	entry->type = type;
	entry->name_len = name.len;
	memcpy(entry->name, name.ptr, name.len);
	place = chain_of(cache, name, type);
	entry->chain = *place;
	*place = entry;
	link_newest(cache, entry);
	cache->bytes += entry->bytes;
	cache->n++;
	while (cache->bytes > cache->bytes_max)
		drop_oldest(cache);
}

struct dns_answer *
dns_cache_get(struct dns_cache *cache, struct slice name, enum dns_type type, int64_t now_ms)
{
	struct entry **place = find(cache, name, type), *entry = *place;

	if (entry == NULL)
		return NULL;
	if (now_ms >= entry->until_ms) {
		drop(cache, place);
		return NULL;
	}
	unlink_ring(entry);
	link_newest(cache, entry);
	return entry->answer;
}

size_t
dns_cache_count(const struct dns_cache *cache)
{
	return cache->n;
}

size_t
dns_cache_bytes(const struct dns_cache *cache)
{
	return cache->bytes;
}
