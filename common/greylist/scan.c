/* scan.c - see scan.h. */
#include "common/greylist/scan.h"

#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/greylist/facts.h"
#include "common/store/policy.h"

#define SLACK_S 3600 /* ids follow first contacts, but for a clock that was set back a little */

struct scan {
	struct store *store;
	const struct config *config;
	const struct rules *rules;
	int64_t now_s;
	enum scan_wanted wanted;
	int64_t oldest_s;  /* nothing before it is wanted */
	int64_t newest_id; /* when the scan began */
	int64_t end_id;    /* rows up to it need not be read */
	int64_t before_id; /* of the next slice */
	bool ended;
	/* of the slice under way */
	scan_fn *fn;
	void *arg;
	int64_t read;
};

/* ---- one triplet ---- */

void
scan_judge(const struct config *config, const struct rules *rules, int64_t now_s,
    const struct triplet *triplet, struct scan_row *row)
{
	struct slice domain = email_split(triplet->key.sender).domain;
	struct subject subject;
	struct decision next;
	struct facts facts;

	*row = (struct scan_row){ .triplet = triplet };
	row->sender_domain = domain.len == 0 ? SLICE("<>") : domain;
	if (triplet->state.passed_s != 0)
		return;
	facts_of_triplet(triplet, config, rules, now_s, &subject, &facts);
	row->waiting = transition_judge(&triplet->state, &facts.terms, now_s) != TRIPLET_EXPIRED;
	if (!row->waiting)
		return;
	decide(&facts, &next);
	row->next = next.action;
	row->reason = next.reason;
	row->wait_left_s = next.action == ACTION_DEFER ? next.wait_left_s : 0;
}

bool
scan_row_settled(const struct scan_row *row)
{
	return row->reason != REASON_RELEASED && row->reason != REASON_RETRY &&
	       row->reason != REASON_EARLY;
}

/* ---- where it ends ---- */

static int
find_oldest(struct scan *scan, struct err *err)
{
	int64_t window_s, lifetime_s, own_s = scan->config->greylist_window_s;

	scan->oldest_s = INT64_MIN;
	if (scan->wanted != SCAN_WAITING)
		return 0;
	if (store_policy_longest(scan->store, &window_s, &lifetime_s, err) == -1)
		return -1;
	scan->oldest_s = scan->now_s - (window_s > own_s ? window_s : own_s) - SLACK_S;
	return 0;
}

static bool
keep_first_contact(void *arg, int64_t id, const struct triplet_key *key,
    const struct triplet_state *state, struct slice spf_domain)
{
	(void)id;
	(void)key;
	(void)spf_domain;
	*(int64_t *)arg = state->first_s;
	return false;
}

/* The first row after ID: its own id (0: there is none) and its first contact. */
static int
row_after(struct scan *scan, int64_t id, int64_t *id_out, int64_t *first_s_out, struct err *err)
{
	return store_triplet_keys(scan->store, id, 1, keep_first_contact, first_s_out, id_out, err);
}

/* Ids follow first contacts, so the end is found as a word in a dictionary. Only the percentage
 * relies on it. */
static int
find_end(struct scan *scan, struct err *err)
{
	int64_t low, high = scan->newest_id, id, first_s = 0;

	if (row_after(scan, 0, &id, &first_s, err) == -1)
		return -1;
	low = id > 0 ? id - 1 : 0;
	while (scan->wanted == SCAN_WAITING && high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (row_after(scan, middle, &id, &first_s, err) == -1)
			return -1;
		if (id > 0 && first_s < scan->oldest_s)
			low = id;
		else
			high = middle;
	}
	scan->end_id = low;
	return 0;
}

struct scan *
scan_new(struct store *store, const struct config *config, const struct rules *rules, int64_t now_s,
    enum scan_wanted wanted, struct err *err)
{
	struct scan *scan = xcalloc(1, sizeof(*scan));

	scan->store = store;
	scan->config = config;
	scan->rules = rules;
	scan->now_s = now_s;
	scan->wanted = wanted;
	if (store_triplet_max_id(store, &scan->newest_id, err) == -1 ||
	    find_oldest(scan, err) == -1 || find_end(scan, err) == -1) {
		scan_free(scan);
		return NULL;
	}
	scan->before_id = scan->newest_id + 1;
	return scan;
}

void
scan_free(struct scan *scan)
{
	free(scan);
}

/* ---- reading ---- */

static bool
look_at(void *arg, const struct triplet *triplet)
{
	struct scan *scan = arg;
	bool passed = triplet->state.passed_s != 0;
	struct scan_row row;

	scan->read++;
	scan->before_id = triplet->id;
	if (triplet->state.first_s < scan->oldest_s) {
		scan->ended = triplet->import_id == 0; /* imported rows are in no order */
		return !scan->ended;
	}
	if (passed != (scan->wanted == SCAN_PASSED))
		return true;
	scan_judge(scan->config, scan->rules, scan->now_s, triplet, &row);
	if ((passed || row.waiting) && !scan->fn(scan->arg, &row))
		scan->ended = true;
	return !scan->ended;
}

enum store_found
scan_step(struct scan *scan, int64_t limit, scan_fn *fn, void *arg, struct err *err)
{
	int64_t last_id;

	if (scan->ended)
		return STORE_NO;
	scan->fn = fn;
	scan->arg = arg;
	scan->read = 0;
	if (store_triplet_page(scan->store, scan->before_id, limit, look_at, scan, &last_id, err) ==
	    -1)
		return STORE_ERROR;
	if (scan->read < limit)
		scan->ended = true;
	return scan->ended ? STORE_NO : STORE_YES;
}

int
scan_percent(const struct scan *scan)
{
	int64_t all = scan->newest_id - scan->end_id;
	int64_t done = scan->newest_id + 1 - scan->before_id;
	int64_t percent = all <= 0 ? 0 : done * 100 / all;

	if (scan->ended)
		return 100;
	return percent < 99 ? (int)percent : 99;
}
