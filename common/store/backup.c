/* backup.c - see backup.h.
 *
 * VACUUM INTO reads one moment and writes it in order, so the copy is as small as it can be, in the
 * journal mode that every program can open, and every row was read. It always ends: the steps of
 * the backup interface begin anew whenever another process has written. */
#include "common/store/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "common/store/copy.h"
#include "common/store/meta.h"
#include "common/store/packed.h"
#include "common/store/part.h"

#define PART_NAME ".greygate-backup.part"
#define PACKED_NAME ".greygate-backup.gz.part"
#define STEPS_OF_A_TICK 100000 /* of the engine: some milliseconds */

struct making {
	struct store *store;
	const struct backup_watch *watch;
	const char *stage;
	const char *path; /* what grows, or NULL */
	int64_t whole;    /* bytes that it will have */
	bool stopped;
	struct part plain, packed;
	int64_t rows;
};

/* ---- watching ---- */

static bool
tell(struct making *m, int64_t bytes)
{
	int percent = m->whole <= 0 ? -1 : bytes >= m->whole ? 100 : (int)(bytes * 100 / m->whole);

	if (m->watch != NULL && !m->watch->fn(m->watch->arg, m->stage, percent))
		m->stopped = true;
	return !m->stopped;
}

static int
tick(void *arg)
{
	struct making *m = arg;
	struct stat st;
	int64_t bytes = m->path != NULL && stat(m->path, &st) == 0 ? (int64_t)st.st_size : 0;

	return tell(m, bytes) ? 0 : 1;
}

static bool
packed_tick(void *arg, int64_t bytes)
{
	return tell(arg, bytes);
}

static void
begin_stage(
    struct making *m, struct store *store, const char *stage, const char *path, int64_t whole)
{
	m->stage = stage;
	m->path = path;
	m->whole = whole;
	sqlite3_progress_handler(store->db, STEPS_OF_A_TICK, tick, m);
	tell(m, 0);
}

/* The end of a stage with RESULT. */
static int
end_stage(struct making *m, struct store *store, int result, struct err *err)
{
	sqlite3_progress_handler(store->db, 0, NULL, NULL);
	if (m->stopped)
		return err_set(err, ERR_TEMP, "the copy was stopped before it was whole");
	return result;
}

/* ---- the target ---- */

static int
check_target(const char *target, bool replace, struct err *err)
{
	struct stat st;

	if (lstat(target, &st) == -1 && errno != ENOENT)
		return err_errno(err, errno == EACCES ? ERR_PERM : ERR_CREATE, "%s", target);
	if (lstat(target, &st) == -1)
		return 0;
	if (S_ISLNK(st.st_mode))
		return err_set(err, ERR_CREATE, "%s is a link; name the file itself", target);
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_CREATE, "%s is a folder; name a file in it", target);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_CREATE, "%s is not a regular file", target);
	if (!replace)
		return err_set(err, ERR_CREATE, "%s exists already; --force replaces it", target);
	return 0;
}

/* What the database consists of is not to be replaced by a copy of it. */
static int
check_foreign(const struct store *store, const char *target, struct err *err)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal", ".lock" };
	size_t len = strlen(store->path), i;

	if (strncmp(target, store->path, len) != 0)
		return 0;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		if (strcmp(target + len, tails[i]) == 0)
			return err_set(err, ERR_CREATE,
			    "%s belongs to the database itself; name another file", target);
	return 0;
}

static bool
ends_in(const char *text, const char *tail)
{
	return slice_ends_with(slice_of(text), slice_of(tail));
}

/* The place of the target, resolved; to be freed. */
static char *
find_target(struct store *store, const char *target, bool replace, struct err *err)
{
	char *resolved;

	if (*target == '\0' || ends_in(target, "/") || ends_in(target, ".zst")) {
		err_set(err, ERR_USAGE,
		    ends_in(target, ".zst")
			? "%s: only gzip is written: let its name end in .db or .db.gz"
			: "%s is no name of a file: name one, such as today.db.gz",
		    target);
		return NULL;
	}
	resolved = db_resolve(target, err);
	if (resolved == NULL) {
		err_set(err, errno == EACCES ? ERR_PERM : ERR_CREATE, "the folder of %s: %s",
		    target, strerror(errno));
		return NULL;
	}
	if (check_foreign(store, resolved, err) == 0 && check_target(resolved, replace, err) == 0)
		return resolved;
	free(resolved);
	return NULL;
}

