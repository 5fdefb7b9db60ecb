/* test_chart.c - columns over time, their scale and labels; the periods that they show. */
#include "tests/unit/cases.h"

#include <stdlib.h>
#include <time.h>

#include "common/greylist/tally.h"
#include "common/store/stat.h"
#include "tests/unit/scratch.h"
#include "tui/chart.h"

#define NOW_S INT64_C(1795565400) /* 2026-11-25 00:10:00 UTC, a Wednesday */
#define DAY_S INT64_C(86400)

/* ---- charts ---- */

static const struct chart_case {
	const char *name;
	int64_t values[4];
	size_t n;
	int rows, cols;
	enum text_charset charset;
	const char *want; /* rows, and the labels 08 to 11 */
} chart_cases[] = {
	{ "nothing", { 0, 0, 0, 0 }, 4, 1, 19, TEXT_UTF8,
	    "   top|            \n       08 09 10 11\n" },
	{ "a value is never invisible", { 1, 1000, 0, 500 }, 4, 1, 19, TEXT_UTF8,
	    "   top|▁▁ ██    ▄▄ \n       08 09 10 11\n" },
	{ "two rows", { 4, 8, 2, 6 }, 4, 2, 19, TEXT_UTF8,
	    "   top|   ██    ▄▄ \n      |██ ██ ▄▄ ██ \n       08 09 10 11\n" },
	{ "without UTF-8", { 1, 8, 4, 6 }, 4, 2, 19, TEXT_ASCII,
	    "   top|   ##    :: \n      |.. ## ## ## \n       08 09 10 11\n" },
	{ "two cells each", { 1, 2, 3, 4 }, 4, 1, 15, TEXT_ASCII,
	    "   top|. : # # \n       08  10\n" },
	{ "one cell each", { 1, 2, 3, 4 }, 4, 1, 11, TEXT_ASCII, "   top|.:##\n        09\n" },
	{ "no room at all", { 1, 2, 3, 4 }, 4, 1, 3, TEXT_ASCII, "   top|.:##\n        09\n" },
	{ "much room", { 4 }, 1, 1, 200, TEXT_ASCII, "   top|##### \n       08\n" },
	{ "not known yet", { 2, -1, 1, -1 }, 4, 2, 19, TEXT_ASCII,
	    "   top|##          \n      |## ?  ## ?  \n       08 09 10 11\n" },
	{ "great numbers", { INT64_MAX, INT64_MAX / 2, 0, 0 }, 4, 1, 19, TEXT_UTF8,
	    "   top|██ ▄▄       \n       08 09 10 11\n" },
};

static void
charts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(chart_cases); i++) {
		const struct chart_case *c = &chart_cases[i];
		struct chart chart = { c->values, c->n, c->rows, c->cols, c->charset };
		struct chart_label labels[4] = { { 8, 8 }, { 9, 9 }, { 10, 10 }, { 11, 11 } };
		char got[1024];
		struct buf b;
		int row;

		buf_init(&b, got, sizeof(got));
		for (row = 0; row < c->rows; row++) {
			chart_row(&chart, row, "top", &b);
			buf_add_char(&b, '\n');
		}
		chart_labels(&chart, labels, &b);
		buf_add_char(&b, '\n');
		want_text(c->name, got, c->want);
	}
	end_cases();
}

static const struct count_case {
	int64_t count;
	int cols;
	const char *want;
} count_cases[] = {
	{ 0, 6, "0" },
	{ 999, 6, "999" },
	{ 1204, 6, "1 204" },
	{ 99999, 6, "99 999" },
	{ 100000, 7, "100 000" },
	{ 100000, 6, "100k" },
	{ 12345678, 6, "12345k" },
	{ 12345678, 5, "12.3M" },
	{ 12345678, 4, "12M" },
	{ 10204, 5, "10.2k" },
	{ 1999, 4, "1.9k" }, /* never more than there is */
	{ 1234567890, 6, "1234M" },
	{ INT64_MAX, 6, "9223372T" }, /* there is no greater unit */
	{ INT64_MAX, CHART_COUNT_MAX, "9 223 372 036 854 775 807" },
};

