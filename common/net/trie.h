/* trie.h - longest-prefix lookup over IPv4 and IPv6 networks.
 * Filled, sealed once, then read only; a reload builds a second one and swaps. */
#ifndef COMMON_NET_TRIE_H
#define COMMON_NET_TRIE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/net/addr.h"

struct trie;

/* Returns an empty trie; the caller frees it with trie_free(), for which NULL is fine. */
struct trie *trie_new(void);
void trie_free(struct trie *t);

/* Adds NET with VALUE; a second value for the same network replaces the first. */
void trie_add(struct trie *t, const struct addr_net *net, uint32_t value);

/* Ends the filling: trie_find() may be called, trie_add() no more. */
void trie_seal(struct trie *t);

/* True and *VALUE_OUT when some network holds ADDR; the longest prefix wins. */
bool trie_find(const struct trie *t, const struct addr *addr, uint32_t *value_out);

/* As trie_find() for the next shorter network that holds ADDR: the longest with a prefix less
 * than BELOW_PREFIX. *PREFIX_OUT is its length. For walking from specific to general. */
bool trie_find_below(const struct trie *t, const struct addr *addr, unsigned below_prefix,
    uint32_t *value_out, unsigned *prefix_out);

size_t trie_bytes(const struct trie *t); /* memory in use, for the benchmark */

#endif
