/* view_statistics.c - what greylisting did and what it cost: one sentence, a table of counts, the
 * last hours and days as charts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "tui/app.h"
#include "tui/chart.h"
#include "tui/count_table.h"

#define SLICE_MS 5
#define HIGH_ROWS 40 /* there the columns of charts are higher */

/* ---- words ---- */

static int64_t
window_s(const struct view *view)
{
	return view->console->config->greylist_window_s;
}

static int
room(const struct view *view)
{
	return term_cols(view->console->term) - 1;
}

static const char *
count(int64_t n, char out[CHART_COUNT_MAX])
{
	return chart_count(n, CHART_COUNT_MAX, out);
}

/* What is left of a period's mail, but for what needs no word: each mail counts once. */
static void
add_fates(const struct period *p, struct buf *b)
{
	int64_t waited = period_count(p, CLASS_WAITED), rejected = period_count(p, CLASS_REJECTED);
	int64_t missing = period_without_pass(p);
	char text[CHART_COUNT_MAX], average[DURATION_TEXT_MAX];

	buf_printf(b, "%s passed at once", count(period_count(p, CLASS_AT_ONCE), text));
	if (waited > 0)
		buf_printf(b, ", %s waited %s on average", count(waited, text),
		    duration_format_human(period_delay_s(p) / waited, average));
	if (rejected > 0)
		buf_printf(
		    b, ", %s %s rejected", count(rejected, text), rejected == 1 ? "was" : "were");
	if (missing > 0)
		buf_printf(b, ", %s %s not come again so far", count(missing, text),
		    missing == 1 ? "has" : "have");
}

static void
add_headline(struct view *view, const struct period *p)
{
	int64_t mails = period_count(p, CLASS_AT_ONCE) + period_count(p, CLASS_WAITED) +
			period_count(p, CLASS_REJECTED) + period_without_pass(p);
	char text[512], number[CHART_COUNT_MAX];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	if (mails == 0) {
		buf_add_text(&b, "In 24 hours: no message");
	} else {
		buf_printf(
		    &b, "In 24 hours: %s message%s; ", count(mails, number), mails == 1 ? "" : "s");
		add_fates(p, &b);
	}
	buf_add_char(&b, '.');
	view_sentence(view, ELEMENT_NORMAL, 0, buf_slice(&b));
	if (p->counts[REASON_STORE_FAILED] == 0)
		return;
	buf_init(&b, text, sizeof(text));
	buf_printf(&b, "%s decided without the database: 7 shows what is wrong.",
	    count(p->counts[REASON_STORE_FAILED], number));
	view_sentence(view, ELEMENT_NOTICE, 0, buf_slice(&b));
}

/* ---- charts ---- */

typedef int64_t value_fn(const struct view *view, const struct period *period);

static int64_t
first_seen(const struct view *view, const struct period *period)
{
	(void)view;
	return period_count(period, CLASS_FIRST);
}

static int64_t
too_early(const struct view *view, const struct period *period)
{
	(void)view;
	return period_count(period, CLASS_EARLY);
}

static int64_t
passed_after(const struct view *view, const struct period *period)
{
	(void)view;
	return period_count(period, CLASS_WAITED);
}

static int64_t
passed_by_pool(const struct view *view, const struct period *period)
{
	(void)view;
	return period->counts[REASON_POOL];
}

static int64_t
passed_at_once(const struct view *view, const struct period *period)
{
	(void)view;
	return period_count(period, CLASS_AT_ONCE);
}

static int64_t
rejected(const struct view *view, const struct period *period)
{
	(void)view;
	return period_count(period, CLASS_REJECTED);
}

static int64_t
average_wait_s(const struct view *view, const struct period *period)
{
	int64_t n = period_count(period, CLASS_WAITED);

	(void)view;
	return n == 0 ? 0 : period_delay_s(period) / n;
}

static int64_t
never_again(const struct view *view, const struct period *period)
{
	return period->to_s + window_s(view) > view->list.now_s ? CHART_UNKNOWN
								: period_without_pass(period);
}

static const struct measure {
	const char *title;
	value_fn *value;
	bool is_span;   /* seconds, not a count */
	bool days_only; /* an hour is too short for it */
} measures[] = {
	{ "Deferred, seen first", first_seen, false, false },
	{ "Deferred again: retried too early", too_early, false, false },
	{ "Passed after waiting", passed_after, false, false },
	{ "of these through a pool", passed_by_pool, false, false },
	{ "Average wait of mail that waited", average_wait_s, true, false },
	{ "Never came again ('?': may still come)", never_again, false, true },
	{ "Passed at once: known or whitelisted", passed_at_once, false, false },
	{ "Rejected by rule", rejected, false, false },
};

#define MEASURES (sizeof(measures) / sizeof(measures[0]))

struct series {
	const struct period *periods;
	size_t n;
	struct chart_label labels[TALLY_DAYS];
};

/* Of a duration the greater unit, where both have no room. */
static void
scale_text(const struct measure *measure, int64_t max, char out[DURATION_TEXT_MAX])
{
	if (measure->is_span)
		duration_format_human(max, out);
	else
		chart_count(max, CHART_SCALE - 1, out);
	if (strlen(out) > CHART_SCALE - 1)
		out[strcspn(out, " ")] = '\0';
}

