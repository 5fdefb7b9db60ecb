/* chart.c - see chart.h. */
#include "tui/chart.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CELL_MAX 6
#define EIGHTHS 8

int
chart_cell(const struct chart *chart)
{
	int cell = chart->n == 0 ? 1 : (chart->cols - CHART_SCALE) / (int)chart->n;

	return cell < 1 ? 1 : cell > CELL_MAX ? CELL_MAX : cell;
}

int64_t
chart_max(const struct chart *chart)
{
	int64_t max = 0;
	size_t i;

	for (i = 0; i < chart->n; i++)
		if (chart->values[i] > max)
			max = chart->values[i];
	return max;
}

/* Eighths of a cell that the column of VALUE is high; a value is never invisible. */
static int
height(const struct chart *chart, int64_t value, int64_t max)
{
	int level = value <= 0 ? 0
			       : (int)((double)value / (double)max * chart->rows * EIGHTHS + 0.5);

	return value > 0 && level == 0 ? 1 : level;
}

static void
add_times(struct buf *out, const char *text, int n)
{
	while (n-- > 0)
		buf_add_text(out, text);
}

void
chart_row(const struct chart *chart, int row, const char *top, struct buf *out)
{
	int cell = chart_cell(chart), below = (chart->rows - 1 - row) * EIGHTHS;
	int blocks = cell > 1 ? cell - 1 : 1;
	int64_t max = chart_max(chart);
	size_t i;

	buf_printf(out, "%*s|", CHART_SCALE - 1, row == 0 ? top : "");
	for (i = 0; i < chart->n; i++) {
		int level = height(chart, chart->values[i], max) - below;
		bool unknown = chart->values[i] == CHART_UNKNOWN && below == 0;

		buf_add_text(out, unknown ? "?" : text_column(level, chart->charset));
		add_times(out, unknown ? " " : text_column(level, chart->charset), blocks - 1);
		add_times(out, " ", cell - blocks);
	}
}

/* Columns from one label to the next: they need three cells. */
static int
label_step(int cell)
{
	static const int steps[] = { 1, 2, 3, 6 };
	size_t i = 0;

	while (i + 1 < sizeof(steps) / sizeof(steps[0]) && steps[i] * cell < 3)
		i++;
	return steps[i];
}

void
chart_labels(const struct chart *chart, const struct chart_label *labels, struct buf *out)
{
	int cell = chart_cell(chart), step = label_step(cell), at = CHART_SCALE, done = 0;
	size_t i;

	for (i = 0; i < chart->n; i++, at += cell) {
		if (labels[i].mark % step != 0)
			continue;
		add_times(out, " ", at - done);
		buf_printf(out, "%02d", labels[i].number);
		done = at + 2;
	}
}

/* Blanks between groups of three digits. */
static void
group_digits(int64_t count, char out[CHART_COUNT_MAX])
{
	char digits[CHART_COUNT_MAX];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, count), i;
	struct buf b;

	buf_init(&b, out, CHART_COUNT_MAX);
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_char(&b, ' ');
		buf_add_char(&b, digits[i]);
	}
}

/* COUNT in units of SIZE, rounded down; with a tenth where that is one digit of three. */
static void
in_units(int64_t count, int64_t size, char unit, int cols, char out[CHART_COUNT_MAX])
{
	int64_t whole = count / size, tenths = count % size / (size / 10);

	snprintf(out, CHART_COUNT_MAX, "%" PRId64 ".%d%c", whole, (int)tenths, unit);
	if (whole >= 100 || (int)strlen(out) > cols)
		snprintf(out, CHART_COUNT_MAX, "%" PRId64 "%c", whole, unit);
}

const char *
chart_count(int64_t count, int cols, char out[CHART_COUNT_MAX])
{
	static const char units[] = "kMGT";
	int64_t size = 1;
	size_t i;

	group_digits(count, out);
	for (i = 0; (int)strlen(out) > cols && i < sizeof(units) - 1; i++) {
		size *= 1000;
		in_units(count, size, units[i], cols, out);
	}
	return out;
}
