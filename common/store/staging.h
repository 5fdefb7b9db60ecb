/* staging.h - rows that are to be imported, gathered beside the database: in a scratch file that
 * the engine of the store makes and removes, so that neither memory nor the database grows with
 * what is read. Then they are compared with what is there, and applied as one change.
 *
 * Rows with the same key are one: first is the least, last the greatest, counts the greatest, so
 * that the same row twice is the same row once. So it is with rows of the database: an import
 * never takes from what is there. A row that has expired there is left to expiry, and the imported
 * one appended. Rules, policies and domains that are there stay as they are. */
#ifndef COMMON_STORE_STAGING_H
#define COMMON_STORE_STAGING_H

#include "common/store/client.h"
#include "common/store/edit.h"
#include "common/store/triplet.h"

/* In the order in which they are applied. */
enum staging_kind {
	STAGING_DOMAIN,
	STAGING_NETWORK,
	STAGING_POLICY,
	STAGING_RULE,
	STAGING_CLIENT,
	STAGING_TRIPLET,
	STAGING_N
};

struct staging;

/* STORE is borrowed until staging_close(), and does nothing else meanwhile. With a store that may
 * only be read everything but staging_apply() works. */
struct staging *staging_open(struct store *store, struct err *err);
void staging_close(struct staging *staging); /* NULL is fine */

/* Add a row. PLACE is "FILE:LINE" for complaints. *TAKEN_OUT is false when an earlier row of the
 * same key says something else; the earlier one counts. */
int staging_triplet(struct staging *staging, const struct triplet *triplet, struct err *err);
int staging_client(struct staging *staging, const struct client *client, struct err *err);
int staging_rule(struct staging *staging, const struct rule *rule, struct slice place,
    bool *taken_out, struct err *err);
int staging_policy(struct staging *staging, const struct policy *policy, struct slice place,
    bool *taken_out, struct err *err);
int staging_domain(struct staging *staging, const struct domain *domain, struct err *err);
/* A network of a domain that is staged as well. */
int staging_network(struct staging *staging, struct slice domain,
    const struct domain_network *network, struct err *err);

/* Texts by number, for sources whose rows name others by their ids; KIND is the caller's. */
int staging_name_put(
    struct staging *staging, int64_t kind, int64_t id, struct slice text, struct err *err);
enum store_found staging_name_get(
    struct staging *staging, int64_t kind, int64_t id, char *out, size_t len, struct err *err);
/* Pairs of such ids with a text, in their order. */
int staging_pair_put(struct staging *staging, int64_t kind, int64_t a, int64_t b, struct slice text,
    struct slice place, struct err *err);
struct staging_pair {
	int64_t id, kind, a, b;
	char text[32], place[256];
};
/* The first one with an id greater than AFTER_ID. */
enum store_found staging_pair_next(
    struct staging *staging, int64_t after_id, struct staging_pair *pair_out, struct err *err);

/* When a row of the database has expired. */
struct staging_terms {
	int64_t now_s, window_s, lifetime_s, client_lifetime_s;
};

struct staging_count {
	int64_t staged;  /* different ones */
	int64_t fresh;   /* of them not in the database */
	int64_t changed; /* there, and would be changed: a longer life, an older contact */
};

/* A rule or policy of the database stands against a staged one. */
typedef void staging_conflict_fn(void *arg, struct slice place, const char *why);

/* Compares with the database, without holding its lock. */
int staging_plan(struct staging *staging, const struct staging_terms *terms,
    struct staging_count counts_out[STAGING_N], staging_conflict_fn *fn, void *arg,
    struct err *err);

/* Told now and then while rows are applied; false stops. */
typedef bool staging_progress_fn(void *arg, int64_t rows);

/* Applies what was planned, as one change with the verb "import" of which WHAT tells. The lock is
 * held for STORE_HOLD_MS at a time, so that a server beside it goes on answering and its log is
 * moved into the database; when it ends early (ERR_TEMP when FN stopped it), what came so far is
 * that change, and the next import brings the rest. CHANGE_ID_OUT is 0 when nothing was written. */
int staging_apply(struct staging *staging, const struct edit *edit, struct slice what,
    staging_progress_fn *fn, void *arg, int64_t *change_id_out, struct err *err);

#endif
