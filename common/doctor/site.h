/* site.h - what can be looked at from outside to tell whether an installation is well: `greygate
 * check` and the console say the same. Reads, never writes. */
#ifndef COMMON_DOCTOR_SITE_H
#define COMMON_DOCTOR_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/config/config.h"
#include "common/doctor/verdict.h"
#include "common/store/store.h"

/* Looks at all that CONFIG names, in an order that is always the same; each text begins with what
 * it is about: "disk: ". STORE may be NULL: then the database is opened here, and when that fails
 * it is one of the findings. THOROUGH adds what reads the whole file. */
void doctor_site(const struct config *config, struct store *store, int64_t now_s, bool thorough,
    struct verdicts *v);

/* What it means that so many bytes of TOTAL are free on the disk of the database. */
enum verdict_status doctor_space(uint64_t free_bytes, uint64_t total_bytes);

#endif
