/* domains.h - whitelisted domains that are in trouble, and those whose networks are not the whole
 * of what they pass. */
#ifndef COMMON_DOCTOR_DOMAINS_H
#define COMMON_DOCTOR_DOMAINS_H

#include "common/config/config.h"
#include "common/doctor/verdict.h"
#include "common/store/store.h"

/* Each text begins with "domain" or "domains: ". -1 with ERR when the store fails. */
int domains_check(struct store *store, const struct config *config, int64_t now_s,
    struct verdicts *v, struct err *err);

#endif
