/* client.h - clients that earn or have the automatic whitelist, by exact address. Appended and
 * found through the index, as triplets are. */
#ifndef COMMON_STORE_CLIENT_H
#define COMMON_STORE_CLIENT_H

#include "common/base/str.h"
#include "common/store/store.h"

struct client_state {
	int64_t first_s;
	int64_t last_s; /* written at most hourly */
	int64_t passes; /* messages that passed after their delay */
};

struct client {
	int64_t id;
	struct slice address; /* canonical text */
	struct slice name;    /* last verified name, "" when unknown */
	struct client_state state;
};

int store_client_append(
    struct store *store, const struct client *client, int64_t *id_out, struct err *err);
enum store_found store_client_match(struct store *store, int64_t id, struct slice address,
    struct client_state *state_out, struct err *err);
/* first = least, last = greatest, passes add; NAME empty keeps the old one. */
int store_client_merge(struct store *store, int64_t id, const struct client_state *delta,
    struct slice name, struct err *err);
int store_client_delete(struct store *store, int64_t id, struct err *err);
/* Appends a row that was removed, with an id beyond those that a running server has seen, so that
 * it takes the row into its index. Inside a transaction. */
int store_client_restore(
    struct store *store, const struct client *client, int64_t *id_out, struct err *err);
/* The newest row of ADDRESS. Looks through the table: for an operator, not for an answer. */
enum store_found store_client_find(
    struct store *store, struct slice address, int64_t *id_out, struct err *err);

typedef bool store_client_fn(void *arg, const struct client *client);
enum store_found store_client_get(
    struct store *store, int64_t id, store_client_fn *fn, void *arg, struct err *err);
/* Newest first, as store_triplet_page(). */
int store_client_page(struct store *store, int64_t before_id, int64_t limit, store_client_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);
/* Oldest first, as store_triplet_keys(); whole rows, so it is the page upwards as well. */
int store_client_keys(struct store *store, int64_t after_id, int64_t limit, store_client_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);
int store_client_max_id(struct store *store, int64_t *id_out, struct err *err);
/* Reads the whole table: 10^6 rows are some tenths of a second. */
int store_client_count(struct store *store, int64_t *n_out, struct err *err);

#endif
