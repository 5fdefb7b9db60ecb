/* engine.h - batches of requests in, decisions out, everything acknowledged on disk.
 *
 * All requests of one loop turn are decided in one transaction; DONE is called after COMMIT, so no
 * answer leaves before what it says is kept. When the store fails, the steps that need memory only
 * are decided as ever and the rest by on_failure (REASON_STORE_FAILED).
 *
 * The engine knows no sockets, no loop and no thread; replay and tests drive it as the server does.
 */
#ifndef COMMON_GREYLIST_ENGINE_H
#define COMMON_GREYLIST_ENGINE_H

#include "common/config/config.h"
#include "common/greylist/decide.h"
#include "common/greylist/request.h"
#include "common/greylist/rules.h"

/* What stands and falls with one opening of the database: handle, indexes, rules. Made at start,
 * and again by another thread after the store broke; then swapped in whole. */
struct engine_core;

/* Opens and reads everything; takes about a second for 10^6 triplets. NOTICE_OUT as store_open().
 */
struct engine_core *engine_core_open(
    const struct config *config, char *notice_out, struct err *err);
void engine_core_free(struct engine_core *core); /* NULL is fine; closes the store */

struct engine;

/* Takes CORE. CONFIG is borrowed until engine_configure() gives another. */
struct engine *engine_new(const struct config *config, struct engine_core *core);
void engine_free(struct engine *engine); /* with its core; NULL is fine */

/* A new configuration for the requests to come (not its database). */
void engine_configure(struct engine *engine, const struct config *config);

/* Replaces the core after a failure: takes CORE, frees the old one. */
void engine_replace_core(struct engine *engine, struct engine_core *core);

/* Puts RULES (taken) in force and frees the old ones. */
void engine_replace_rules(struct engine *engine, struct rules *rules);

/* What is known of SPF for the client of an item and the domain that speaks for it. */
struct engine_spf {
	enum { ENGINE_SPF_UNKNOWN, ENGINE_SPF_GIVEN_UP, ENGINE_SPF_KNOWN } state;
	bool pass;
	const char *result; /* KNOWN: "pass", "fail", ...; static */
};

/* A triplet that waits, for engine_note_spf(). */
struct engine_ticket {
	int64_t triplet_id; /* 0: none */
	uint64_t pool_hash;
	uint64_t opening; /* of the core that it belongs to */
};

struct engine_item {
	struct request request;
	struct message *message;  /* of the connection */
	void *owner;              /* of the caller */
	struct engine_spf spf;    /* in */
	struct decision decision; /* out, unless WANTS_SPF */
	bool wants_spf; /* out: SPF would change the answer. Nothing was decided nor written: find
			   out, or give up, and submit it again */
	struct engine_ticket ticket; /* out: deferred without knowing SPF; note it once it is */
	bool give_header;            /* out: this answer carries the X-Greylist header */
};

typedef void engine_done(void *arg, struct engine_item *items, size_t n);

#define ENGINE_BATCH_MAX 256

/* Decides ITEMS (n <= ENGINE_BATCH_MAX) at NOW_S, then calls DONE once. Here that happens before
 * it returns; a caller must not rely on that. */
void engine_submit(struct engine *engine, struct engine_item *items, size_t n, int64_t now_s,
    engine_done *done, void *arg);

/* Keeps the result of SPF with a waiting triplet, so that its pool can be told. Written with the
 * next batch or tick; dropped when the database was opened anew since. */
void engine_note_spf(struct engine *engine, const struct engine_ticket *ticket, struct slice domain,
    const struct engine_spf *spf);

/* State of the store as the engine sees it. */
enum engine_health {
	ENGINE_OK,
	ENGINE_BUSY,  /* another writer holds the lock: tried again by itself */
	ENGINE_BROKEN /* needs a new core */
};
enum engine_health engine_health(const struct engine *engine);
const char *engine_trouble(const struct engine *engine); /* why, "" when OK */

/* Housekeeping between batches, bounded to a few milliseconds: events, counts and hits that have
 * gathered in memory are written (no answer rests on them), expiry and trimming in slices, index
 * extension for rows of other processes, recovery after BUSY. MONO_MS guards
 * against jumps of NOW_S: after one of more than an hour forward, expiry waits an hour. Call it
 * every 250 ms or so; returns true when more of it is due at once. */
bool engine_tick(struct engine *engine, int64_t now_s, int64_t mono_ms);

/* The handle, for a heartbeat or a checkpoint on the caller's thread. */
struct store *engine_store(struct engine *engine);

/* Orderly end: the journal written, clean mark, and the write-ahead log emptied, unless a program
 * that reads holds on to it. */
int engine_stop(struct engine *engine, int64_t now_s, struct err *err);

struct engine_numbers {
	size_t triplets, clients, pools; /* entries in the indexes */
	size_t index_bytes;
	size_t rules, policies, domains, networks;
	int64_t generation;
};
void engine_numbers(const struct engine *engine, struct engine_numbers *numbers_out);

#endif
