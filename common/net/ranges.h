/* ranges.h - sets of addresses of one family as sorted, disjoint, unconnected ranges. */
#ifndef COMMON_NET_RANGES_H
#define COMMON_NET_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/net/addr.h"

/* An address as a number: IPv4 has 32 bits in LOW. */
struct address_number {
	uint64_t high, low;
};

struct range {
	struct address_number first, last;
};

struct ranges {
	struct range *items;
	size_t n, cap;
};

/* A zeroed struct is the empty set; ranges_clear() makes it one again. */
void ranges_clear(struct ranges *set);

struct range range_of_net(const struct addr_net *net);
struct range range_of_family(enum addr_family family); /* every address */

/* Adds RANGE; at the end of the set in constant time, elsewhere at the cost of a move. */
void ranges_add(struct ranges *set, struct range range);
void ranges_add_all(struct ranges *set, const struct ranges *more);
bool ranges_contain(const struct ranges *set, const struct addr *addr);

/* Adds the parts of RANGE that are not in SET to OUT, in order. */
void ranges_subtract(const struct ranges *set, struct range range, struct ranges *out);

/* The prefixes that make up RANGE, in order. */
typedef void range_net_fn(void *arg, const struct addr_net *net);
void range_each_net(struct range range, enum addr_family family, range_net_fn *fn, void *arg);

#endif
