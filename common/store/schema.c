/* schema.c - whose file it is, which version, and the way from older ones.
 * The texts come from data/schema.sql and data/migrations/, embedded when the program is built. */
#include "common/store/schema.h"

#include <stdio.h>
#include <string.h>

#include "common/store/db.h"
#include "common/store/part.h"

#include "schema_sql.h"

struct identity {
	int64_t application_id, version, tables;
};

static int
read_identity(struct store *store, struct identity *id, struct err *err)
{
	sqlite3_stmt *stmt;

	if (db_row(store, SQL_IDENTITY, &stmt, err, "") != STORE_YES)
		return -1;
	*id = (struct identity){ db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2) };
	db_done(stmt);
	return 0;
}

static bool
is_new(const struct identity *id)
{
	return id->application_id == 0 && id->version == 0 && id->tables == 0;
}

/* Ends a transaction that must be whole: commits when RESULT is 0, else rolls back. */
static int
end_transaction(struct store *store, int result, struct err *err)
{
	if (result == 0 && store_commit(store, err) == 0)
		return 0;
	store_rollback(store);
	return -1;
}

static int
stamp(struct store *store, int version, struct err *err)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    SCHEMA_APPLICATION_ID, version);
	return db_script(store, sql, err);
}

static int
try_wal(struct store *store, struct err *err)
{
	sqlite3_stmt *stmt;
	bool is_wal;

	if (db_row(store, SQL_WAL, &stmt, err, "") != STORE_YES)
		return -1;
	is_wal = slice_equal(db_text(stmt, 0), SLICE("wal"));
	db_done(stmt);
	if (!is_wal)
		return err_set(err, ERR_CONFIG,
		    "%s: its file system cannot share memory between programs; use a local disk",
		    store->path);
	return 0;
}

/* Until nobody else writes. */
static int
wait_for_peer(struct store *store, struct err *err)
{
	if (store_begin(store, err) == -1)
		return -1;
	store_rollback(store);
	return 0;
}

/* The mode lasts in the file, but a restored copy comes back in another one. Of two programs that
 * switch at once one is refused: the switch reads before it locks, and SQLite lets nobody who has
 * read wait for a lock. The way into a transaction waits, and then the other one has switched. */
static int
set_wal(struct store *store, struct err *err)
{
	struct err refusal;
	int tries = 3, result;

	while ((result = try_wal(store, &refusal)) == -1 && refusal.code == ERR_TEMP && --tries > 0)
		if (wait_for_peer(store, err) == -1)
			return -1;
	if (result == -1)
		*err = refusal;
	return result;
}

/* Two programs may find the file new at once: the second looks again under the lock. */
static int
create(struct store *store, struct err *err)
{
	struct identity id;
	int result;

	if (set_wal(store, err) == -1 || store_begin(store, err) == -1)
		return -1;
	result = read_identity(store, &id, err);
	if (result == 0 && is_new(&id)) {
		result = db_script(store, schema_sql, err);
		if (result == 0)
			result = stamp(store, SCHEMA_VERSION, err);
	}
	return end_transaction(store, result, err);
}

/* The copy that is kept beside, which has its name only when it is known to be right. */
static int
make_copy(struct store *store, const char *path, struct part *part, struct err *err)
{
	char name[PART_PATH_MAX];

	snprintf(name, sizeof(name), "%s.part", strrchr(path, '/') + 1);
	if (part_begin(part, path, name, err) == -1)
		return -1;
	if (db_run(store, SQL_COPY, err, "t", slice_of(part->path)) == -1)
		return -1;
	return part_sync(part, err);
}

static int
run_steps(
    struct store *store, const struct schema_migration *list, int from, int to, struct err *err)
{
	int version = from;

	for (; list->version != 0 && version < to; list++) {
		if (list->version != version + 1)
			continue;
		if (db_script(store, list->sql, err) == -1)
			return -1;
		version++;
	}
	if (version != to)
		return err_set(
		    err, ERR_DATA, "%s: nothing leads from version %d on", store->path, version);
	return stamp(store, to, err);
}

struct migration {
	const struct schema_migration *list;
	int from, to;
	char copy[PART_PATH_MAX];
	struct part part;
	bool done; /* by another program */
};

/* Another program may have been faster: then its copy is the one to keep, for ours may be of what
 * it made. */
static int
migrate_under_lock(struct store *store, struct migration *m, struct err *err)
{
	int version;

	if (store_schema_version(store, &version, err) == -1)
		return -1;
	m->done = version == m->to;
	if (m->done)
		return 0;
	if (version != m->from)
		return err_set(err, ERR_TEMP,
		    "another program has brought %s to version %d meanwhile", store->path, version);
	if (part_place(&m->part, m->copy, true, err) == -1)
		return -1;
	return run_steps(store, m->list, m->from, m->to, err);
}

int
schema_migrate(struct store *store, const struct schema_migration *list, int from, int to,
    char *notice_out, struct err *err)
{
	struct migration m = { .list = list, .from = from, .to = to, .part.fd = -1 };
	int result;

	snprintf(m.copy, sizeof(m.copy), "%s.v%d", store->path, from);
	result = make_copy(store, m.copy, &m.part, err);
	if (result == 0)
		result = store_begin(store, err);
	if (result == 0)
		result = end_transaction(store, migrate_under_lock(store, &m, err), err);
	part_drop(&m.part);
	if (result == -1)
		return err_wrap(err, "migrating from version %d to %d", from, to);
	if (notice_out != NULL && !m.done)
		snprintf(notice_out, ERR_TEXT_MAX,
		    "the database was migrated from version %d to %d; a copy is kept as %.300s.v%d",
		    from, to, store->path, from);
	return 0;
}

/* What to do about a file that has tables. */
static int
adopt(struct store *store, const struct identity *id, bool may_migrate, char *notice_out,
    struct err *err)
{
	int version = (int)id->version;

	if (id->application_id != SCHEMA_APPLICATION_ID)
		return err_set(err, ERR_CONFIG,
		    "%s is the database of another program; name another file", store->path);
	if (version > SCHEMA_VERSION)
		return err_set(err, ERR_CONFIG,
		    "%s has version %d, made by a newer greygate; this one knows %d: install the "
		    "newer program or restore a copy from before",
		    store->path, version, SCHEMA_VERSION);
	if (version == SCHEMA_VERSION)
		return 0;
	if (!may_migrate)
		return err_set(err, ERR_CONFIG, "%s has version %d; start greygated to migrate it",
		    store->path, version);
	return schema_migrate(store, schema_migrations, version, SCHEMA_VERSION, notice_out, err);
}

int
schema_prepare(struct store *store, bool may_create, char *notice_out, struct err *err)
{
	struct identity id;

	if (read_identity(store, &id, err) == -1)
		return -1;
	if (is_new(&id) && !may_create)
		return err_set(err, ERR_NOINPUT,
		    "%s is empty; it is filled when greygated first starts", store->path);
	if (is_new(&id))
		return create(store, err);
	if (adopt(store, &id, may_create, notice_out, err) == -1)
		return -1;
	return may_create ? set_wal(store, err) : 0;
}

int
store_schema_version(struct store *store, int *version_out, struct err *err)
{
	int64_t version;

	if (db_int_row(store, SQL_USER_VERSION, &version, err) == -1)
		return -1;
	*version_out = (int)version;
	return 0;
}
