/* own.h - greygate's own site, beyond what site.h looks at: resolvers, and whitelisted domains
 * whose networks are not the whole of what they pass. */
#ifndef COMMON_DOCTOR_OWN_H
#define COMMON_DOCTOR_OWN_H

#include "common/config/config.h"
#include "common/doctor/gather.h"
#include "common/doctor/verdict.h"
#include "common/store/store.h"

void own_check_resolvers(const struct gather_probe *probes, size_t n, struct verdicts *v);

/* Domains with terms that depend on the message: exists, ptr, macros. */
void own_check_domains(struct store *store, const struct config *config, struct verdicts *v);

#endif
