/* domain.h - whitelisted domains: what is known of each, the networks that are let pass for it, and
 * how they changed. Networks belong to their domain and go with it. */
#ifndef COMMON_STORE_DOMAIN_H
#define COMMON_STORE_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/store/store.h"

struct domain {
	int64_t id;
	struct slice name; /* normal form: lower case, A-labels */
	struct slice comment, author;
	struct slice source; /* manual, suggested, import, log */
	int64_t created_s;
	/* of the last refresh */
	struct slice status;  /* new, ok, partial, none, permerror, temperror */
	struct slice from;    /* where the networks come from: spf, mx, none */
	struct slice error;   /* "" for none */
	struct slice skipped; /* JSON: [[domain, term, reason], ...] */
	int64_t refreshed_s;  /* the last one that ended, 0: never */
	int64_t good_s;       /* the last one that was complete, 0: never */
	int64_t next_s;       /* due then; 0: at once */
	int64_t failures;     /* in a row */
	int64_t lookups;
	int64_t min_ttl_s; /* -1: unknown */
	int64_t networks;  /* how many are in force */
};

struct domain_network {
	struct slice net;  /* canonical text */
	struct slice path; /* "qq.com > include:spf.mail.qq.com > ip4:203.205.128.0/17" */
};

/* One change of a domain's networks. */
struct domain_difference {
	int64_t id;
	int64_t domain_id;
	int64_t time_s;
	struct slice status;
	int64_t before_n, after_n;
	struct slice added, removed; /* JSON arrays of networks */
};

typedef bool store_domain_fn(void *arg, const struct domain *domain);
typedef bool store_domain_network_fn(
    void *arg, int64_t domain_id, const struct domain_network *network);
typedef bool store_domain_difference_fn(void *arg, const struct domain_difference *difference);

/* Adds NAME with comment, author, source and created_s, due at once. An existing one is ERR_DATA,
 * with its id in the text and in *ID_OUT. */
int store_domain_add(
    struct store *store, const struct domain *domain, int64_t *id_out, struct err *err);
int store_domain_comment(struct store *store, int64_t id, struct slice comment, struct err *err);
/* Adds a row that was removed: id, name, comment, author, source and created_s; due at once. */
int store_domain_restore(struct store *store, const struct domain *domain, struct err *err);
/* With its networks and differences; the generation is left to the caller. Inside a transaction. */
int store_domain_remove(struct store *store, int64_t id, struct err *err);

enum store_found store_domain_find(
    struct store *store, struct slice name, int64_t *id_out, struct err *err);
enum store_found store_domain_get(
    struct store *store, int64_t id, store_domain_fn *fn, void *arg, struct err *err);
/* By name, in order: at most LIMIT rows after AFTER ("" begins). */
int store_domain_each(struct store *store, struct slice after, int64_t limit, store_domain_fn *fn,
    void *arg, struct err *err);
/* Those with next_s <= NOW_S, the one longest due first; and those refreshed after NOW_S, by a
 * clock that was wrong. */
int store_domain_due(struct store *store, int64_t now_s, int64_t limit, store_domain_fn *fn,
    void *arg, struct err *err);

/* Networks of domain ID in the order of their text, or of all domains for ID 0. */
int store_domain_networks(
    struct store *store, int64_t id, store_domain_network_fn *fn, void *arg, struct err *err);

/* Newest first, as store_triplet_page(), of one domain. */
int store_domain_differences(struct store *store, int64_t domain_id, int64_t before_id,
    int64_t limit, store_domain_difference_fn *fn, void *arg, int64_t *last_id_out,
    struct err *err);

/* Asks for a refresh at once: next_s = 0. */
int store_domain_want(struct store *store, int64_t id, struct err *err);

/* What a refresh found. Of DOMAIN the fields of the last refresh are taken (not networks). Inside a
 * transaction. */
int store_domain_refreshed(struct store *store, const struct domain *domain, struct err *err);
/* Replaces the networks of DOMAIN ID by NETWORKS (in any order; named twice counts once), notes the
 * difference under STATUS (none when they are the same; the newest 50 of a domain are kept) and
 * increments the generation when they changed. A domain that is gone is ERR_NOINPUT. Counts may be
 * NULL. Inside a transaction. */
int store_domain_replace(struct store *store, int64_t id, const struct domain_network *networks,
    size_t n, struct slice status, int64_t now_s, int64_t *added_out, int64_t *removed_out,
    struct err *err);

#endif
