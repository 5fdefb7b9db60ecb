/* record.c - see record.h. */
#include "common/import/record.h"

#include <stddef.h>

#define AT(member) offsetof(union record, member)
#define META(row)                                                                                  \
	{ "comment", RECORD_TEXT, AT(row.meta.comment) },                                          \
	    { "author", RECORD_TEXT, AT(row.meta.author) },                                        \
	    { "source", RECORD_TEXT, AT(row.meta.source) },                                        \
	    { "created_s", RECORD_INT, AT(row.meta.created_s) },                                   \
	    { "expires_s", RECORD_INT, AT(row.meta.expires_s) },                                   \
	    { "hits", RECORD_INT, AT(row.meta.hits) },                                             \
	{                                                                                          \
		"last_hit_s", RECORD_INT, AT(row.meta.last_hit_s)                                  \
	}

/* clang-format off */
const struct record_kind record_kinds[STAGING_N] = {
	[STAGING_DOMAIN] = { "domain", "domains", {
		{ "name", RECORD_TEXT, AT(domain.name) },
		{ "comment", RECORD_TEXT, AT(domain.comment) },
		{ "author", RECORD_TEXT, AT(domain.author) },
		{ "source", RECORD_TEXT, AT(domain.source) },
		{ "created_s", RECORD_INT, AT(domain.created_s) } } },
	[STAGING_NETWORK] = { "network", "networks", {
		{ "domain", RECORD_TEXT, AT(network.domain) },
		{ "net", RECORD_TEXT, AT(network.net) },
		{ "path", RECORD_TEXT, AT(network.path) } } },
	[STAGING_POLICY] = { "policy", "policies", {
		{ "scope", RECORD_TEXT, AT(policy.scope) },
		{ "sender", RECORD_TEXT, AT(policy.sender) },
		{ "greylist", RECORD_OPTIONAL, AT(policy.greylist) },
		{ "training", RECORD_OPTIONAL, AT(policy.training) },
		{ "spf", RECORD_OPTIONAL, AT(policy.spf) },
		{ "delay_s", RECORD_OPTIONAL, AT(policy.delay_s) },
		{ "window_s", RECORD_OPTIONAL, AT(policy.window_s) },
		{ "lifetime_s", RECORD_OPTIONAL, AT(policy.lifetime_s) },
		META(policy) } },
	[STAGING_RULE] = { "rule", "rules", {
		{ "scope", RECORD_TEXT, AT(rule.scope) },
		{ "pattern", RECORD_TEXT, AT(rule.pattern) },
		{ "action", RECORD_ACTION, AT(rule.action) },
		META(rule) } },
	[STAGING_CLIENT] = { "client", "clients", {
		{ "address", RECORD_TEXT, AT(client.address) },
		{ "name", RECORD_TEXT, AT(client.name) },
		{ "first_s", RECORD_INT, AT(client.state.first_s) },
		{ "last_s", RECORD_INT, AT(client.state.last_s) },
		{ "passes", RECORD_INT, AT(client.state.passes) } } },
	[STAGING_TRIPLET] = { "triplet", "triplets", {
		{ "net", RECORD_TEXT, AT(triplet.key.net) },
		{ "sender_key", RECORD_TEXT, AT(triplet.key.sender) },
		{ "recipient_key", RECORD_TEXT, AT(triplet.key.recipient) },
		{ "sender", RECORD_TEXT, AT(triplet.sender) },
		{ "recipient", RECORD_TEXT, AT(triplet.recipient) },
		{ "client_address", RECORD_TEXT, AT(triplet.client_address) },
		{ "client_name", RECORD_TEXT, AT(triplet.client_name) },
		{ "helo", RECORD_TEXT, AT(triplet.helo) },
		{ "first_s", RECORD_INT, AT(triplet.state.first_s) },
		{ "last_s", RECORD_INT, AT(triplet.state.last_s) },
		{ "attempts", RECORD_INT, AT(triplet.state.attempts) },
		{ "passes", RECORD_INT, AT(triplet.state.passes) },
		{ "passed_s", RECORD_INT, AT(triplet.state.passed_s) },
		{ "released_s", RECORD_INT, AT(triplet.state.released_s) },
		{ "spf", RECORD_TEXT, AT(triplet.spf) },
		{ "spf_domain", RECORD_TEXT, AT(triplet.spf_domain) } } },
};
/* clang-format on */
