/* source_text.c - the small readers of source.h. */
#include "common/import/source.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t
source_number(struct slice text)
{
	int64_t number = 0;
	size_t i;

	if (text.len == 0 || text.len > 18)
		return -1;
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		number = number * 10 + (text.ptr[i] - '0');
	}
	return number;
}

struct slice
source_cut(struct slice *text, char separator)
{
	const char *end = text->len == 0 ? NULL : memchr(text->ptr, separator, text->len);
	struct slice head = { text->ptr, end == NULL ? text->len : (size_t)(end - text->ptr) };
	size_t taken = end == NULL ? head.len : head.len + 1;

	text->ptr += taken;
	text->len -= taken;
	return head;
}

/* "+02", "+0200", "+02:00", "Z" behind a time, or nothing, which is ZONE_S. */
static int64_t
read_zone(const char *text, int64_t zone_s)
{
	int hours, minutes = 0, n = 0;
	char sign;

	while (*text == '.' || (*text >= '0' && *text <= '9'))
		text++;
	if (*text == '\0')
		return zone_s;
	if (strcmp(text, "Z") == 0)
		return 0;
	if (sscanf(text, "%c%2d%n", &sign, &hours, &n) != 2 || (sign != '+' && sign != '-'))
		return INT64_MIN;
	text += n + (text[n] == ':');
	if (*text != '\0' && sscanf(text, "%2d", &minutes) != 1)
		return INT64_MIN;
	return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

int64_t
source_time(const struct import *import, struct slice text)
{
	int64_t number = source_number(text), zone_s, time_s;
	struct tm tm = { 0 }, written;
	char copy[48];
	int n = 0;

	if (number != -1 || text.len == 0 || text.len >= sizeof(copy))
		return number;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (sscanf(copy, "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		&tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6 ||
	    n == 0 || tm.tm_year < 1970)
		return -1;
	zone_s = read_zone(copy + n, import->options.zone_s);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	written = tm;
	time_s = timegm(&tm); /* which makes a March of a 30 February */
	if (tm.tm_mon != written.tm_mon || tm.tm_mday != written.tm_mday ||
	    tm.tm_hour != written.tm_hour || zone_s == INT64_MIN || time_s < zone_s)
		return -1;
	return time_s - zone_s;
}

struct slice
source_uncomment(struct slice line)
{
	struct slice rest = line;

	return slice_trim(source_cut(&rest, '#'));
}

const char *
source_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}
