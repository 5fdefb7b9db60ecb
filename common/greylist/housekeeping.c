/* housekeeping.c - what must be done besides answering, in slices of a millisecond or so: rows of
 * other processes into the index, dead rows out, and the way back after a lock. */
#include "common/greylist/engine_internal.h"
#include "common/store/change.h"
#include "common/store/event.h"
#include "common/store/import_undo.h"
#include "common/store/policy.h"
#include "common/store/stat.h"

#define EXTEND_ROWS 20000
#define SWEEP_ROWS 50 /* looked at, and at most so many deleted, in one slice */
#define SWEEP_PAUSE_MS 60000
#define JUMP_MS 3600000 /* a step of the wall clock that holds expiry back, and how long */
#define STAT_ROWS 500
#define CHANGES_KEPT 1000000 /* of the audit */

/* Rows found dead in a slice, and their hashes. */
struct dead {
	struct engine *engine;
	int64_t after_id; /* the slice begins behind it */
	int64_t now_s, window_s, lifetime_s;
	int64_t ids[SWEEP_ROWS];
	uint64_t hashes[SWEEP_ROWS];
	uint64_t pool_hashes[SWEEP_ROWS]; /* 0: not in the index of pools */
	size_t n;
};

/* How the rows of a table are looked through and deleted. */
struct sweeping {
	int (*look)(struct dead *dead, int64_t *last_id_out, struct err *err);
	int (*remove)(struct store *store, int64_t id, struct err *err);
	int (*max_id)(struct store *store, int64_t *id_out, struct err *err);
};

static bool
look_at_triplet(void *arg, int64_t id, const struct triplet_key *key,
    const struct triplet_state *state, struct slice spf_domain)
{
	struct dead *dead = arg;
	struct terms longest = { .window_s = dead->window_s, .lifetime_s = dead->lifetime_s };

	if (transition_judge(state, &longest, dead->now_s) == TRIPLET_EXPIRED) {
		dead->ids[dead->n] = id;
		dead->hashes[dead->n] = core_triplet_hash(dead->engine->core, key);
		dead->pool_hashes[dead->n++] =
		    spf_domain.len == 0 ? 0 : core_pool_hash(dead->engine->core, key);
	}
	return true;
}

static int
look_at_triplets(struct dead *dead, int64_t *last_id_out, struct err *err)
{
	return store_triplet_keys(dead->engine->core->store, dead->after_id, SWEEP_ROWS,
	    look_at_triplet, dead, last_id_out, err);
}

static bool
look_at_client(void *arg, const struct client *client)
{
	struct dead *dead = arg;

	if (dead->now_s - client->state.last_s > dead->lifetime_s) {
		dead->ids[dead->n] = client->id;
		dead->hashes[dead->n++] = core_client_hash(dead->engine->core, client->address);
	}
	return true;
}

static int
look_at_clients(struct dead *dead, int64_t *last_id_out, struct err *err)
{
	return store_client_keys(dead->engine->core->store, dead->after_id, SWEEP_ROWS,
	    look_at_client, dead, last_id_out, err);
}

static const struct sweeping triplet_sweeping = { look_at_triplets, store_triplet_delete,
	store_triplet_max_id };
static const struct sweeping client_sweeping = { look_at_clients, store_client_delete,
	store_client_max_id };

/* Looks again, for until the lock was ours others may have changed what was dead, and deletes. */
static int
delete_dead(
    struct dead *dead, const struct sweeping *sweeping, int64_t *max_id_out, struct err *err)
{
	struct store *store = dead->engine->core->store;
	int64_t last_id;
	size_t i;

	dead->n = 0;
	if (sweeping->look(dead, &last_id, err) == -1)
		return -1;
	for (i = 0; i < dead->n; i++)
		if (sweeping->remove(store, dead->ids[i], err) == -1)
			return -1;
	return sweeping->max_id(store, max_id_out, err);
}

/* Deletes the dead rows in one transaction, then their entries: an entry without its row does no
 * harm, a row without its entry would be a triplet forgotten. Where the last rows went, their ids
 * are given again: such a row is not one that was seen. */
static int
bury(struct dead *dead, const struct sweeping *sweeping, struct index *index, int64_t *seen_id,
    struct err *err)
{
	struct engine_core *core = dead->engine->core;
	int64_t max_id;
	size_t i;

	if (store_begin(core->store, err) == -1)
		return -1;
	if (delete_dead(dead, sweeping, &max_id, err) == -1 ||
	    store_commit(core->store, err) == -1) {
		store_rollback(core->store);
		return -1;
	}
	for (i = 0; i < dead->n; i++) {
		index_remove(index, dead->hashes[i], dead->ids[i]);
		if (dead->pool_hashes[i] != 0)
			index_remove(core->pools, dead->pool_hashes[i], dead->ids[i]);
	}
	if (*seen_id > max_id)
		*seen_id = max_id;
	return 0;
}

static int64_t
greatest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The terms of the policies that wait and last longest, or of the configuration. */
static int
find_longest(struct engine *e, int64_t *window_s_out, int64_t *lifetime_s_out, struct err *err)
{
	if (store_policy_longest(e->core->store, window_s_out, lifetime_s_out, err) == -1)
		return -1;
	*window_s_out = greatest(*window_s_out, e->config->greylist_window_s);
	*lifetime_s_out = greatest(*lifetime_s_out, e->config->greylist_lifetime_s);
	return 0;
}

