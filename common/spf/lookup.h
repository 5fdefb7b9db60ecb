/* lookup.h - runs evaluations (check.h, walk.h) with the DNS, in its loop. */
#ifndef COMMON_SPF_LOOKUP_H
#define COMMON_SPF_LOOKUP_H

#include "common/dns/dns.h"
#include "common/spf/check.h"
#include "common/spf/walk.h"

struct spf_lookup;

/* The result is borrowed until DONE returns; the lookup is gone then. */
typedef void spf_walk_done(void *arg, const struct spf_walk *walk);
typedef void spf_check_done(void *arg, const struct spf_check *check, bool open);

/* Walks DOMAIN (normal form). What is not answered after TIMEOUT_MS counts as failed, so the walk
 * ends as temperror with what was found. DONE is called from the loop, never before this returns.
 */
struct spf_lookup *spf_lookup_walk(struct dns *dns, struct slice domain,
    const struct spf_walk_limits *limits, int64_t timeout_ms, spf_walk_done *done, void *arg);

/* check_host(). Texts of IDENTITY are copied. With LIMITS (else NULL) a pass is followed by a
 * walk, and OPEN says that the record passes so much of the address space that its pass means
 * nothing: +all, a network over the limits, or more than SPF_OPEN_ADDRESSES. */
#define SPF_OPEN_ADDRESSES (UINT64_C(1) << 24)
struct spf_lookup *spf_lookup_check(struct dns *dns, const struct spf_identity *identity,
    const struct spf_walk_limits *limits, int64_t timeout_ms, spf_check_done *done, void *arg);

/* Any function over answers: EVALUATE is called until it misses nothing, then DONE. */
typedef bool spf_evaluate_fn(void *arg, struct spf_answers *answers);
typedef void spf_run_done(void *arg);
struct spf_lookup *spf_lookup_run(
    struct dns *dns, spf_evaluate_fn *evaluate, int64_t timeout_ms, spf_run_done *done, void *arg);

/* Ends it without calling DONE. NULL is fine. */
void spf_lookup_cancel(struct spf_lookup *lookup);

#endif
