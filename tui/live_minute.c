/* live_minute.c - see live_minute.h. */
#include "tui/live_minute.h"

#include <string.h>

#include "common/store/event.h"

#define PAGE 4000
#define MOST 60000 /* so many are counted when it begins: some 60 ms */

enum minute_action
minute_action(struct slice name)
{
	if (slice_equal(name, SLICE("pass")))
		return MINUTE_PASS;
	return slice_equal(name, SLICE("greylist")) ? MINUTE_DEFER : MINUTE_REJECT;
}

static bool
count_event(void *arg, const struct event *e)
{
	struct minute *minute = arg;
	size_t at = (uint64_t)e->time_s % MINUTE_S;

	minute->counted = e->id;
	if (minute->seconds[at].time_s != e->time_s) {
		memset(&minute->seconds[at], 0, sizeof(minute->seconds[at]));
		minute->seconds[at].time_s = e->time_s;
	}
	minute->seconds[at].n[minute_action(e->action)]++;
	return true;
}

struct backward {
	int64_t from_s, first;
	bool over;
};

static bool
go_back(void *arg, const struct event *e)
{
	struct backward *back = arg;

	back->over = e->time_s < back->from_s;
	if (!back->over)
		back->first = e->id;
	return !back->over;
}

/* Where the minute begins; at first, and after a time in which nobody looked. */
static int
begin(struct minute *minute, struct store *store, int64_t now_s, int64_t newest_id, struct err *err)
{
	struct backward back = { now_s - MINUTE_S, newest_id + 1, false };
	int64_t last_id;

	do {
		if (store_event_page(store, back.first, PAGE, go_back, &back, &last_id, err) == -1)
			return -1;
	} while (last_id != 0 && !back.over && newest_id - back.first < MOST);
	memset(minute, 0, sizeof(*minute));
	minute->counted = back.first - 1;
	return 0;
}

int
minute_read(
    struct minute *minute, struct store *store, int64_t now_s, int64_t newest_id, struct err *err)
{
	int64_t last_id = 1;

	if ((minute->counted == 0 || newest_id < minute->counted ||
		newest_id - minute->counted > PAGE) &&
	    begin(minute, store, now_s, newest_id, err) == -1)
		return -1;
	while (minute->counted < newest_id && last_id != 0)
		if (store_event_after(
			store, minute->counted, PAGE, count_event, minute, &last_id, err) == -1)
			return -1;
	return 0;
}

void
minute_sum(const struct minute *minute, int64_t now_s, int64_t n_out[MINUTE_ACTIONS])
{
	int i, action;

	memset(n_out, 0, MINUTE_ACTIONS * sizeof(*n_out));
	for (i = 0; i < MINUTE_S; i++)
		for (action = 0; action < MINUTE_ACTIONS; action++)
			if (minute->seconds[i].time_s > now_s - MINUTE_S)
				n_out[action] += minute->seconds[i].n[action];
}
