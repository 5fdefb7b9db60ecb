/* chart.h - columns over time, made of lines of text; pure. A scale of CHART_SCALE cells stands
 * left of them: the greatest value in the top row, and nothing else, since they begin at 0. */
#ifndef TUI_CHART_H
#define TUI_CHART_H

#include "tui/text.h"

#define CHART_SCALE 7
#define CHART_UNKNOWN (-1) /* a value that cannot be known yet: '?' */
#define CHART_COUNT_MAX 32

struct chart {
	const int64_t *values;
	size_t n;
	int rows; /* of the columns */
	int cols; /* room for all, the scale too */
	enum text_charset charset;
};

/* Cells of one column, with the gap behind it. */
int chart_cell(const struct chart *chart);
int64_t chart_max(const struct chart *chart);

/* Row ROW, 0 is the uppermost. TOP is what the scale says of the greatest value. */
void chart_row(const struct chart *chart, int row, const char *top, struct buf *out);

/* What stands below a column: NUMBER, two digits, where there is room for every column whose MARK
 * is a multiple of the step that fits. */
struct chart_label {
	int number, mark;
};

void chart_labels(const struct chart *chart, const struct chart_label *labels, struct buf *out);

/* "1 204"; in thousands or more ("1204k", "10.2M") where that takes more than COLS cells. */
const char *chart_count(int64_t count, int cols, char out[CHART_COUNT_MAX]);

#endif
