/* postfix.h - whether Postfix asks greygate, at the right place, and not for its own users. Pure:
 * over what postconf(1) prints, so that tests need no Postfix. */
#ifndef COMMON_DOCTOR_POSTFIX_H
#define COMMON_DOCTOR_POSTFIX_H

#include "common/config/config.h"
#include "common/doctor/verdict.h"

struct postfix_texts {
	const char *settings;  /* postconf -x: all of them, with their defaults */
	const char *services;  /* postconf -M */
	const char *overrides; /* postconf -Px: "submission/inet/NAME = VALUE" */
};

void postfix_check(
    const struct postfix_texts *texts, const struct config *config, struct verdicts *v);

#endif
