/* edit.h - the changes an operator makes. Each is one short transaction: the change, its row in
 * the audit with the image before and after, and the generation, so that a server sees it. The
 * console and the commands have no other way to write. */
#ifndef COMMON_STORE_EDIT_H
#define COMMON_STORE_EDIT_H

#include "common/store/domain.h"
#include "common/store/policy.h"
#include "common/store/rule.h"
#include "common/store/store.h"

struct edit {
	struct store *store;
	struct slice author;
	int64_t now_s;
};

/* An existing pair of scope and pattern is ERR_DATA, with its id and action in the text. */
int edit_rule_add(
    const struct edit *edit, const struct rule *rule, int64_t *id_out, struct err *err);
int edit_rule_remove(const struct edit *edit, int64_t id, struct err *err);
int edit_policy_set(
    const struct edit *edit, const struct policy *policy, int64_t *id_out, struct err *err);
int edit_policy_unset(const struct edit *edit, int64_t id, struct err *err);
/* A domain that is there already is ERR_DATA. It is due for its first refresh at once. */
int edit_domain_add(
    const struct edit *edit, const struct domain *domain, int64_t *id_out, struct err *err);
/* With its networks and their history. */
int edit_domain_remove(const struct edit *edit, int64_t id, struct err *err);
/* Asks the server for a refresh at once. */
int edit_domain_refresh(const struct edit *edit, int64_t id, struct err *err);
/* Lets the waiting triplet pass on its next try. ERR_NOINPUT when it is gone; passed or released
 * already is ERR_DATA with a text that says so. */
int edit_release(const struct edit *edit, int64_t triplet_id, struct err *err);

#endif