static void
counts(void **state)
{
	char got[CHART_COUNT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(count_cases); i++)
		want_text(count_cases[i].want,
		    chart_count(count_cases[i].count, count_cases[i].cols, got),
		    count_cases[i].want);
	end_cases();
}

/* ---- periods ---- */

struct scene {
	struct scratch scratch;
	struct store *store;
	struct tally tally;
};

static void
scene_make(struct scene *s, const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
	memset(&s->tally, 0, sizeof(s->tally));
	scratch_make(&s->scratch);
	s->store = scratch_open(&s->scratch, STORE_SERVER, NULL);
	assert_non_null(s->store);
}

static void
scene_remove(struct scene *s)
{
	store_close(s->store);
	scratch_remove(&s->scratch);
}

static void
add(struct scene *s, int64_t time_s, enum reason reason, int64_t n, int64_t delay_s)
{
	struct stat_row row = { time_s - time_s % 60, slice_of(reason_info(reason)->name), n,
		delay_s };

	assert_int_equal(store_begin(s->store, NULL), 0);
	assert_int_equal(store_stat_add(s->store, &row, NULL), 0);
	assert_int_equal(store_commit(s->store, NULL), 0);
}

/* Returns how many periods had to be read. */
static int
read_all(struct scene *s, int64_t now_s)
{
	enum store_found more;
	int n = -1;

	tally_begin(&s->tally, now_s);
	do {
		more = tally_read(&s->tally, s->store, NULL);
		n++;
	} while (more == STORE_YES);
	assert_int_equal(more, STORE_NO);
	assert_int_equal(tally_percent(&s->tally), 100);
	return n;
}

static void
every_reason_is_of_a_class(void **state)
{
	struct period period = { 0 };
	int64_t sum = 0;
	int i;

	(void)state;
	for (i = 0; i < REASON_N; i++)
		period.counts[i] = 1;
	for (i = 0; i < CLASS_N; i++)
		sum += period_count(&period, (enum tally_class)i);
	assert_int_equal(sum, REASON_N);
	for (i = 0; i < REASON_N; i++)
		want_int(reason_info((enum reason)i)->name, reason_info((enum reason)i)->delayed,
		    tally_class_of((enum reason)i) == CLASS_WAITED);
	end_cases();
}

static void
periods_follow_the_clock(void **state)
{
	struct scene s;

	(void)state;
	scene_make(&s, "UTC");
	add(&s, NOW_S - 60, REASON_NEW, 3, 0);
	add(&s, NOW_S - 660, REASON_NEW, 5, 0); /* yesterday, 23:59 */
	add(&s, NOW_S - 3660, REASON_RETRY, 2, 600);
	add(&s, NOW_S - 2 * DAY_S, REASON_KNOWN, 7, 0);
	read_all(&s, NOW_S);
	want_int("hour", s.tally.hour.counts[REASON_NEW], 8);
	want_int("hour", s.tally.hour.counts[REASON_RETRY], 0);
	want_int("day", s.tally.day.counts[REASON_RETRY], 2);
	want_int("delay", period_delay_s(&s.tally.day), 600);
	want_int("this hour", s.tally.hours[23].counts[REASON_NEW], 3);
	want_int("hour before", s.tally.hours[22].counts[REASON_NEW], 5);
	want_int("and the retry", s.tally.hours[22].counts[REASON_RETRY], 2);
	want_int("today", s.tally.days[29].counts[REASON_NEW], 3);
	want_int("yesterday", s.tally.days[28].counts[REASON_NEW], 5);
	want_int("before", s.tally.days[27].counts[REASON_KNOWN], 7);
	want_int("from", s.tally.days[29].from_s, NOW_S - 600);
	end_cases();
	scene_remove(&s);
}

