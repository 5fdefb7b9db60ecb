/* store.h - the one door to the database: a file, its transactions, its health.
 *
 * Typed rows go in and out through triplet.h, client.h, rule.h, policy.h, domain.h, stat.h,
 * event.h, change.h and heartbeat.h; no type of the engine behind leaves this folder. A handle
 * belongs to one thread. Errors carry these codes, by which callers choose what to do:
 *   ERR_TEMP    another writer holds the lock: the same call may work later
 *   ERR_IO      disk full, file size limit, read or write error
 *   ERR_DATA    damaged, or not a database
 *   ERR_PERM    read-only file, directory or file system; may not be opened
 *   ERR_CONFIG  a database of another program, or of a newer greygate
 *   ERR_NOINPUT there is no such file and it was not to be created
 * After any error in a transaction call store_rollback(). */
#ifndef COMMON_STORE_STORE_H
#define COMMON_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"

struct store;

/* Answer of a lookup. */
enum store_found {
	STORE_ERROR = -1,
	STORE_NO = 0,
	STORE_YES = 1,
	STORE_OTHER = 2 /* the row is there, but it is of another key */
};

enum store_mode {
	STORE_SERVER, /* creates and migrates; short busy timeout */
	STORE_WRITE,  /* an operator's program: must exist, long busy timeout */
	STORE_READ    /* only reads */
};

struct store_options {
	const char *path;
	enum store_mode mode;
	bool full_sync;  /* synchronous = FULL */
	bool quarantine; /* STORE_SERVER: a damaged file is renamed aside and an empty one begun */
	int busy_ms;     /* 0 for the default of the mode */
};

/* Opens by the sequence of doc/architecture: flags, application_id, schema version, migration with
 * a copy kept beside, pragmas; quick_check when the last stop was unclean. NOTICE_OUT (may be NULL,
 * else ERR_TEXT_MAX bytes) receives a remark for the log ("migrated 1 to 2, copy at ...",
 * "quarantined as ..."), or "". New files get 0644 less the umask of the process, which the
 * programs set (a library with threads may not). Returns the handle, closed by store_close() (NULL
 * is fine), or NULL. */
struct store *store_open(const struct store_options *options, char *notice_out, struct err *err);
void store_close(struct store *store);

/* The right to be the server of PATH: a lock on PATH.lock, kept until released or the process
 * ends. A second server gets ERR_TEMP with the process id of the first. */
struct store_lock;
struct store_lock *store_lock_acquire(const char *path, struct err *err);
void store_lock_release(struct store_lock *lock);
/* Whether some server holds the lock now: NO, YES (then *PID_OUT), ERROR. */
enum store_found store_lock_probe(const char *path, int64_t *pid_out, struct err *err);

/* A write transaction (BEGIN IMMEDIATE). Functions that write must be inside one. */
int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store); /* fine without a transaction */

/* Long work is many transactions, so that a server beside it goes on answering: each holds the lock
 * for about STORE_HOLD_MS, and afterwards it is left alone for three times as long as it was held,
 * SINCE_MS being when (clock_mono_ms()): a server tries for 20 ms, four or five times, and few of
 * those tries should meet us. */
#define STORE_HOLD_MS 5
void store_give_way(int64_t since_ms);

/* Whether another connection has committed since the last call on this handle. An error says yes.
 */
bool store_changed(struct store *store);

/* The counter that every change of rules, policies or networks increments. */
int store_generation(struct store *store, int64_t *generation_out, struct err *err);
int store_generation_bump(struct store *store, struct err *err);

/* The secret key of the in-memory index hash, made at creation of the file. */
#define STORE_HASH_KEY_LEN 16
int store_hash_key(struct store *store, uint8_t key_out[STORE_HASH_KEY_LEN], struct err *err);

/* Whether the file at the path is still the one that was opened (not deleted or replaced). */
bool store_same_file(const struct store *store);

/* A number that every restore into the database changes (restore.h); 0: none ever was. */
int store_restored_mark(struct store *store, int64_t *mark_out, struct err *err);

/* The server marks its run: begun (unclean until ended). */
int store_mark_running(struct store *store, struct err *err);
int store_mark_stopped(struct store *store, struct err *err);

/* Moves what it can from the WAL to the database without waiting; counts are pages. */
struct store_wal {
	int64_t pages; /* in the WAL */
	int64_t moved; /* of them in the database already */
	int64_t bytes; /* size of the WAL file */
};
int store_checkpoint(struct store *store, struct store_wal *wal_out, struct err *err);
/* Also cuts the WAL file to nothing; waits at most BUSY_MS for readers, then ERR_TEMP. */
int store_checkpoint_truncate(struct store *store, int busy_ms, struct err *err);
int64_t store_wal_bytes(const struct store *store);
int64_t store_file_bytes(const struct store *store);

/* Full structural check without index comparison; NO with what is wrong in ERR. May take long. */
enum store_found store_quick_check(struct store *store, struct err *err);
int store_schema_version(struct store *store, int *version_out, struct err *err);

#endif
