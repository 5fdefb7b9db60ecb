/* table.c - see table.h. */
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/base/xalloc.h"

#define GAP 2
#define NARROWEST 8
#define CELL_BYTES 1024

void
table_init(struct table *t, const struct table_column *columns, int column_n, int screen_width)
{
	int i;

	memset(t, 0, sizeof(*t));
	t->columns = columns;
	t->column_n = column_n;
	t->screen_width = screen_width;
	for (i = 0; i < column_n; i++)
		t->widths[i] = table_width(columns[i].title);
}

/* Length in bytes and width in cells of the first character. */
static int
next_char(const char *text, int *width_out)
{
	wchar_t wc;
	mbstate_t state = { 0 };
	size_t n = mbrtowc(&wc, text, MB_CUR_MAX, &state);

	if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
		*width_out = 1; /* a locale that does not know UTF-8: bytes */
		return 1;
	}
	*width_out = wcwidth(wc) < 0 ? 0 : wcwidth(wc);
	return (int)n;
}

int
table_width(const char *text)
{
	int total = 0, width;

	while (*text != '\0') {
		text += next_char(text, &width);
		total += width;
	}
	return total;
}

/* Prints TEXT in exactly WIDTH cells; what does not fit is cut and ends in '~'. */
static void
put_cut(const char *text, int width)
{
	int used = 0, next;

	while (*text != '\0') {
		int n = next_char(text, &next);

		if (used + next > width - 1)
			break;
		fwrite(text, 1, (size_t)n, stdout);
		text += n;
		used += next;
	}
	printf("~%*s", width - used - 1, "");
}

static void
put_cell(const struct table *t, int column, const char *text, bool last, bool whole)
{
	int width = t->widths[column], own = table_width(text);

	if (own > width && t->screen_width > 0 && !whole)
		put_cut(text, width);
	else if (t->columns[column].right)
		printf("%*s%s", width > own ? width - own : 0, "", text);
	else
		printf("%s%*s", text, last || own > width ? 0 : width - own, "");
	if (!last)
		printf("%*s", GAP, "");
}

static int
total_width(const struct table *t)
{
	int total = GAP * (t->column_n - 1), i;

	for (i = 0; i < t->column_n; i++)
		total += t->widths[i];
	return total;
}

/* Takes from the widest column that may shrink, cell by cell, until the row fits. */
static void
fit(struct table *t)
{
	int i, widest;

	while (t->screen_width > 0 && total_width(t) > t->screen_width) {
		widest = -1;
		for (i = 0; i < t->column_n; i++)
			if (t->columns[i].may_shrink && t->widths[i] > NARROWEST &&
			    (widest == -1 || t->widths[i] > t->widths[widest]))
				widest = i;
		if (widest == -1)
			return;
		t->widths[widest]--;
	}
}

static void
put_titles(const struct table *t)
{
	int i;

	for (i = 0; i < t->column_n; i++)
		put_cell(
		    t, i, t->columns[i].title, i == t->column_n - 1 && !t->columns[i].right, false);
	printf("\n");
}

static void
put_rows(struct table *t)
{
	int row, i;

	if (!t->begun) {
		fit(t);
		put_titles(t);
		t->begun = true;
	}
	for (row = 0; row < t->row_n; row++) {
		for (i = 0; i < t->column_n; i++) {
			bool last = i == t->column_n - 1;

			put_cell(t, i, t->cells[row][i], last, last && t->whole[row]);
			free(t->cells[row][i]);
		}
		t->whole[row] = false;
		printf("\n");
	}
	t->row_n = 0;
}

void
table_cell(struct table *t, struct slice text)
{
	char storage[CELL_BYTES];
	struct buf b;
	int width;

	buf_init(&b, storage, sizeof(storage));
	str_escape(&b, text, ESCAPE_TEXT);
	t->cells[t->row_n][t->column] = xstrdup(storage);
	width = table_width(storage);
	if (!t->begun && width > t->widths[t->column])
		t->widths[t->column] = width;
	if (++t->column < t->column_n)
		return;
	t->column = 0;
	t->row_n++;
	t->total++;
	if (t->row_n == TABLE_LOOK_AHEAD || t->begun)
		put_rows(t);
}

void
table_text(struct table *t, const char *text)
{
	table_cell(t, slice_of(text));
}

void
table_whole(struct table *t, const char *text)
{
	t->whole[t->row_n] = true;
	table_text(t, text);
}

void
table_number(struct table *t, long long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", number);
	table_text(t, text);
}

void
table_end(struct table *t, const char *empty)
{
	if (t->total == 0)
		printf("%s\n", empty);
	else
		put_rows(t);
}
