/* date.c - see date.h. */
#include "common/maillog/date.h"

#include <string.h>
#include <time.h>

#define DAY_S 86400
#define HALF_HOUR_S 1800
#define DISORDER_S 120 /* lines are at most so far out of order */
#define YEARS_BACK 60  /* no log is older than syslog */

/* ---- reading ---- */

static int
digits(const char *text, size_t n)
{
	int number = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* YEAR 0 is any. */
static int
days_of(int year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && (year == 0 || is_leap(year)) ? 29 : days[month - 1];
}

/* HH:MM:SS at TEXT. */
static bool
read_clock(const char *text, struct maillog_date *date)
{
	int hour = digits(text, 2), minute = digits(text + 3, 2), second = digits(text + 6, 2);

	if (text[2] != ':' || text[5] != ':' || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 60)
		return false;
	date->hour = (uint8_t)hour;
	date->minute = (uint8_t)minute;
	date->second = (uint8_t)second;
	return true;
}

static bool
set_day(struct maillog_date *date, int year, int month, int day)
{
	if (month < 1 || month > 12 || day < 1 || day > days_of(year, month))
		return false;
	date->year = (int16_t)year;
	date->month = (uint8_t)month;
	date->day = (uint8_t)day;
	return true;
}

static int
month_of(const char *text)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int i;

	for (i = 0; i < 12; i++)
		if (memcmp(text, names + i * 3, 3) == 0)
			return i + 1;
	return 0;
}

/* "Nov 24 08:01:40", "Nov  4 08:01:40" */
static bool
read_traditional(const char *p, size_t len, struct maillog_date *date)
{
	if (len < 15 || p[3] != ' ' || p[6] != ' ')
		return false;
	return set_day(date, 0, month_of(p), p[4] == ' ' ? digits(p + 5, 1) : digits(p + 4, 2)) &&
	       read_clock(p + 7, date);
}

/* Z, +01:00, +0100 or nothing at the front of S; what it takes, or -1. */
static int
read_zone(struct slice s, struct maillog_date *date)
{
	bool colon = s.len >= 6 && s.ptr[3] == ':';
	int hours, minutes;

	if (s.len == 0 || s.ptr[0] == ' ')
		return 0;
	date->has_zone = true;
	if (s.ptr[0] == 'Z')
		return 1;
	if ((s.ptr[0] != '+' && s.ptr[0] != '-') || s.len < 5)
		return -1;
	hours = digits(s.ptr + 1, 2);
	minutes = digits(s.ptr + (colon ? 4 : 3), 2);
	if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
		return -1;
	date->zone_s = (hours * 60 + minutes) * (s.ptr[0] == '-' ? -60 : 60);
	return colon ? 6 : 5;
}

static struct slice
rest_of(struct slice s, size_t n)
{
	return (struct slice){ s.ptr + n, s.len - n };
}

/* "2026-11-24T08:01:40.123456+00:00"; how much it takes, or -1. */
static int
read_iso(struct slice s, struct maillog_date *date)
{
	size_t n = 19;
	int year, zone;

	if (s.len < n || s.ptr[4] != '-' || s.ptr[7] != '-' ||
	    (s.ptr[10] != 'T' && s.ptr[10] != ' '))
		return -1;
	year = digits(s.ptr, 4);
	if (year < 1970 || !set_day(date, year, digits(s.ptr + 5, 2), digits(s.ptr + 8, 2)) ||
	    !read_clock(s.ptr + 11, date))
		return -1;
	if (n < s.len && s.ptr[n] == '.')
		for (n++; n < s.len && digits(s.ptr + n, 1) >= 0;)
			n++;
	zone = read_zone(rest_of(s, n), date);
	return zone == -1 ? -1 : (int)n + zone;
}

int
maillog_date_take(struct slice *text, struct maillog_date *date_out)
{
	int n = -1;

	memset(date_out, 0, sizeof(*date_out));
	if (text->len == 0)
		return -1;
	if (text->ptr[0] >= '0' && text->ptr[0] <= '9')
		n = read_iso(*text, date_out);
	else if (read_traditional(text->ptr, text->len, date_out))
		n = 15;
	if (n == -1 || ((size_t)n < text->len && text->ptr[n] != ' '))
		return -1;
	*text = rest_of(*text, (size_t)n);
	return 0;
}

