/* story_result.c - the end of a story, and what can be read of it. */
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/maillog/story_count.h"

static int
compare_domains(const void *a_, const void *b_)
{
	const struct story_domain *a = *(const struct story_domain *const *)a_;
	const struct story_domain *b = *(const struct story_domain *const *)b_;

	if (a->pain_s != b->pain_s)
		return a->pain_s < b->pain_s ? 1 : -1;
	if (a->tries != b->tries)
		return a->tries < b->tries ? 1 : -1;
	return strcmp(a->name, b->name);
}

static int
compare_days(const void *a, const void *b)
{
	return strcmp((*(const struct story_day *const *)a)->date,
	    (*(const struct story_day *const *)b)->date);
}

static void
list_domains(struct story *s)
{
	struct domain_count *d;
	size_t n = 0;

	s->domain_list = xcalloc(dict_n(s->domains) + 1, sizeof(*s->domain_list));
	for (d = dict_oldest(s->domains); d != NULL; d = dict_next(d)) {
		d->shown.networks = (int64_t)d->nets.n;
		d->shown.evidence.networks = (int64_t)d->evidence_nets.n;
		s->domain_list[n++] = &d->shown;
	}
	qsort(s->domain_list, n, sizeof(*s->domain_list), compare_domains);
}

static void
list_days(struct story *s)
{
	struct story_day *day;
	size_t n = 0;

	s->day_list = xcalloc(dict_n(s->days) + 1, sizeof(*s->day_list));
	for (day = dict_oldest(s->days); day != NULL; day = dict_next(day))
		s->day_list[n++] = day;
	qsort(s->day_list, n, sizeof(*s->day_list), compare_days);
}

static void
end_pair(struct story *s, const struct pair *pair)
{
	count_pair(s, pair);
	s->totals.recent += !pair->passed && s->totals.last_s - pair->all.last_s < STORY_RECENT_S;
}

void
story_end(struct story *s)
{
	const struct pair *pair;

	for (pair = dict_oldest(s->pairs); pair != NULL; pair = dict_next(pair))
		end_pair(s, pair);
	list_domains(s);
	list_days(s);
}

const struct story_totals *
story_totals(const struct story *s)
{
	return &s->totals;
}

size_t
story_domains(struct story *s, const struct story_domain ***domains_out)
{
	*domains_out = s->domain_list;
	return dict_n(s->domains);
}

size_t
story_days(struct story *s, const struct story_day ***days_out)
{
	*days_out = s->day_list;
	return dict_n(s->days);
}

size_t
story_slowest(const struct story *s, const struct story_wait **waits_out)
{
	*waits_out = s->slowest;
	return s->slowest_n;
}

void
story_each_mail(
    const struct story *s, void (*fn)(void *arg, const struct story_mail *mail), void *arg)
{
	const struct pair *pair;

	for (pair = dict_oldest(s->pairs); pair != NULL; pair = dict_next(pair)) {
		const char *sender = dict_key(pair).ptr;
		struct story_mail mail = { .sender = sender,
			.recipient = sender + strlen(sender) + 1,
			.tries = pair->tries,
			.longest_s = wait_longest(&pair->all, pair->passed),
			.passed = pair->passed,
			.tried = pair->tried,
			.tried_n = pair->tried_n };

		if (pair->tried_n > 0)
			fn(arg, &mail);
	}
}
