/* list_draw.c - puts a list on the screen: which columns have room, how wide each is. */
#include <stdio.h>
#include <string.h>

#include "tui/chart.h"
#include "tui/list.h"

#define MARKS 2 /* cells before a row: its mark and a blank; '+' when it is tagged */

struct layout {
	int widths[LIST_COLUMNS_MAX]; /* 0: no room */
	int gap;
};

static int
needed(const struct list *list, const struct layout *layout)
{
	int cells = MARKS;
	size_t i;

	for (i = 0; i < list->column_n; i++)
		if (layout->widths[i] > 0)
			cells += layout->widths[i] + layout->gap;
	return cells - layout->gap;
}

/* The column of the greatest rank gives way. False: only one is left. */
static bool
drop_column(const struct list *list, struct layout *layout)
{
	size_t worst = 0, i;
	int left = 0;

	for (i = 0; i < list->column_n; i++) {
		if (layout->widths[i] == 0)
			continue;
		if (left++ == 0 || list->columns[i].rank > list->columns[worst].rank)
			worst = i;
	}
	if (left > 1)
		layout->widths[worst] = 0;
	return left > 1;
}

static int
greatest(const struct column *column)
{
	return column->max_cols == LIST_REST ? 10000
	       : column->max_cols == 0       ? column->min_cols
					     : column->max_cols;
}

/* LEFT cells go to the columns that can take them, one each in turn. Returns what is left. */
static int
share_among(const struct list *list, struct layout *layout, bool texts, int left)
{
	bool taken = true;
	size_t i;

	while (left > 0 && taken) {
		taken = false;
		for (i = 0; i < list->column_n && left > 0; i++)
			if (layout->widths[i] > 0 &&
			    (list->columns[i].kind == COLUMN_TEXT) == texts &&
			    layout->widths[i] < greatest(&list->columns[i])) {
				layout->widths[i]++;
				left--;
				taken = true;
			}
	}
	return left;
}

/* Texts first: numbers need no more than their least. */
static void
share(const struct list *list, struct layout *layout, int left)
{
	left = share_among(list, layout, true, left);
	share_among(list, layout, false, left);
}

static struct layout
lay_out(const struct list *list, int cols)
{
	struct layout layout = { .gap = cols >= 100 ? 2 : 1 };
	size_t i;
	int over;

	for (i = 0; i < list->column_n; i++)
		if (list->columns[i].rank > 0)
			layout.widths[i] = list->columns[i].min_cols;
	while (needed(list, &layout) > cols && drop_column(list, &layout))
		;
	over = needed(list, &layout) - cols;
	for (i = 0; i < list->column_n && over > 0; i++)
		if (layout.widths[i] > over)
			layout.widths[i] -= over, over = 0;
	share(list, &layout, cols - needed(list, &layout));
	return layout;
}

static bool
is_right(const struct column *column)
{
	return column->kind != COLUMN_TEXT;
}

static void
put(struct term *term, int row, int col, enum element element, const char *text, int cols,
    bool right)
{
	if (right)
		term_put_right(term, row, col, element, slice_of(text), cols);
	else
		term_put(term, row, col, element, slice_of(text), cols);
}

static void
draw_titles(const struct list *list, struct term *term, int at, const struct layout *layout)
{
	int col = MARKS;
	size_t i;

	term_put(term, at, 0, ELEMENT_HEAD, SLICE(""), term_cols(term));
	for (i = 0; i < list->column_n; i++) {
		const struct column *column = &list->columns[i];
		bool sorted = (int)i == list->sort;
		char title[64];
		int width = layout->widths[i];

		if (width == 0)
			continue;
		/* The mark of the sort goes where there is room for it. */
		snprintf(title, sizeof(title), "%s%s", column->title,
		    !sorted || (int)strlen(column->title) >= width ? ""
		    : list->reverse                                ? "v"
								   : "^");
		put(term, at, col, sorted ? ELEMENT_ACTIVE : ELEMENT_HEAD, title, width,
		    is_right(column));
		col += width + layout->gap;
	}
}

static enum element
element_of(const struct list *list, size_t at)
{
	const struct row *row = list->shown[at];

	return at == list->at ? ELEMENT_CURSOR : row->tagged ? ELEMENT_TAGGED : row->element;
}

/* A count is shortened rather than cut: "10…" might be any number. */
static const char *
cell_text(const struct list *list, const struct row *row, size_t column, int cols, char text[64])
{
	const char *shown = list_format(list, row, column, text);

	if (list->columns[column].kind != COLUMN_COUNT || row->cells[column].text != NULL ||
	    (int)strlen(shown) <= cols)
		return shown;
	return chart_count(row->cells[column].number, cols, text);
}

static void
draw_row(
    const struct list *list, struct term *term, int at, size_t index, const struct layout *layout)
{
	const struct row *row = list->shown[index];
	enum element element = element_of(list, index);
	char marks[3] = { row->tagged ? '+' : row->mark, ' ', '\0' }, text[64];
	int col = MARKS;
	size_t i;

	term_put(term, at, 0, element, slice_of(marks), term_cols(term));
	for (i = 0; i < list->column_n; i++) {
		if (layout->widths[i] == 0)
			continue;
		put(term, at, col, element, cell_text(list, row, i, layout->widths[i], text),
		    layout->widths[i], is_right(&list->columns[i]));
		col += layout->widths[i] + layout->gap;
	}
}

/* The selection stays on the screen, and no room is wasted at the end. */
static void
scroll(struct list *list, int height)
{
	size_t room = height < 1 ? 1 : (size_t)height;

	if (list->at < list->top)
		list->top = list->at;
	if (list->at >= list->top + room)
		list->top = list->at - room + 1;
	if (list->top + room > list->shown_n)
		list->top = list->shown_n > room ? list->shown_n - room : 0;
	list->height = height;
}

/* Rows of the screen that titles take: none where no column has one. */
static int
title_rows(const struct list *list)
{
	size_t i;

	for (i = 0; i < list->column_n; i++)
		if (list->columns[i].rank > 0 && list->columns[i].title[0] != '\0')
			return 1;
	return 0;
}

void
list_draw(struct list *list, struct term *term, int top, int n)
{
	struct layout layout = lay_out(list, term_cols(term));
	int titles = title_rows(list), i;

	if (n < 1)
		return;
	if (titles > 0)
		draw_titles(list, term, top, &layout);
	scroll(list, n - titles);
	for (i = 0; i < n - titles && list->top + (size_t)i < list->shown_n; i++)
		draw_row(list, term, top + titles + i, list->top + (size_t)i, &layout);
}

void
list_draw_text(struct list *list, struct term *term, int top, int n)
{
	size_t room = n < 1 ? 1 : (size_t)n, i;

	list->height = n;
	list->top = list->at;
	if (list->top + room > list->shown_n)
		list->top = list->shown_n > room ? list->shown_n - room : 0;
	for (i = 0; (int)i < n && list->top + i < list->shown_n; i++) {
		const struct row *row = list->shown[list->top + i];

		term_put(term, top + (int)i, 1, row->element, slice_of(row->cells[0].text),
		    term_cols(term) - 1);
	}
}

int64_t
list_row_at(const struct list *list, int top, int row)
{
	int at = row - top - title_rows(list);

	if (at < 0 || at >= list->height || list->top + (size_t)at >= list->shown_n)
		return -1;
	return (int64_t)list->top + at;
}
