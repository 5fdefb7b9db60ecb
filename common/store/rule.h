/* rule.h - rows of rules: who may pass, who is blocked, who is expected. One row for a pair of
 * scope and pattern. */
#ifndef COMMON_STORE_RULE_H
#define COMMON_STORE_RULE_H

#include "common/base/str.h"
#include "common/store/store.h"

enum rule_action { RULE_ALLOW, RULE_BLOCK, RULE_EXPECT, RULE_ACTION_N };
const char *rule_action_name(enum rule_action action); /* "allow", "block", "expect" */
/* Returns 0, or -1 when NAME is none of them. */
int rule_action_parse(struct slice name, enum rule_action *action_out);

/* What rules and policies have in common. */
struct entry_meta {
	struct slice comment;
	struct slice author;
	struct slice source; /* "manual", "import", "learned" */
	int64_t created_s;
	int64_t expires_s; /* 0: never */
	int64_t hits;
	int64_t last_hit_s; /* 0: never */
};

struct rule {
	int64_t id;
	struct slice scope;   /* normal form of pattern_parse(PATTERN_SCOPE) */
	struct slice pattern; /* normal form of pattern_parse(PATTERN_SENDER) */
	enum rule_action action;
	struct entry_meta meta;
};

typedef bool store_rule_fn(void *arg, const struct rule *rule);

int store_rule_add(struct store *store, const struct rule *rule, int64_t *id_out, struct err *err);
/* Sets scope, pattern, action, comment and expiry of row RULE->id; the rest stays. */
int store_rule_change(struct store *store, const struct rule *rule, struct err *err);
/* Adds the whole row, its id and hits as well: one that was removed comes back. */
int store_rule_restore(struct store *store, const struct rule *rule, struct err *err);
int store_rule_remove(struct store *store, int64_t id, struct err *err);
enum store_found store_rule_find(struct store *store, struct slice scope, struct slice pattern,
    int64_t *id_out, struct err *err);
enum store_found store_rule_get(
    struct store *store, int64_t id, store_rule_fn *fn, void *arg, struct err *err);
/* All rules, or at most LIMIT with id > AFTER_ID, by id. */
int store_rule_each(struct store *store, int64_t after_id, int64_t limit, store_rule_fn *fn,
    void *arg, struct err *err);
/* Adds HITS and moves last_hit_s forward; does not bump the generation. */
int store_rule_hit(
    struct store *store, int64_t id, int64_t hits, int64_t last_hit_s, struct err *err);

#endif
