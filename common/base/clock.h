/* clock.h - the only readers of the time.
 * tests/fake/clock.c replaces clock.c at link time and lets a test set both clocks. */
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

#include <stdint.h>

/* Wall time in Unix seconds: what is stored, compared and shown. It may jump. */
int64_t clock_wall_s(void);

/* Monotonic milliseconds from some start: timers and deadlines. It never goes back. */
int64_t clock_mono_ms(void);

#endif
