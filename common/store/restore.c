/* restore.c - see restore.h.
 *
 * A file that is open must not be replaced: a program that opens the new one while the old
 * write-ahead log is in place would play that into it. So a database that can be written gets its
 * content through SQLite. */
#include "common/store/restore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "common/store/copy.h"
#include "common/store/heartbeat.h"
#include "common/store/meta.h"
#include "common/store/packed.h"
#include "common/store/part.h"
#include "common/store/schema.h"

#define PART_NAME ".greygate-restore.part"
#define BUSY_TRIES 1000 /* of 10 ms: a server commits between two of them */
#define STEPS_OF_A_TICK 100000
#define TRUNCATE_BUSY_MS 2000

struct restoring {
	const struct restore_options *options;
	struct restored *restored;
	char *path; /* of the database, its folder resolved */
	struct part part;
	struct store_lock *lock; /* NULL while a server holds it */
	struct store *copy;      /* the open part */
};

static bool
tell(const struct restoring *r, const char *stage)
{
	const struct backup_watch *watch = r->options->watch;

	return watch == NULL || watch->fn(watch->arg, stage, -1);
}

/* ---- the copy ---- */

static bool
unpack_tick(void *arg, int64_t bytes)
{
	(void)bytes;
	return tell(arg, "reading");
}

static int
check_tick(void *arg)
{
	return tell(arg, "checking") ? 0 : 1;
}

static int
verify(struct restoring *r, struct err *err)
{
	struct store *copy = db_open_plain(r->part.path, err);
	int result;

	if (copy == NULL)
		return err_wrap(err, "%s", r->options->name);
	sqlite3_progress_handler(copy->db, STEPS_OF_A_TICK, check_tick, r);
	result = copy_verify(copy, r->options->name, &r->restored->version, err);
	store_close(copy);
	return result;
}

/* A migration keeps what it began with; here that is the file of the operator. */
static void
remove_migrated(const struct restoring *r)
{
	char name[PART_PATH_MAX + 32];

	snprintf(name, sizeof(name), "%s.v%d", r->part.path, r->restored->version);
	unlink(name);
}

/* Opening as a server does brings it to the version of today. */
static int
bring_up_to_date(struct restoring *r, struct err *err)
{
	struct store_options options = { .path = r->part.path, .mode = STORE_SERVER };

	r->copy = store_open(&options, NULL, err);
	remove_migrated(r);
	if (r->copy == NULL)
		return err_wrap(err, "%s", r->options->name);
	return db_int_row(r->copy, SQL_ROWS, &r->restored->rows, err);
}

static int
stage_copy(struct restoring *r, struct err *err)
{
	if (part_begin(&r->part, r->path, PART_NAME, err) == -1 ||
	    packed_unpack(r->options->fd, r->part.fd, r->options->name, unpack_tick, r, err) == -1)
		return -1;
	return verify(r, err) == -1 ? -1 : bring_up_to_date(r, err);
}

/* Others know by these values that rules, and all rows, are to be read again. */
static int
mark_copy(struct restoring *r, int64_t generation, struct err *err)
{
	struct store *copy = r->copy;
	int64_t own;

	if (store_begin(copy, err) == -1)
		return -1;
	if (store_generation(copy, &own, err) == 0 &&
	    meta_set_int(copy, "generation", (own > generation ? own : generation) + 1, err) == 0 &&
	    meta_set_int(copy, "running", r->lock == NULL, err) == 0 &&
	    db_run(copy, SQL_META_RESTORED, err, "") == 0 && store_commit(copy, err) == 0)
		return 0;
	store_rollback(copy);
	return -1;
}

/* ---- into the database ---- */

/* A name that is free, also for the second restore in a second. */
static void
name_kept(struct restoring *r)
{
	time_t now = (time_t)r->options->now_s;
	char stamp[32];
	struct stat st;
	struct tm tm;
	struct buf b;
	int n;

	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", gmtime_r(&now, &tm));
	for (n = 1; n < 100; n++) {
		buf_init(&b, r->restored->kept, sizeof(r->restored->kept));
		buf_printf(&b, "%s.before-restore-%s", r->path, stamp);
		if (n > 1)
			buf_printf(&b, "-%d", n);
		if (lstat(r->restored->kept, &st) == -1)
			return;
	}
}

static int
write_pages(struct restoring *r, struct store *live, struct err *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(live->db, "main", r->copy->db, "main");
	int result = SQLITE_BUSY, tries = 0;

	if (backup == NULL)
		return db_error(live, "restoring", err);
	while ((result == SQLITE_BUSY || result == SQLITE_LOCKED) && tries++ < BUSY_TRIES) {
		result = sqlite3_backup_step(backup, -1);
		if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
			usleep(10000);
	}
	sqlite3_backup_finish(backup);
	if (result == SQLITE_DONE)
		return 0;
	return db_error(live, "restoring", err);
}

static void
keep_beat(void *arg, const struct heartbeat *beat)
{
	store_heartbeat_put(arg, beat, NULL);
}

/* Whether a server lives is a matter of now, not of when the copy was made. */
static int
keep_heartbeat(struct restoring *r, struct store *live, struct err *err)
{
	return store_heartbeat_get(live, keep_beat, r->copy, err) == STORE_ERROR ? -1 : 0;
}

