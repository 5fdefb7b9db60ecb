/* list.c - see list.h. `rows` owns them all; `shown` points at those that pass the filter, in the
 * order of the sort. */
#include "tui/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/xalloc.h"

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

/* ---- what is shown, in which order ---- */

struct order {
	const struct list *list;
	const struct row *row;
	size_t place; /* as they came: keeps equals in order */
};

static int
compare_cells(const struct list *list, const struct row *a, const struct row *b)
{
	const struct cell *x = &a->cells[list->sort], *y = &b->cells[list->sort];

	if (list->columns[list->sort].kind == COLUMN_TEXT)
		return strcasecmp(x->text == NULL ? "" : x->text, y->text == NULL ? "" : y->text);
	return (x->number > y->number) - (x->number < y->number);
}

static int
compare_rows(const void *a_, const void *b_)
{
	const struct order *a = a_, *b = b_;
	int order = compare_cells(a->list, a->row, b->row);

	if (order != 0)
		return a->list->reverse ? -order : order;
	return (a->place > b->place) - (a->place < b->place);
}

static void
sort_shown(struct list *list)
{
	struct order *orders;
	size_t i;

	if (list->sort == -1 || list->shown_n < 2)
		return;
	orders = xcalloc(list->shown_n, sizeof(*orders));
	for (i = 0; i < list->shown_n; i++)
		orders[i] = (struct order){ list, list->shown[i], i };
	qsort(orders, list->shown_n, sizeof(*orders), compare_rows);
	for (i = 0; i < list->shown_n; i++)
		list->shown[i] = (struct row *)orders[i].row;
	free(orders);
}

bool
list_matches(const struct list *list, const struct row *row)
{
	return list->filter.text == NULL || filter_match(&list->filter, list, row);
}

static void
choose_shown(struct list *list)
{
	size_t i;

	list->shown = xreallocarray(list->shown, list->row_n + 1, sizeof(*list->shown));
	list->shown_n = 0;
	for (i = 0; i < list->row_n; i++)
		if (list_matches(list, list->rows[i]))
			list->shown[list->shown_n++] = list->rows[i];
	sort_shown(list);
}

/* Puts the selection at index AT, as far down the screen as it was. */
static void
settle_at(struct list *list, size_t at, size_t below_top)
{
	if (at >= list->shown_n)
		at = list->shown_n == 0 ? 0 : list->shown_n - 1;
	list->at = at;
	list->top = at > below_top ? at - below_top : 0;
}

/* Where the selection was, by the keys of what was shown; for after the rows have changed. */
struct standing {
	int64_t *keys;
	size_t n, at, below_top;
};

static struct standing
remember_standing(const struct list *list)
{
	struct standing was = { xcalloc(list->shown_n + 1, sizeof(*was.keys)), list->shown_n,
		list->at, list->at > list->top ? list->at - list->top : 0 };
	size_t i;

	for (i = 0; i < list->shown_n; i++)
		was.keys[i] = list->shown[i]->key;
	return was;
}

struct place {
	int64_t key;
	size_t at;
};

static int
compare_places(const void *a_, const void *b_)
{
	const struct place *a = a_, *b = b_;

	return (a->key > b->key) - (a->key < b->key);
}

/* The place of the first row from the selected one on that is still there, else of the last before
 * it, else the old place. */
static size_t
place_now(const struct standing *was, const struct place *places, size_t n)
{
	const struct place *place = NULL;
	size_t i;

	for (i = was->at; i < was->n && place == NULL; i++)
		place = bsearch(&(struct place){ .key = was->keys[i] }, places, n, sizeof(*places),
		    compare_places);
	for (i = was->at < was->n ? was->at : was->n; i > 0 && place == NULL; i--)
		place = bsearch(&(struct place){ .key = was->keys[i - 1] }, places, n,
		    sizeof(*places), compare_places);
	return place == NULL ? was->at : place->at;
}

/* Where the selection is now; sorting the keys only pays when its row is gone. */
static size_t
find_place(struct list *list, const struct standing *was)
{
	struct place *places;
	size_t i, at;

	if (was->at < was->n && list_go_key(list, was->keys[was->at]))
		return list->at;
	places = xcalloc(list->shown_n + 1, sizeof(*places));
	for (i = 0; i < list->shown_n; i++)
		places[i] = (struct place){ list->shown[i]->key, i };
	qsort(places, list->shown_n, sizeof(*places), compare_places);
	at = place_now(was, places, list->shown_n);
	free(places);
	return at;
}

