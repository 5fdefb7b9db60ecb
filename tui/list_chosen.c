/* list_chosen.c - see list_chosen.h. */
#include "tui/list_chosen.h"

#include <stdlib.h>

#include "common/base/xalloc.h"
#include "tui/list.h"

static int
compare_keys(const void *a_, const void *b_)
{
	const int64_t a = *(const int64_t *)a_, b = *(const int64_t *)b_;

	return (a > b) - (a < b);
}

void
list_carry_tags(struct list *list)
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
