/* explain.h - what would happen to a mail now, and why, in sentences. Reads, never writes. */
#ifndef COMMON_GREYLIST_EXPLAIN_H
#define COMMON_GREYLIST_EXPLAIN_H

#include "common/greylist/engine.h"
#include "common/greylist/facts.h"

#define EXPLAIN_LINES_MAX 24
#define EXPLAIN_LINE_MAX 400

struct explanation {
	struct decision decision;
	int64_t rule_id;    /* 0: none */
	int64_t policy_id;  /* 0: none */
	int64_t triplet_id; /* 0: none */
	bool triplet_found;
	bool pool_found; /* another client of the pool, for which SPF passed */
	struct triplet_state pool;
	struct triplet_state triplet;
	bool client_found;
	struct client_state client;
	struct terms terms;
	size_t line_n;
	char lines[EXPLAIN_LINES_MAX]
		  [EXPLAIN_LINE_MAX]; /* escaped, one sentence each, in order of the steps */
};

/* Without an index: the triplet and the client are looked for newest first through the table.
 * PROGRESS (may be NULL) is called every 20 000 rows with rows read and total; false gives up
 * (ERR_TEMP). */
int explain_request(struct store *store, const struct config *config, const struct rules *rules,
    const struct request *request, int64_t now_s,
    bool (*progress)(void *arg, int64_t done, int64_t total), void *arg,
    struct explanation *explanation_out, struct err *err);

/* As explain_request(), for the next try of the last client of a row that is known, so that only
 * the client is looked for. ERR_NOINPUT when the row is gone. */
int explain_triplet(struct store *store, const struct config *config, const struct rules *rules,
    int64_t triplet_id, int64_t now_s, struct explanation *explanation_out, struct err *err);

#endif
