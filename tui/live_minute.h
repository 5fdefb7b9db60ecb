/* live_minute.h - how many decisions of each kind the last minute had, from the log of events: each
 * is read once. */
#ifndef TUI_LIVE_MINUTE_H
#define TUI_LIVE_MINUTE_H

#include "common/base/str.h"
#include "common/store/store.h"

#define MINUTE_S 60

enum minute_action { MINUTE_PASS, MINUTE_DEFER, MINUTE_REJECT, MINUTE_ACTIONS };

/* By its word in the log; one that is not known counts as refused. */
enum minute_action minute_action(struct slice name);

struct minute {
	struct {
		int64_t time_s;
		int64_t n[MINUTE_ACTIONS];
	} seconds[MINUTE_S]; /* by the second of the time */
	int64_t counted;     /* the id of the last event that was looked at */
};

/* Counts what came since the last call, up to event NEWEST_ID. A zeroed one begins a minute back.
 */
int minute_read(
    struct minute *minute, struct store *store, int64_t now_s, int64_t newest_id, struct err *err);
void minute_sum(const struct minute *minute, int64_t now_s, int64_t n_out[MINUTE_ACTIONS]);

#endif
