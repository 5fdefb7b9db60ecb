/* histogram.c - buckets of 64 linear steps for each power of two. */
#include "tests/bench/histogram.h"

static unsigned
bucket_of(uint64_t us)
{
	unsigned shift;

	if (us < 64)
		return (unsigned)us;
	shift = 63 - (unsigned)__builtin_clzll(us) - 5; /* leaves a value of 32..63 */
	return 32 * (shift + 1) + (unsigned)(us >> shift) - 32;
}

static uint64_t
bucket_value(unsigned bucket)
{
	unsigned shift;

	if (bucket < 64)
		return bucket;
	shift = bucket / 32 - 1;
	return (uint64_t)(32 + bucket % 32) << shift;
}

void
histogram_add(struct histogram *h, uint64_t us)
{
	unsigned bucket = bucket_of(us);

	h->count[bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1]++;
	h->total++;
	if (us > h->max_us)
		h->max_us = us;
}

uint64_t
histogram_quantile(const struct histogram *h, double q)
{
	uint64_t left = (uint64_t)(q * (double)h->total);
	unsigned i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (h->count[i] > left)
			return bucket_value(i);
		left -= h->count[i];
	}
	return h->max_us;
}