static int
restore_in_place(struct restoring *r, struct store *live, struct err *err)
{
	struct backup_made made;
	int64_t generation;

	if (store_backup(live, r->restored->kept, false, r->options->watch, &made, err) == -1)
		return err_wrap(err, "keeping the old database");
	tell(r, "writing");
	if (store_generation(live, &generation, err) == -1 || mark_copy(r, generation, err) == -1 ||
	    keep_heartbeat(r, live, err) == -1 || write_pages(r, live, err) == -1) {
		unlink(r->restored->kept);
		return -1;
	}
	r->restored->in_place = true;
	store_checkpoint_truncate(live, TRUNCATE_BUSY_MS, NULL);
	return 0;
}

/* ---- as a file ---- */

/* What is in the write-ahead log of a database that another version wrote is brought into it. */
static void
settle(const char *path)
{
	struct store *old = db_open_plain(path, NULL);

	if (old == NULL)
		return;
	sqlite3_db_config(old->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	store_checkpoint_truncate(old, TRUNCATE_BUSY_MS, NULL);
	store_close(old);
}

static int
move(const char *from, const char *to, const char *tail, struct err *err)
{
	char old_name[PART_PATH_MAX + 16], new_name[PART_PATH_MAX + 16];

	snprintf(old_name, sizeof(old_name), "%s%s", from, tail);
	snprintf(new_name, sizeof(new_name), "%s%s", to, tail);
	if (rename(old_name, new_name) == -1 && errno != ENOENT)
		return err_errno(err, ERR_PERM, "putting %s aside", old_name);
	return 0;
}

/* The old file keeps its bytes, and its place until the new one takes it. */
static int
put_aside(const struct restoring *r, struct err *err)
{
	char *kept = r->restored->kept;
	struct stat st;
	bool is_there = stat(r->path, &st) == 0;

	fchmod(r->part.fd, is_there ? st.st_mode & 0777 : 0640);
	if (is_there && link(r->path, kept) == -1)
		return err_errno(err, ERR_PERM, "keeping the old database as %s", kept);
	if (move(r->path, kept, "-wal", err) == -1 || move(r->path, kept, "-shm", err) == -1)
		return -1;
	if (!is_there)
		kept[0] = '\0';
	return 0;
}

static int
restore_file(struct restoring *r, bool sound, struct err *err)
{
	if (r->lock == NULL)
		return err_set(err, ERR_TEMP,
		    "%s cannot be restored while greygated runs on it, because it is not a sound "
		    "database of this version; stop greygated first",
		    r->path);
	tell(r, "writing");
	if (mark_copy(r, 0, err) == -1 ||
	    store_checkpoint_truncate(r->copy, TRUNCATE_BUSY_MS, err) == -1)
		return -1;
	store_close(r->copy);
	r->copy = NULL;
	if (sound)
		settle(r->path);
	if (part_sync(&r->part, err) == -1 || put_aside(r, err) == -1)
		return -1;
	return part_place(&r->part, r->path, true, err);
}

/* ---- which way ---- */

/* A database of ours, but of another version, that is whole. */
static bool
is_other_version(const char *path, struct err *err)
{
	struct store *old = db_open_plain(path, NULL);
	sqlite3_stmt *stmt;
	bool ours = false;

	if (old != NULL && db_row(old, SQL_IDENTITY, &stmt, NULL, "") == STORE_YES) {
		ours = db_int(stmt, 0) == SCHEMA_APPLICATION_ID;
		db_done(stmt);
	}
	store_close(old);
	if (!ours)
		err_wrap(err, "not restored");
	return ours;
}

static int
restore(struct restoring *r, struct err *err)
{
	struct store_options options = { .path = r->path, .mode = STORE_WRITE, .full_sync = true };
	struct store *live = store_open(&options, NULL, err);
	int result;

	name_kept(r);
	if (live != NULL) {
		result = restore_in_place(r, live, err);
		store_close(live);
		/* Damage that shows when all is read. */
		if (result == -1 && err->code == ERR_DATA)
			return restore_file(r, false, err);
		return result == 0 ? 0 : err_wrap(err, "nothing is changed");
	}
	if (err->code == ERR_NOINPUT || err->code == ERR_DATA)
		return restore_file(r, false, err);
	if (err->code == ERR_CONFIG && is_other_version(r->path, err))
		return restore_file(r, true, err);
	return -1;
}

static int
take_lock(struct restoring *r, struct err *err)
{
	r->lock = store_lock_acquire(r->path, err);
	if (r->lock != NULL)
		return 0;
	if (err->code != ERR_TEMP)
		return -1;
	if (!r->options->served)
		return err_set(err, ERR_TEMP,
		    "a server works on %s: stop it first, or give --force, and it reads the copy "
		    "at once",
		    r->path);
	r->restored->served = true;
	return 0;
}

int
store_restore(const struct restore_options *options, struct restored *restored_out, struct err *err)
{
	struct restoring r = { .options = options, .restored = restored_out, .part.fd = -1 };
	int result = -1;

	memset(restored_out, 0, sizeof(*restored_out));
	r.path = db_resolve(options->path, err);
	if (r.path != NULL && take_lock(&r, err) == 0 && stage_copy(&r, err) == 0)
		result = restore(&r, err);
	else
		err_wrap(err, "nothing is changed");
	store_close(r.copy);
	part_drop(&r.part);
	store_lock_release(r.lock);
	free(r.path);
	return result;
}
