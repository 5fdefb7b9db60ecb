/* listable.h - which networks of a record are never listed, whoever passes them; pure. */
#ifndef COMMON_SPF_LISTABLE_H
#define COMMON_SPF_LISTABLE_H

#include "common/net/addr.h"

/* Whether no mail comes from there over the Internet (RFC 6890 and its like). */
bool spf_is_special(const struct addr_net *net);

/* Why NET is not listed where prefixes have MIN_PREFIX bits at least: "too-broad", "special-use";
 * NULL when it may be. */
const char *spf_unlistable(const struct addr_net *net, unsigned min_prefix);

#endif
