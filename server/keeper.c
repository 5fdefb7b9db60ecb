/* keeper.c - see keeper.h.
 *
 * SQLite begins its write-ahead log again from the front when a writer finds everything moved into
 * the database and no reader in the way. This thread moves pages all the time with PASSIVE, which
 * waits for nobody; under constant load new ones are there when it ends. So it goes on at once
 * until a pass was short, and then the loop is asked to move the last few between two batches. */
#include "server/keeper.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/xalloc.h"
#include "common/store/store.h"
#include "server/wake.h"

#define ROUND_MS 100
#define MOVE_WAL_BYTES (4 << 20)
#define FINISH_WAL_PAGES 5000
#define SHORT_PASS_PAGES 500
#define PASSES_MAX 8
#define NICE 10
#define WARN_WAL_BYTES (64 << 20)
#define WARN_EVERY_MS 600000
#define TRUNCATE_BUSY_MS 50
#define IDLE_MOVE_MS 5000
#define LOAD_PAUSE_MS 700
#define REOPEN_FIRST_MS 1000
#define REOPEN_LAST_MS 30000

struct keeper {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct ev_loop *loop;
	ev_async async;
	void (*ready)(void *arg);
	void *arg;
	const struct config *config;
	/* under LOCK */
	bool stop;
	bool want_core;
	struct keeper_results results;
	/* of the thread alone */
	struct store *store;
	int64_t generation;
	int64_t reopen_ms, reopen_at_ms, reopened_at_ms;
	int64_t moved_at_ms, loaded_at_ms;
	struct log_limit wal_warning;
};

static void
hand_over(struct keeper *k, const struct keeper_results *more)
{
	pthread_mutex_lock(&k->lock);
	if (more->rules != NULL) {
		rules_free(k->results.rules);
		k->results.rules = more->rules;
	}
	if (more->core != NULL) {
		rules_free(k->results.rules); /* of the database before; a core has its own */
		k->results.rules = NULL;
		k->results.core = more->core;
		memcpy(k->results.notice, more->notice, sizeof(more->notice));
		k->want_core = false;
	}
	k->results.finish_checkpoint = k->results.finish_checkpoint || more->finish_checkpoint;
	pthread_mutex_unlock(&k->lock);
	ev_async_send(k->loop, &k->async);
}

static void
forget_store(struct keeper *k)
{
	store_close(k->store);
	k->store = NULL;
}

/* Its own handle on the database; quietly none while that is not to be had. */
static bool
have_store(struct keeper *k)
{
	struct store_options options = { .path = k->config->database,
		.mode = STORE_WRITE,
		.full_sync = k->config->synchronous == CONFIG_SYNC_FULL,
		.busy_ms = TRUNCATE_BUSY_MS };

	if (k->store != NULL && !store_same_file(k->store))
		forget_store(k);
	if (k->store == NULL)
		k->store = store_open(&options, NULL, NULL);
	return k->store != NULL;
}

static void
load_rules(struct keeper *k, int64_t now_ms)
{
	struct keeper_results results = { 0 };
	char notice[ERR_TEXT_MAX];
	struct err err;
	int64_t generation;

	/* A single change is seen at once; many, as of refreshes, share a reading. */
	if (now_ms < k->loaded_at_ms + LOAD_PAUSE_MS ||
	    store_generation(k->store, &generation, NULL) == -1 || generation == k->generation)
		return;
	k->loaded_at_ms = now_ms;
	results.rules = rules_load(k->store, notice, &err);
	if (results.rules == NULL) {
		log_warn("rules could not be read again: %s", err.text);
		return;
	}
	if (notice[0] != '\0')
		log_warn("%s", notice);
	k->generation = rules_generation(results.rules);
	log_info("rules read again: %zu rules, %zu policies, %zu networks of %zu domains",
	    rules_count(results.rules), policies_count(results.rules),
	    networks_count(results.rules), domains_count(results.rules));
	hand_over(k, &results);
}

static void
warn_of_wal(struct keeper *k, int64_t now_ms, const struct store_wal *wal)
{
	uint64_t silent;

	if (store_checkpoint_truncate(k->store, TRUNCATE_BUSY_MS, NULL) == 0)
		return;
	if (log_limit_pass(&k->wal_warning, now_ms, WARN_EVERY_MS, &silent))
		log_warn("the write-ahead log of %s has grown to %lld MiB: another program keeps "
			 "an old view of the database open (a reader in a transaction); it "
			 "shrinks when that ends",
		    k->config->database, (long long)(wal->bytes >> 20));
}

