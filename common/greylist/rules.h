/* rules.h - rules, policies and networks of whitelisted domains as they are matched: hashed exact
 * forms and prefix tries for each recipient scope, one trie for the networks. Built whole from the
 * store, immutable, swapped whole. */
#ifndef COMMON_GREYLIST_RULES_H
#define COMMON_GREYLIST_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/config/config.h"
#include "common/greylist/decide.h"
#include "common/net/pattern.h"
#include "common/store/store.h"

struct rules;

/* Reads all rules and policies. Rows whose patterns do not parse are skipped and named in
 * NOTICE_OUT (ERR_TEXT_MAX bytes, may be NULL). May be called in another thread with its own
 * store. Returns NULL with ERR when the store fails. */
struct rules *rules_load(struct store *store, char *notice_out, struct err *err);
void rules_free(struct rules *rules); /* NULL is fine */

int64_t rules_generation(const struct rules *rules); /* of the store when it was read */
size_t rules_count(const struct rules *rules);
size_t policies_count(const struct rules *rules);
size_t domains_count(const struct rules *rules);
size_t networks_count(const struct rules *rules);

/* A mail as rules see it, in normal form. */
struct rules_subject {
	struct slice recipient; /* email_normalise() */
	struct pattern_subject sender;
	int64_t now_s;
};

struct rule_match {
	int64_t rule_id;
	enum rule_action action;
	const char *scope; /* borrowed from the rules */
	const char *pattern;
};

struct policy_match {
	int64_t policy_id;
	const char *scope;
	const char *sender;
	bool greylist;
	bool training;
	enum config_spf spf;
	struct terms terms;
};

/* The most specific rule that is not expired: by scope first, then by sender or client (ranks of
 * pattern.h). */
bool rules_match(
    const struct rules *rules, const struct rules_subject *subject, struct rule_match *match_out);

/* Whether ADDR is in a network of a whitelisted domain; *DOMAIN_OUT is borrowed from the rules. */
bool rules_network(const struct rules *rules, const struct addr *addr, struct slice *domain_out);

/* The most specific policy; its unset fields, and everything when there is none (then
 * policy_id 0), come from CONFIG. */
void rules_policy(const struct rules *rules, const struct config *config,
    const struct rules_subject *subject, struct policy_match *match_out);

#endif
