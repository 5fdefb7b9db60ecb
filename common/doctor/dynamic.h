/* dynamic.h - whitelisted domains whose networks are not the whole of what they pass. */
#ifndef COMMON_DOCTOR_DYNAMIC_H
#define COMMON_DOCTOR_DYNAMIC_H

#include "common/config/config.h"
#include "common/doctor/verdict.h"
#include "common/store/store.h"

/* Domains with terms that depend on the message: exists, ptr, macros. */
void dynamic_check(struct store *store, const struct config *config, struct verdicts *v);

#endif
