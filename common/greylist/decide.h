/* decide.h - the decision: a pure function from facts to action, reason and what to store. The
 * server, explain and replay call this one. Order of the steps: THE DECISION in greygated(8).
 *
 * Steps 1-4 need memory only, steps 5-10 need rows of the store; a caller asks
 * decide_from_memory() first and fetches the rows only when that did not settle it. */
#ifndef COMMON_GREYLIST_DECIDE_H
#define COMMON_GREYLIST_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/greylist/transition.h"
#include "common/store/client.h"
#include "common/store/rule.h"

enum action { ACTION_PASS, ACTION_DEFER, ACTION_REJECT };
const char *action_name(enum action action); /* "pass", "greylist", "reject": words of the log */

/* The order is that of the steps. One row each in the table of decide.c. */
enum reason {
	REASON_NOT_RCPT,    /* another protocol state */
	REASON_INCOMPLETE,  /* attributes missing or malformed */
	REASON_BAD_ADDRESS, /* client_address is no address */
	REASON_AUTHENTICATED,
	REASON_TRUSTED, /* trusted_networks */
	REASON_RULE_ALLOW,
	REASON_RULE_BLOCK,
	REASON_POLICY_OFF,
	REASON_DOMAIN_NETWORK, /* a network of a whitelisted domain */
	REASON_CLIENT_KNOWN,   /* auto-whitelisted */
	REASON_RELEASED,
	REASON_EXPECTED,
	REASON_SPF,          /* SPF passes, and bypass is the mode */
	REASON_KNOWN,        /* passed triplet */
	REASON_RETRY,        /* waiting triplet, the delay is over */
	REASON_EARLY,        /* waiting triplet, too early */
	REASON_POOL,         /* another client of the sender's pool has waited for it */
	REASON_POOL_KNOWN,   /* another client of the pool has passed before */
	REASON_POOL_EARLY,   /* as EARLY, through a pool */
	REASON_NEW,          /* never seen */
	REASON_EXPIRED,      /* seen too long ago: new again */
	REASON_TRAINING,     /* would have been deferred */
	REASON_STORE_FAILED, /* the store cannot answer: on_failure decides */
	REASON_N
};

struct reason_info {
	const char *name;     /* "early-retry": logs of postgrey's readers, statistics, JSON */
	const char *sentence; /* for people, without the full stop: "the retry came too early" */
	const char *counter;  /* how statistics call it: "retried too early" */
	bool delayed;         /* the mail had to wait for this pass: X-Greylist, delay sums */
};

const struct reason_info *reason_info(enum reason reason);
/* Returns 0, or -1 when NAME is no reason. */
int reason_parse(struct slice name, enum reason *reason_out);

/* Everything a decision may know. Absent facts are false or NULL. */
struct facts {
	int64_t now_s;
	/* from the request */
	bool rcpt;     /* RCPT or VRFY */
	bool complete; /* all attributes needed are there and well-formed */
	bool address_valid;
	bool authenticated;
	bool trusted;
	/* from rules and policies in memory */
	bool rule_found;
	enum rule_action rule;
	bool greylist;
	bool training;
	struct terms terms;
	int64_t client_passes_needed; /* auto-whitelist; 0: off */
	int64_t client_lifetime_s;
	bool domain_network; /* inside a network of a whitelisted domain */
	/* from the store */
	bool store_ok;
	bool fail_defer; /* on_failure: defer */
	const struct client_state *client;
	const struct triplet_state *triplet;
	bool spf_bypass;                  /* SPF passes, and that is enough here */
	const struct triplet_state *pool; /* the sibling that waited, SPF pass for both */
};

/* What to write. The engine applies it; the decision never does. */
enum triplet_op {
	TRIPLET_LEAVE,  /* nothing */
	TRIPLET_APPEND, /* a new row from STATE; an expired one is deleted first */
	TRIPLET_MERGE   /* DELTA into the row */
};

struct decision {
	enum action action;
	enum reason reason;
	int64_t waited_s;    /* since first contact; 0 for a new one */
	int64_t wait_left_s; /* of a deferral: until a retry may pass */
	enum triplet_op triplet_op;
	struct triplet_state state; /* for APPEND */
	struct triplet_delta delta; /* for MERGE */
	bool first_pass;            /* a wait is over, and with it that of its pool */
	bool client_earns;          /* this pass counts for the auto-whitelist of the client */
	bool client_renews;         /* its auto-whitelist entry was used: last_s moves on */
};

/* Steps 1-4. Returns true when DECISION_OUT is final. */
bool decide_from_memory(const struct facts *facts, struct decision *decision_out);

/* Mail that passes by DECISION from memory: what that means for its triplet, when the facts have
 * one. Nobody shall see mail wait that was delivered. */
void decide_end_waiting(const struct facts *facts, struct decision *decision);

/* Whether it would wait but for training, and whether it is as if never seen. */
bool decision_waits(const struct decision *decision);
bool decision_is_first(const struct decision *decision);

/* Steps 5-10. */
void decide_from_store(const struct facts *facts, struct decision *decision_out);

/* Both. */
void decide(const struct facts *facts, struct decision *decision_out);

#endif
