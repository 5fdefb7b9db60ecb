/* filter.h - which rows of a list are shown; pure.
 *
 *   qq.com           some text of the row has it, letters of either case
 *   from:qq.com      the column of that name, or alias, has it
 *   tries:>3         a number; also <3 and 3. Ages and spans take durations: oldest:>2h
 *   since:2h         the row's time (first column of a time) is not older than that
 *   -to:info@        not
 *   "two words"      blanks inside quotes; what begins with a quote is text, "a: b" and "-x", too
 * Several terms: all of them. */
#ifndef TUI_FILTER_H
#define TUI_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

struct list;
struct row;

#define FILTER_TERMS_MAX 16

struct filter_term {
	int column; /* -1: any text */
	bool negated;
	enum { FILTER_HAS, FILTER_EQUAL, FILTER_LESS, FILTER_GREATER, FILTER_SINCE } what;
	char *text;     /* HAS: lower case */
	int64_t number; /* the others */
};

struct filter {
	char *text; /* as typed; NULL: no filter */
	struct filter_term terms[FILTER_TERMS_MAX];
	size_t term_n;
};

/* By the columns of LIST. -1 with ERR that names the term and what is possible; FILTER_OUT is then
 * cleared. */
int filter_parse(
    const struct list *list, const char *text, struct filter *filter_out, struct err *err);
void filter_clear(struct filter *filter);

bool filter_match(const struct filter *filter, const struct list *list, const struct row *row);

#endif
