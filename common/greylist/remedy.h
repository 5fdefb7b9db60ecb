/* remedy.h - what would help waiting mail, by what is known of it: a command for the operator, or
 * why there is nothing to do. */
#ifndef COMMON_GREYLIST_REMEDY_H
#define COMMON_GREYLIST_REMEDY_H

#include "common/greylist/pools.h"

/* What the mail of a pool has in common. */
enum remedy_by { REMEDY_DOMAIN, REMEDY_SENDER, REMEDY_CLIENT, REMEDY_RECIPIENT, REMEDY_BY_N };

#define REMEDY_BOTS_S 3600 /* who has not tried again by then will not */

struct remedy_case {
	enum remedy_by by;
	const struct pool *pool; /* with retries watched; its domain is the text in common */
	struct slice domain;     /* of all its senders; empty: they have several, or none */
	bool whitelisted;        /* this domain is */
	int64_t now_s;
};

/* "greygate domain add qq.com", "nothing: bots, no one tried again". What came from the
 * network stands in a command only where a shell reads nothing into it. Returns OUT. */
const char *remedy_text(const struct remedy_case *c, char *out, size_t len);

/* Whether it is a command. */
bool remedy_is_command(const char *text);

/* Whether TEXT may stand in a command as it is: a plain name or address. */
bool remedy_is_plain(struct slice text);
/* Whether it is a domain that may be whitelisted, and may stand in a command. */
bool remedy_is_domain(struct slice text);

#endif
