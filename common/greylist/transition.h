/* transition.h - the life of a triplet, as pure functions. store_triplet_merge() does the same in
 * SQL; a test holds both against each other. */
#ifndef COMMON_GREYLIST_TRANSITION_H
#define COMMON_GREYLIST_TRANSITION_H

#include "common/store/triplet.h"

/* What applies to one triplet: configuration, overlaid by the policy of its scope. */
struct terms {
	int64_t delay_s;    /* a retry before it is too early */
	int64_t window_s;   /* a retry after it is a first contact again */
	int64_t lifetime_s; /* a passed triplet lives so long after its last pass */
};

enum triplet_stage {
	TRIPLET_EARLY,  /* waiting, the delay is not over */
	TRIPLET_READY,  /* waiting, may pass now: now - first in [delay, window] */
	TRIPLET_KNOWN,  /* passed before, still alive */
	TRIPLET_EXPIRED /* as if never seen */
};

/* What a contact at NOW_S means for a triplet in STATE. A first contact in the future (the clock
 * went back) counts as made now, so nobody waits longer than the delay once more. */
enum triplet_stage transition_judge(
    const struct triplet_state *state, const struct terms *terms, int64_t now_s);

/* Seconds from first contact to NOW_S, never negative; and until it may pass, 0 when it may. */
int64_t transition_waited_s(const struct triplet_state *state, int64_t now_s);
int64_t transition_wait_left_s(
    const struct triplet_state *state, const struct terms *terms, int64_t now_s);

/* The state of a new triplet, deferred (or in training) at NOW_S. */
struct triplet_state transition_first(int64_t now_s);
/* The observations of a contact that is deferred, or passes, at NOW_S. */
struct triplet_delta transition_deferred(int64_t now_s);
struct triplet_delta transition_passed(int64_t now_s);

void transition_merge(struct triplet_state *state, const struct triplet_delta *delta);

#endif
