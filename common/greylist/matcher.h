/* matcher.h - finds the most specific pair of scope and sender pattern for a mail, at a cost that
 * does not grow with the number of pairs. Filled, sealed once, then read only. */
#ifndef COMMON_GREYLIST_MATCHER_H
#define COMMON_GREYLIST_MATCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/net/pattern.h"

struct matcher;

struct matcher *matcher_new(void);
void matcher_free(struct matcher *m); /* NULL is fine */

/* Adds a pair with VALUE; the same pair again replaces it. EXPIRES_S 0 is never. */
void matcher_add(struct matcher *m, const struct pattern *scope, const struct pattern *sender,
    int64_t expires_s, uint32_t value);
void matcher_seal(struct matcher *m);

/* The living pair whose scope holds RECIPIENT and whose pattern holds SENDER, the scope of the
 * highest rank first, then the sender pattern of the highest rank (pattern.h). */
bool matcher_find(const struct matcher *m, struct slice recipient,
    const struct pattern_subject *sender, int64_t now_s, uint32_t *value_out);

#endif
