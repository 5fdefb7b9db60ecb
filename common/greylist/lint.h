/* lint.h - what is wrong with rules and policies that are well-formed: those that can never match,
 * that change nothing, or that probably mean something else. Nothing is guessed but advice. */
#ifndef COMMON_GREYLIST_LINT_H
#define COMMON_GREYLIST_LINT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/config/config.h"
#include "common/store/store.h"

enum lint_level {
	LINT_NEVER,     /* it can never match, or nothing it makes wait can ever pass */
	LINT_NO_EFFECT, /* what it says is never used */
	LINT_ADVICE     /* it may match, but is probably not what was meant */
};

struct lint_finding {
	bool policy; /* else a rule */
	int64_t id;
	enum lint_level level;
	char text[256]; /* a sentence without its full stop, escaped */
};

typedef void lint_fn(void *arg, const struct lint_finding *finding);

/* Looks at all rules, then at all policies, in the order of their ids, and calls FN for each
 * finding; an entry may have several, but none after LINT_NEVER. Time and memory are linear. */
int lint_run(struct store *store, const struct config *config, int64_t now_s, lint_fn *fn,
    void *arg, struct err *err);

#endif
