/* mail.h - the records that a mail domain needs, and what is wrong with them. Pure: facts in,
 * verdicts out, by one table of checks, always in the same order. */
#ifndef COMMON_DOCTOR_MAIL_H
#define COMMON_DOCTOR_MAIL_H

#include "common/doctor/facts.h"
#include "common/doctor/verdict.h"

/* Every check over FACTS, which are complete. */
void mail_check(const struct mail_facts *facts, struct verdicts *v);

#endif
