/* keeper.h - the thread for what may take long: checkpoints, rules to be read again, a database to
 * be opened again. It has its own handle and hands results to the loop, which swaps them in. */
#ifndef SERVER_KEEPER_H
#define SERVER_KEEPER_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/config/config.h"
#include "common/greylist/engine.h"

struct keeper;

/* What is ready for the loop; taken by it, NULL when there is none. */
struct keeper_results {
	struct rules *rules;
	struct engine_core *core;
	char notice[ERR_TEXT_MAX]; /* of the core, or "" */
	bool finish_checkpoint; /* the WAL is long and all but its end is moved: the loop can end it
				 */
};

/* CONFIG is borrowed until keeper_stop(). GENERATION is that of the rules in force. READY is called
 * on the loop when there is something to take. */
struct keeper *keeper_start(struct ev_loop *loop, const struct config *config, int64_t generation,
    void (*ready)(void *arg), void *arg, struct err *err);
void keeper_stop(struct keeper *keeper); /* waits for the thread; NULL is fine */

void keeper_take(struct keeper *keeper, struct keeper_results *results_out);

/* The engine broke: open another core, again and again with growing pauses until it works. */
void keeper_want_core(struct keeper *keeper);

#endif
