/* decide.c - the steps of the decision, in order. Each is a function that settles the decision or
 * lets the next one have it; the tables below are the order. */
#include "common/greylist/decide.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WRITE_SELDOM_AFTER_S 3600 /* rows that passed are written at most hourly */

static const struct reason_info reasons[REASON_N] = {
	[REASON_NOT_RCPT] = { "not-rcpt", "only recipients are judged", "other questions", false },
	[REASON_INCOMPLETE] = { "incomplete", "the request lacks an attribute or is malformed",
	    "incomplete requests", false },
	[REASON_BAD_ADDRESS] = { "bad-address", "the client address is not an address",
	    "unreadable client addresses", false },
	[REASON_AUTHENTICATED] = { "authenticated", "the client has logged in", "own users",
	    false },
	[REASON_TRUSTED] = { "trusted", "the client is in trusted_networks", "trusted networks",
	    false },
	[REASON_RULE_ALLOW] = { "rule-allow", "a rule allows it", "allowed by rule", false },
	[REASON_RULE_BLOCK] = { "rule-block", "a rule blocks it", "blocked by rule", false },
	[REASON_POLICY_OFF] = { "policy-off", "greylisting is off for this recipient",
	    "recipients without greylisting", false },
	[REASON_DOMAIN_NETWORK] = { "domain-network",
	    "the client is in a network of a whitelisted domain", "whitelisted domains", false },
	[REASON_CLIENT_KNOWN] = { "client AWL", "the client has passed before",
	    "auto-whitelisted clients", false },
	[REASON_RELEASED] = { "released", "an operator released it", "released by operator", true },
	[REASON_EXPECTED] = { "expected", "a rule announces this mail", "expected mail", false },
	[REASON_SPF] = { "spf", "SPF passes for the client", "SPF pass", false },
	[REASON_KNOWN] = { "triplet known", "this sender, recipient and network passed before",
	    "known triplets", false },
	[REASON_RETRY] = { "triplet found", "it came again after the delay", "passed after delay",
	    true },
	[REASON_EARLY] = { "early-retry", "it came again too early", "retried too early", false },
	[REASON_POOL] = { "pool", "another client of the same pool has waited for it",
	    "passed through a pool", true },
	[REASON_POOL_KNOWN] = { "pool known", "another client of the same pool has passed before",
	    "known pools", false },
	[REASON_POOL_EARLY] = { "pool-early", "another client of the same pool is waiting for it",
	    "pools retried too early", false },
	[REASON_NEW] = { "new", "it comes for the first time", "new", false },
	[REASON_EXPIRED] = { "expired", "it was here, but too long ago", "new again after expiry",
	    false },
	[REASON_TRAINING] = { "training", "it would have been deferred, but this is training",
	    "would have been deferred", false },
	[REASON_STORE_FAILED] = { "store-failed", "the database cannot answer",
	    "decided without database", false },
};

const struct reason_info *
reason_info(enum reason reason)
{
	return &reasons[reason];
}

int
reason_parse(struct slice name, enum reason *reason_out)
{
	int i;

	for (i = 0; i < REASON_N; i++)
		if (slice_equal(name, slice_of(reasons[i].name))) {
			*reason_out = (enum reason)i;
			return 0;
		}
	return -1;
}

const char *
action_name(enum action action)
{
	static const char *const names[] = {
		[ACTION_PASS] = "pass",
		[ACTION_DEFER] = "greylist",
		[ACTION_REJECT] = "reject",
	};

	return names[action];
}

static bool
settle(struct decision *d, enum action action, enum reason reason)
{
	d->action = action;
	d->reason = reason;
	return true;
}

