/* facts.h - from a request to the facts that need no store, shared by the engine and explain. */
#ifndef COMMON_GREYLIST_FACTS_H
#define COMMON_GREYLIST_FACTS_H

#include "common/config/config.h"
#include "common/greylist/decide.h"
#include "common/greylist/request.h"
#include "common/greylist/rules.h"
#include "common/net/domain.h"
#include "common/net/email.h"

/* A request in normal form, with room for every text, so that nothing is allocated. */
struct subject {
	struct addr addr;
	struct rules_subject rules;
	struct triplet_key key;
	struct slice client_text; /* canonical address: the key of the auto-whitelist */
	struct slice client_name; /* normal form, "" when unknown */
	struct slice spf_domain; /* whose SPF speaks for the client; "" when there is none to ask */
	struct slice network_of; /* the whitelisted domain, when facts.domain_network */
	struct rule_match rule;  /* when facts.rule_found */
	struct policy_match policy;
	/* storage of the slices above */
	char addr_text[ADDR_TEXT_MAX];
	char net_text[ADDR_NET_TEXT_MAX];
	char name_text[DOMAIN_TEXT_MAX];
	char helo_text[DOMAIN_TEXT_MAX];
	char recipient_text[EMAIL_TEXT_MAX];
	char sender_text[EMAIL_TEXT_MAX];
	char recipient_key_text[EMAIL_TEXT_MAX];
	char sender_key_text[EMAIL_TEXT_MAX];
};

/* Fills SUBJECT_OUT and the facts of steps 1-4 at NOW_S; facts from the store are absent. */
void facts_gather(const struct request *request, const struct config *config,
    const struct rules *rules, int64_t now_s, struct subject *subject_out, struct facts *facts_out);

/* The facts of the next try of a row that is known, by its last client; what the store knows beside
 * the row (clients, other rows of a pool) stays absent. Where an import left no address of a
 * client, nothing is known of that. Of SUBJECT_OUT only what rules and policies see is filled. */
void facts_of_triplet(const struct triplet *triplet, const struct config *config,
    const struct rules *rules, int64_t now_s, struct subject *subject_out, struct facts *facts_out);

#endif
