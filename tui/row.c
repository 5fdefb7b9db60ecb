/* row.c - the rows of a list (list.h): how they are made, what their cells say. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "tui/list.h"

struct row *
row_new(const struct list *list, int64_t key, unsigned kind)
{
	struct row *row = xcalloc(1, sizeof(*row) + list->column_n * sizeof(row->cells[0]));

	row->key = key;
	row->kind = kind;
	row->mark = ' ';
	return row;
}

void
row_text(struct row *row, size_t column, struct slice text)
{
	free(row->cells[column].text);
	row->cells[column].text = xslicedup(text);
}

void
row_number(struct row *row, size_t column, int64_t number)
{
	row->cells[column].number = number;
}

void
row_printf(struct row *row, size_t column, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	row_text(row, column, slice_of(text));
}

void
row_free(const struct list *list, struct row *row)
{
	size_t i;

	if (row == NULL)
		return;
	for (i = 0; i < list->column_n; i++)
		free(row->cells[i].text);
	free(row);
}

/* ---- cells ---- */

int
list_column(const struct list *list, struct slice name)
{
	size_t i;

	for (i = 0; i < list->column_n; i++) {
		const struct column *column = &list->columns[i];

		if (slice_equal_nocase(name, slice_of(column->name)) ||
		    (column->alias != NULL && slice_equal_nocase(name, slice_of(column->alias))))
			return (int)i;
	}
	return -1;
}

const char *
list_text(const struct list *list, const struct row *row, const char *column)
{
	int at = list_column(list, slice_of(column));

	return row == NULL || at == -1 || row->cells[at].text == NULL ? "" : row->cells[at].text;
}

int64_t
list_number(const struct list *list, const struct row *row, const char *column)
{
	int at = list_column(list, slice_of(column));

	return row == NULL || at == -1 ? 0 : row->cells[at].number;
}

static const char *
format_clock(int64_t time_s, int64_t now_s, char text[64])
{
	if (time_s == 0)
		return "never";
	return calendar_text(
	    time_s, calendar_same_day(time_s, now_s) ? "%H:%M:%S" : "%m-%d %H:%M", text);
}

const char *
list_format(const struct list *list, const struct row *row, size_t column, char text[64])
{
	const struct cell *cell = &row->cells[column];
	int64_t n = cell->number;

	if (cell->text != NULL)
		return cell->text;
	switch (list->columns[column].kind) {
	case COLUMN_TEXT: return "";
	case COLUMN_COUNT: snprintf(text, 64, "%" PRId64, n); return text;
	case COLUMN_AGE: return n == 0 ? "never" : duration_format_human(list->now_s - n, text);
	case COLUMN_UNTIL:
		return n <= list->now_s ? "now" : duration_format_human(n - list->now_s, text);
	case COLUMN_SPAN: return duration_format_human(n, text);
	case COLUMN_CLOCK: return format_clock(n, list->now_s, text);
	}
	return "";
}