/* ---- the time of it ---- */

/* Days since 1970-01-01 in the Gregorian calendar; March begins the year, so that the leap day
 * ends it. */
static int64_t
days_since_epoch(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int m = (month + 9) % 12;

	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 719469;
}

static int64_t
zoneless_s(const struct maillog_date *date, int year)
{
	return days_since_epoch(year, date->month, date->day) * DAY_S + date->hour * 3600 +
	       date->minute * 60 + date->second;
}

/* The offset at the local time BEGIN_S, read with daylight saving time or without; false when it is
 * not there in that reading. */
static bool
read_offset(int64_t begin_s, int is_dst, int64_t *offset_out)
{
	time_t begin = (time_t)begin_s;
	struct tm tm, asked;

	gmtime_r(&begin, &tm);
	asked = tm;
	tm.tm_isdst = is_dst;
	*offset_out = begin_s - (int64_t)mktime(&tm);
	return tm.tm_hour == asked.tm_hour && tm.tm_min == asked.tm_min &&
	       (is_dst < 0 || (tm.tm_isdst > 0) == is_dst);
}

/* The local zone changes at a whole or half hour, if at all, so it is asked for as often. What
 * comes first is further east, whatever is called daylight saving time there. */
static void
find_offsets(struct maillog_calendar *c, int64_t zoneless)
{
	int64_t half = zoneless / HALF_HOUR_S, begin_s = half * HALF_HOUR_S, with, without;

	if (c->zone.known && c->zone.half == half)
		return;
	c->zone.known = true;
	c->zone.half = half;
	if (!read_offset(begin_s, 1, &with) || !read_offset(begin_s, 0, &without)) {
		read_offset(begin_s, -1, &with);
		without = with;
	}
	c->zone.offset_s = with > without ? with : without;
	c->zone.again_s = with > without ? without : with;
}

static int64_t
in_year(struct maillog_calendar *c, const struct maillog_date *date, int year)
{
	int64_t zoneless = zoneless_s(date, year), time_s;

	if (date->has_zone)
		return zoneless - date->zone_s;
	find_offsets(c, zoneless);
	time_s = zoneless - c->zone.offset_s;
	return time_s < c->last_s - DISORDER_S ? zoneless - c->zone.again_s : time_s;
}

/* Whether DATE is not in YEAR. What is far from the line before needs no look at the zone. */
static bool
is_too_early(struct maillog_calendar *c, const struct maillog_date *date, int year)
{
	return date->day > days_of(year, date->month) ||
	       zoneless_s(date, year) < c->last_s - 3 * DAY_S ||
	       in_year(c, date, year) < c->last_s - DAY_S;
}

int64_t
maillog_calendar_time(struct maillog_calendar *c, const struct maillog_date *date)
{
	int year = date->year != 0 ? date->year : c->year - 1;
	int last = date->year != 0 ? date->year : c->year + 8; /* 29 February may be far */

	while (year < last && is_too_early(c, date, year))
		year++;
	c->year = year;
	c->last_s = in_year(c, date, year);
	return c->last_s;
}

static int
year_of(int64_t time_s)
{
	time_t t = (time_t)time_s;
	struct tm tm;

	return gmtime_r(&t, &tm) == NULL ? 1970 : tm.tm_year + 1900;
}

/* Puts the calendar before DATE of YEAR, as if a line of that moment had been read. */
static void
begin_in(struct maillog_calendar *c, const struct maillog_date *date, int year)
{
	c->year = year;
	c->last_s = INT64_MIN / 2;
	c->last_s = in_year(c, date, year);
}

void
maillog_calendar_begin(
    struct maillog_calendar *c, const struct maillog_date *dates, size_t n, int64_t written_s)
{
	int last_year = year_of(written_s) + 1, year = last_year;
	size_t i;

	memset(c, 0, sizeof(*c));
	c->year = last_year - 1;
	c->last_s = written_s;
	for (; n > 0 && year > last_year - YEARS_BACK; year--) {
		begin_in(c, &dates[0], year);
		for (i = 0; i < n; i++)
			maillog_calendar_time(c, &dates[i]);
		if (c->last_s <= written_s + DAY_S && dates[0].day <= days_of(year, dates[0].month))
			break;
	}
	if (n > 0)
		begin_in(c, &dates[0], dates[0].year != 0 ? dates[0].year : year);
}
