/* open.c - the opening sequence, and putting a damaged file aside.
 *
 * Only SQLite opens the database file: closing any other descriptor of it in this process would
 * drop its POSIX locks. stat() and rename() are harmless. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "common/store/db.h"
#include "common/store/meta.h"
#include "common/store/schema.h"

#define BUSY_SERVER_MS 20
#define BUSY_OPERATOR_MS 5000

static const struct {
	int option, value;
} flags[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_DQS_DML, 0 },
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
	{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
	{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
};

/* PATH with its folder resolved: a link on the way there is the operator's business, a link in
 * place of the file itself is refused by SQLite. */
char *
db_resolve(const char *path, struct err *err)
{
	char *for_dir = xstrdup(path), *for_base = xstrdup(path);
	char *dir = realpath(dirname(for_dir), NULL);
	char *base = basename(for_base);
	char *resolved = NULL;

	if (dir == NULL) {
		err_errno(err, errno == EACCES ? ERR_PERM : ERR_NOINPUT,
		    "the folder of the database %s", path);
	} else {
		resolved = xcalloc(strlen(dir) + strlen(base) + 2, 1);
		sprintf(resolved, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, base);
	}
	free(dir);
	free(for_dir);
	free(for_base);
	return resolved;
}

static int
check_file(const char *path, enum store_mode mode, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) == -1) {
		if (errno == ENOENT && mode == STORE_SERVER)
			return 0;
		if (errno == ENOENT)
			return err_set(err, ERR_NOINPUT,
			    "no database at %s; it is made when greygated first starts", path);
		return err_errno(err, ERR_PERM, "%s", path);
	}
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_CONFIG, "%s is not a regular file%s", path,
		    S_ISLNK(st.st_mode) ? " but a link; name the file itself" : "");
	return 0;
}

static int
open_handle(struct store *store, int busy_ms, struct err *err)
{
	int open_flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
			 SQLITE_OPEN_PRIVATECACHE;
	size_t i;

	if (store->mode == STORE_SERVER)
		open_flags |= SQLITE_OPEN_CREATE;
	/* Allocations take no lock when nobody asks how much memory there is. Counts once in a
	 * process, before any other call. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_open_v2(store->path, &store->db, open_flags, NULL) != SQLITE_OK) {
		if (store->db == NULL)
			return err_set(err, ERR_OS, "%s: out of memory", store->path);
		return db_error(store, "opening", err);
	}
	sqlite3_extended_result_codes(store->db, 1);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		sqlite3_db_config(store->db, flags[i].option, flags[i].value, NULL);
	sqlite3_busy_timeout(store->db, busy_ms);
	/* SQLite turns to reading by itself when it may not write. */
	if (store->mode != STORE_READ && sqlite3_db_readonly(store->db, "main") == 1)
		return err_set(err, ERR_PERM,
		    "%s is read-only for this user; it and its folder must be writable",
		    store->path);
	return 0;
}

