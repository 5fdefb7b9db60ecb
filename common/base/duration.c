/* duration.c - see duration.h. */
#include "common/base/duration.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define DURATION_MAX_S INT64_C(3155760000) /* 100 years */

struct unit {
	char letter;
	int64_t value;
};

static const struct unit time_units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 },
	{ 'm', 60 }, { 's', 1 } };
static const struct unit size_units[] = { { 'G', INT64_C(1) << 30 }, { 'M', 1 << 20 },
	{ 'K', 1 << 10 } };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int64_t
unit_value(const struct unit *units, size_t n, char letter)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (units[i].letter == letter)
			return units[i].value;
	return 0;
}

/* Takes a decimal number off the front of TEXT; -1 when there is none or it is beyond LIMIT. */
static int
take_number(struct slice *text, int64_t limit, int64_t *number_out)
{
	int64_t number = 0;
	size_t i;

	for (i = 0; i < text->len && text->ptr[i] >= '0' && text->ptr[i] <= '9'; i++) {
		number = number * 10 + (text->ptr[i] - '0');
		if (number > limit)
			return -1;
	}
	if (i == 0)
		return -1; /* the empty slice may have no pointer */
	text->ptr += i;
	text->len -= i;
	*number_out = number;
	return 0;
}

int
duration_parse(struct slice text, int64_t *seconds_out)
{
	int64_t total = 0, smaller_than = DURATION_MAX_S, number, unit;

	do {
		if (take_number(&text, DURATION_MAX_S, &number) == -1)
			return -1;
		if (text.len > 0) {
			unit = unit_value(time_units, COUNT(time_units), *text.ptr);
			text.ptr++;
			text.len--;
		} else {
			unit = smaller_than == DURATION_MAX_S ? 1 : 0; /* bare: alone only */
		}
		if (unit == 0 || unit >= smaller_than || number > DURATION_MAX_S / unit)
			return -1;
		total += number * unit;
		smaller_than = unit;
	} while (text.len > 0);
	if (total > DURATION_MAX_S)
		return -1;
	*seconds_out = total;
	return 0;
}

int
size_parse(struct slice text, int64_t *bytes_out)
{
	int64_t number, unit = 1;

	if (take_number(&text, INT64_MAX / 16, &number) == -1)
		return -1;
	if (text.len == 1)
		unit = unit_value(size_units, COUNT(size_units), *text.ptr);
	if (text.len > 1 || unit == 0 || number > INT64_MAX / unit)
		return -1;
	*bytes_out = number * unit;
	return 0;
}

const char *
duration_format(int64_t seconds, char out[DURATION_TEXT_MAX])
{
	size_t i = 1; /* weeks are read, but 5w says less than 35d */

	while (i < COUNT(time_units) - 1 && (seconds == 0 || seconds % time_units[i].value != 0))
		i++;
	snprintf(out, DURATION_TEXT_MAX, "%" PRId64 "%c", seconds / time_units[i].value,
	    time_units[i].letter);
	return out;
}

const char *
duration_format_human(int64_t seconds, char out[DURATION_TEXT_MAX])
{
	const char *minus = seconds < 0 ? "-" : "";
	int64_t left = seconds < 0 ? -seconds : seconds;
	const struct unit *big = &time_units[1];
	int64_t small;

	while (big->value > 1 && left < big->value)
		big++;
	small = big->value == 1 ? 0 : left % big->value / big[1].value;
	if (small == 0)
		snprintf(out, DURATION_TEXT_MAX, "%s%" PRId64 "%c", minus, left / big->value,
		    big->letter);
	else
		snprintf(out, DURATION_TEXT_MAX, "%s%" PRId64 "%c %" PRId64 "%c", minus,
		    left / big->value, big->letter, small, big[1].letter);
	return out;
}