static void
move_wal(struct keeper *k, int64_t now_ms)
{
	struct keeper_results results = { .finish_checkpoint = true };
	int64_t bytes = store_wal_bytes(k->store), moved_before;
	struct store_wal wal = { 0 };
	int passes = 0;

	if (bytes < MOVE_WAL_BYTES && now_ms < k->moved_at_ms + IDLE_MOVE_MS)
		return;
	k->moved_at_ms = now_ms;
	if (!store_changed(k->store))
		return;
	do {
		moved_before = wal.moved;
		if (store_checkpoint(k->store, &wal, NULL) == -1)
			return;
	} while (wal.moved - moved_before > SHORT_PASS_PAGES && ++passes < PASSES_MAX);
	if (wal.bytes > WARN_WAL_BYTES && wal.moved < wal.pages)
		warn_of_wal(k, now_ms, &wal);
	else if (wal.pages > FINISH_WAL_PAGES && wal.pages - wal.moved < SHORT_PASS_PAGES)
		hand_over(k, &results);
}

/* At once for a store that had worked well, else after growing pauses: one that opens and breaks
 * again, as on a disk that is nearly full, must not fill the log. */
static bool
may_open_core(struct keeper *k, int64_t now_ms)
{
	if (k->reopened_at_ms != 0 && now_ms - k->reopened_at_ms > REOPEN_LAST_MS)
		k->reopen_ms = k->reopen_at_ms = k->reopened_at_ms = 0;
	if (now_ms < k->reopen_at_ms)
		return false;
	k->reopen_ms = k->reopen_ms == 0 ? REOPEN_FIRST_MS : k->reopen_ms * 2;
	if (k->reopen_ms > REOPEN_LAST_MS)
		k->reopen_ms = REOPEN_LAST_MS;
	k->reopen_at_ms = now_ms + k->reopen_ms;
	return true;
}

static void
open_core(struct keeper *k, int64_t now_ms)
{
	struct keeper_results results = { 0 };
	struct err err;

	if (!may_open_core(k, now_ms))
		return;
	forget_store(k);
	results.core = engine_core_open(k->config, results.notice, &err);
	if (results.core == NULL) {
		log_debug("the database cannot be opened again yet: %s", err.text);
		return;
	}
	k->reopened_at_ms = now_ms;
	k->generation = -1; /* another file may have other rules at the same number */
	hand_over(k, &results);
}

/* Waits for the next round; false when it is time to end. */
static bool
wait_for_round(struct keeper *k, bool *want_core_out)
{
	bool stop;

	pthread_mutex_lock(&k->lock);
	if (!k->stop)
		wake_wait(&k->wake, &k->lock, ROUND_MS);
	stop = k->stop;
	*want_core_out = k->want_core && k->results.core == NULL;
	pthread_mutex_unlock(&k->lock);
	return !stop;
}

static void *
run(void *arg)
{
	struct keeper *k = arg;
	bool want_core;

#ifdef __linux__
	setpriority(PRIO_PROCESS, 0, NICE); /* of this thread: answers come first */
#endif
	while (wait_for_round(k, &want_core)) {
		int64_t now_ms = clock_mono_ms();

		if (want_core) {
			open_core(k, now_ms);
		} else if (have_store(k)) {
			load_rules(k, now_ms);
			move_wal(k, now_ms);
		}
	}
	forget_store(k);
	return NULL;
}

static void
results_ready(struct ev_loop *loop, ev_async *async, int events)
{
	struct keeper *k = async->data;

	(void)loop;
	(void)events;
	k->ready(k->arg);
}

static void
keeper_free(struct keeper *k)
{
	ev_async_stop(k->loop, &k->async);
	rules_free(k->results.rules);
	engine_core_free(k->results.core);
	pthread_cond_destroy(&k->wake);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

struct keeper *
keeper_start(struct ev_loop *loop, const struct config *config, int64_t generation,
    void (*ready)(void *arg), void *arg, struct err *err)
{
	struct keeper *k = xcalloc(1, sizeof(*k));
	int result;

	k->loop = loop;
	k->config = config;
	k->generation = generation;
	k->ready = ready;
	k->arg = arg;
	pthread_mutex_init(&k->lock, NULL);
	wake_init(&k->wake);
	ev_async_init(&k->async, results_ready);
	k->async.data = k;
	ev_async_start(loop, &k->async);
	result = pthread_create(&k->thread, NULL, run, k);
	if (result == 0)
		return k;
	err_set(err, ERR_OS, "a thread cannot be started: %s", strerror(result));
	keeper_free(k);
	return NULL;
}

void
keeper_stop(struct keeper *k)
{
	if (k == NULL)
		return;
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	keeper_free(k);
}

void
keeper_take(struct keeper *k, struct keeper_results *results_out)
{
	pthread_mutex_lock(&k->lock);
	*results_out = k->results;
	memset(&k->results, 0, sizeof(k->results));
	pthread_mutex_unlock(&k->lock);
}

void
keeper_want_core(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->want_core = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
}
