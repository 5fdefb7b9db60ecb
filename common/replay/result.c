/* result.c - see result.h. */
#include "common/replay/result.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

const char *
outcome_name(enum outcome outcome)
{
	static const char *const names[] = { [OUTCOME_AT_ONCE] = "at_once",
		[OUTCOME_DELAYED] = "delayed",
		[OUTCOME_NEVER] = "never_passed",
		[OUTCOME_LET_IN] = "once_let_in",
		[OUTCOME_HELD_BACK] = "once_held_back",
		[OUTCOME_REJECTED] = "rejected",
		[OUTCOME_EXEMPT] = "exempt" };

	return names[outcome];
}

void
result_begin(struct result *r, const struct mails *mails)
{
	uint32_t i;

	*r = (struct result){ .mails = mails };
	r->by_domain = xcalloc(mails->domains.n + 1, sizeof(*r->by_domain));
	for (i = 0; i < mails->domains.n; i++)
		r->by_domain[i].name = mails->domains.all[i];
}

void
result_clear(struct result *r)
{
	texts_clear(&r->helper_names);
	free(r->helpers);
	free(r->by_domain);
	free(r->delays);
	free(r->suffering);
	*r = (struct result){ .mails = NULL };
}

static void
note_delay(struct result *r, int64_t delay_s)
{
	if (r->delay_n == r->delay_cap) {
		r->delay_cap = r->delay_cap == 0 ? 64 : r->delay_cap * 2;
		r->delays = xreallocarray(r->delays, r->delay_cap, sizeof(*r->delays));
	}
	r->delays[r->delay_n++] = delay_s;
	r->total_s += delay_s;
}

/* In order, the slowest first. */
static void
note_slow(struct result *r, const struct result_wait *wait)
{
	size_t at = r->slowest_n;

	while (at > 0 && r->slowest[at - 1].delay_s < wait->delay_s)
		at--;
	if (at == RESULT_SLOWEST_MAX)
		return;
	r->slowest_n += r->slowest_n < RESULT_SLOWEST_MAX;
	memmove(
	    &r->slowest[at + 1], &r->slowest[at], (r->slowest_n - at - 1) * sizeof(r->slowest[0]));
	r->slowest[at] = *wait;
}

static void
note_domain(struct result_domain *d, enum outcome outcome, int64_t delay_s)
{
	d->mails++;
	d->at_once += outcome == OUTCOME_AT_ONCE;
	d->delayed += outcome == OUTCOME_DELAYED;
	d->never += outcome == OUTCOME_NEVER;
	d->total_s += delay_s;
	if (delay_s > d->longest_s)
		d->longest_s = delay_s;
}

void
result_add(struct result *r, uint32_t mail, enum outcome outcome, int64_t delay_s, int64_t tries)
{
	r->outcomes[outcome]++;
	if (outcome > OUTCOME_NEVER)
		return;
	if (outcome != OUTCOME_DELAYED)
		delay_s = 0;
	note_domain(&r->by_domain[r->mails->mails[mail].domain], outcome, delay_s);
	if (outcome != OUTCOME_DELAYED)
		return;
	note_delay(r, delay_s);
	note_slow(r, &(struct result_wait){ mail, delay_s, tries });
}

void
result_add_input(struct result *r, uint32_t mail)
{
	const struct mail *m = &r->mails->mails[mail];
	const struct mail_try *first = &r->mails->tries[m->first], *last = first + m->try_n - 1;
	enum outcome outcome = OUTCOME_NEVER;

	if (last->answer == MAIL_REJECTED)
		outcome = OUTCOME_REJECTED;
	else if (!m->real)
		outcome = OUTCOME_HELD_BACK;
	else if (m->accepted)
		outcome = m->try_n == 1 ? OUTCOME_AT_ONCE : OUTCOME_DELAYED;
	r->tries += m->try_n;
	result_add(r, mail, outcome, last->time_s - first->time_s, m->try_n);
}

void
result_help(struct result *r, const char *name)
{
	uint32_t number = texts_number(&r->helper_names, slice_of(name));

	if (number == r->helper_cap) {
		r->helper_cap = r->helper_cap == 0 ? 16 : r->helper_cap * 2;
		r->helpers = xreallocarray(r->helpers, r->helper_cap, sizeof(*r->helpers));
	}
	if (number == r->helper_n)
		r->helpers[r->helper_n++] =
		    (struct result_helper){ r->helper_names.all[number], 0 };
	r->helpers[number].mails++;
}

/* ---- the end ---- */

static int
by_number(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

static int
by_suffering(const void *va, const void *vb)
{
	const struct result_domain *a = *(const struct result_domain *const *)va;
	const struct result_domain *b = *(const struct result_domain *const *)vb;

	if (a->total_s != b->total_s)
		return a->total_s > b->total_s ? -1 : 1;
	if (a->never != b->never)
		return a->never > b->never ? -1 : 1;
	if (a->delayed != b->delayed)
		return a->delayed > b->delayed ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int
by_mails(const void *va, const void *vb)
{
	const struct result_helper *a = va, *b = vb;

	return a->mails != b->mails ? (a->mails > b->mails ? -1 : 1) : strcmp(a->name, b->name);
}

/* The least delay that PERCENT of the delayed mails do not exceed. */
static int64_t
percentile(const struct result *r, size_t percent)
{
	return r->delay_n == 0 ? 0 : r->delays[(r->delay_n * percent + 99) / 100 - 1];
}

void
result_end(struct result *r)
{
	uint32_t i;

	r->mails_n = r->outcomes[OUTCOME_AT_ONCE] + r->outcomes[OUTCOME_DELAYED] +
		     r->outcomes[OUTCOME_NEVER];
	if (r->delay_n > 0)
		qsort(r->delays, r->delay_n, sizeof(*r->delays), by_number);
	r->median_s = percentile(r, 50);
	r->p90_s = percentile(r, 90);
	r->max_s = percentile(r, 100);
	r->suffering = xcalloc(r->mails->domains.n + 1, sizeof(*r->suffering));
	for (i = 0; i < r->mails->domains.n; i++)
		if (r->by_domain[i].delayed + r->by_domain[i].never > 0)
			r->suffering[r->suffering_n++] = &r->by_domain[i];
	qsort(r->suffering, r->suffering_n, sizeof(*r->suffering), by_suffering);
	if (r->helper_n > 0)
		qsort(r->helpers, r->helper_n, sizeof(*r->helpers), by_mails);
}
