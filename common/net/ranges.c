/* ranges.c - see ranges.h. */
#include "common/net/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

static int
compare(struct address_number a, struct address_number b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

static struct address_number
next(struct address_number n)
{
	n.low++;
	n.high += n.low == 0;
	return n;
}

static struct address_number
previous(struct address_number n)
{
	n.high -= n.low == 0;
	n.low--;
	return n;
}

static struct address_number
number_of(const struct addr *addr)
{
	struct address_number n = { 0, 0 };
	unsigned i;

	for (i = 0; i < addr_bits(addr->family) / 8; i++) {
		n.high = n.high << 8 | n.low >> 56;
		n.low = n.low << 8 | addr->bytes[i];
	}
	return n;
}

static struct addr
addr_of(struct address_number n, enum addr_family family)
{
	struct addr addr = { .family = family };
	unsigned i = addr_bits(family) / 8;

	while (i-- > 0) {
		addr.bytes[i] = (uint8_t)n.low;
		n.low = n.low >> 8 | n.high << 56;
		n.high >>= 8;
	}
	return addr;
}

/* The last BITS bits set. */
static struct address_number
low_mask(unsigned bits)
{
	struct address_number mask = { 0, UINT64_MAX };

	if (bits < 64)
		mask.low = (UINT64_C(1) << bits) - 1;
	else if (bits < 128)
		mask.high = (UINT64_C(1) << (bits - 64)) - 1;
	else
		mask.high = UINT64_MAX;
	return mask;
}

void
ranges_clear(struct ranges *set)
{
	free(set->items);
	*set = (struct ranges){ NULL, 0, 0 };
}

struct range
range_of_net(const struct addr_net *net)
{
	struct address_number mask = low_mask(addr_bits(net->addr.family) - net->prefix);
	struct range range = { .first = number_of(&net->addr) };

	range.last.high = range.first.high | mask.high;
	range.last.low = range.first.low | mask.low;
	return range;
}

struct range
range_of_family(enum addr_family family)
{
	return (struct range){ { 0, 0 }, low_mask(addr_bits(family)) };
}

/* The first item that ends at or after N; set->n when there is none. */
static size_t
find(const struct ranges *set, struct address_number n)
{
	size_t from = 0, to = set->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(set->items[middle].last, n) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void
reserve_one(struct ranges *set)
{
	if (set->n < set->cap)
		return;
	set->cap = set->cap == 0 ? 8 : set->cap * 2;
	set->items = xreallocarray(set->items, set->cap, sizeof(*set->items));
}

/* Items that RANGE meets, or touches, become one with it. */
void
ranges_add(struct ranges *set, struct range range)
{
	struct address_number before = range.first;
	size_t at, end;

	if (before.high != 0 || before.low != 0)
		before = previous(before);
	at = end = find(set, before);
	while (end < set->n && (compare(set->items[end].first, range.last) <= 0 ||
				   compare(set->items[end].first, next(range.last)) == 0)) {
		if (compare(set->items[end].first, range.first) < 0)
			range.first = set->items[end].first;
		if (compare(set->items[end].last, range.last) > 0)
			range.last = set->items[end].last;
		end++;
	}
	if (end == at)
		reserve_one(set);
	memmove(&set->items[at + 1], &set->items[end], (set->n - end) * sizeof(*set->items));
	set->n = set->n - (end - at) + 1;
	set->items[at] = range;
}

void
ranges_add_all(struct ranges *set, const struct ranges *more)
{
	size_t i;

	for (i = 0; i < more->n; i++)
		ranges_add(set, more->items[i]);
}

bool
ranges_contain(const struct ranges *set, const struct addr *addr)
{
	struct address_number n = number_of(addr);
	size_t at = find(set, n);

	return at < set->n && compare(set->items[at].first, n) <= 0;
}

void
ranges_subtract(const struct ranges *set, struct range range, struct ranges *out)
{
	size_t at = find(set, range.first);

	for (; at < set->n && compare(set->items[at].first, range.last) <= 0; at++) {
		struct range hole = set->items[at];

		if (compare(range.first, hole.first) < 0)
			ranges_add(out, (struct range){ range.first, previous(hole.first) });
		if (compare(hole.last, range.last) >= 0)
			return;
		range.first = next(hole.last);
	}
	ranges_add(out, range);
}

static struct address_number
or_number(struct address_number a, struct address_number b)
{
	return (struct address_number){ a.high | b.high, a.low | b.low };
}

/* From the front, each time the widest prefix that begins there and does not reach too far. */
void
range_each_net(struct range range, enum addr_family family, range_net_fn *fn, void *arg)
{
	unsigned bits;

	for (;;) {
		struct address_number end;
		struct addr_net net;

		for (bits = 0; bits < addr_bits(family); bits++) {
			struct address_number mask = low_mask(bits + 1);

			if ((range.first.low & mask.low) != 0 ||
			    (range.first.high & mask.high) != 0 ||
			    compare(or_number(range.first, mask), range.last) > 0)
				break;
		}
		end = bits == 0 ? range.first : or_number(range.first, low_mask(bits));
		net.addr = addr_of(range.first, family);
		net.prefix = (uint8_t)(addr_bits(family) - bits);
		fn(arg, &net);
		if (compare(end, range.last) >= 0)
			return;
		range.first = next(end);
	}
}