static bool
step_not_judged(const struct facts *f, struct decision *d)
{
	if (!f->rcpt)
		return settle(d, ACTION_PASS, REASON_NOT_RCPT);
	if (!f->complete)
		return settle(d, ACTION_PASS, REASON_INCOMPLETE);
	if (f->authenticated)
		return settle(d, ACTION_PASS, REASON_AUTHENTICATED);
	if (!f->address_valid)
		return settle(d, ACTION_PASS, REASON_BAD_ADDRESS);
	return f->trusted && settle(d, ACTION_PASS, REASON_TRUSTED);
}

static bool
step_rule(const struct facts *f, struct decision *d)
{
	if (f->rule_found && f->rule == RULE_ALLOW)
		return settle(d, ACTION_PASS, REASON_RULE_ALLOW);
	if (f->rule_found && f->rule == RULE_BLOCK)
		return settle(d, ACTION_REJECT, REASON_RULE_BLOCK);
	return false;
}

static bool
step_policy(const struct facts *f, struct decision *d)
{
	return !f->greylist && settle(d, ACTION_PASS, REASON_POLICY_OFF);
}

static bool
step_domain_network(const struct facts *f, struct decision *d)
{
	return f->domain_network && settle(d, ACTION_PASS, REASON_DOMAIN_NETWORK);
}

static bool
step_store_failed(const struct facts *f, struct decision *d)
{
	return !f->store_ok &&
	       settle(d, f->fail_defer ? ACTION_DEFER : ACTION_PASS, REASON_STORE_FAILED);
}

void
decide_end_waiting(const struct facts *f, struct decision *d)
{
	if (f->triplet == NULL || f->triplet->passed_s != 0 ||
	    transition_judge(f->triplet, &f->terms, f->now_s) == TRIPLET_EXPIRED)
		return;
	d->triplet_op = TRIPLET_MERGE;
	d->delta = transition_passed(f->now_s);
}

static bool
step_client(const struct facts *f, struct decision *d)
{
	if (f->client == NULL || f->client_passes_needed == 0 ||
	    f->client->passes < f->client_passes_needed ||
	    f->now_s - f->client->last_s > f->client_lifetime_s)
		return false;
	d->client_renews = f->now_s - f->client->last_s >= WRITE_SELDOM_AFTER_S;
	decide_end_waiting(f, d);
	return settle(d, ACTION_PASS, REASON_CLIENT_KNOWN);
}

/* A waiting triplet passes: for the first time, so it is written and the client earns. */
static bool
pass_waiting(const struct facts *f, struct decision *d, enum reason reason)
{
	d->waited_s = transition_waited_s(f->triplet, f->now_s);
	d->triplet_op = TRIPLET_MERGE;
	d->delta = transition_passed(f->now_s);
	d->first_pass = true;
	d->client_earns = f->client_passes_needed > 0;
	return settle(d, ACTION_PASS, reason);
}

static bool
step_released(const struct facts *f, struct decision *d)
{
	if (f->triplet == NULL || f->triplet->released_s == 0 || f->triplet->passed_s != 0 ||
	    transition_judge(f->triplet, &f->terms, f->now_s) == TRIPLET_EXPIRED)
		return false;
	return pass_waiting(f, d, REASON_RELEASED);
}

static bool
step_expected(const struct facts *f, struct decision *d)
{
	if (!f->rule_found || f->rule != RULE_EXPECT)
		return false;
	decide_end_waiting(f, d);
	return settle(d, ACTION_PASS, REASON_EXPECTED);
}

static bool
step_spf(const struct facts *f, struct decision *d)
{
	if (!f->spf_bypass)
		return false;
	decide_end_waiting(f, d);
	return settle(d, ACTION_PASS, REASON_SPF);
}

/* Deferred, or in training passed as if; REASON says which deferral it is. */
static bool
defer(const struct facts *f, struct decision *d, enum reason reason)
{
	return f->training ? settle(d, ACTION_PASS, REASON_TRAINING)
			   : settle(d, ACTION_DEFER, reason);
}

