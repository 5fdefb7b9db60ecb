/* report_mail.c - the parts of a report about mail: what was counted, what waits now, and what the
 * triplets tell of the time of the report. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "cli/waiting.h"
#include "common/base/duration.h"
#include "common/base/names.h"
#include "common/base/xalloc.h"
#include "common/greylist/remedy.h"
#include "common/greylist/suggested.h"
#include "common/net/email.h"
#include "common/store/domain.h"

#define SHOWN 5 /* of a ranking */
#define PAGE 20000
#define POOL_NETS 2 /* so many networks make a pool */

/* ---- counts ---- */

int
report_counts(struct report *r, struct err *err)
{
	int64_t now_s = r->cli->now_s, to_s = now_s - r->cli->config.greylist_window_s;

	r->counts = (struct period){ .from_s = r->since_s, .to_s = INT64_MAX };
	r->over = (struct period){ .from_s = to_s - (now_s - r->since_s), .to_s = to_s };
	if (period_read(&r->counts, r->cli->store, err) == -1)
		return -1;
	return period_read(&r->over, r->cli->store, err);
}

/* ---- what waits ---- */

static int
is_whitelisted(struct report *r, struct slice name, bool *yes_out, struct err *err)
{
	int64_t id;
	enum store_found found = store_domain_find(r->cli->store, name, &id, err);

	*yes_out = found == STORE_YES;
	return found == STORE_ERROR ? -1 : 0;
}

/* A line for a pool that somebody can help; the others are only counted. */
static int
tell_pool(struct report *r, const struct pool *pool, struct err *err)
{
	struct remedy_case c = {
		.pool = pool, .domain = slice_of(pool->domain), .now_s = r->cli->now_s
	};
	char remedy[320], name[REPORT_NAME_MAX], age[DURATION_TEXT_MAX], spf[DURATION_TEXT_MAX];

	if (is_whitelisted(r, c.domain, &c.whitelisted, err) == -1)
		return -1;
	r->waiting += pool->waiting;
	if (!remedy_is_command(remedy_text(&c, remedy, sizeof(remedy)))) {
		r->bots += pool->waiting;
		return 0;
	}
	report_add(r, REPORT_WAITING, remedy,
	    "%s: %" PRId64 " triplet%s from %" PRId64 " network%s, the oldest waits %s; SPF: %s",
	    report_name(c.domain, name), pool->waiting, pool->waiting == 1 ? "" : "s", pool->nets,
	    pool->nets == 1 ? "" : "s", duration_format_human(c.now_s - pool->oldest_s, age),
	    pool->spf_known == 0 ? "not asked" : pool_spf_text(pool, spf, sizeof(spf)));
	return 0;
}

int
report_waiting(struct report *r, struct err *err)
{
	struct pools *pools = pools_new(r->cli->now_s);
	const struct pool *ranked;
	size_t n, i;
	int result;

	pools_watch_retries(pools);
	result = walk_triplets(r->cli, SCAN_WAITING, pools_add, pools, err);
	n = pools_rank(pools, &ranked);
	for (i = 0; i < n && result == 0; i++)
		result = tell_pool(r, &ranked[i], err);
	pools_free(pools);
	return result;
}

/* ---- what the triplets tell ---- */

/* The mail of one sender domain in the time of the report. */
struct day {
	struct slice domain;
	bool is_old;   /* there is earlier mail of it */
	int64_t mails; /* first contacts */
	int64_t nets;  /* of them */
	int64_t spf_pass;
	int64_t retried; /* tried again, or passed */
	int64_t passed;  /* after waiting */
	int64_t longest_s;
};

struct history {
	struct report *r;
	struct names domains; /* their numbers are the places in days */
	struct names nets;    /* a domain's number and a network */
	struct names pairs;   /* sender and recipient of what came in the time of the report */
	struct day *days;
	size_t cap;
};

static struct day *
day_of(struct history *h, struct slice domain, size_t *place_out)
{
	size_t known = h->domains.n;

	*place_out = names_number(&h->domains, domain);
	if (*place_out < known)
		return &h->days[*place_out];
	if (*place_out >= h->cap) {
		h->cap = h->cap == 0 ? 64 : h->cap * 2;
		h->days = xreallocarray(h->days, h->cap, sizeof(*h->days));
	}
	h->days[*place_out] = (struct day){ .mails = 0 };
	return &h->days[*place_out];
}

static bool
is_new_net(struct history *h, size_t place, struct slice net)
{
	size_t known = h->nets.n;
	char pair[128];
	struct buf b;

	buf_init(&b, pair, sizeof(pair));
	buf_printf(&b, "%zu ", place);
	buf_add(&b, net);
	return names_number(&h->nets, buf_slice(&b)) == known;
}

/* Also from another client, which makes a triplet of its own. */
static bool
is_retry(struct history *h, const struct triplet *t)
{
	size_t known = h->pairs.n;
	char pair[2048];
	struct buf b;

	buf_init(&b, pair, sizeof(pair));
	buf_add(&b, t->key.sender);
	buf_add_char(&b, '\n');
	buf_add(&b, t->key.recipient);
	return (!b.cut && names_number(&h->pairs, buf_slice(&b)) < known) ||
	       t->state.attempts > 1 || t->state.passed_s != 0;
}

