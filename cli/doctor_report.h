/* doctor_report.h - verdicts of a subject, kept, and printed as text or JSON. */
#ifndef CLI_DOCTOR_REPORT_H
#define CLI_DOCTOR_REPORT_H

#include "cli/cli.h"
#include "common/base/json.h"
#include "common/doctor/verdict.h"

struct doctor_report {
	const char *domain; /* NULL: greygate's own site */
	char title[1024];   /* of the text, "" for none */
	struct verdict_list list;
};

void report_init(struct doctor_report *report, const char *domain);
void report_clear(struct doctor_report *report);

/* All of them, or with --quiet what is wrong. */
void report_put(const struct cli *cli, const struct doctor_report *reports, size_t n);

#endif