/* ---- making ---- */

static int
copy_rows(struct making *m, struct err *err)
{
	struct store *store = m->store;
	int result;

	if (store->mode == STORE_READ && db_script(store, "PRAGMA query_only = OFF", err) == -1)
		return -1;
	begin_stage(m, store, "copying", m->plain.path, store_file_bytes(store));
	result = db_run(store, SQL_COPY, err, "t", slice_of(m->plain.path));
	if (result == -1 && (err->errnum & 0xff) == SQLITE_FULL)
		err_set(err, ERR_IO,
		    "%.*s is full: the copy needs about %" PRId64 " MiB; make room there",
		    (int)(strrchr(m->plain.path, '/') - m->plain.path), m->plain.path,
		    m->whole / (1024 * 1024) + 1);
	else if (result == -1)
		err_wrap(err, "copying to %s", m->plain.path);
	result = end_stage(m, store, result, err);
	if (store->mode == STORE_READ)
		db_script(store, "PRAGMA query_only = ON", NULL);
	return result;
}

static int
verify(struct making *m, struct store *copy, const struct copy_witness *before,
    const struct copy_witness *after, struct err *err)
{
	int version, result;

	begin_stage(m, copy, "checking", NULL, 0);
	result = copy_verify(copy, m->plain.path, &version, err);
	if (result == 0)
		result = copy_agrees(copy, before, after, err);
	if (result == 0)
		result = db_int_row(copy, SQL_ROWS, &m->rows, err);
	return end_stage(m, copy, result, err);
}

static int
make_plain(struct making *m, struct err *err)
{
	struct copy_witness before, after;
	struct store *copy;
	int result;

	if (copy_witness(m->store, &before, err) == -1 || copy_rows(m, err) == -1 ||
	    copy_witness(m->store, &after, err) == -1 || part_sync(&m->plain, err) == -1)
		return -1;
	copy = db_open_plain(m->plain.path, err);
	if (copy == NULL)
		return -1;
	result = verify(m, copy, &before, &after, err);
	store_close(copy);
	return result;
}

static int64_t
bytes_of(const struct part *part)
{
	struct stat st;

	return fstat(part->fd, &st) == 0 ? (int64_t)st.st_size : 0;
}

static int
make_packed(struct making *m, const char *target, struct err *err)
{
	const char *name = m->packed.path;
	int result;

	if (part_begin(&m->packed, target, PACKED_NAME, err) == -1)
		return -1;
	m->whole = bytes_of(&m->plain);
	m->stage = "packing";
	result = packed_make(m->plain.fd, m->packed.fd, name, packed_tick, m, err);
	if (result == 0)
		result = part_sync(&m->packed, err);
	m->stage = "checking";
	if (result == 0)
		result = packed_compare(m->packed.fd, m->plain.fd, name, packed_tick, m, err);
	return result;
}

static int
make(struct making *m, const char *target, bool replace, struct backup_made *made_out,
    struct err *err)
{
	struct part *done = &m->plain;

	if (part_begin(&m->plain, target, PART_NAME, err) == -1 || make_plain(m, err) == -1)
		return -1;
	if (ends_in(target, ".gz")) {
		done = &m->packed;
		if (make_packed(m, target, err) == -1)
			return -1;
	}
	*made_out = (struct backup_made){ .bytes = bytes_of(done), .rows = m->rows };
	return part_place(done, target, replace, err);
}

int
store_backup(struct store *store, const char *target, bool replace,
    const struct backup_watch *watch, struct backup_made *made_out, struct err *err)
{
	struct making m = { .store = store, .watch = watch, .plain.fd = -1, .packed.fd = -1 };
	char *resolved = find_target(store, target, replace, err);
	int result;

	if (resolved == NULL)
		return -1;
	result = make(&m, resolved, replace, made_out, err);
	part_drop(&m.plain);
	part_drop(&m.packed);
	free(resolved);
	return result;
}