static void
add_chart(struct view *view, const struct series *series, const struct measure *measure)
{
	int64_t values[TALLY_DAYS];
	struct chart chart = { values, series->n,
		term_rows(view->console->term) >= HIGH_ROWS ? 5 : 3, room(view),
		term_charset(view->console->term) };
	char text[1024], top[DURATION_TEXT_MAX];
	struct buf b;
	size_t i;
	int row;

	for (i = 0; i < series->n; i++)
		values[i] = measure->value(view, &series->periods[i]);
	if (chart_max(&chart) == 0)
		return;
	scale_text(measure, chart_max(&chart), top);
	view_line(view, ELEMENT_NORMAL, "%s", measure->title);
	for (row = 0; row <= chart.rows; row++) {
		buf_init(&b, text, sizeof(text));
		if (row < chart.rows)
			chart_row(&chart, row, top, &b);
		else
			chart_labels(&chart, series->labels, &b);
		view_line(view, row < chart.rows ? ELEMENT_CHART : ELEMENT_DIM, "%s", text);
	}
}

static void
add_charts(struct view *view, const char *title, const struct series *series)
{
	struct period sum = { 0 };
	size_t i;

	for (i = 0; i < series->n; i++)
		period_add(&sum, &series->periods[i]);
	view_line(view, ELEMENT_NORMAL, "%s", "");
	view_line(view, ELEMENT_SECTION, "%s", title);
	if (period_total(&sum) == 0)
		view_line(view, ELEMENT_NORMAL, "Nothing was counted.");
	for (i = 0; i < MEASURES; i++)
		if (!measures[i].days_only || series->n == TALLY_DAYS)
			add_chart(view, series, &measures[i]);
}

static struct tm
clock_of(int64_t time_s)
{
	time_t time = (time_t)time_s;
	struct tm tm;

	localtime_r(&time, &tm);
	return tm;
}

static void
add_hours(struct view *view, const struct tally *tally)
{
	struct series series = { tally->hours, TALLY_HOURS, { { 0, 0 } } };
	int i;

	for (i = 0; i < TALLY_HOURS; i++) {
		int hour = clock_of(tally->hours[i].from_s).tm_hour;

		series.labels[i] = (struct chart_label){ hour, hour };
	}
	add_charts(view, "Last 24 hours, by the hour", &series);
}

static void
add_days(struct view *view, const struct tally *tally)
{
	struct series series = { tally->days, TALLY_DAYS, { { 0, 0 } } };
	int64_t kept_s = view->console->config->statistics_age_s;
	char text[128], age[DURATION_TEXT_MAX];
	int i;

	for (i = 0; i < TALLY_DAYS; i++)
		series.labels[i] = (struct chart_label){ clock_of(tally->days[i].from_s).tm_mday,
			TALLY_DAYS - 1 - i };
	add_charts(view, "Last 30 days, by the day of the month", &series);
	if (kept_s >= TALLY_DAYS * 86400)
		return;
	snprintf(text, sizeof(text), "Counts are kept for %s (statistics.age).",
	    duration_format(kept_s, age));
	view_sentence(view, ELEMENT_DIM, 0, slice_of(text));
}

/* ---- the view ---- */

static int
open_statistics(struct view *view, struct err *err)
{
	(void)err;
	view->state = xcalloc(1, sizeof(struct tally));
	return 0;
}

static void
close_statistics(struct view *view)
{
	free(view->state);
}

static void
add_page(struct view *view, const struct tally *tally)
{
	struct period all = tally->day;
	int i;

	for (i = 0; i < TALLY_DAYS; i++)
		period_add(&all, &tally->days[i]);
	if (period_total(&all) == 0)
		return;
	add_headline(view, &tally->day);
	count_table_add(view, tally);
	add_hours(view, tally);
	add_days(view, tally);
}

static enum view_read
read_statistics(struct view *view, bool begin, struct err *err)
{
	struct tally *tally = view->state;
	int64_t end_ms = clock_mono_ms() + SLICE_MS;
	enum store_found more;

	if (begin)
		tally_begin(tally, view->list.now_s);
	do
		more = tally_read(tally, view->console->store, err);
	while (more == STORE_YES && clock_mono_ms() < end_ms);
	view->percent = tally_percent(tally);
	if (more != STORE_NO)
		return more == STORE_YES ? VIEW_MORE : VIEW_ERROR;
	list_begin(&view->list);
	add_page(view, tally);
	list_end(&view->list);
	return VIEW_DONE;
}

static void
summarise(struct view *view, struct buf *out)
{
	(void)view;
	buf_add_text(out, "What greylisting did and what it cost; ? tells how it is counted");
}

const struct view_type view_statistics = {
	.id = VIEW_STATISTICS,
	.name = "statistics",
	.title = "Statistics",
	.about =
	    "What greylisting did and what it cost. Messages count once for each kind of answer, "
	    "whatever the number of recipients: a mail that was deferred, came too early and then "
	    "passed is in three rows of the table, and once in the first sentence. 1 hour and 24 "
	    "hours end now, days are those of the clock. What never came again are the first "
	    "contacts "
	    "less the passes after waiting of the same days, of days whose greylist.window is "
	    "over; "
	    "mail that was let pass in another way meanwhile counts as not come again. The last "
	    "column of a chart is not over yet, the number beside it is its greatest value.",
	.empty =
	    "Nothing was counted in 30 days. greygated counts as it answers; 7 shows whether it "
	    "runs and is asked.",
	.columns = view_text_columns,
	.column_n = 1,
	.flags = VIEW_IS_TEXT,
	.sort = -1,
	.open = open_statistics,
	.close = close_statistics,
	.read = read_statistics,
	.summary = summarise,
};
