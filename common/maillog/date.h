/* date.h - when a line of a log was written, also where the log leaves out year and zone. */
#ifndef COMMON_MAILLOG_DATE_H
#define COMMON_MAILLOG_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"

/* As it stands in the line; DAY is right for MONTH in some year, or in YEAR when there is one. */
struct maillog_date {
	int16_t year; /* 0: not said */
	uint8_t month, day, hour, minute, second;
	bool has_zone;
	int32_t zone_s; /* east of UTC */
};

/* Takes a date off the front of TEXT: "Nov 24 08:01:40" or "2026-11-24T08:01:40.123456+00:00", zone
 * and fraction may be missing, a blank may be the T. Returns 0, or -1 with TEXT as it was. */
int maillog_date_take(struct slice *text, struct maillog_date *date_out);

/* Turns the dates of one file into Unix time, line by line. Dates without a zone are local time.
 * A date without a year gets the first year that brings it no more than a day before the line
 * before it: lines may be a little out of order, but time does not run backwards. So where the
 * clock is put back, a line that would go back is of the second time that its hour comes. Lines of
 * a file may be up to a year less a day apart. */
struct maillog_calendar {
	int64_t last_s; /* of the line before */
	int year;       /* of the line before */
	struct {        /* the local zone in half an hour */
		int64_t half;
		int64_t offset_s;
		int64_t again_s; /* where it comes twice: the second time */
		bool known;
	} zone;
};

/* Begins where DATES, some of a file from its first to its last, end at the latest a day after
 * WRITTEN_S, when the file was last written. N may be 0, and no date need have a year. */
void maillog_calendar_begin(struct maillog_calendar *calendar, const struct maillog_date *dates,
    size_t n, int64_t written_s);

int64_t maillog_calendar_time(struct maillog_calendar *calendar, const struct maillog_date *date);

#endif
