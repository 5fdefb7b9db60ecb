/* log_report.h - what greygate log shows. */
#ifndef CLI_LOG_REPORT_H
#define CLI_LOG_REPORT_H

#include "cli/cli.h"
#include "common/maillog/reader.h"
#include "common/maillog/suggest.h"

struct log_report {
	struct cli *cli;
	struct maillog_reader *reader;
	size_t file_n;
	struct story *story; /* ended */
	struct suggestion *suggestions;
	bool *there; /* for each: it is whitelisted by now */
	size_t suggestion_n;
	const char *domain; /* show each mail of it; NULL: of none */
	int64_t limit;
};

void log_report_text(const struct log_report *r);
void log_report_json(const struct log_report *r);

/* 2026-11-24 08:44:52, local time. Returns OUT. */
const char *log_time(int64_t time_s, char out[32]);

#endif
