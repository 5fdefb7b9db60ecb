/* clock.c - replaces common/base/clock.c at link time. */
#include "tests/fake/clock.h"

#include "common/base/clock.h"

static int64_t wall_s = 1767225600; /* 2026-01-01 00:00 UTC */
static int64_t mono_ms = 1000;

int64_t
clock_wall_s(void)
{
	return wall_s;
}

int64_t
clock_mono_ms(void)
{
	return mono_ms;
}

void
fake_clock_set(int64_t new_wall_s)
{
	wall_s = new_wall_s;
}

void
fake_clock_advance(int64_t seconds)
{
	wall_s += seconds;
	mono_ms += seconds * 1000;
}
