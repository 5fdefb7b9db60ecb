/* heartbeat.h - the one row that tells other programs that a server lives on this file. */
#ifndef COMMON_STORE_HEARTBEAT_H
#define COMMON_STORE_HEARTBEAT_H

#include "common/base/str.h"
#include "common/store/store.h"

#define HEARTBEAT_EVERY_S 5
#define HEARTBEAT_DEAD_S 20 /* no beat for so long: not alive, or stuck */

struct heartbeat {
	int64_t pid;
	int64_t started_s;
	int64_t beat_s; /* 0 after a clean stop */
	struct slice version;
	struct slice status; /* a sentence: "ok, 12 connections" */
};

/* Inside a transaction. */
int store_heartbeat_put(struct store *store, const struct heartbeat *beat, struct err *err);
/* NO when no server ever ran. FN gets the row. */
enum store_found store_heartbeat_get(struct store *store,
    void (*fn)(void *arg, const struct heartbeat *beat), void *arg, struct err *err);

#endif
