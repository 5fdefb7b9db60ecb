/* stat.h - counts per minute and reason, and since the database was made. */
#ifndef COMMON_STORE_STAT_H
#define COMMON_STORE_STAT_H

#include "common/base/str.h"
#include "common/store/store.h"

struct stat_row {
	int64_t minute_s;    /* start of the minute */
	struct slice reason; /* name from the table of reasons */
	int64_t count;       /* messages */
	int64_t delay_s;     /* sum of the delays that passed triplets had */
};

/* Adds COUNT and DELAY_S to the row, and to the total of its reason. Inside a transaction. */
int store_stat_add(struct store *store, const struct stat_row *row, struct err *err);
typedef bool store_stat_fn(void *arg, const struct stat_row *row);
/* Rows with FROM_S <= minute < TO_S in order of time. */
int store_stat_each(struct store *store, int64_t from_s, int64_t to_s, store_stat_fn *fn, void *arg,
    struct err *err);
/* Sums by reason over [FROM_S, TO_S); minute_s is 0 in the rows handed out. */
int store_stat_sum(struct store *store, int64_t from_s, int64_t to_s, store_stat_fn *fn, void *arg,
    struct err *err);
/* All that was ever counted, by reason; minutes that were deleted stay in it. minute_s is 0. */
int store_stat_totals(struct store *store, store_stat_fn *fn, void *arg, struct err *err);
/* Sums by hour and reason over [FROM_S, TO_S) in order of time; minute_s is the start of the hour
 * (UTC). For charts: at most 31 days are asked for, which with 8 reasons in every minute take 0.16
 * s, a day 5 ms. */
int store_stat_hours(struct store *store, int64_t from_s, int64_t to_s, store_stat_fn *fn,
    void *arg, struct err *err);
/* Deletes at most LIMIT rows older than BEFORE_S. */
int store_stat_expire(
    struct store *store, int64_t before_s, int64_t limit, int64_t *deleted_out, struct err *err);

#endif
