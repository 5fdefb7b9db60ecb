/* wait.c - see wait.h. */
#include "common/maillog/wait.h"

void
wait_extend(struct wait *wait, bool begins, bool passed, int64_t time_s)
{
	if (begins) {
		wait->longest_s = wait_longest(wait, passed);
		wait->first_s = time_s;
	}
	if (time_s > wait->last_s)
		wait->last_s = time_s;
}

int64_t
wait_end(struct wait *wait, bool passed, int64_t time_s)
{
	int64_t wait_s = time_s > wait->first_s ? time_s - wait->first_s : 0;

	if (wait_s > wait->longest_s || !passed)
		wait->longest_s = wait_s;
	return wait_s;
}

int64_t
wait_longest(const struct wait *wait, bool passed)
{
	int64_t newest_s = wait->last_s - wait->first_s;

	return passed || wait->longest_s > newest_s ? wait->longest_s : newest_s;
}
