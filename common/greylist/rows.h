/* rows.h - the rows of one request: found through the index and verified, written inside the
 * transaction of its batch; private to the engine.
 *
 * All functions are for the request that ENGINE has gathered the facts of; ROWS are its rows. 0, or
 * -1 with ERR and then the batch is to be taken back. */
#ifndef COMMON_GREYLIST_ROWS_H
#define COMMON_GREYLIST_ROWS_H

#include "common/greylist/transition.h"
#include "common/store/client.h"

struct engine;
struct engine_item;

#define POOL_ROWS_MAX 16 /* siblings that are looked at, the newest first */

/* Rows of the request at hand; id 0: there is none. */
struct rows {
	uint64_t triplet_hash, client_hash, pool_hash;
	int64_t triplet_id, client_id;
	struct triplet_state triplet;
	struct client_state client;
	size_t pool_n;
	bool in_pool;                       /* the triplet itself is one of them */
	int64_t waiting_ids[POOL_ROWS_MAX]; /* the others that wait */
	size_t waiting_n;
	bool spf_known;            /* of the triplet */
	bool wants_note;           /* SPF is not known for the triplet */
	struct triplet_state pool; /* the one that counts: passed, or waiting for longest */
};

/* Its triplet and its client, if there are rows of them; the facts borrow these from ROWS. */
int rows_find_triplet(struct engine *engine, struct rows *rows, struct err *err);
int rows_find_client(struct engine *engine, struct rows *rows, struct err *err);
/* Other triplets of the same sender and recipient whose SPF passed for the same domain. */
int rows_find_pool(struct engine *engine, struct rows *rows, struct err *err);

/* What the decision of ITEM says of its triplet. */
int rows_write_triplet(
    struct engine *engine, const struct engine_item *item, struct rows *rows, struct err *err);
/* A client earns once for a message; one that was away too long begins again. */
int rows_write_client(
    struct engine *engine, struct engine_item *item, struct rows *rows, struct err *err);
/* Mail that passed here waits no more for the other clients of its pool, the newest of them. */
int rows_end_pool(
    struct engine *engine, const struct engine_item *item, struct rows *rows, struct err *err);

#endif
