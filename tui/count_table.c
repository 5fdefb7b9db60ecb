/* count_table.c - see count_table.h. */
#include "tui/count_table.h"

#include <stdio.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "tui/app.h"
#include "tui/chart.h"

#define NARROW_COLS 60
#define NAME_COLS 36
#define BAR_MAX 40
#define BAR_MIN 6

enum { HOUR, DAY, WEEK, MONTH, SPANS };

static const struct span {
	const char *title;
	int cols;
	bool narrow; /* has room on a narrow screen, too */
} spans[SPANS] = {
	[HOUR] = { "1 hour", 7, false },
	[DAY] = { "24 hours", 9, true },
	[WEEK] = { "7 days", 8, false },
	[MONTH] = { "30 days", 9, true },
};

struct table {
	struct view *view;
	struct period sums[SPANS];
	int name_cols, bar_cols;
	bool narrow;
	int64_t bar_max;
};

static const char *const class_names[CLASS_N] = {
	[CLASS_AT_ONCE] = "Passed at once",
	[CLASS_FIRST] = "Deferred, seen first",
	[CLASS_EARLY] = "Deferred again",
	[CLASS_WAITED] = "Passed after waiting",
	[CLASS_REJECTED] = "Rejected",
	[CLASS_OTHER] = "Not judged",
};

static void
measure_table(struct table *t)
{
	int cols = term_cols(t->view->console->term) - 1, numbers = 0, left, i;

	t->narrow = cols < NARROW_COLS;
	for (i = 0; i < SPANS; i++)
		if (!t->narrow || spans[i].narrow)
			numbers += spans[i].cols;
	left = cols - numbers;
	t->name_cols = t->narrow ? left : NAME_COLS;
	t->bar_cols = left - t->name_cols - 2;
	if (t->bar_cols > BAR_MAX)
		t->bar_cols = BAR_MAX;
	for (i = 0; i < REASON_N; i++)
		if (t->sums[DAY].counts[i] > t->bar_max)
			t->bar_max = t->sums[DAY].counts[i];
}

static void
add_row(struct table *t, enum element element, const char *name, const char *const cells[SPANS],
    int64_t bar)
{
	enum text_charset charset = term_charset(t->view->console->term);
	char text[1024];
	struct buf b;
	int i;

	buf_init(&b, text, sizeof(text));
	text_fit(&b, slice_of(name), t->name_cols, TEXT_LEFT, charset);
	for (i = 0; i < SPANS; i++)
		if (!t->narrow || spans[i].narrow)
			text_fit(&b, slice_of(cells[i]), spans[i].cols, TEXT_RIGHT, charset);
	if (t->bar_cols >= BAR_MIN && bar > 0) {
		buf_add_text(&b, "  ");
		text_bar(&b, bar, t->bar_max, t->bar_cols, charset);
	}
	view_line(t->view, element, "%s", text);
}

/* A row that is nothing but zeros is left out. */
static void
add_counts(struct table *t, enum element element, const char *name, const int64_t counts[SPANS],
    int64_t bar)
{
	char texts[SPANS][CHART_COUNT_MAX];
	const char *cells[SPANS];
	bool any = false;
	int i;

	for (i = 0; i < SPANS; i++) {
		cells[i] = counts[i] <= 0 ? "-"
					  : chart_count(counts[i], spans[i].cols - 1, texts[i]);
		any = any || counts[i] > 0;
	}
	if (any)
		add_row(t, element, name, cells, bar);
}

static void
add_reason(struct table *t, enum element element, const char *prefix, int reason)
{
	int64_t counts[SPANS];
	char name[96];
	int i;

	for (i = 0; i < SPANS; i++)
		counts[i] = t->sums[i].counts[reason];
	snprintf(name, sizeof(name), "%s%s", prefix, reason_info((enum reason)reason)->counter);
	add_counts(t, element, name, counts, counts[DAY]);
}

