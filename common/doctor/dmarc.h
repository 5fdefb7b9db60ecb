/* dmarc.h - DMARC records (RFC 7489 6.3), and those of TLS reports (RFC 8460 3) and MTA-STS (RFC
 * 8461 3.1), which look alike; pure. Slices borrow the text. */
#ifndef COMMON_DOCTOR_DMARC_H
#define COMMON_DOCTOR_DMARC_H

#include <stdbool.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* From weak to strong. */
enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };
const char *dmarc_policy_name(enum dmarc_policy policy);

struct dmarc {
	enum dmarc_policy policy;     /* p= */
	enum dmarc_policy subdomains; /* sp=, else as p= */
	int percent;                  /* pct= */
	bool has_rua;                 /* somebody is sent reports */
	bool is_late;                 /* p= is not the second tag */
};

/* 0, or -1 with ERR_DATA: what is wrong with it. */
int dmarc_read(struct slice text, struct dmarc *dmarc_out, struct err *err);
int tls_report_check(struct slice text, struct err *err);
int mta_sts_check(struct slice text, struct err *err);

#endif
