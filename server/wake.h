/* wake.h - how a thread waits for its next round: for a while of monotonic time, so that it does
 * not sleep for an hour when the wall clock is set back by one. */
#ifndef SERVER_WAKE_H
#define SERVER_WAKE_H

#include <pthread.h>

void wake_init(pthread_cond_t *wake); /* ended by pthread_cond_destroy() */
/* Until somebody signals WAKE, MS (< 1000) at most; LOCK is held by the caller. */
void wake_wait(pthread_cond_t *wake, pthread_mutex_t *lock, long ms);

#endif
