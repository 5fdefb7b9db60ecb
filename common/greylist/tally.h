/* tally.h - what the statistics of the store say of hours and days, read in slices and kept: the
 * past is read once. */
#ifndef COMMON_GREYLIST_TALLY_H
#define COMMON_GREYLIST_TALLY_H

#include "common/greylist/decide.h"
#include "common/store/stat.h"

#define TALLY_HOURS 24
#define TALLY_DAYS 30

/* What an answer was for the mail. Every reason belongs to one. */
enum tally_class {
	CLASS_AT_ONCE,
	CLASS_FIRST, /* deferred, seen first: one for each mail */
	CLASS_EARLY, /* deferred again */
	CLASS_WAITED,
	CLASS_REJECTED,
	CLASS_OTHER, /* was not judged, or counts do not tell what became of it */
	CLASS_N
};

enum tally_class tally_class_of(enum reason reason);

struct period {
	int64_t from_s, to_s;
	int64_t read_s;
	int64_t counts[REASON_N];
	int64_t delays_s[REASON_N];
};

struct tally {
	int64_t now_s;
	/* the last 3600 and 86400 seconds, as greygate status has them */
	struct period hour, day;
	/* of the clock of the site, oldest first; the last of each is not over */
	struct period hours[TALLY_HOURS], days[TALLY_DAYS];
	size_t at; /* of the reading */
};

/* The periods as of NOW_S; what is over and was read stays. */
void tally_begin(struct tally *tally, int64_t now_s);
/* Reads the next period that must be read. NO: all is there. */
enum store_found tally_read(struct tally *tally, struct store *store, struct err *err);
int tally_percent(const struct tally *tally);

/* The hour, or the day, of the clock of the site that was N of them before that of NOW_S; empty. */
struct period period_of_hour(int64_t now_s, int n);
struct period period_of_day(int64_t now_s, int n);
/* Adds what the store has of its time. */
int period_read(struct period *period, struct store *store, struct err *err);

/* Adds what PART has. */
void period_add(struct period *sum, const struct period *part);
int64_t period_count(const struct period *period, enum tally_class class);
int64_t period_delay_s(const struct period *period); /* of CLASS_WAITED */
int64_t period_total(const struct period *period);   /* of all reasons */

/* First contacts of which no pass came: of the days among the newest N in which a retry is out of
 * WINDOW_S by now. The last of them ends at *END_OUT, 0 when there is none. Counts do not tell
 * which pass belongs to which contact, so the passes of the same days are taken away. */
int64_t tally_never(const struct tally *tally, size_t n, int64_t window_s, int64_t *end_out);
/* The same of one period; never less than 0. */
int64_t period_without_pass(const struct period *period);

#endif
