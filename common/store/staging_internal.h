/* staging_internal.h - what staging.c and staging_apply.c share; private to them. */
#ifndef COMMON_STORE_STAGING_INTERNAL_H
#define COMMON_STORE_STAGING_INTERNAL_H

#include "common/store/db.h"
#include "common/store/staging.h"

#define NOTHING SQL_N

/* What is done to one kind. Those of triplets and clients, which have bases, are matched and
 * merged; of the others the ids of new rows are noted. */
struct staging_statements {
	enum sql_id count, match, save, merge, add, base, max, note, conflicts;
};
extern const struct staging_statements staging_statements[STAGING_N];

struct staging {
	struct store *store;
	bool gathering; /* the transaction of the scratch file is open */
	struct staging_terms terms;
	int64_t staged[STAGING_N];
	int64_t matched_id[STAGING_N]; /* rows of the database up to it were looked at */
	int64_t base_id[STAGING_N];    /* the ids of new rows are beyond it */
	int64_t change_id;
};

/* Notes which rows of the database beyond those already looked at are of staged keys. */
int staging_match(struct staging *staging, enum staging_kind kind, struct err *err);

#endif
