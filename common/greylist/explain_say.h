/* explain_say.h - the sentences of an explanation whose rows are found and whose decision is made;
 * private to common/greylist. Pure. */
#ifndef COMMON_GREYLIST_EXPLAIN_SAY_H
#define COMMON_GREYLIST_EXPLAIN_SAY_H

#include "common/greylist/explain.h"
#include "common/greylist/facts.h"

/* Adds the lines. SPF: what it said of the triplet, "" when it was not asked; NULL: steps before
 * rules have settled it, and there is nothing more to tell. */
void explain_say(
    struct explanation *e, const struct subject *s, const struct facts *f, const char *spf);

#endif
