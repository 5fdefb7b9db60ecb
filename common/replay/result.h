/* result.h - what became of mails under one configuration, in numbers. */
#ifndef COMMON_REPLAY_RESULT_H
#define COMMON_REPLAY_RESULT_H

#include "common/greylist/decide.h"
#include "common/replay/mail.h"

#define RESULT_SLOWEST_MAX 100

enum outcome {
	/* of real mail */
	OUTCOME_AT_ONCE,
	OUTCOME_DELAYED,
	OUTCOME_NEVER, /* as long as it came again */
	/* of mail that came once and was refused in the input */
	OUTCOME_LET_IN,
	OUTCOME_HELD_BACK,
	/* of any */
	OUTCOME_REJECTED,
	OUTCOME_EXEMPT, /* authenticated, trusted: no mail from outside */
	OUTCOME_N
};
const char *outcome_name(enum outcome outcome); /* "at_once", ... */

struct result_domain {
	const char *name; /* of the mails */
	int64_t mails, at_once, delayed, never;
	int64_t total_s, longest_s; /* of added delay */
};

/* A mail that was delayed. */
struct result_wait {
	uint32_t mail; /* in mails.mails */
	int64_t delay_s, tries;
};

/* A rule, or a whitelisted domain, and how many mails it let pass at once. */
struct result_helper {
	const char *name;
	int64_t mails;
};

struct result {
	const struct mails *mails;
	int64_t outcomes[OUTCOME_N];
	int64_t tries;
	int64_t reasons[REASON_N]; /* of answers */
	int64_t same, other;       /* answers that are known from the input: as there, or not */
	struct result_domain *by_domain; /* by number */
	struct result_wait slowest[RESULT_SLOWEST_MAX];
	size_t slowest_n;
	struct texts helper_names;
	struct result_helper *helpers;
	size_t helper_n, helper_cap;
	int64_t *delays;
	size_t delay_n, delay_cap;
	/* after result_end() */
	int64_t mails_n; /* real ones that were not rejected */
	int64_t median_s, p90_s, max_s, total_s;
	const struct result_domain **suffering; /* with delayed mail, those that wait most first */
	size_t suffering_n;
};

void result_begin(struct result *result, const struct mails *mails);
void result_clear(struct result *result);

/* Mail number MAIL became OUTCOME with that delay, in so many tries. */
void result_add(
    struct result *result, uint32_t mail, enum outcome outcome, int64_t delay_s, int64_t tries);
/* The same, as the input tells it. */
void result_add_input(struct result *result, uint32_t mail);
void result_help(struct result *result, const char *name);
void result_end(struct result *result);

#endif
