/* reach.c - see reach.h. */
#include "common/spf/reach.h"

#include <stdlib.h>

#include "common/base/xalloc.h"

void
spf_reach_clear(struct spf_reach *reach)
{
	ranges_clear(&reach->passes);
	ranges_clear(&reach->decided);
	ranges_clear(&reach->hidden);
	free(reach->listed);
}

void
spf_reach_list(struct spf_reach *reach, struct range range, size_t line)
{
	reach->listed = xreallocarray(reach->listed, reach->listed_n + 1, sizeof(*reach->listed));
	reach->listed[reach->listed_n++] = (struct spf_piece){ range, line };
}

static void
list_unhidden(struct spf_reach *record, const struct spf_reach *term)
{
	struct ranges fresh = { NULL, 0, 0 };
	size_t i, j;

	for (i = 0; i < term->listed_n; i++) {
		const struct spf_piece *piece = &term->listed[i];

		fresh.n = 0;
		ranges_subtract(&record->hidden, piece->range, &fresh);
		for (j = 0; j < fresh.n; j++)
			spf_reach_list(record, fresh.items[j], piece->line);
		ranges_add(&record->hidden, piece->range);
	}
	ranges_clear(&fresh);
}

void
spf_reach_merge(
    struct spf_reach *record, enum spf_qualifier qualifier, const struct spf_reach *term)
{
	size_t i;

	if (qualifier == SPF_PLUS) {
		for (i = 0; i < term->passes.n; i++)
			ranges_subtract(&record->decided, term->passes.items[i], &record->passes);
		list_unhidden(record, term);
	} else {
		ranges_add_all(&record->hidden, &term->passes);
	}
	ranges_add_all(&record->decided, &term->passes);
}

static int
by_address(const void *a, const void *b)
{
	const struct spf_piece *left = a, *right = b;
	struct address_number x = left->range.first, y = right->range.first;

	if (x.high != y.high)
		return x.high < y.high ? -1 : 1;
	return x.low < y.low ? -1 : x.low > y.low;
}

void
spf_reach_sort(struct spf_reach *reach)
{
	if (reach->listed_n > 0)
		qsort(reach->listed, reach->listed_n, sizeof(*reach->listed), by_address);
}
