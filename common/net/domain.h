/* domain.h - domain names as they are compared and stored: lower case, A-labels, no final dot. */
#ifndef COMMON_NET_DOMAIN_H
#define COMMON_NET_DOMAIN_H

#include <stdbool.h>

#include "common/base/str.h"

#define DOMAIN_TEXT_MAX 256 /* 253 characters and the NUL, rounded */

/* Adds the normal form of NAME to OUT: lower case, U-labels as A-labels (UTS 46), a final dot
 * removed. Returns 0, or -1 when it is no domain name (empty label, over 63 or 253 bytes, bytes
 * that no name has). Underscores are let through: they occur in host names of mail clients. */
int domain_normalise(struct slice name, char out[DOMAIN_TEXT_MAX]);

/* True when NAME is PARENT or a name below it, by whole labels (both in normal form). */
bool domain_is_at_or_below(struct slice name, struct slice parent);

/* What follows the first dot of NAME; empty when there is none. */
struct slice domain_parent(struct slice name);

#endif