static void
settle_again(struct list *list, struct standing *was)
{
	settle_at(list, find_place(list, was), was->below_top);
	free(was->keys);
}

/* Chooses and sorts again; the selection stays with its row. */
static void
show_again(struct list *list)
{
	struct standing was = remember_standing(list);

	choose_shown(list);
	settle_again(list, &was);
}

void
list_sort(struct list *list, int column, bool reverse)
{
	list->sort = column;
	list->reverse = reverse;
	show_again(list);
}

int
list_filter(struct list *list, const char *text, struct err *err)
{
	struct filter filter = { .text = NULL };

	if (*text != '\0' && filter_parse(list, text, &filter, err) == -1)
		return -1;
	if (filter.term_n == 0)
		filter_clear(&filter);
	filter_clear(&list->filter);
	list->filter = filter;
	list->filter_n++;
	show_again(list);
	return 0;
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

static int
compare_keys(const void *a_, const void *b_)
{
	const int64_t a = *(const int64_t *)a_, b = *(const int64_t *)b_;

	return (a > b) - (a < b);
}

/* Tags of the rows that were, to those that are. */
static void
carry_tags(struct list *list)
{
	int64_t *keys = xcalloc(list->row_n + 1, sizeof(*keys));
	size_t n = 0, i;

	for (i = 0; i < list->row_n; i++)
		if (list->rows[i]->tagged)
			keys[n++] = list->rows[i]->key;
	if (n > 0)
		qsort(keys, n, sizeof(*keys), compare_keys);
	list->tagged_n = 0;
	for (i = 0; i < list->filling_n && n > 0; i++) {
		struct row *row = list->filling[i];

		row->tagged = bsearch(&row->key, keys, n, sizeof(*keys), compare_keys) != NULL;
		list->tagged_n += row->tagged;
	}
	free(keys);
}

void
list_end(struct list *list)
{
	struct standing was = remember_standing(list);

	carry_tags(list);
	free_rows(list, list->rows, list->row_n);
	free(list->rows);
	list->rows = list->filling;
	list->row_n = list->filling_n;
	list->row_cap = list->filling_cap;
	list->filling = NULL;
	list->filling_n = list->filling_cap = 0;
	choose_shown(list);
	settle_again(list, &was);
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
	settle_at(list, list->at, list->at > list->top ? list->at - list->top : 0);
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

/* ---- tags ---- */

static void
turn_tag(struct list *list, struct row *row)
{
	row->tagged = !row->tagged;
	if (row->tagged)
		list->tagged_n++;
	else
		list->tagged_n--;
}

void
list_tag(struct list *list, bool all)
{
	size_t i;

	if (!all && list->at < list->shown_n)
		turn_tag(list, list->shown[list->at]);
	for (i = 0; all && i < list->shown_n; i++)
		turn_tag(list, list->shown[i]);
}

void
list_untag(struct list *list)
{
	size_t i;

	for (i = 0; i < list->row_n; i++)
		list->rows[i]->tagged = false;
	list->tagged_n = 0;
}

/* Most of the time none is: then no row is looked at. */
size_t
list_tagged(const struct list *list)
{
	size_t n = 0, i;

	for (i = 0; list->tagged_n > 0 && i < list->shown_n; i++)
		n += list->shown[i]->tagged;
	return n;
}

size_t
list_each_chosen(const struct list *list, list_fn *fn, void *arg)
{
	size_t tagged = list_tagged(list), i;

	for (i = 0; tagged > 0 && i < list->shown_n; i++)
		if (list->shown[i]->tagged)
			fn(arg, list, list->shown[i]);
	if (tagged > 0)
		return tagged;
	if (list_current(list) == NULL)
		return 0;
	fn(arg, list, list_current(list));
	return 1;
}

static void
add_kind(void *arg, const struct list *list, const struct row *row)
{
	(void)list;
	*(unsigned *)arg |= row->kind;
}

unsigned
list_chosen_kinds(const struct list *list)
{
	unsigned kinds = 0;

	list_each_chosen(list, add_kind, &kinds);
	return kinds;
}
