/* refresh.h - what a finished walk of a whitelisted domain means for what is stored of it. The
 * server and `greygate domain refresh --now` do the same by this. */
#ifndef COMMON_GREYLIST_REFRESH_H
#define COMMON_GREYLIST_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/config/config.h"
#include "common/spf/walk.h"
#include "common/store/domain.h"
#include "common/store/store.h"

/* The limits of a walk as configured. */
struct spf_walk_limits refresh_limits(const struct config *config);

#define REFRESH_MIN_S 3600 /* the next refresh follows the TTL of the records, within these */
#define REFRESH_MAX_S 86400

struct refresh_report {
	bool kept;                 /* the walk did not succeed and the networks stay as they were */
	int64_t before_n, after_n; /* networks */
	int64_t added_n, removed_n;
	int64_t next_s;
	char warning[1024]; /* what an operator should hear about, "" for nothing */
};

/* Whether the networks of ROW stay as they are, because WALK did not succeed. */
bool refresh_keeps(const struct domain *row, const struct spf_walk *walk,
    const struct config *config, int64_t now_s);

/* In one transaction: status, schedule and networks of domain NAME from WALK.
 *   complete         the new set replaces the old; next by TTL, plus up to a tenth by JITTER (0-99)
 *   temperror        the old set stays; again after 5, 15, 60 minutes, then hourly
 *   permerror, or a record that is gone: the old set stays for spf.grace since the last success
 * A domain that never succeeded gets what was found, on temperror only when that is no less. A
 * domain removed meanwhile is no error (*GONE_OUT); an id would not tell it from another, which a
 * restore may have brought. */
int refresh_apply(struct store *store, struct slice name, const struct spf_walk *walk,
    const struct config *config, int64_t now_s, unsigned jitter, struct refresh_report *report_out,
    bool *gone_out, struct err *err);

#endif