static void
the_past_is_read_once(void **state)
{
	struct scene s;

	(void)state;
	scene_make(&s, "UTC");
	want_int("all", read_all(&s, NOW_S), 2 + TALLY_HOURS + TALLY_DAYS);
	add(&s, NOW_S, REASON_NEW, 1, 0);
	want_int("what is not over", read_all(&s, NOW_S + 10), 4);
	want_int("its count", s.tally.days[29].counts[REASON_NEW], 1);
	want_int("again", read_all(&s, NOW_S + 20), 4);
	want_int("counted once", s.tally.days[29].counts[REASON_NEW], 1);
	add(&s, NOW_S + 3000 - 1, REASON_NEW, 1, 0); /* 00:59:59, written a moment later */
	want_int("at the next hour", read_all(&s, NOW_S + 3000), 5);
	want_int("the one before", s.tally.hours[22].counts[REASON_NEW], 2);
	want_int("a minute later", read_all(&s, NOW_S + 3060), 5);
	want_int("then it is over", read_all(&s, NOW_S + 3070), 4);
	want_int("kept", s.tally.hours[22].counts[REASON_NEW], 2);
	end_cases();
	scene_remove(&s);
}

/* Days of 25 hours, hours that begin at half past: nothing is lost or counted twice. */
static void
clocks_of_other_zones(void **state)
{
	static const struct {
		const char *zone;
		int64_t now_s, hours; /* hours in the day of the change, the 12th before */
	} zones[] = {
		{ "Europe/Berlin", 1793880000, 25 }, /* 2026-11-05; 2026-10-25 */
		{ "America/St_Johns", 1794200000, 24 },
		{ "Asia/Kolkata", NOW_S, 24 },
	};
	struct scene s;
	size_t i;
	int j;

	(void)state;
	for (i = 0; i < COUNT(zones); i++) {
		int64_t from_s;

		scene_make(&s, zones[i].zone);
		read_all(&s, zones[i].now_s);
		for (j = 1; j < TALLY_DAYS; j++)
			want_int(zones[i].zone, s.tally.days[j].from_s, s.tally.days[j - 1].to_s);
		from_s = s.tally.days[18].from_s;
		want_int(zones[i].zone, (s.tally.days[18].to_s - from_s) / 3600, zones[i].hours);
		want_int(zones[i].zone, s.tally.hours[23].to_s > zones[i].now_s, 1);
		scene_remove(&s);
	}
	setenv("TZ", "UTC", 1);
	tzset();
	end_cases();
}

static void
what_never_came_again(void **state)
{
	struct scene s;
	int64_t end_s;

	(void)state;
	scene_make(&s, "UTC");
	add(&s, NOW_S - 60, REASON_NEW, 100, 0);
	add(&s, NOW_S - 1 * DAY_S, REASON_NEW, 100, 0);
	add(&s, NOW_S - 3 * DAY_S, REASON_NEW, 10, 0);
	add(&s, NOW_S - 3 * DAY_S, REASON_EXPIRED, 2, 0);
	add(&s, NOW_S - 4 * DAY_S, REASON_RETRY, 3, 60);
	add(&s, NOW_S - 4 * DAY_S, REASON_POOL, 1, 60);
	add(&s, NOW_S - 20 * DAY_S, REASON_NEW, 5, 0);
	read_all(&s, NOW_S);
	want_int("week", tally_never(&s.tally, 7, 2 * DAY_S, &end_s), 8);
	want_int("to the end of the 22nd", end_s, NOW_S - 600 - 2 * DAY_S);
	want_int("month", tally_never(&s.tally, TALLY_DAYS, 2 * DAY_S, &end_s), 13);
	want_int("no day is over", tally_never(&s.tally, 7, 30 * DAY_S, &end_s), 0);
	want_int("none", end_s, 0);
	want_int("never less than none", period_without_pass(&s.tally.days[25]), 0);
	end_cases();
	scene_remove(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(charts),
		cmocka_unit_test(counts),
		cmocka_unit_test(every_reason_is_of_a_class),
		cmocka_unit_test(periods_follow_the_clock),
		cmocka_unit_test(the_past_is_read_once),
		cmocka_unit_test(clocks_of_other_zones),
		cmocka_unit_test(what_never_came_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
