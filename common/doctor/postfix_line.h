/* postfix_line.h - the line by which a service of Postfix would ask greygate; private to
 * common/doctor. */
#ifndef COMMON_DOCTOR_POSTFIX_LINE_H
#define COMMON_DOCTOR_POSTFIX_LINE_H

#include "common/doctor/postfix_use.h"

#define POSTFIX_LIST "smtpd_recipient_restrictions"

/* How a service reaches us, in a CHROOT or not: "inet:127.0.0.1:10023". False: not at all. */
bool postfix_server(const struct postfix *postfix, bool chroot, struct buf *out);
/* "check_policy_service { ... }". False: the service does not reach us, or OUT is too small. */
bool postfix_question(
    const struct postfix *postfix, const struct postfix_service *service, struct buf *out);
/* The whole line: for main.cf, or where the service has a list of its OWN, which counts more, for
 * master.cf below it. False as before, and where the list at hand holds what cannot be shown. */
bool postfix_line(const struct postfix *postfix, const struct postfix_service *service, bool own,
    struct buf *out);

#endif