/* The only reason of CLASS that was counted, or REASON_N. */
static int
only_reason(const struct table *t, enum tally_class class)
{
	int found = REASON_N, reason;

	for (reason = 0; reason < REASON_N; reason++) {
		if (tally_class_of((enum reason)reason) != class ||
		    (t->sums[DAY].counts[reason] == 0 && t->sums[MONTH].counts[reason] == 0))
			continue;
		if (found != REASON_N)
			return REASON_N;
		found = reason;
	}
	return found;
}

/* One line where there is one reason and it fits, else their sum and each of them. */
static void
add_class(struct table *t, enum tally_class class)
{
	int only = only_reason(t, class), reason, i;
	int64_t counts[SPANS];
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "%s: ", class_names[class]);
	if (only != REASON_N && !t->narrow &&
	    strlen(prefix) + strlen(reason_info((enum reason)only)->counter) < NAME_COLS) {
		add_reason(t, ELEMENT_NORMAL, prefix, only);
		return;
	}
	for (i = 0; i < SPANS; i++)
		counts[i] = period_count(&t->sums[i], class);
	add_counts(t, ELEMENT_NORMAL, class_names[class], counts, 0);
	for (reason = 0; reason < REASON_N && (only == REASON_N || !t->narrow); reason++)
		if (tally_class_of((enum reason)reason) == class)
			add_reason(t, ELEMENT_DIM, "  ", reason);
}

/* The delay of mail that passed after it: on average, and in all. */
static void
add_delays(struct table *t, const char *name, bool average)
{
	char texts[SPANS][DURATION_TEXT_MAX];
	const char *cells[SPANS];
	bool any = false;
	int i;

	for (i = 0; i < SPANS; i++) {
		int64_t n = period_count(&t->sums[i], CLASS_WAITED);
		int64_t delay_s = period_delay_s(&t->sums[i]);

		cells[i] =
		    n == 0 ? "-" : duration_format_human(average ? delay_s / n : delay_s, texts[i]);
		any = any || n > 0;
	}
	if (any)
		add_row(t, ELEMENT_NORMAL, name, cells, 0);
}

/* The last whole day of a time that ends at END_S: "21 Nov". */
static const char *
day_before(int64_t end_s, char out[CALENDAR_TEXT_MAX])
{
	return calendar_text(end_s - 1, "%d %b", out);
}

static void
add_never(struct table *t, const struct tally *tally)
{
	int64_t window_s = t->view->console->config->greylist_window_s;
	int64_t counts[SPANS] = { 0 }, end_s, month_end_s;
	char name[64], day[CALENDAR_TEXT_MAX];

	counts[WEEK] = tally_never(tally, 7, window_s, &end_s);
	counts[MONTH] = tally_never(tally, TALLY_DAYS, window_s, &month_end_s);
	snprintf(name, sizeof(name), "Never came again, to %s", day_before(month_end_s, day));
	add_counts(t, ELEMENT_NORMAL, name, counts, 0);
}

static void
add_titles(struct table *t)
{
	const char *titles[SPANS];
	int i;

	for (i = 0; i < SPANS; i++)
		titles[i] = spans[i].title;
	add_row(t, ELEMENT_SECTION, "Answers", titles, 0);
}

void
count_table_add(struct view *view, const struct tally *tally)
{
	struct table t = { .view = view };
	int i;

	t.sums[HOUR] = tally->hour;
	t.sums[DAY] = tally->day;
	for (i = 0; i < TALLY_DAYS; i++) {
		period_add(&t.sums[MONTH], &tally->days[i]);
		if (i >= TALLY_DAYS - 7)
			period_add(&t.sums[WEEK], &tally->days[i]);
	}
	measure_table(&t);
	add_titles(&t);
	for (i = 0; i < CLASS_N; i++)
		add_class(&t, (enum tally_class)i);
	add_delays(&t, "Waited on average", true);
	add_delays(&t, "Waited in all", false);
	add_never(&t, tally);
}
