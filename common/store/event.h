/* event.h - the decisions as they were made, a bounded log for Live and explain. */
#ifndef COMMON_STORE_EVENT_H
#define COMMON_STORE_EVENT_H

#include "common/base/str.h"
#include "common/store/store.h"

struct event {
	int64_t id;
	int64_t time_s;
	struct slice action; /* "pass", "greylist", "reject" */
	struct slice reason; /* name from the table of reasons */
	int64_t delay_s;     /* waited so far, or 0 */
	struct slice client_address;
	struct slice client_name;
	struct slice helo;
	struct slice sender;
	struct slice recipient;
	int64_t triplet_id; /* 0: none */
	int64_t rule_id;    /* 0: none */
};

int store_event_append(struct store *store, const struct event *event, struct err *err);
typedef bool store_event_fn(void *arg, const struct event *event);
/* Newest first, as store_triplet_page(). */
int store_event_page(struct store *store, int64_t before_id, int64_t limit, store_event_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);
/* Oldest first with id > AFTER_ID. */
int store_event_after(struct store *store, int64_t after_id, int64_t limit, store_event_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);
/* Deletes at most LIMIT of the oldest rows that are beyond KEEP_ROWS or before BEFORE_S;
 * the newest always stays. */
int store_event_trim(struct store *store, int64_t keep_rows, int64_t before_s, int64_t limit,
    int64_t *deleted_out, struct err *err);

#endif
