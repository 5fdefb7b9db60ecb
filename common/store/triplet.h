/* triplet.h - rows of first contacts. Appended, never updated in their key; found by the id that
 * the in-memory index (common/greylist/index.h) knows. Ids rise in the order of first contact, but
 * for imported rows. */
#ifndef COMMON_STORE_TRIPLET_H
#define COMMON_STORE_TRIPLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/store/store.h"

struct triplet_key {
	struct slice net;       /* client network, canonical text: "192.0.2.0/24" */
	struct slice sender;    /* email_key() */
	struct slice recipient; /* email_key(), extension only */
};

/* What time does to a triplet. 0 means never for PASSED_S and RELEASED_S. */
struct triplet_state {
	int64_t first_s;    /* first contact; never later than it was */
	int64_t last_s;     /* last contact written; for passed rows at most hourly */
	int64_t attempts;   /* deferred tries */
	int64_t passes;     /* accepted tries that were written */
	int64_t passed_s;   /* first time accepted */
	int64_t released_s; /* an operator let it pass */
};

/* One observation to merge: first_s = least, last_s = greatest, attempts and passes add,
 * passed_s = least that is not 0. Merging commutes, whoever writes first. */
struct triplet_delta {
	int64_t first_s, last_s;
	int64_t attempts, passes;
	int64_t passed_s;
};

/* Who called. */
struct triplet_client {
	struct slice address;
	struct slice name; /* "" when unknown */
	struct slice helo;
};

struct triplet {
	int64_t id;
	struct triplet_key key;
	struct slice sender; /* as first seen, for people */
	struct slice recipient;
	struct slice client_address; /* these three of the last contact that was written */
	struct slice client_name;    /* "" when unknown */
	struct slice helo;
	struct triplet_state state;
	struct slice spf;        /* what SPF said of the client: "pass", ...; "" when not asked */
	struct slice spf_domain; /* of whom it was asked */
	int64_t import_id;       /* the change that imported it, or into it; 0: none. Only read */
};

/* Appends a row (ID is ignored). Inside a transaction. */
int store_triplet_append(
    struct store *store, const struct triplet *triplet, int64_t *id_out, struct err *err);

/* Reads the state of row ID when its key is KEY: YES, NO such row, a row of an OTHER key.
 * *SPF_KNOWN_OUT (may be NULL): SPF was evaluated for it, and not in vain. */
enum store_found store_triplet_match(struct store *store, int64_t id, const struct triplet_key *key,
    struct triplet_state *state_out, bool *spf_known_out, struct err *err);

/* Merges DELTA into row ID in SQL; the row gone is no error. LAST (NULL: keep) becomes the last
 * client as a whole, so that a name is never read beside the address of another host. Inside a
 * transaction. */
int store_triplet_merge(struct store *store, int64_t id, const struct triplet_delta *delta,
    const struct triplet_client *last, struct err *err);

/* Keeps what SPF said, "" for not asked; the row gone is no error. Inside a transaction. */
int store_triplet_spf(
    struct store *store, int64_t id, struct slice result, struct slice domain, struct err *err);

/* Reads the state of row ID when it is of that sender and recipient and SPF passed for SPF_DOMAIN
 * ("" is never passed): YES, NO such row, OTHER. */
enum store_found store_triplet_pool(struct store *store, int64_t id, struct slice sender_key,
    struct slice recipient_key, struct slice spf_domain, struct triplet_state *state_out,
    struct err *err);

/* An operator lets it pass on its next try; RELEASED_S 0 takes that back. Inside a transaction. */
int store_triplet_release(struct store *store, int64_t id, int64_t released_s, struct err *err);

int store_triplet_delete(struct store *store, int64_t id, struct err *err);

/* Row callbacks: slices live until the callback returns; false ends the walk. */
typedef bool store_triplet_fn(void *arg, const struct triplet *triplet);

enum store_found store_triplet_get(
    struct store *store, int64_t id, store_triplet_fn *fn, void *arg, struct err *err);

/* Newest first: at most LIMIT rows with id < BEFORE_ID (INT64_MAX begins). *LAST_ID_OUT is the id
 * of the last row handed out, 0 when there was none: the BEFORE_ID of the next page. */
int store_triplet_page(struct store *store, int64_t before_id, int64_t limit, store_triplet_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);

/* Oldest first: at most LIMIT rows with id > AFTER_ID (0 begins). *LAST_ID_OUT as above. */
int store_triplet_page_up(struct store *store, int64_t after_id, int64_t limit,
    store_triplet_fn *fn, void *arg, int64_t *last_id_out, struct err *err);

/* Oldest first, what the indexes and expiry need: at most LIMIT rows with id > AFTER_ID. SPF_DOMAIN
 * is "" unless SPF passed. *LAST_ID_OUT as above. */
typedef bool store_triplet_key_fn(void *arg, int64_t id, const struct triplet_key *key,
    const struct triplet_state *state, struct slice spf_domain);
int store_triplet_keys(struct store *store, int64_t after_id, int64_t limit,
    store_triplet_key_fn *fn, void *arg, int64_t *last_id_out, struct err *err);

/* Greatest id, 0 when empty. */
int store_triplet_max_id(struct store *store, int64_t *id_out, struct err *err);
/* Reads the whole table: 10^6 rows are some tenths of a second. */
int store_triplet_count(struct store *store, int64_t *n_out, struct err *err);

#endif