static bool
step_triplet(const struct facts *f, struct decision *d)
{
	if (f->triplet == NULL)
		return false;
	switch (transition_judge(f->triplet, &f->terms, f->now_s)) {
	case TRIPLET_KNOWN:
		if (f->now_s - f->triplet->last_s >= WRITE_SELDOM_AFTER_S) {
			d->triplet_op = TRIPLET_MERGE;
			d->delta = transition_passed(f->now_s);
		}
		return settle(d, ACTION_PASS, REASON_KNOWN);
	case TRIPLET_READY: return pass_waiting(f, d, REASON_RETRY);
	case TRIPLET_EARLY:
		d->waited_s = transition_waited_s(f->triplet, f->now_s);
		d->wait_left_s = transition_wait_left_s(f->triplet, &f->terms, f->now_s);
		d->triplet_op = TRIPLET_MERGE;
		d->delta = transition_deferred(f->now_s);
		return defer(f, d, REASON_EARLY);
	case TRIPLET_EXPIRED: break;
	}
	return false;
}

static void
pass_at_once(const struct facts *f, struct decision *d)
{
	d->state.attempts = 0;
	d->state.passes = 1;
	d->state.passed_s = f->now_s;
}

/* The waiting of a sibling counts for this client, whose own triplet becomes like it. */
static bool
step_pool(const struct facts *f, struct decision *d)
{
	enum triplet_stage stage;

	if (f->pool == NULL)
		return false;
	stage = transition_judge(f->pool, &f->terms, f->now_s);
	if (stage == TRIPLET_EXPIRED)
		return false;
	d->triplet_op = TRIPLET_APPEND;
	d->state = transition_first(f->now_s);
	if (stage == TRIPLET_KNOWN) {
		pass_at_once(f, d);
		return settle(d, ACTION_PASS, REASON_POOL_KNOWN);
	}
	d->state.first_s = f->pool->first_s < f->now_s ? f->pool->first_s : f->now_s;
	d->waited_s = transition_waited_s(f->pool, f->now_s);
	if (stage == TRIPLET_EARLY) {
		d->wait_left_s = transition_wait_left_s(f->pool, &f->terms, f->now_s);
		return defer(f, d, REASON_POOL_EARLY);
	}
	pass_at_once(f, d);
	d->first_pass = true;
	d->client_earns = f->client_passes_needed > 0;
	return settle(d, ACTION_PASS, REASON_POOL);
}

static bool
step_new(const struct facts *f, struct decision *d)
{
	d->triplet_op = TRIPLET_APPEND;
	d->state = transition_first(f->now_s);
	d->wait_left_s = f->terms.delay_s;
	return defer(f, d, f->triplet != NULL ? REASON_EXPIRED : REASON_NEW);
}

typedef bool step(const struct facts *f, struct decision *d);

static step *const memory_steps[] = { step_not_judged, step_rule, step_policy,
	step_domain_network };
static step *const store_steps[] = { step_store_failed, step_client, step_released, step_expected,
	step_spf, step_triplet, step_pool, step_new };

bool
decide_from_memory(const struct facts *facts, struct decision *decision_out)
{
	size_t i;

	*decision_out = (struct decision){ .action = ACTION_PASS };
	for (i = 0; i < COUNT(memory_steps); i++)
		if (memory_steps[i](facts, decision_out))
			return true;
	return false;
}

bool
decision_waits(const struct decision *decision)
{
	return decision->action == ACTION_DEFER || decision->reason == REASON_TRAINING;
}

bool
decision_is_first(const struct decision *decision)
{
	return decision->triplet_op == TRIPLET_APPEND;
}

void
decide_from_store(const struct facts *facts, struct decision *decision_out)
{
	size_t i = 0;

	*decision_out = (struct decision){ .action = ACTION_PASS };
	while (!store_steps[i](facts, decision_out)) /* the last one settles */
		i++;
}

void
decide(const struct facts *facts, struct decision *decision_out)
{
	if (!decide_from_memory(facts, decision_out))
		decide_from_store(facts, decision_out);
}
