/* policy.h - rows of policies: whether and how a recipient scope greylists, for some senders.
 * Unset fields come from the configuration. One row for a pair of scope and sender. */
#ifndef COMMON_STORE_POLICY_H
#define COMMON_STORE_POLICY_H

#include "common/store/rule.h"

#define POLICY_UNSET (-1)

struct policy {
	int64_t id;
	struct slice scope;
	struct slice sender; /* pattern; "@." is anyone */
	int64_t greylist;    /* 0, 1 or POLICY_UNSET; so the fields below */
	int64_t training;
	int64_t spf; /* enum config_spf */
	int64_t delay_s;
	int64_t window_s;
	int64_t lifetime_s;
	struct entry_meta meta;
};

typedef bool store_policy_fn(void *arg, const struct policy *policy);

/* Adds the row, or replaces the fields of the row with the same scope and sender (id, created,
 * hits stay). */
int store_policy_put(
    struct store *store, const struct policy *policy, int64_t *id_out, struct err *err);
/* Sets scope, sender, the six fields, comment and expiry of row POLICY->id; the rest stays. */
int store_policy_change(struct store *store, const struct policy *policy, struct err *err);
/* Adds the whole row, its id and hits as well: one that was removed comes back. */
int store_policy_restore(struct store *store, const struct policy *policy, struct err *err);
int store_policy_remove(struct store *store, int64_t id, struct err *err);
enum store_found store_policy_find(
    struct store *store, struct slice scope, struct slice sender, int64_t *id_out, struct err *err);
enum store_found store_policy_get(
    struct store *store, int64_t id, store_policy_fn *fn, void *arg, struct err *err);
int store_policy_each(struct store *store, int64_t after_id, int64_t limit, store_policy_fn *fn,
    void *arg, struct err *err);
int store_policy_hit(
    struct store *store, int64_t id, int64_t hits, int64_t last_hit_s, struct err *err);
/* The longest window and lifetime of all policies, 0 when none sets one: expiry must not delete
 * what some policy still honours. */
int store_policy_longest(
    struct store *store, int64_t *window_s_out, int64_t *lifetime_s_out, struct err *err);

#endif
