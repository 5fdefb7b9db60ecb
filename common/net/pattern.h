/* pattern.h - the address forms of rules and policies, and which of two is more specific.
 *
 *   form              matches                                        priority
 *   user@example.org  that address (with or without +ext)            100
 *   user@*            that local part at any domain                  90
 *   192.0.2.7         that client address                            80
 *   192.0.*.7         client addresses, any octet may be *           70, by fixed bits
 *   192.0.2.0/24      that client network                            70, by prefix length
 *   mail.example.org  client name (verified) equal to or below it    65, longer first
 *   @example.org      that domain                                    60
 *   @.example.org     that domain and all below                      50, longer first
 *   @.org             a top-level domain and all below               40
 *   @.                anyone                                         0
 *
 * "<>" is the null sender (as user@domain, 100). A recipient scope takes the forms with '@' only.
 * A leading dot of a client name is dropped: ".example.org" is "example.org". */
#ifndef COMMON_NET_PATTERN_H
#define COMMON_NET_PATTERN_H

#include <stdbool.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/net/addr.h"

#define PATTERN_TEXT_MAX 1024
#define PATTERN_NOTICE_MAX 160
#define PATTERN_RANK_STEP 1024

enum pattern_kind {
	PATTERN_ANYONE,
	PATTERN_TLD,
	PATTERN_SUBDOMAINS,
	PATTERN_DOMAIN,
	PATTERN_HOST,
	PATTERN_NET,
	PATTERN_WILDCARD,
	PATTERN_ADDR,
	PATTERN_LOCAL,
	PATTERN_MAILBOX,
	PATTERN_KIND_N
};

enum pattern_side { PATTERN_SCOPE, PATTERN_SENDER };

struct pattern {
	enum pattern_kind kind;
	/* What is stored and shown: the normal form of the whole ("user@example.org", "@.org"). */
	char text[PATTERN_TEXT_MAX];
	/* The part of TEXT that is looked up, see pattern_name(). */
	size_t name_at, name_len;
	struct addr_net net; /* ADDR, NET */
	struct addr value;   /* WILDCARD: address & mask == value */
	struct addr mask;
};

/* Reads TEXT. NOTICE_OUT (may be NULL) receives a remark worth showing, such as masked host bits,
 * or "". Returns 0, or -1 with ERR that names the forms which are possible on that side. */
int pattern_parse(struct slice text, enum pattern_side side, struct pattern *pattern_out,
    char notice_out[PATTERN_NOTICE_MAX], struct err *err);

/* "user" of user@*, "example.org" of @.example.org; borrowed from PATTERN. */
struct slice pattern_name(const struct pattern *pattern);

/* A local part without "+ext". */
struct slice pattern_without_extension(struct slice local);

/* Orders by how specific a pattern is: its priority, then fixed bits or length. Greater wins. */
unsigned pattern_priority(enum pattern_kind kind);
unsigned pattern_rank(const struct pattern *pattern); /* priority * PATTERN_RANK_STEP + detail */

/* One side of a mail that patterns are tried on, in normal form (email_normalise,
 * domain_normalise). For a scope only MAILBOX is set. */
struct pattern_subject {
	struct slice mailbox;    /* "" is the null sender */
	struct slice host;       /* verified client name, empty when unknown */
	const struct addr *addr; /* NULL when there is none */
};

/* Whether PATTERN fits. The plain definition: rules in memory must agree with it. */
bool pattern_match(const struct pattern *pattern, const struct pattern_subject *subject);

#endif
