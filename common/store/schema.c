/* schema.c - whose file it is, which version, and the way from older ones.
 * The texts come from data/schema.sql and data/migrations/, embedded when the program is built. */
#include "common/store/schema.h"

#include <stdio.h>

#include "common/store/db.h"

#include "schema_sql.h"

static int
pragma_int(struct store *store, const char *sql, int64_t *value_out, struct err *err)
{
	sqlite3_stmt *stmt;
	int result = -1;

	if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW) {
		*value_out = sqlite3_column_int64(stmt, 0);
		result = 0;
	} else {
		db_error(store, "reading its header", err);
	}
	sqlite3_finalize(stmt);
	return result;
}

struct identity {
	int64_t application_id, version, tables;
};

static int
read_identity(struct store *store, struct identity *id, struct err *err)
{
	if (pragma_int(store, "PRAGMA application_id", &id->application_id, err) == -1 ||
	    pragma_int(store, "PRAGMA user_version", &id->version, err) == -1 ||
	    pragma_int(store, "SELECT count(*) FROM sqlite_schema", &id->tables, err) == -1)
		return -1;
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

/* Two programs may find the file new at once: the second looks again under the lock. */
static int
create(struct store *store, struct err *err)
{
	struct identity id;
	int result;

	if (db_script(store, "PRAGMA journal_mode = WAL", err) == -1 ||
	    store_begin(store, err) == -1)
		return -1;
	result = read_identity(store, &id, err);
	if (result == 0 && is_new(&id)) {
		result = db_script(store, schema_sql, err);
		if (result == 0)
			result = stamp(store, SCHEMA_VERSION, err);
	}
	return end_transaction(store, result, err);
}

static int
keep_copy(struct store *store, int version, struct err *err)
{
	char sql[4200];

	snprintf(sql, sizeof(sql), "VACUUM INTO '%s.v%d'", store->path, version);
	return db_script(store, sql, err);
}

int
schema_migrate(struct store *store, const struct schema_migration *list, int from, int to,
    char *notice_out, struct err *err)
{
	int result = 0;

	if (keep_copy(store, from, err) == -1 || store_begin(store, err) == -1)
		return err_wrap(err, "migrating from version %d to %d", from, to);
	for (; list->version != 0 && result == 0; list++)
		if (list->version > from && list->version <= to)
			result = db_script(store, list->sql, err);
	if (result == 0)
		result = stamp(store, to, err);
	if (end_transaction(store, result, err) == -1)
		return err_wrap(err, "migrating from version %d to %d", from, to);
	if (notice_out != NULL)
		snprintf(notice_out, ERR_TEXT_MAX,
		    "the database was migrated from version %d to %d; a copy is kept as %.300s.v%d",
		    from, to, store->path, from);
	return 0;
}

int
schema_prepare(struct store *store, bool may_create, char *notice_out, struct err *err)
{
	struct identity id;

	if (read_identity(store, &id, err) == -1)
		return -1;
	if (is_new(&id)) {
		if (!may_create)
			return err_set(err, ERR_NOINPUT,
			    "%s is empty; it is filled when greygated first starts", store->path);
		return create(store, err);
	}
	if (id.application_id != SCHEMA_APPLICATION_ID)
		return err_set(err, ERR_CONFIG, "%s is the database of another program",
		    store->path);
	if (id.version > SCHEMA_VERSION)
		return err_set(err, ERR_CONFIG,
		    "%s has version %d, made by a newer greygate; this one knows %d: install the "
		    "newer program or restore a copy from before",
		    store->path, (int)id.version, SCHEMA_VERSION);
	if (id.version < SCHEMA_VERSION && !may_create)
		return err_set(err, ERR_CONFIG, "%s has version %d; start greygated to migrate it",
		    store->path, (int)id.version);
	if (id.version < SCHEMA_VERSION && schema_migrate(store, schema_migrations, (int)id.version,
		SCHEMA_VERSION, notice_out, err) == -1)
		return -1;
	/* A restored backup comes back in another journal mode. */
	return may_create ? db_script(store, "PRAGMA journal_mode = WAL", err) : 0;
}
