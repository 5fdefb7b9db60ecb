/* walk_text.h - a walk of SPF in words, and as JSON. */
#ifndef CLI_WALK_TEXT_H
#define CLI_WALK_TEXT_H

#include <stdio.h>

#include "common/base/json.h"
#include "common/spf/walk.h"

/* One object: source status v4 v6 skipped errors min_ttl lookup_terms. */
void walk_put_json(struct json *j, const struct spf_walk *walk);

/* The tree of terms, then the totals. */
void walk_put_text(FILE *out, const struct spf_walk *walk);

#endif
