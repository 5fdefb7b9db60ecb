/* report.h - what a daily report is made of: counts, and parts with lines of text. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/cli.h"
#include "common/greylist/tally.h"

#define REPORT_LINES_MAX 10 /* of a part; the others are only counted */
#define REPORT_NAME_MAX 64

/* In the order in which they are told. */
enum report_part {
	REPORT_WAITING,
	REPORT_DELAYED,
	REPORT_NEW,
	REPORT_SUGGESTED,
	REPORT_DOMAINS,
	REPORT_ENTRIES,
	REPORT_SITE,
	REPORT_STATE, /* how it is, not what should be done */
	REPORT_PARTS
};

struct report_line {
	char *text;    /* escaped, any length */
	char *command; /* for the operator to consider, or NULL */
};

struct report_section {
	struct report_line lines[REPORT_LINES_MAX];
	size_t n, left_out;
};

struct report {
	struct cli *cli;
	int64_t since_s; /* until now */
	struct period counts;
	/* of the newest time of the same length whose retries are out of the window: first
	 * contacts, and those of which no pass came (tally.h) */
	struct period over;
	int64_t waiting; /* mails, and of them those of which nobody can be helped */
	int64_t bots;
	struct report_section parts[REPORT_PARTS];
};

/* Adds a line. What came from outside goes through report_name(); COMMAND may be NULL. */
void report_add(struct report *r, enum report_part part, const char *command, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* TEXT escaped, and cut where it is long. Returns OUT. */
const char *report_name(struct slice text, char out[REPORT_NAME_MAX]);

/* Each gathers its parts. */
int report_counts(struct report *r, struct err *err);
int report_waiting(struct report *r, struct err *err);
int report_history(struct report *r, struct err *err); /* delayed, new and suggested */
int report_entries(struct report *r, struct err *err);
int report_site(struct report *r, struct err *err); /* domains, entries, site and state */

/* Whether nothing happened that is worth a line. */
bool report_is_quiet(const struct report *r);

void report_print(const struct report *r, const char *mail_to); /* NULL: no headers */
void report_print_json(const struct report *r);

const char *report_part_name(enum report_part part);
const char *report_part_title(enum report_part part);

#endif
