/* transition.c - see transition.h. */
#include "common/greylist/transition.h"

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
greatest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
transition_waited_s(const struct triplet_state *state, int64_t now_s)
{
	return greatest(now_s - state->first_s, 0);
}

int64_t
transition_wait_left_s(const struct triplet_state *state, const struct terms *terms, int64_t now_s)
{
	return greatest(terms->delay_s - transition_waited_s(state, now_s), 0);
}

enum triplet_stage
transition_judge(const struct triplet_state *state, const struct terms *terms, int64_t now_s)
{
	int64_t waited_s = transition_waited_s(state, now_s);

	if (state->passed_s != 0)
		return now_s - state->last_s <= terms->lifetime_s ? TRIPLET_KNOWN : TRIPLET_EXPIRED;
	if (waited_s > terms->window_s)
		return TRIPLET_EXPIRED;
	return waited_s < terms->delay_s ? TRIPLET_EARLY : TRIPLET_READY;
}

struct triplet_state
transition_first(int64_t now_s)
{
	return (struct triplet_state){ .first_s = now_s, .last_s = now_s, .attempts = 1 };
}

struct triplet_delta
transition_deferred(int64_t now_s)
{
	return (struct triplet_delta){ .first_s = now_s, .last_s = now_s, .attempts = 1 };
}

struct triplet_delta
transition_passed(int64_t now_s)
{
	return (struct triplet_delta){
		.first_s = now_s, .last_s = now_s, .passes = 1, .passed_s = now_s
	};
}

void
transition_merge(struct triplet_state *state, const struct triplet_delta *delta)
{
	state->first_s = least(state->first_s, delta->first_s);
	state->last_s = greatest(state->last_s, delta->last_s);
	state->attempts += delta->attempts;
	state->passes += delta->passes;
	if (delta->passed_s != 0 && (state->passed_s == 0 || delta->passed_s < state->passed_s))
		state->passed_s = delta->passed_s;
}
