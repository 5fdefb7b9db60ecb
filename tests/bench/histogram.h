/* histogram.h - latencies in microseconds with 1.6 % resolution, in fixed memory. */
#ifndef TESTS_BENCH_HISTOGRAM_H
#define TESTS_BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS (64 * 32)

struct histogram {
	uint64_t count[HISTOGRAM_BUCKETS];
	uint64_t total;
	uint64_t max_us;
};

void histogram_add(struct histogram *h, uint64_t us);
/* The latency that the fraction Q (0..1) of all did not exceed. */
uint64_t histogram_quantile(const struct histogram *h, double q);

#endif
