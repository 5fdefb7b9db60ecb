/* check.h - check_host() of RFC 7208, as a pure function over answers (answers.h). */
#ifndef COMMON_SPF_CHECK_H
#define COMMON_SPF_CHECK_H

#include <stdbool.h>

#include "common/spf/answers.h"

/* RFC 7208 2.6. */
enum spf_result {
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR
};
const char *spf_result_name(enum spf_result result);                  /* "none", "neutral", ... */
int spf_result_parse(struct slice name, enum spf_result *result_out); /* 0, or -1 */

#define SPF_LOOKUPS_MAX 10 /* RFC 7208 4.6.4: terms that ask the DNS */
#define SPF_MX_MAX 10
#define SPF_PTR_MAX 10

struct spf_identity {
	struct addr ip;
	struct slice sender; /* MAIL FROM; empty: postmaster@HELO (RFC 7208 2.4); or a name alone */
	struct slice helo;
	struct slice receiver; /* for %{r}; empty: "unknown" */
	int64_t now_s;         /* for %{t} */
	unsigned voids_max;    /* void lookups allowed: 2 by default */
};

#define SPF_TEXT_MAX 1024

struct spf_check {
	enum spf_result result;
	unsigned lookups, voids;
	char domain[DNS_NAME_MAX + 1];  /* that was asked for; "" when there was none */
	char matched[SPF_TEXT_MAX];     /* path of the term that decided, "" for none */
	char explanation[SPF_TEXT_MAX]; /* of a fail, the domain's own (exp=); "" for none */
	char error[SPF_TEXT_MAX];       /* of temperror and permerror: what and where */
};

/* False: answers are missing, ask for them and call again. */
bool spf_check(
    struct spf_answers *answers, const struct spf_identity *identity, struct spf_check *check_out);

#endif
