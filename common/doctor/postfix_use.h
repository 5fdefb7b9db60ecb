/* postfix_use.h - where a service of Postfix asks greygate; private to common/doctor. */
#ifndef COMMON_DOCTOR_POSTFIX_USE_H
#define COMMON_DOCTOR_POSTFIX_USE_H

#include "common/doctor/postfix.h"
#include "common/doctor/postfix_text.h"

enum postfix_found {
	POSTFIX_NOT_ASKED,
	POSTFIX_NOT_JUDGED, /* asked in a list that is not evaluated at RCPT */
	POSTFIX_ASKED,
	POSTFIX_CHROOT /* by a path that leads elsewhere in the chroot of the service */
};

struct postfix_use {
	enum postfix_found found;
	const char *list;                     /* the restrictions that hold it */
	struct slice server;                  /* as written there: "unix:private/greygate" */
	struct slice timeout, default_action; /* in force */
	bool after_destination;               /* reject_unauth_destination comes before */
	bool after_sasl;                      /* permit_sasl_authenticated comes before */
	bool unreachable;                     /* the list has ended before: permit, reject */
};

struct postfix {
	const struct postfix_texts *texts;
	const struct config *config;
};

/* SERVICE runs smtpd. */
struct postfix_use postfix_find_use(
    const struct postfix *postfix, const struct postfix_service *service);

/* A parameter as it is for the service; the empty slice when nobody knows it. */
struct slice postfix_value(
    const struct postfix *postfix, const struct postfix_service *service, const char *name);
/* Whether it has one of its own, in master.cf. */
bool postfix_override(const struct postfix *postfix, const struct postfix_service *service,
    const char *name, struct slice *value_out);
/* Whether smtpd_relay_restrictions come before smtpd_recipient_restrictions. */
bool postfix_relays_first(const struct postfix *postfix, const struct postfix_service *service);
bool postfix_is_chroot(const struct postfix *postfix, const struct postfix_service *service);

/* Whether the item ends a list for everybody: permit, reject, defer. */
bool postfix_is_end(struct slice item);
/* Whether a socket at ADDR takes connections to every address of its family. */
bool postfix_is_any(const struct addr *addr);

#endif
