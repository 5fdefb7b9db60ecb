/* tally.c - see tally.h. */
#include "common/greylist/tally.h"

#include <string.h>
#include <time.h>

#define SETTLED_S 60 /* counts may be written so long after their minute */
#define PERIODS (2 + TALLY_HOURS + TALLY_DAYS)

static const enum tally_class classes[REASON_N] = {
	[REASON_NOT_RCPT] = CLASS_OTHER,
	[REASON_INCOMPLETE] = CLASS_OTHER,
	[REASON_BAD_ADDRESS] = CLASS_OTHER,
	[REASON_AUTHENTICATED] = CLASS_AT_ONCE,
	[REASON_TRUSTED] = CLASS_AT_ONCE,
	[REASON_RULE_ALLOW] = CLASS_AT_ONCE,
	[REASON_RULE_BLOCK] = CLASS_REJECTED,
	[REASON_POLICY_OFF] = CLASS_AT_ONCE,
	[REASON_DOMAIN_NETWORK] = CLASS_AT_ONCE,
	[REASON_CLIENT_KNOWN] = CLASS_AT_ONCE,
	[REASON_RELEASED] = CLASS_WAITED,
	[REASON_EXPECTED] = CLASS_AT_ONCE,
	[REASON_SPF] = CLASS_AT_ONCE,
	[REASON_KNOWN] = CLASS_AT_ONCE,
	[REASON_RETRY] = CLASS_WAITED,
	[REASON_EARLY] = CLASS_EARLY,
	[REASON_POOL] = CLASS_WAITED,
	[REASON_POOL_KNOWN] = CLASS_AT_ONCE,
	[REASON_POOL_EARLY] = CLASS_EARLY,
	[REASON_NEW] = CLASS_FIRST,
	[REASON_EXPIRED] = CLASS_FIRST,
	[REASON_TRAINING] = CLASS_AT_ONCE,
	[REASON_STORE_FAILED] = CLASS_OTHER,
};

enum tally_class
tally_class_of(enum reason reason)
{
	return classes[reason];
}

/* ---- periods ---- */

void
period_add(struct period *sum, const struct period *part)
{
	int i;

	for (i = 0; i < REASON_N; i++) {
		sum->counts[i] += part->counts[i];
		sum->delays_s[i] += part->delays_s[i];
	}
}

static int64_t
sum_of(const int64_t numbers[REASON_N], enum tally_class class)
{
	int64_t sum = 0;
	int i;

	for (i = 0; i < REASON_N; i++)
		if (classes[i] == class)
			sum += numbers[i];
	return sum;
}

int64_t
period_count(const struct period *period, enum tally_class class)
{
	return sum_of(period->counts, class);
}

int64_t
period_delay_s(const struct period *period)
{
	return sum_of(period->delays_s, CLASS_WAITED);
}

int64_t
period_total(const struct period *period)
{
	int64_t sum = 0;
	int i;

	for (i = 0; i < REASON_N; i++)
		sum += period->counts[i];
	return sum;
}

int64_t
period_without_pass(const struct period *period)
{
	int64_t n = period_count(period, CLASS_FIRST) - period_count(period, CLASS_WAITED);

	return n > 0 ? n : 0;
}

int64_t
tally_never(const struct tally *tally, size_t n, int64_t window_s, int64_t *end_out)
{
	struct period sum = { 0 };
	size_t i;

	*end_out = 0;
	for (i = TALLY_DAYS - n; i < TALLY_DAYS; i++)
		if (tally->days[i].to_s + window_s <= tally->now_s) {
			period_add(&sum, &tally->days[i]);
			*end_out = tally->days[i].to_s;
		}
	return period_without_pass(&sum);
}

/* Midnight N days before the day of TM; where it does not exist, what the clock shows instead. */
static int64_t
midnight(const struct tm *tm, int n)
{
	struct tm day = { .tm_year = tm->tm_year,
		.tm_mon = tm->tm_mon,
		.tm_mday = tm->tm_mday - n,
		.tm_isdst = -1 };

	return (int64_t)mktime(&day);
}

struct period
period_of_hour(int64_t now_s, int n)
{
	time_t now = (time_t)now_s;
	struct tm tm;
	int64_t from_s;

	localtime_r(&now, &tm);
	from_s = now_s - tm.tm_min * 60 - tm.tm_sec - n * INT64_C(3600);
	return (struct period){ .from_s = from_s, .to_s = from_s + 3600 };
}

struct period
period_of_day(int64_t now_s, int n)
{
	time_t now = (time_t)now_s;
	struct tm tm;

	localtime_r(&now, &tm);
	return (struct period){ .from_s = midnight(&tm, n), .to_s = midnight(&tm, n - 1) };
}

/* ---- reading ---- */

/* FRESH with what was read of the same time, when that is over. */
static void
set_period(struct period *fresh, int64_t from_s, int64_t to_s, const struct period *old, size_t n)
{
	size_t i;

	*fresh = (struct period){ .from_s = from_s, .to_s = to_s };
	for (i = 0; i < n; i++)
		if (old[i].from_s == from_s && old[i].to_s == to_s &&
		    old[i].read_s - SETTLED_S >= to_s)
			*fresh = old[i];
}

void
tally_begin(struct tally *tally, int64_t now_s)
{
	const struct tally old = *tally;
	struct period span;
	int i;

	tally->now_s = now_s;
	tally->at = 0;
	set_period(&tally->hour, now_s - 3600, INT64_MAX, NULL, 0);
	set_period(&tally->day, now_s - 86400, INT64_MAX, NULL, 0);
	for (i = 0; i < TALLY_HOURS; i++) {
		span = period_of_hour(now_s, TALLY_HOURS - 1 - i);
		set_period(&tally->hours[i], span.from_s, span.to_s, old.hours, TALLY_HOURS);
	}
	for (i = 0; i < TALLY_DAYS; i++) {
		span = period_of_day(now_s, TALLY_DAYS - 1 - i);
		set_period(&tally->days[i], span.from_s, span.to_s, old.days, TALLY_DAYS);
	}
}

static bool
take_row(void *arg, const struct stat_row *row)
{
	struct period *period = arg;
	enum reason reason;

	if (reason_parse(row->reason, &reason) == 0) {
		period->counts[reason] += row->count;
		period->delays_s[reason] += row->delay_s;
	}
	return true;
}

int
period_read(struct period *period, struct store *store, struct err *err)
{
	return store_stat_sum(store, period->from_s, period->to_s, take_row, period, err);
}

static struct period *
period_at(struct tally *tally, size_t at)
{
	if (at < 2)
		return at == 0 ? &tally->hour : &tally->day;
	at -= 2;
	return at < TALLY_HOURS ? &tally->hours[at] : &tally->days[at - TALLY_HOURS];
}

enum store_found
tally_read(struct tally *tally, struct store *store, struct err *err)
{
	struct period *period;

	while (tally->at < PERIODS && period_at(tally, tally->at)->read_s != 0)
		tally->at++;
	if (tally->at == PERIODS)
		return STORE_NO;
	period = period_at(tally, tally->at);
	if (period_read(period, store, err) == -1)
		return STORE_ERROR;
	period->read_s = tally->now_s;
	return STORE_YES;
}

int
tally_percent(const struct tally *tally)
{
	return (int)(tally->at * 100 / PERIODS);
}
