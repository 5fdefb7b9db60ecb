/* micro.c - nanoseconds of the parts that every request passes; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/greylist/index.h"
#include "common/net/trie.h"

#define NETWORKS 100000
#define LOOKUPS 4000000
#define TRIPLETS 1000000

static double
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static uint32_t
random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static struct addr
random_addr(uint32_t *state)
{
	uint32_t n = random_next(state);

	return (struct addr){ ADDR_V4,
		{ (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n } };
}

static void
bench_trie(void)
{
	struct trie *t = trie_new();
	uint32_t state = 7, value, hits = 0;
	double start;
	int i;

	for (i = 0; i < NETWORKS; i++) {
		struct addr addr = random_addr(&state);
		struct addr_net net = addr_net_of(&addr, 12 + random_next(&state) % 17, 64);

		trie_add(t, &net, (uint32_t)i);
	}
	start = now_ns();
	trie_seal(t);
	printf("{\"trie_seal_ms\": %.1f", (now_ns() - start) / 1e6);
	start = now_ns();
	for (i = 0; i < LOOKUPS; i++) {
		struct addr addr = random_addr(&state);

		hits += trie_find(t, &addr, &value);
	}
	printf(", \"trie_find_ns\": %.1f, \"trie_bytes\": %zu, \"trie_hits\": %" PRIu32,
	    (now_ns() - start) / LOOKUPS, trie_bytes(t), hits);
	trie_free(t);
}

static void
bench_index(void)
{
	static const uint8_t key[16] = "0123456789abcde";
	struct index *index = index_new(key);
	struct index_cursor cursor;
	double start = now_ns();
	char text[16];
	int64_t i, found = 0;

	for (i = 1; i <= TRIPLETS; i++) {
		struct slice part = { text, (size_t)snprintf(text, sizeof(text), "%" PRId64, i) };

		index_add(index, index_hash(index, &part, 1), i);
	}
	printf(", \"index_add_ns\": %.1f", (now_ns() - start) / TRIPLETS);
	start = now_ns();
	for (i = 1; i <= TRIPLETS; i++) {
		struct slice part = { text, (size_t)snprintf(text, sizeof(text), "%" PRId64, i) };

		cursor = (struct index_cursor){ 0 };
		found += index_next(index, index_hash(index, &part, 1), &cursor) == i;
	}
	printf(", \"index_find_ns\": %.1f, \"index_bytes\": %zu, \"index_found\": %" PRId64 "}\n",
	    (now_ns() - start) / TRIPLETS, index_bytes(index), found);
	index_free(index);
}

int
main(void)
{
	bench_trie();
	bench_index();
	return 0;
}
