/* spf_known.h - what SPF says of clients, as far as a recording or the DNS told: one result for
 * each address and domain. A result that came later in a recording is known from its beginning. */
#ifndef COMMON_REPLAY_SPF_KNOWN_H
#define COMMON_REPLAY_SPF_KNOWN_H

#include "common/greylist/engine.h"
#include "common/net/domain.h"
#include "common/replay/texts.h"

struct spf_known {
	struct texts keys;
	const char **results; /* static texts, by number */
	uint32_t cap;
};

void spf_known_clear(struct spf_known *k); /* a zeroed one is empty */

/* Keeps RESULT ("pass", ..., "open"), which need not be static. -1 when it is none. */
int spf_known_put(
    struct spf_known *k, struct slice address, struct slice domain, struct slice result);
/* False, with GIVEN_UP, when it is not known. */
bool spf_known_get(
    const struct spf_known *k, struct slice address, struct slice domain, struct engine_spf *out);

/* Whether there is a result, also one that does not help. */
bool spf_known_has(const struct spf_known *k, struct slice address, struct slice domain);

/* The domain that speaks for a client: of the sender, or of HELO for the null sender; "" for none.
 */
void spf_known_domain(struct slice sender, struct slice helo, char out[DOMAIN_TEXT_MAX]);

#endif
