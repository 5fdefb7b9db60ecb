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

/* How one resolver answers, asked alone. */
struct gather_probe {
	struct addr_port server;
	enum dns_status status; /* FOUND and NOTHING: it does */
	char why[64];           /* FAILED */
	int64_t took_ms;
	size_t *open_n; /* while it is asked */
	int64_t begun_ms;
};

/* Asks all N at once for the address of NAME, which no cache of ours knows. Runs LOOP until they
 * have answered or TIMEOUT_MS are over. -1 with ERR when it could not begin. */
int gather_probes(struct ev_loop *loop, struct gather_probe *probes, size_t n, struct slice name,
    int64_t timeout_ms, struct err *err);

#endif
