/* calendar.h - times as the calendar and the clock of the site have them. */
#ifndef COMMON_BASE_CALENDAR_H
#define COMMON_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define CALENDAR_TEXT_MAX 32

/* TIME_S as FORMAT of strftime(3) says; "?" when no calendar has it, as a damaged row may. */
const char *calendar_text(int64_t time_s, const char *format, char out[CALENDAR_TEXT_MAX])
    __attribute__((format(strftime, 2, 0)));

bool calendar_same_day(int64_t a_s, int64_t b_s);

#endif
