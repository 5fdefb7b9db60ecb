/* duration.h - durations (180s 5m 2h 2d 1w) and sizes (512K 64M 2G), read and written. */
#ifndef COMMON_BASE_DURATION_H
#define COMMON_BASE_DURATION_H

#include <stdint.h>

#include "common/base/str.h"

#define DURATION_TEXT_MAX 48

/* Seconds from a number with one of s m h d w, or several such parts from great to small (1h30m).
 * A bare number is seconds. At most 100 years. Returns 0, or -1 when TEXT is something else. */
int duration_parse(struct slice text, int64_t *seconds_out);

/* Bytes from a number with nothing, K, M or G (powers of 1024). Returns 0 or -1. */
int size_parse(struct slice text, int64_t *bytes_out);

/* The shortest exact text that duration_parse() reads back equal: "180s" gives "3m". */
const char *duration_format(int64_t seconds, char out[DURATION_TEXT_MAX]);

/* For people: the two greatest units ("2d 4h", "3m 20s", "0s"); negative gets a minus. */
const char *duration_format_human(int64_t seconds, char out[DURATION_TEXT_MAX]);

#endif
