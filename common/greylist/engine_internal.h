/* engine_internal.h - what engine.c, core.c, batch.c, rows.c and housekeeping.c share; private to
 * them. */
#ifndef COMMON_GREYLIST_ENGINE_INTERNAL_H
#define COMMON_GREYLIST_ENGINE_INTERNAL_H

#include "common/greylist/engine.h"
#include "common/greylist/facts.h"
#include "common/greylist/index.h"
#include "common/greylist/journal.h"
#include "common/greylist/rows.h"

struct engine_core {
	struct store *store;
	struct rules *rules;
	struct index *triplets, *clients;
	struct index *pools; /* by sender and recipient: rows with an SPF pass */
	/* Every row with an id up to these is in its index; rows of other processes come later. */
	int64_t triplet_seen_id, client_seen_id;
	int64_t restored_mark; /* a restore since the opening has other rows under the same ids */
};

/* What a batch did besides its transaction, so that it can be taken back when COMMIT fails. */
struct batch {
	struct {
		struct index *index;
		uint64_t hash;
		int64_t id;
	} added[4 * ENGINE_BATCH_MAX];
	size_t added_n;
	struct message messages_before[ENGINE_BATCH_MAX];
	int64_t triplet_seen_before, client_seen_before;
	size_t journal_before;
};

/* A result of SPF that is not yet written. */
struct note {
	struct engine_ticket ticket;
	const char *result;
	bool pass;
	char domain[DOMAIN_TEXT_MAX];
};
#define NOTES_MAX 64

struct engine {
	const struct config *config;
	struct engine_core *core;
	struct journal *journal;
	enum engine_health health;
	char trouble[ERR_TEXT_MAX];
	int64_t busy_until_ms; /* while BUSY: nobody tries the lock before, in monotonic time */
	int64_t busy_wait_ms;  /* how long that was; doubled each time */
	struct batch batch;
	struct subject subject; /* of the request at hand */
	struct facts facts;
	struct rows rows;
	uint64_t opening; /* counts the cores */
	struct note notes[NOTES_MAX];
	size_t note_n;
	/* housekeeping */
	bool clock_known;
	int64_t clock_offset_ms; /* wall - monotonic at the last tick */
	int64_t hold_until_ms;   /* no expiry before, after a jump of the clock */
	int64_t sweep_after_ms;  /* the next sweep begins */
	int64_t triplet_cursor, client_cursor;
	bool sweeping_clients; /* the second half of a sweep */
	bool rows_left;        /* of other processes, to be indexed */
};

/* Indexes rows up to LIMIT that are not yet; *MORE_OUT says whether some are left. */
int core_extend(struct engine_core *core, int64_t limit, bool *more_out, struct err *err);

uint64_t core_triplet_hash(const struct engine_core *core, const struct triplet_key *key);
uint64_t core_pool_hash(const struct engine_core *core, const struct triplet_key *key);
uint64_t core_client_hash(const struct engine_core *core, struct slice address);

/* Decides ITEMS inside one transaction of the store. On failure everything is taken back and -1
 * returned. */
int batch_run(
    struct engine *engine, struct engine_item *items, size_t n, int64_t now_s, struct err *err);
/* Adds to INDEX, until the batch is taken back. */
void batch_index(struct batch *batch, struct index *index, uint64_t hash, int64_t id);
/* Writes the notes in a transaction of their own. */
int batch_write_notes(struct engine *engine, struct err *err);
/* Decides ITEMS without the store. */
void batch_run_without_store(
    struct engine *engine, struct engine_item *items, size_t n, int64_t now_s);

/* Takes up to LIMIT rows that others have committed, as an import does, into the index: one that is
 * not in it would be made a second time, and the new row would stand before it. After a restore
 * into the database, which has other rows under the same ids, it is an error that breaks the
 * engine. */
int engine_catch_up(struct engine *engine, int64_t limit, struct err *err);

/* Whether the store is to be tried: while another program holds its lock that is soon after the
 * first failure, then ever later, up to once a second. */
bool engine_is_worth_trying(const struct engine *engine);

/* Sets the health by the class of ERR. */
void engine_failed(struct engine *engine, const struct err *err);
void engine_recovered(struct engine *engine);

#endif
