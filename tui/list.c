/* list.c - see list.h. `rows` owns them all; `shown` points at those that pass the filter, in the
 * order of the sort. */
#include "tui/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/list_chosen.h"
#include "tui/list_shown.h"

void
list_init(struct list *list, const struct column *columns, size_t n)
{
	*list = (struct list){ .columns = columns, .column_n = n, .sort = -1 };
}

static void
free_rows(const struct list *list, struct row **rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		row_free(list, rows[i]);
}

void
list_clear(struct list *list)
{
	list_abandon(list);
	free_rows(list, list->rows, list->row_n);
	free(list->rows);
	free(list->shown);
	filter_clear(&list->filter);
	list_init(list, list->columns, list->column_n);
}

/* ---- filling ---- */

void
list_begin(struct list *list)
{
	list_abandon(list);
}

void
list_abandon(struct list *list)
{
	free_rows(list, list->filling, list->filling_n);
	free(list->filling);
	list->filling = NULL;
	list->filling_n = list->filling_cap = 0;
}

static void
add_row(struct row ***rows, size_t *n, size_t *cap, struct row *row)
{
	if (*n == *cap) {
		*cap = *cap == 0 ? 64 : *cap * 2;
		*rows = xreallocarray(*rows, *cap, sizeof(**rows));
	}
	(*rows)[(*n)++] = row;
}

void
list_add(struct list *list, struct row *row)
{
	add_row(&list->filling, &list->filling_n, &list->filling_cap, row);
}

void
list_end(struct list *list)
{
	struct list_standing was = list_remember(list);

	list_carry_tags(list);
	free_rows(list, list->rows, list->row_n);
	free(list->rows);
	list->rows = list->filling;
	list->row_n = list->filling_n;
	list->row_cap = list->filling_cap;
	list->filling = NULL;
	list->filling_n = list->filling_cap = 0;
	list_choose(list);
	list_settle(list, &was);
}

void
list_append(struct list *list, struct row *row)
{
	add_row(&list->rows, &list->row_n, &list->row_cap, row);
	list->shown = xreallocarray(list->shown, list->row_cap + 1, sizeof(*list->shown));
	if (list_matches(list, row))
		list->shown[list->shown_n++] = row;
}

void
list_prepend(struct list *list, struct row *row)
{
	bool empty = list->shown_n == 0;

	add_row(&list->rows, &list->row_n, &list->row_cap, NULL);
	memmove(list->rows + 1, list->rows, (list->row_n - 1) * sizeof(*list->rows));
	list->rows[0] = row;
	list->shown = xreallocarray(list->shown, list->row_cap + 1, sizeof(*list->shown));
	if (!list_matches(list, row))
		return;
	memmove(list->shown + 1, list->shown, list->shown_n * sizeof(*list->shown));
	list->shown[0] = row;
	list->shown_n++;
	if (!empty) {
		list->at++;
		list->top++;
	}
}

void
list_cut_back(struct list *list, size_t n)
{
	while (n-- > 0 && list->row_n > 0) {
		struct row *row = list->rows[--list->row_n];

		if (list->shown_n > 0 && list->shown[list->shown_n - 1] == row)
			list->shown_n--;
		list->tagged_n -= row->tagged;
		row_free(list, row);
	}
	list_settle_at(list, list->at, list->at > list->top ? list->at - list->top : 0);
}

void
list_cut_front(struct list *list, size_t n)
{
	size_t cut = n < list->row_n ? n : list->row_n, hidden = 0, i;

	for (i = 0; i < cut; i++) {
		if (hidden < list->shown_n && list->shown[hidden] == list->rows[i])
			hidden++;
		list->tagged_n -= list->rows[i]->tagged;
		row_free(list, list->rows[i]);
	}
	list->row_n -= cut;
	list->shown_n -= hidden;
	memmove(list->rows, list->rows + cut, list->row_n * sizeof(*list->rows));
	memmove(list->shown, list->shown + hidden, list->shown_n * sizeof(*list->shown));
	list->at -= hidden < list->at ? hidden : list->at;
	list->top -= hidden < list->top ? hidden : list->top;
}

/* ---- looking ---- */

const struct row *
list_current(const struct list *list)
{
	return list->at < list->shown_n ? list->shown[list->at] : NULL;
}

/* ---- moving ---- */

bool
list_go(struct list *list, size_t at)
{
	size_t before = list->at;

	if (list->shown_n == 0)
		return false;
	list->at = at < list->shown_n ? at : list->shown_n - 1;
	return list->at != before;
}

bool
list_move(struct list *list, int64_t rows)
{
	int64_t at = (int64_t)list->at + rows;

	return list_go(list, at < 0 ? 0 : (size_t)at);
}

bool
list_go_key(struct list *list, int64_t key)
{
	size_t i;

	for (i = 0; i < list->shown_n; i++)
		if (list->shown[i]->key == key) {
			list->at = i;
			return true;
		}
	return false;
}

static bool
row_has(const struct list *list, const struct row *row, const char *text)
{
	char formatted[64];
	size_t i;

	for (i = 0; i < list->column_n; i++)
		if (list->columns[i].rank > 0 &&
		    strcasestr(list_format(list, row, i, formatted), text) != NULL)
			return true;
	return false;
}

bool
list_seek(struct list *list, struct slice text, bool backward, bool self)
{
	char *wanted = xslicedup(text);
	size_t n = list->shown_n, i;
	bool found = false;

	for (i = self ? 0 : 1; i < n + (self ? 0 : 1) && !found; i++) {
		size_t at = (backward ? list->at + n - i % n : list->at + i) % n;

		found = row_has(list, list->shown[at], wanted);
		if (found)
			list->at = at;
	}
	free(wanted);
	return found;
}
