/* replay_report.h - what greygate replay shows. */
#ifndef CLI_REPLAY_REPORT_H
#define CLI_REPLAY_REPORT_H

#include "cli/cli.h"
#include "common/maillog/suggest.h"
#include "common/replay/result.h"
#include "common/replay/source.h"

struct replay_report {
	struct cli *cli;
	const struct replay_file *files;
	size_t file_n;
	const struct mails *mails;
	struct result input; /* as it was */
	struct result a, b;
	bool compares;            /* with B */
	struct config configs[2]; /* A and B */
	struct suggestion *suggestions;
	size_t suggestion_n;
	int64_t limit;
	bool asked_spf; /* of today's DNS */
};

void replay_report_text(struct replay_report *r);
void replay_report_json(const struct replay_report *r);

/* The delay that a suggestion would have saved under A. */
const struct result_domain *replay_saving(
    const struct replay_report *r, const struct suggestion *s);
/* What would have saved a mail that was delayed: "domain qq.com", "rule mx.example.org", "-". */
const char *replay_saved_by(
    const struct replay_report *r, const struct result_wait *wait, char *out, size_t len);

/* Domains by how much their delays differ between A and B; the caller frees it. */
struct replay_difference {
	const struct result_domain *a, *b;
	int64_t delay_s; /* of B less that of A */
	int64_t delayed, never;
};
struct replay_difference *replay_differences(const struct replay_report *r, size_t *n_out);

#endif
