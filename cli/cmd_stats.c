/* cmd_stats.c - what greylisting did, hour by hour or day by day; counted as the console does. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/greylist/tally.h"

#define PERIODS_MAX 1000
#define HOURS 24
#define WIDTH 80 /* in a pipe */
#define TIME_COLS 11
#define NUMBER_COLS 8
#define GAP 2
#define BAR_MIN 4
#define BAR_MAX 60

/* A class of answers, in the order of enum tally_class. */
static const struct {
	const char *title; /* of a column */
	const char *name;  /* for programs */
} classes[CLASS_N] = {
	[CLASS_AT_ONCE] = { "AT ONCE", "at_once" },
	[CLASS_FIRST] = { "FIRST", "first" },
	[CLASS_EARLY] = { "AGAIN", "again" },
	[CLASS_WAITED] = { "WAITED", "waited" },
	[CLASS_REJECTED] = { "REFUSED", "rejected" },
	[CLASS_OTHER] = { "OTHER", "other" },
};

struct stats {
	struct cli *cli;
	bool days;
	int64_t n;
	struct period *periods; /* oldest first */
	struct period sum;
	bool hidden[CLASS_N]; /* columns that a terminal has no room for */
	int bar_cols;         /* 0: none */
};

static const char *
clock_text(const struct stats *s, const struct period *p, char out[32])
{
	return s->days ? calendar_text(p->from_s, "%Y-%m-%d", out)
		       : calendar_text(p->from_s, "%m-%d %H:%M", out);
}

static int64_t
average_s(const struct period *p)
{
	int64_t n = period_count(p, CLASS_WAITED);

	return n == 0 ? 0 : period_delay_s(p) / n;
}

/* ---- text ---- */

/* A terminal shows no column that is empty; where it is narrow, the less telling ones go first. */
static void
choose_columns(struct stats *s)
{
	static const enum tally_class order[] = { CLASS_OTHER, CLASS_REJECTED, CLASS_EARLY,
		CLASS_AT_ONCE, CLASS_WAITED };
	int width = s->cli->width > 0 ? s->cli->width : WIDTH;
	int left = width - TIME_COLS - (CLASS_N + 1) * NUMBER_COLS;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]) && s->cli->width > 0; i++)
		if (left < 0 || period_count(&s->sum, order[i]) == 0) {
			s->hidden[order[i]] = true;
			left += NUMBER_COLS;
		}
	left -= GAP;
	s->bar_cols = left < BAR_MIN ? 0 : left > BAR_MAX ? BAR_MAX : left;
}

static int64_t
greatest(const struct stats *s)
{
	int64_t max = 1;
	int64_t i;

	for (i = 0; i < s->n; i++)
		if (period_count(&s->periods[i], CLASS_FIRST) > max)
			max = period_count(&s->periods[i], CLASS_FIRST);
	return max;
}

/* What was deferred, of the greatest value; a value is never invisible. */
static void
put_bar(int64_t value, int64_t max, int cols)
{
	int n = (int)((double)value / (double)max * cols + 0.5);

	if (value > 0 && n == 0)
		n = 1;
	if (cols > 0 && value > 0)
		printf("  %.*s", n, "############################################################");
}

static void
put_numbers(const struct stats *s, const char *title, const struct period *p)
{
	char text[DURATION_TEXT_MAX];
	int i;

	printf("%-*s", TIME_COLS, title);
	for (i = 0; i < CLASS_N; i++) {
		int64_t n = period_count(p, (enum tally_class)i);

		if (s->hidden[i])
			continue;
		if (n == 0)
			printf(" %*s", NUMBER_COLS - 1, "-");
		else
			printf(" %*" PRId64, NUMBER_COLS - 1, n);
	}
	printf("%*s", NUMBER_COLS,
	    period_count(p, CLASS_WAITED) == 0 ? "-" : duration_format_human(average_s(p), text));
}

static void
put_titles(const struct stats *s)
{
	int i;

	printf("%-*s", TIME_COLS, s->days ? "DAY" : "HOUR");
	for (i = 0; i < CLASS_N; i++)
		if (!s->hidden[i])
			printf("%*s", NUMBER_COLS, classes[i].title);
	printf("%*s%s\n", NUMBER_COLS, "DELAY", s->bar_cols > 0 ? "  FIRST" : "");
}

