/* gather.h - asks the DNS for what the checks need, in its loop: everything at once, what follows
 * from answers after them, all within one deadline. */
#ifndef COMMON_DOCTOR_GATHER_H
#define COMMON_DOCTOR_GATHER_H

#include "common/dns/dns.h"
#include "common/doctor/facts.h"

/* FACTS is complete, what was not answered in time has failed; borrowed until DONE returns. */
typedef void gather_mail_done(void *arg, const struct mail_facts *facts);

/* SUBJECT is borrowed until DONE, which is called from the loop exactly once, never before this
 * returns. */
void gather_mail(struct dns *dns, const struct mail_subject *subject, int64_t timeout_ms,
    gather_mail_done *done, void *arg);

#endif
