/* wait.h - how long a mail waited: the tries up to an acceptance or a long silence are one wait,
 * and the longest of all counts. Pure. */
#ifndef COMMON_MAILLOG_WAIT_H
#define COMMON_MAILLOG_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct wait {
	int64_t first_s, last_s; /* tries of the newest */
	int64_t longest_s;       /* of those that have ended */
};

/* A try at TIME_S. Where a new wait BEGINS, the one before it was given up, or has PASSED. */
void wait_extend(struct wait *wait, bool begins, bool passed, int64_t time_s);
/* An acceptance at TIME_S, not the first where it PASSED before. Returns how long it was. */
int64_t wait_end(struct wait *wait, bool passed, int64_t time_s);
/* Where nothing has PASSED the newest counts, too, as far as its tries go. */
int64_t wait_longest(const struct wait *wait, bool passed);

#endif
