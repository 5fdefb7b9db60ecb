/* entry_row.h - a rule, policy or domain as the console holds it while it is shown or edited: a
 * copy of its row, whatever kind it is. */
#ifndef TUI_ENTRY_ROW_H
#define TUI_ENTRY_ROW_H

#include "common/config/config.h"
#include "common/store/edit.h"

struct entry_row {
	unsigned kind; /* ROW_RULE, ROW_POLICY, ROW_DOMAIN */
	int64_t id;
	enum rule_action action;
	struct policy terms;  /* its six fields alone */
	char *scope, *sender; /* of a domain: NULL, its name */
	char *comment, *author, *source;
	int64_t created_s, expires_s, hits, last_hit_s;
};

/* NO: it is gone. YES: ROW_OUT is cleared by the caller. */
enum store_found entry_row_load(
    struct store *store, unsigned kind, int64_t id, struct entry_row *row_out, struct err *err);
/* The same from what store_rule_each() and its like hand out. */
void entry_row_of_rule(const struct rule *rule, struct entry_row *row_out);
void entry_row_of_policy(const struct policy *policy, struct entry_row *row_out);
void entry_row_clear(struct entry_row *row); /* a zeroed one is fine */

/* Writes what can be edited: comment, scope, expiry and terms. */
int entry_row_save(struct edit *edit, const struct entry_row *row, struct err *err);

/* The key of its row in the view of rules and policies, or in that of domains. */
int64_t entry_row_key(unsigned kind, int64_t id);

/* With what comes from the configuration a retry must still be able to pass. */
int entry_terms_check(const struct policy *terms, const struct config *config, struct err *err);

/* "allow @partner.example to @." */
void entry_row_say(const struct entry_row *row, struct buf *out);

#endif
