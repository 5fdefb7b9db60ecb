/* status.h - what greygate status knows, and its text for Prometheus. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "cli/cli.h"
#include "common/greylist/decide.h"

struct status {
	struct cli *cli;
	bool alive, ever;
	int64_t pid, started_s, beat_s;
	char version[32], text[128];
	int64_t waiting, ready, oldest_s;
	int64_t hour[REASON_N], day[REASON_N], day_delay_s;
	int64_t *sums; /* which of the two is being read */
	int64_t rules, policies;
	int64_t domains, networks, troubled;
};

/* The text exposition format. 0, whether a server lives or not: that is one of the numbers. */
int status_prometheus(const struct status *status, struct err *err);

#endif