static void
print_text(struct stats *s)
{
	int64_t max = greatest(s), i;
	char text[32];

	choose_columns(s);
	put_titles(s);
	for (i = 0; i < s->n; i++) {
		const struct period *p = &s->periods[i];

		put_numbers(s, clock_text(s, p, text), p);
		put_bar(period_count(p, CLASS_FIRST), max, s->bar_cols);
		printf("\n");
	}
	put_numbers(s, "in all", &s->sum);
	printf("\n");
}

/* ---- for programs ---- */

static void
put_json(struct json *j, const struct period *p)
{
	int i;

	json_object(j, NULL);
	json_int(j, "from_s", p->from_s);
	json_int(j, "to_s", p->to_s);
	for (i = 0; i < CLASS_N; i++)
		json_int(j, classes[i].name, period_count(p, (enum tally_class)i));
	json_int(j, "delay_s", period_delay_s(p));
	json_object(j, "reasons");
	for (i = 0; i < REASON_N; i++)
		json_int(j, reason_info((enum reason)i)->name, p->counts[i]);
	json_end(j, '}');
	json_end(j, '}');
}

static void
print_json(const struct stats *s)
{
	struct json j;
	int64_t i;

	json_init(&j, stdout);
	json_array(&j, NULL);
	for (i = 0; i < s->n; i++)
		put_json(&j, &s->periods[i]);
	json_end(&j, ']');
}

static void
print_csv(const struct stats *s)
{
	int64_t i;
	int c;

	printf("from_s,to_s");
	for (c = 0; c < CLASS_N; c++)
		printf(",%s", classes[c].name);
	printf(",delay_s\n");
	for (i = 0; i < s->n; i++) {
		const struct period *p = &s->periods[i];

		printf("%" PRId64 ",%" PRId64, p->from_s, p->to_s);
		for (c = 0; c < CLASS_N; c++)
			printf(",%" PRId64, period_count(p, (enum tally_class)c));
		printf(",%" PRId64 "\n", period_delay_s(p));
	}
}

/* ---- reading ---- */

static int
read_options(struct stats *s, struct err *err)
{
	const struct cli *cli = s->cli;
	bool csv = cli_value(cli, "csv") != NULL;

	s->days = cli_value(cli, "days") != NULL;
	s->n = HOURS;
	if (s->days && cli_value(cli, "hours") != NULL)
		return err_set(err, ERR_USAGE, "either --hours or --days");
	if (csv && cli->json)
		return err_set(err, ERR_USAGE, "either --csv or --json");
	if (cli_number(cli, s->days ? "days" : "hours", &s->n, err) == -1)
		return -1;
	if (s->n > PERIODS_MAX)
		return err_set(
		    err, ERR_USAGE, "--%s: at most %d", s->days ? "days" : "hours", PERIODS_MAX);
	return 0;
}

static int
read_periods(struct stats *s, struct err *err)
{
	int64_t i;

	s->periods = xcalloc((size_t)s->n, sizeof(*s->periods));
	for (i = 0; i < s->n; i++) {
		int before = (int)(s->n - 1 - i);

		s->periods[i] = s->days ? period_of_day(s->cli->now_s, before)
					: period_of_hour(s->cli->now_s, before);
		if (period_read(&s->periods[i], s->cli->store, err) == -1)
			return -1;
		period_add(&s->sum, &s->periods[i]);
	}
	return 0;
}

int
cmd_stats(struct cli *cli, struct err *err)
{
	struct stats *s = xcalloc(1, sizeof(*s));
	int result;

	s->cli = cli;
	result = read_options(s, err);
	if (result == 0)
		result = read_periods(s, err);
	if (result == 0 && cli_value(cli, "csv") != NULL)
		print_csv(s);
	else if (result == 0 && cli->json)
		print_json(s);
	else if (result == 0)
		print_text(s);
	free(s->periods);
	free(s);
	return result;
}