/* The server checkpoints by itself, from another thread; see server/keeper.c. */
static int
set_pragmas(struct store *store, bool full_sync, struct err *err)
{
	static const char *const common = "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
					  "PRAGMA secure_delete = FAST;"
					  "PRAGMA journal_size_limit = 16777216;";

	if (db_script(store, common, err) == -1)
		return -1;
	if (store->mode == STORE_READ)
		return db_script(store, "PRAGMA query_only = ON", err);
	if (store->mode == STORE_SERVER &&
	    db_script(store, "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192", err) == -1)
		return -1;
	return db_script(
	    store, full_sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
}

static int
remember_file(struct store *store, struct err *err)
{
	struct stat st;

	if (stat(store->path, &st) == -1)
		return err_errno(err, ERR_IO, "%s", store->path);
	store->device = st.st_dev;
	store->inode = st.st_ino;
	return 0;
}

/* After a stop that was not orderly a server looks whether the pages are sound, and then empties
 * the write-ahead log: one that is killed again and again never comes to that later. */
static int
check_after_crash(struct store *store, struct err *err)
{
	int64_t running;

	if (store->mode != STORE_SERVER)
		return 0;
	if (meta_get_int(store, "running", &running, err) == -1)
		return -1;
	if (running == 0)
		return 0;
	if (store_quick_check(store, err) != STORE_YES)
		return -1;
	store_checkpoint_truncate(store, BUSY_SERVER_MS, NULL);
	return 0;
}

static int
prepare(struct store *store, const struct store_options *options, char *notice_out, struct err *err)
{
	int default_ms = options->mode == STORE_SERVER ? BUSY_SERVER_MS : BUSY_OPERATOR_MS;

	store->busy_ms = options->busy_ms > 0 ? options->busy_ms : default_ms;
	/* Opening may meet a peer that recovers the WAL: that is worth more than BUSY_SERVER_MS. */
	if (check_file(store->path, store->mode, err) == -1 ||
	    open_handle(store, BUSY_OPERATOR_MS, err) == -1 ||
	    schema_prepare(store, store->mode == STORE_SERVER, notice_out, err) == -1 ||
	    set_pragmas(store, options->full_sync, err) == -1 || remember_file(store, err) == -1 ||
	    check_after_crash(store, err) == -1)
		return -1;
	/* Until here a close would have left the bytes of a damaged file as they are. */
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	sqlite3_busy_timeout(store->db, store->busy_ms);
	store_changed(store);
	return 0;
}

static struct store *
open_once(const struct store_options *options, char *notice_out, struct err *err)
{
	struct store *store = xcalloc(1, sizeof(*store));

	store->mode = options->mode;
	store->path = db_resolve(options->path, err);
	if (store->path != NULL && prepare(store, options, notice_out, err) == 0)
		return store;
	store_close(store);
	return NULL;
}

struct store *
db_open_plain(const char *path, struct err *err)
{
	struct store *store = xcalloc(1, sizeof(*store));

	store->mode = STORE_WRITE;
	store->busy_ms = BUSY_OPERATOR_MS;
	store->path = db_resolve(path, err);
	if (store->path != NULL && check_file(store->path, store->mode, err) == 0 &&
	    open_handle(store, store->busy_ms, err) == 0 &&
	    db_script(store, "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0", err) == 0)
		return store;
	store_close(store);
	return NULL;
}

/* Renames the file with its WAL and index aside; their bytes are kept. */
static int
quarantine(const char *path, char *notice_out, struct err *err)
{
	static const char *const tails[] = { "-wal", "-shm", "" };
	char from[4096], to[4096], stamp[32];
	time_t now = (time_t)clock_wall_s();
	struct tm tm;
	size_t i;

	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(from, sizeof(from), "%s%s", path, tails[i]);
		snprintf(to, sizeof(to), "%s.corrupt-%s%s", path, stamp, tails[i]);
		if (rename(from, to) == -1 && errno != ENOENT)
			return err_errno(err, ERR_PERM, "putting the damaged %s aside", from);
	}
	if (notice_out != NULL)
		snprintf(notice_out, ERR_TEXT_MAX,
		    "the database was damaged; it is kept as %.300s and an empty one was begun",
		    to);
	return 0;
}

struct store *
store_open(const struct store_options *options, char *notice_out, struct err *err)
{
	struct err local;
	struct store *store;

	if (notice_out != NULL)
		notice_out[0] = '\0';
	if (err == NULL)
		err = &local;
	store = open_once(options, notice_out, err);
	if (store != NULL || err->code != ERR_DATA || options->mode != STORE_SERVER)
		return store;
	if (!options->quarantine) {
		size_t len = strlen(err->text);

		snprintf(err->text + len, sizeof(err->text) - len,
		    "; restore a backup, or set on_corrupt: quarantine to begin an empty one");
		return NULL;
	}
	if (quarantine(options->path, notice_out, err) == -1)
		return NULL;
	return open_once(options, NULL, err);
}

void
store_close(struct store *store)
{
	int i;

	if (store == NULL)
		return;
	for (i = 0; i < SQL_N; i++)
		sqlite3_finalize(store->stmts[i]);
	sqlite3_close(store->db);
	free(store->path);
	free(store);
}

bool
store_same_file(const struct store *store)
{
	struct stat st;

	return stat(store->path, &st) == 0 && st.st_dev == store->device &&
	       st.st_ino == store->inode;
}
