/* mail_checks.h - the checks of mail.c that stand in files of their own; private to common/doctor.
 * What the DNS failed to say has been told before: a check says nothing of it, and never that it is
 * missing. */
#ifndef COMMON_DOCTOR_MAIL_CHECKS_H
#define COMMON_DOCTOR_MAIL_CHECKS_H

#include "common/doctor/facts.h"
#include "common/doctor/verdict.h"

#define MAIL_RECORD_MAX 4096 /* of a record to paste */

/* mail_host.c */
/* Whether what our server says in HELO can stand in a record: a full name that others know. */
bool mail_host_is_public(const struct mail_facts *facts);
void mail_check_host(const struct mail_facts *facts, struct verdicts *v);
void mail_check_helo(const struct mail_facts *facts, struct verdicts *v);
void mail_check_ptr(const struct mail_facts *facts, struct verdicts *v);
void mail_check_mx(const struct mail_facts *facts, struct verdicts *v);
/* mail_spf.c */
void mail_check_spf(const struct mail_facts *facts, struct verdicts *v);
/* mail_txt.c */
void mail_check_dkim(const struct mail_facts *facts, struct verdicts *v);
void mail_check_dmarc(const struct mail_facts *facts, struct verdicts *v);
void mail_check_tls_report(const struct mail_facts *facts, struct verdicts *v);
void mail_check_sts(const struct mail_facts *facts, struct verdicts *v);

#endif
