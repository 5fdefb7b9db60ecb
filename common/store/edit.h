/* edit.h - the changes an operator makes. Each is one short transaction: the change, its row in
 * the audit with the image before and after, and the generation, so that a server sees it. The
 * console and the commands have no other way to write. */
#ifndef COMMON_STORE_EDIT_H
#define COMMON_STORE_EDIT_H

#include "common/store/domain.h"
#include "common/store/policy.h"
#include "common/store/rule.h"
#include "common/store/store.h"

/* A command of an operator: one run of greygate, one answer to the console. Whoever begins one
 * fills the first three; all changes made by it are taken back as one (undo.h). */
struct edit {
	struct store *store;
	struct slice author;
	int64_t now_s;
	int64_t command_id; /* that of its first change; 0: there is none yet */
	int64_t since_ms;   /* private: when it began to take the lock again and again */
};

/* An existing pair of scope and pattern is ERR_DATA, with its id and action in the text. */
int edit_rule_add(struct edit *edit, const struct rule *rule, int64_t *id_out, struct err *err);
/* Row RULE->id gets scope, pattern, action, comment and expiry of RULE; id, author, source,
 * creation and hits stay. A pair that another rule has is ERR_DATA as above; gone is ERR_NOINPUT,
 * as for all changes below of a row that is named by its id. */
int edit_rule_change(struct edit *edit, const struct rule *rule, struct err *err);
int edit_rule_remove(struct edit *edit, int64_t id, struct err *err);
/* Adds the policy, or replaces that of the same scope and sender. */
int edit_policy_set(
    struct edit *edit, const struct policy *policy, int64_t *id_out, struct err *err);
/* As edit_rule_change(), for scope, sender, the six fields, comment and expiry. */
int edit_policy_change(struct edit *edit, const struct policy *policy, struct err *err);
int edit_policy_unset(struct edit *edit, int64_t id, struct err *err);
/* A domain that is there already is ERR_DATA. It is due for its first refresh at once. */
int edit_domain_add(
    struct edit *edit, const struct domain *domain, int64_t *id_out, struct err *err);
int edit_domain_comment(struct edit *edit, int64_t id, struct slice comment, struct err *err);
/* With its networks and their history. */
int edit_domain_remove(struct edit *edit, int64_t id, struct err *err);
/* Asks the server for a refresh at once. */
int edit_domain_refresh(struct edit *edit, int64_t id, struct err *err);

/* Ids of triplets and clients may be given again when their row is gone. So the two below take what
 * the operator saw beside the id; the row of another one is ERR_NOINPUT with a text that says so.
 */

/* Lets the waiting triplet pass on its next try. FIRST_S is that of the row that was seen, 0: do
 * not compare. Passed or released already is ERR_DATA with a text that says so. */
int edit_release(struct edit *edit, int64_t triplet_id, int64_t first_s, struct err *err);
/* Takes a client off the automatic whitelist; it may earn its place again. ADDRESS is that of the
 * row that was seen, "": do not compare. A running server needs no telling: it finds the row gone.
 */
int edit_client_remove(struct edit *edit, int64_t id, struct slice address, struct err *err);

#endif
