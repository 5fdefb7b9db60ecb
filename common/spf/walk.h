/* walk.h - the networks that a domain's SPF record passes, each with the terms that led to it; MX
 * hosts where there is no record. A pure function over answers (answers.h).
 *
 * An address is in the result exactly when spf_check() passes it, less what is never listed: +all,
 * networks wider than the limits, special-use space, and what depends on the message. */
#ifndef COMMON_SPF_WALK_H
#define COMMON_SPF_WALK_H

#include <stdbool.h>

#include "common/spf/answers.h"
#include "common/spf/walk_result.h"

struct spf_walk_limits {
	unsigned min_prefix_v4, min_prefix_v6; /* wider networks are skipped: 12, 29 */
	unsigned voids_max;                    /* 2 */
	size_t networks_max;                   /* more, also skipped, are a permerror: 10000 */
};

/* False: answers are missing, ask for them and call again; WALK_OUT is then empty. DOMAIN is in
 * normal form (domain.h). */
bool spf_walk(struct spf_answers *answers, struct slice domain,
    const struct spf_walk_limits *limits, struct spf_walk *walk_out);

#endif