static int
sweep_triplets(struct engine *e, int64_t now_s, struct err *err)
{
	struct dead dead = { .engine = e, .after_id = e->triplet_cursor, .now_s = now_s };

	if (find_longest(e, &dead.window_s, &dead.lifetime_s, err) == -1 ||
	    look_at_triplets(&dead, &e->triplet_cursor, err) == -1)
		return -1;
	return dead.n == 0 ? 0
			   : bury(&dead, &triplet_sweeping, e->core->triplets,
				 &e->core->triplet_seen_id, err);
}

static int
sweep_clients(struct engine *e, int64_t now_s, struct err *err)
{
	struct dead dead = { .engine = e,
		.after_id = e->client_cursor,
		.now_s = now_s,
		.lifetime_s = e->config->auto_whitelist_lifetime_s };

	if (look_at_clients(&dead, &e->client_cursor, err) == -1)
		return -1;
	return dead.n == 0
		   ? 0
		   : bury(&dead, &client_sweeping, e->core->clients, &e->core->client_seen_id, err);
}

/* The lifetime of the triplets and clients that live longest. When it is over, what an import
 * merged them from is of no use: they have expired, or mail has renewed them since. */
static int
import_life(struct engine *e, int64_t *life_s_out, struct err *err)
{
	int64_t window_s, lifetime_s;

	if (find_longest(e, &window_s, &lifetime_s, err) == -1)
		return -1;
	*life_s_out = greatest(lifetime_s, e->config->auto_whitelist_lifetime_s);
	return 0;
}

/* Old counts, events and changes, and what is kept of old imports, at the end of each sweep. */
static int
trim_history(struct engine *e, int64_t now_s, struct err *err)
{
	struct store *store = e->core->store;
	int64_t deleted, life_s;

	if (import_life(e, &life_s, err) == -1 || store_begin(store, err) == -1)
		return -1;
	if (store_stat_expire(
		store, now_s - e->config->statistics_age_s, STAT_ROWS, &deleted, err) == -1 ||
	    store_event_trim(store, e->config->events_rows, now_s - e->config->events_age_s,
		STAT_ROWS, &deleted, err) == -1 ||
	    import_undo_trim(store, now_s - life_s, STAT_ROWS, err) == -1 ||
	    store_change_trim(store, CHANGES_KEPT, STAT_ROWS, err) == -1 ||
	    store_commit(store, err) == -1) {
		store_rollback(store);
		return -1;
	}
	return 0;
}

/* One slice of the sweep: triplets, then clients, each until its cursor is back at 0. */
static int
sweep(struct engine *e, int64_t now_s, int64_t mono_ms, bool *more_out, struct err *err)
{
	*more_out = false;
	if (mono_ms < e->hold_until_ms || mono_ms < e->sweep_after_ms)
		return 0;
	*more_out = true;
	if (!e->sweeping_clients) {
		if (sweep_triplets(e, now_s, err) == -1)
			return -1;
		e->sweeping_clients = e->triplet_cursor == 0;
		return 0;
	}
	if (sweep_clients(e, now_s, err) == -1)
		return -1;
	if (e->client_cursor != 0)
		return 0;
	e->sweeping_clients = false;
	e->sweep_after_ms = mono_ms + SWEEP_PAUSE_MS;
	*more_out = false;
	return trim_history(e, now_s, err);
}

/* A wall clock that ran ahead may be wrong, and what expiry deletes by it does not come back. */
static void
watch_clock(struct engine *e, int64_t now_s, int64_t mono_ms)
{
	int64_t offset_ms = now_s * 1000 - mono_ms;

	if (e->clock_known && offset_ms - e->clock_offset_ms > JUMP_MS)
		e->hold_until_ms = mono_ms + JUMP_MS;
	e->clock_known = true;
	e->clock_offset_ms = offset_ms;
}

static int
tend(struct engine *e, int64_t now_s, int64_t mono_ms, bool *more_out, struct err *err)
{
	bool sweep_left = false;

	/* Catching up first: after a restore the ids of the journal are those of other rows. */
	if (engine_catch_up(e, EXTEND_ROWS, err) == -1 ||
	    journal_flush(e->journal, e->core->store, e->config, now_s, err) == -1)
		return -1;
	if (batch_write_notes(e, err) == -1 || sweep(e, now_s, mono_ms, &sweep_left, err) == -1)
		return -1;
	*more_out = e->rows_left || sweep_left;
	return 0;
}

/* An empty transaction shows whether the lock is free again. */
static int
knock(struct engine *e, struct err *err)
{
	if (store_begin(e->core->store, err) == -1)
		return -1;
	store_rollback(e->core->store);
	return 0;
}

bool
engine_tick(struct engine *e, int64_t now_s, int64_t mono_ms)
{
	bool more = false;
	struct err err;
	int result;

	watch_clock(e, now_s, mono_ms);
	if (e->health == ENGINE_BROKEN)
		return false;
	if (!store_same_file(e->core->store)) {
		err_set(&err, ERR_IO, "its file was deleted or replaced");
		engine_failed(e, &err);
		return false;
	}
	if (e->health == ENGINE_BUSY) {
		if (!engine_is_worth_trying(e))
			return false;
		if (knock(e, &err) == -1)
			engine_failed(e, &err);
		else
			engine_recovered(e);
		return false;
	}
	result = tend(e, now_s, mono_ms, &more, &err);
	/* A lock held for a moment is no trouble here: the next tick tries again. */
	if (result == -1 && err.code != ERR_TEMP)
		engine_failed(e, &err);
	return more;
}
