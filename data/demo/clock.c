/* clock.c - the clock of the demo server: the player sets the time, so that a day passes in
 * seconds and every mail meets its delay to the second. Replaces common/base/clock.c at link time.
 *
 * The file named by $GREYGATE_DEMO_CLOCK holds one int64_t, the wall time; 0 means the real time,
 * which is where the day ends. Monotonic time is real: timers, heartbeats and deadlines run on. */
#include "common/base/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic int64_t *set_by_player;

static void
map_clock_file(void)
{
	const char *path = getenv("GREYGATE_DEMO_CLOCK");
	void *map;
	int fd;

	if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	map = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		set_by_player = map;
}

int64_t
clock_wall_s(void)
{
	int64_t wall_s;

	pthread_once(&once, map_clock_file);
	wall_s = set_by_player != NULL ? atomic_load(set_by_player) : 0;
	return wall_s != 0 ? wall_s : (int64_t)time(NULL);
}

int64_t
clock_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