static bool
look_at(void *arg, const struct triplet *t)
{
	struct history *h = arg;
	const struct triplet_state *state = &t->state;
	struct slice domain = email_split(t->key.sender).domain;
	int64_t since_s = h->r->since_s, delay_s = state->passed_s - state->first_s;
	size_t place;
	struct day *day = day_of(h, domain.len == 0 ? SLICE("<>") : domain, &place);

	if (state->passed_s >= since_s && delay_s > 0) {
		day->passed++;
		day->longest_s = delay_s > day->longest_s ? delay_s : day->longest_s;
	}
	if (state->first_s < since_s) {
		day->is_old = true;
		return true;
	}
	day->mails++;
	day->nets += is_new_net(h, place, t->key.net);
	day->spf_pass += slice_equal(t->spf, SLICE("pass"));
	day->retried += is_retry(h, t);
	return true;
}

static int
read_history(struct history *h, struct err *err)
{
	int64_t before_id = INT64_MAX;
	size_t i;

	do
		if (store_triplet_page(
			h->r->cli->store, before_id, PAGE, look_at, h, &before_id, err) == -1)
			return -1;
	while (before_id != 0);
	for (i = 0; i < h->domains.n; i++)
		h->days[i].domain = slice_of(h->domains.texts[i]);
	return 0;
}

static int
by_longest(const void *a_, const void *b_)
{
	const struct day *a = a_, *b = b_;

	if (a->longest_s != b->longest_s)
		return a->longest_s < b->longest_s ? 1 : -1;
	return strcmp(a->domain.ptr, b->domain.ptr);
}

static int
by_nets(const void *a_, const void *b_)
{
	const struct day *a = a_, *b = b_;

	if (a->nets != b->nets)
		return a->nets < b->nets ? 1 : -1;
	return strcmp(a->domain.ptr, b->domain.ptr);
}

static void
tell_delayed(struct history *h)
{
	char name[REPORT_NAME_MAX], text[DURATION_TEXT_MAX];
	size_t i;

	if (h->domains.n > 0)
		qsort(h->days, h->domains.n, sizeof(*h->days), by_longest);
	for (i = 0; i < h->domains.n && i < SHOWN && h->days[i].passed > 0; i++)
		report_add(h->r, REPORT_DELAYED, NULL, "%s: %s; %" PRId64 " triplet%s waited",
		    report_name(h->days[i].domain, name),
		    duration_format_human(h->days[i].longest_s, text), h->days[i].passed,
		    h->days[i].passed == 1 ? "" : "s");
}

static void
tell_new(struct history *h)
{
	char name[REPORT_NAME_MAX];
	const struct day *day;
	int shown = 0;

	for (day = h->days; day < h->days + h->domains.n && shown < SHOWN; day++) {
		if (day->is_old || day->nets < POOL_NETS ||
		    (day->retried == 0 && day->spf_pass == 0))
			continue;
		shown++;
		report_add(h->r, REPORT_NEW, NULL,
		    "%s: %" PRId64 " triplets from %" PRId64 " networks, %" PRId64
		    " with an SPF pass",
		    report_name(day->domain, name), day->mails, day->nets, day->spf_pass);
	}
}

/* Named here are those known to need it, and pools by SPF whose mail is wanted: it came again. */
static int
suggest(struct history *h, const struct day *day, struct err *err)
{
	const struct suggested *known = suggested_find(day->domain);
	bool proven = day->spf_pass > 0 && day->nets >= POOL_NETS && day->retried > 0;
	char command[320], name[REPORT_NAME_MAX];
	bool whitelisted;

	if (day->mails == 0 || (known == NULL && !proven) || !remedy_is_domain(day->domain))
		return 0;
	if (is_whitelisted(h->r, day->domain, &whitelisted, err) == -1)
		return -1;
	if (whitelisted)
		return 0;
	snprintf(command, sizeof(command), "greygate domain add %s", day->domain.ptr);
	report_add(h->r, REPORT_SUGGESTED, command,
	    "%s: %" PRId64 " triplet%s from %" PRId64 " network%s, %" PRId64
	    " with an SPF pass, %" PRId64 " came again%s%s",
	    report_name(day->domain, name), day->mails, day->mails == 1 ? "" : "s", day->nets,
	    day->nets == 1 ? "" : "s", day->spf_pass, day->retried,
	    known == NULL ? "" : "; known to need it: ", known == NULL ? "" : known->reason);
	return 0;
}

static int
tell_suggested(struct history *h, struct err *err)
{
	size_t i;

	for (i = 0; i < h->domains.n; i++)
		if (suggest(h, &h->days[i], err) == -1)
			return -1;
	return 0;
}

int
report_history(struct report *r, struct err *err)
{
	struct history h = { .r = r };
	int result = read_history(&h, err);

	if (result == 0) {
		tell_delayed(&h);
		if (h.domains.n > 0)
			qsort(h.days, h.domains.n, sizeof(*h.days), by_nets);
		tell_new(&h);
		result = tell_suggested(&h, err);
	}
	free(h.days);
	names_clear(&h.domains);
	names_clear(&h.nets);
	names_clear(&h.pairs);
	return result;
}
