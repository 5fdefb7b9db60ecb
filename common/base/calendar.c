/* calendar.c - see calendar.h. */
#include "common/base/calendar.h"

#include <string.h>
#include <time.h>

/* The formats of callers are checked where they are written. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

const char *
calendar_text(int64_t time_s, const char *format, char out[CALENDAR_TEXT_MAX])
{
	time_t time = (time_t)time_s;
	struct tm tm;

	if (localtime_r(&time, &tm) == NULL || strftime(out, CALENDAR_TEXT_MAX, format, &tm) == 0)
		memcpy(out, "?", 2);
	return out;
}

bool
calendar_same_day(int64_t a_s, int64_t b_s)
{
	char a[CALENDAR_TEXT_MAX], b[CALENDAR_TEXT_MAX];

	return strcmp(calendar_text(a_s, "%Y-%j", a), calendar_text(b_s, "%Y-%j", b)) == 0;
}
