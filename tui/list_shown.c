/* list_shown.c - see list_shown.h. */
#include "tui/list_shown.h"

#include <stdlib.h>
#include <strings.h>

#include "common/base/xalloc.h"

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

void
list_choose(struct list *list)
{
	size_t i;

	list->shown = xreallocarray(list->shown, list->row_n + 1, sizeof(*list->shown));
	list->shown_n = 0;
	for (i = 0; i < list->row_n; i++)
		if (list_matches(list, list->rows[i]))
			list->shown[list->shown_n++] = list->rows[i];
	sort_shown(list);
}

void
list_settle_at(struct list *list, size_t at, size_t below_top)
{
	if (at >= list->shown_n)
		at = list->shown_n == 0 ? 0 : list->shown_n - 1;
	list->at = at;
	list->top = at > below_top ? at - below_top : 0;
}

struct list_standing
list_remember(const struct list *list)
{
	struct list_standing was = { xcalloc(list->shown_n + 1, sizeof(*was.keys)), list->shown_n,
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
place_now(const struct list_standing *was, const struct place *places, size_t n)
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
find_place(struct list *list, const struct list_standing *was)
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

void
list_settle(struct list *list, struct list_standing *was)
{
	list_settle_at(list, find_place(list, was), was->below_top);
	free(was->keys);
}

/* Chooses and sorts again; the selection stays with its row. */
static void
show_again(struct list *list)
{
	struct list_standing was = list_remember(list);

	list_choose(list);
	list_settle(list, &was);
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
