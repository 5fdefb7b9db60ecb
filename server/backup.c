/* backup.c - see backup.h. What is due follows from the names in the folder, so a restart neither
 * skips a copy nor repeats one. */
#include "server/backup.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "common/store/backup.h"
#include "common/store/backup_dir.h"
#include "server/wake.h"

#define LOOK_EVERY_MS 500
#define RETRY_MS 3600000
#define BUSY_MS 1000
#define NICE 10 /* as the keeper: it must go on moving pages meanwhile */

struct plan {
	char dir[BACKUP_PATH_MAX];
	int64_t every_s;
	size_t keep;
	bool packed;
};

struct backups {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	char *database;
	/* under LOCK */
	bool stop;
	bool fresh; /* the plan is new: what failed before may work now */
	struct plan plan;
	/* of the thread alone */
	int64_t newest_s; /* time of the newest copy, 0: not known */
	int64_t retry_at_ms;
	bool failing;
};

static bool
may_go_on(void *arg, const char *stage, int percent)
{
	struct backups *b = arg;
	bool stop;

	(void)stage;
	(void)percent;
	pthread_mutex_lock(&b->lock);
	stop = b->stop;
	pthread_mutex_unlock(&b->lock);
	return !stop;
}

/* ---- one copy ---- */

static int
copy_and_rotate(struct backups *b, const struct plan *plan, struct store *store, struct err *err)
{
	struct backup_watch watch = { may_go_on, b };
	int64_t now_s = clock_wall_s(), started_ms = clock_mono_ms();
	char name[BACKUP_NAME_MAX], path[BACKUP_PATH_MAX];
	struct backup_made made;
	size_t removed;

	backup_name(now_s, plan->packed, name);
	snprintf(path, sizeof(path), "%.4000s/%s", plan->dir, name);
	if (backup_dir_make(plan->dir, err) == -1 ||
	    store_backup(store, path, false, &watch, &made, err) == -1)
		return -1;
	b->newest_s = now_s;
	log_info("backup: %s, %" PRId64 " bytes, %" PRId64 " rows, in %" PRId64 " ms", path,
	    made.bytes, made.rows, clock_mono_ms() - started_ms);
	log_flush();
	return backup_dir_rotate(plan->dir, plan->keep, now_s, &removed, err);
}

/* One line for each change: a failure that lasts is told once. */
static void
note_result(struct backups *b, struct store *store, int result, const struct err *err)
{
	if (result == -1 && !may_go_on(b, "", 0))
		return;
	if (result == -1) {
		b->retry_at_ms = clock_mono_ms() + RETRY_MS;
		if (b->failing)
			log_debug("backup failed again: %s", err->text);
		else
			log_warn("backup failed: %s; it is tried again in an hour", err->text);
	}
	b->failing = result == -1;
	if (store != NULL)
		store_backup_note(store, clock_wall_s(), result == -1 ? err->text : "", NULL);
}

static void
make_copy(struct backups *b, const struct plan *plan)
{
	struct store_options options = {
		.path = b->database, .mode = STORE_WRITE, .busy_ms = BUSY_MS
	};
	struct err err = { 0 };
	struct store *store = store_open(&options, NULL, &err);
	int result = store == NULL ? -1 : copy_and_rotate(b, plan, store, &err);

	note_result(b, store, result, &err);
	store_close(store);
}

/* ---- when ---- */

/* The folder is looked at only when the newest copy that is known is old. */
static bool
is_due(struct backups *b, const struct plan *plan)
{
	int64_t now_s = clock_wall_s();
	struct err err;

	if (plan->dir[0] == '\0' || clock_mono_ms() < b->retry_at_ms)
		return false;
	if (now_s >= b->newest_s && now_s - b->newest_s < plan->every_s)
		return false;
	if (backup_dir_newest(plan->dir, now_s, &b->newest_s, &err) == -1)
		return true; /* making one tells why it does not go */
	return now_s - b->newest_s >= plan->every_s;
}

/* Waits for the next look; false when it is time to end. */
static bool
wait_for_look(struct backups *b, struct plan *plan_out)
{
	bool stop;

	pthread_mutex_lock(&b->lock);
	if (!b->stop)
		wake_wait(&b->wake, &b->lock, LOOK_EVERY_MS);
	stop = b->stop;
	*plan_out = b->plan;
	if (b->fresh)
		b->newest_s = b->retry_at_ms = 0;
	b->fresh = false;
	pthread_mutex_unlock(&b->lock);
	return !stop;
}

static void *
run(void *arg)
{
	struct backups *b = arg;
	struct plan plan;

#ifdef __linux__
	setpriority(PRIO_PROCESS, 0, NICE); /* of this thread: answers come first */
#endif
	while (wait_for_look(b, &plan))
		if (is_due(b, &plan))
			make_copy(b, &plan);
	return NULL;
}

/* ---- from the loop ---- */

void
backups_configure(struct backups *b, const struct config *config)
{
	pthread_mutex_lock(&b->lock);
	snprintf(b->plan.dir, sizeof(b->plan.dir), "%s", config->backup_dir);
	b->plan.every_s = config->backup_every_s;
	b->plan.keep = (size_t)config->backup_keep;
	b->plan.packed = config->backup_compress;
	b->fresh = true;
	pthread_mutex_unlock(&b->lock);
}

static void
backups_free(struct backups *b)
{
	pthread_cond_destroy(&b->wake);
	pthread_mutex_destroy(&b->lock);
	free(b->database);
	free(b);
}

struct backups *
backups_start(const struct config *config, struct err *err)
{
	struct backups *b = xcalloc(1, sizeof(*b));
	int result;

	b->database = xstrdup(config->database);
	pthread_mutex_init(&b->lock, NULL);
	wake_init(&b->wake);
	backups_configure(b, config);
	result = pthread_create(&b->thread, NULL, run, b);
	if (result == 0)
		return b;
	err_set(err, ERR_OS, "a thread cannot be started: %s", strerror(result));
	backups_free(b);
	return NULL;
}

void
backups_stop(struct backups *b)
{
	if (b == NULL)
		return;
	pthread_mutex_lock(&b->lock);
	b->stop = true;
	pthread_cond_signal(&b->wake);
	pthread_mutex_unlock(&b->lock);
	pthread_join(b->thread, NULL);
	backups_free(b);
}
