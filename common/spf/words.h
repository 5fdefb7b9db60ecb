/* words.h - what the short words of a walk mean, for people. */
#ifndef COMMON_SPF_WORDS_H
#define COMMON_SPF_WORDS_H

#include "common/base/str.h"

/* What a reason of struct spf_walk_skip means, by its first word; "" for an unknown one. */
const char *spf_skip_meaning(struct slice reason);

/* What a status of a walk, or of a whitelisted domain, means; "" for an unknown one. */
const char *spf_status_meaning(struct slice status);

#endif
