/* site.h - what can be looked at from outside to tell whether an installation is well: `greygate
 * check` and the console say the same. Reads, never writes. */
#ifndef COMMON_DOCTOR_SITE_H
#define COMMON_DOCTOR_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/config/config.h"
#include "common/store/store.h"

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE, /* worth a look; it works */
	DOCTOR_WRONG
};

struct doctor_finding {
	enum doctor_level level;
	int status;       /* enum err_code of one that is wrong, else 0 */
	char text[512];   /* "subject: what is found", escaped, on one line */
	char advice[256]; /* what to do about it, or ""; escaped too */
};

typedef void doctor_fn(void *arg, const struct doctor_finding *finding);

/* Looks at all that CONFIG names and calls FN for each finding, in an order that is always the
 * same. STORE may be NULL: then the database is opened here, and when that fails it is one of the
 * findings. THOROUGH adds what reads the whole file. Returns the status of the first finding that
 * is wrong, or 0. */
int doctor_site(const struct config *config, struct store *store, int64_t now_s, bool thorough,
    doctor_fn *fn, void *arg);

/* What it means that so many bytes of TOTAL are free on the disk of the database. */
enum doctor_level doctor_space(uint64_t free_bytes, uint64_t total_bytes);

#endif
