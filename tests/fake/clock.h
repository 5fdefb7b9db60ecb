/* clock.h - the clock of the tests: stands still until it is told to move. */
#ifndef TESTS_FAKE_CLOCK_H
#define TESTS_FAKE_CLOCK_H

#include <stdint.h>

/* Sets the wall clock; the monotonic clock stays, as when an administrator sets the time. */
void fake_clock_set(int64_t wall_s);

/* Lets both clocks run for SECONDS, as time does. */
void fake_clock_advance(int64_t seconds);

#endif
