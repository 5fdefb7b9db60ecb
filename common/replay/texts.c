/* texts.c - see texts.h. */
#include "common/replay/texts.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/maillog/dict.h"

uint32_t
texts_number(struct texts *t, struct slice text)
{
	uint32_t *number;
	bool is_new;

	if (t->dict == NULL)
		t->dict = dict_new(sizeof(*number), NULL);
	number = dict_put(t->dict, text, &is_new);
	if (!is_new)
		return *number;
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->all = xreallocarray(t->all, t->cap, sizeof(*t->all));
	}
	t->all[t->n] = dict_key(number).ptr;
	*number = t->n++;
	return *number;
}

void
texts_clear(struct texts *t)
{
	dict_free(t->dict);
	free(t->all);
	*t = (struct texts){ .dict = NULL };
}

void
texts_join(struct buf *out, const struct slice *parts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_add_char(out, '\n');
		buf_add(out, parts[i]);
	}
}

void
texts_split(const char *text, struct slice *parts_out, size_t n)
{
	const char *end;
	size_t i;

	for (i = 0; i < n; i++) {
		end = strchrnul(text, '\n');
		parts_out[i] = (struct slice){ text, (size_t)(end - text) };
		text = *end == '\0' ? end : end + 1;
	}
}
