/* fuzz_policy.c - any bytes, in two parts: the parser must agree with itself whatever the split. */
#include <stdlib.h>
#include <string.h>

#include "server/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many requests come out of BYTES when the first SPLIT are there before the rest. */
static unsigned
count_requests(const char *bytes, size_t len, size_t split)
{
	struct policy_state state = { 0 };
	struct request request;
	size_t start = 0, end = split, used;
	unsigned faults, count = 0;

	for (;;) {
		char *exact = malloc(end - start + 1);
		enum policy_result result;

		memcpy(exact, bytes + start, end - start);
		result = policy_parse(
		    &state, (struct slice){ exact, end - start }, &request, &used, &faults);
		if (result == POLICY_REQUEST) {
			if (used == 0 || used > end - start)
				abort();
			count++;
			start += used;
		}
		free(exact);
		if (result == POLICY_TOO_LONG || (result == POLICY_MORE && end == len))
			return count;
		if (result == POLICY_MORE)
			end = len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t split = size == 0 ? 0 : data[0] * size / 256;

	if (count_requests((const char *)data, size, split) !=
	    count_requests((const char *)data, size, size))
		abort();
	return 0;
}
