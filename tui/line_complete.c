/* line_complete.c - see line_complete.h. */
#include "tui/line_complete.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/line_text.h"

#define NONE_YET SIZE_MAX /* of the candidates: only what they have in common is shown */

void
line_complete_end(struct line *line)
{
	size_t i;

	for (i = 0; i < line->candidate_n; i++)
		free(line->candidates[i]);
	free(line->candidates);
	line->candidates = NULL;
	line->candidate_n = 0;
}

/* One that begins otherwise is none; nor is one with a control in it, which cannot be typed. */
static void
add_candidate(void *arg, const char *candidate)
{
	struct line *line = arg;
	struct slice s = slice_of(candidate);
	size_t n;

	if (strncmp(candidate, line->text + line->word_at, line->at - line->word_at) != 0)
		return;
	for (; s.len > 0; s.ptr += n, s.len -= n)
		if ((n = line_typable(s)) == 0)
			return;
	line->candidates =
	    xreallocarray(line->candidates, line->candidate_n + 1, sizeof(*line->candidates));
	line->candidates[line->candidate_n++] = xstrdup(candidate);
}

static int
compare_candidates(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort_candidates(struct line *line)
{
	size_t i, kept = 0;

	if (line->candidate_n == 0)
		return;
	qsort(line->candidates, line->candidate_n, sizeof(*line->candidates), compare_candidates);
	for (i = 1; i < line->candidate_n; i++)
		if (strcmp(line->candidates[i], line->candidates[kept]) == 0)
			free(line->candidates[i]);
		else
			line->candidates[++kept] = line->candidates[i];
	line->candidate_n = kept + 1;
}

/* What all candidates begin with: of sorted ones the first and the last tell. */
static struct slice
common_prefix(const struct line *line)
{
	const char *first = line->candidates[0], *last = line->candidates[line->candidate_n - 1];
	struct slice s = slice_of(first);
	size_t n = 0, len;

	while (n < s.len && (len = line_typable((struct slice){ s.ptr + n, s.len - n })) > 0 &&
	       strncmp(first + n, last + n, len) == 0)
		n += len;
	return (struct slice){ first, n };
}

/* The word before the cursor gives way to S, if that fits. */
static void
replace_word(struct line *line, struct slice s)
{
	size_t word_len = line->at - line->word_at;

	if (line->len - word_len + s.len >= LINE_MAX_BYTES)
		return;
	line_remove(line, line->word_at, line->at);
	line_insert(line, s);
}

static struct slice
word_of(struct line *line)
{
	line->word_at = line->at;
	while (line->word_at > 0 && line->text[line->word_at - 1] != ' ')
		line->word_at--;
	return (struct slice){ line->text + line->word_at, line->at - line->word_at };
}

static void
go_on_completing(struct line *line, int step)
{
	size_t at = line->candidate_at, n = line->candidate_n;

	if (step > 0)
		line->candidate_at = at < n - 1 ? at + 1 : 0;
	else
		line->candidate_at = at > 0 && at < n ? at - 1 : n - 1;
	replace_word(line, slice_of(line->candidates[line->candidate_at]));
}

/* The first Tab. One that has been completed is done with: the next Tab begins anew. */
static void
begin_completion(struct line *line, int step, line_complete *complete, void *arg)
{
	struct slice word = word_of(line), prefix;
	size_t word_len = word.len;

	complete(arg, (struct slice){ line->text, line->word_at }, word, add_candidate, line);
	sort_candidates(line);
	if (line->candidate_n == 0)
		return;
	prefix = common_prefix(line);
	if (prefix.len > word_len) {
		replace_word(line, prefix);
		line->candidate_at = line->candidates[0][prefix.len] == '\0' ? 0 : NONE_YET;
	} else {
		line->candidate_at = NONE_YET;
		go_on_completing(line, step);
	}
	if (line->candidate_n == 1)
		line_complete_end(line);
}

void
line_complete_word(struct line *line, int step, line_complete *complete, void *arg)
{
	if (complete == NULL)
		return;
	if (line->candidate_n > 0)
		go_on_completing(line, step);
	else
		begin_completion(line, step, complete, arg);
}
