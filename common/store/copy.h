/* copy.h - whether a file is a whole database of ours; private to common/store. */
#ifndef COMMON_STORE_COPY_H
#define COMMON_STORE_COPY_H

#include "common/store/db.h"

/* What a copy must agree with. */
struct copy_witness {
	int64_t generation, triplet_max, client_max, rules, policies, domains;
};

int copy_witness(struct store *store, struct copy_witness *witness_out, struct err *err);
/* COPY was made between BEFORE and AFTER of its source. */
int copy_agrees(struct store *copy, const struct copy_witness *before,
    const struct copy_witness *after, struct err *err);

/* Whether the file is ours (else ERR_CONFIG), not newer than the program (ERR_CONFIG) and sound
 * (ERR_DATA). NAME is what the operator calls it. */
int copy_verify(struct store *copy, const char *name, int *version_out, struct err *err);

#endif
