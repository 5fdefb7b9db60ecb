/* meta.c - single values of the file: generation, hash key, running, restored. */
#include "common/store/meta.h"

#include <string.h>

#include "common/store/db.h"

int
meta_get_int(struct store *store, const char *name, int64_t *value_out, struct err *err)
{
	enum store_found found;

	*value_out = 0;
	found = db_find_int(store, SQL_META_GET, value_out, err, "t", slice_of(name));
	return found == STORE_ERROR ? -1 : 0;
}

int
meta_set_int(struct store *store, const char *name, int64_t value, struct err *err)
{
	return db_run(store, SQL_META_SET, err, "it", value, slice_of(name));
}

int
store_generation(struct store *store, int64_t *generation_out, struct err *err)
{
	return meta_get_int(store, "generation", generation_out, err);
}

int
store_generation_bump(struct store *store, struct err *err)
{
	return db_run(store, SQL_GENERATION_BUMP, err, "");
}

int
store_restored_mark(struct store *store, int64_t *mark_out, struct err *err)
{
	return meta_get_int(store, "restored", mark_out, err);
}

int
store_hash_key(struct store *store, uint8_t key_out[STORE_HASH_KEY_LEN], struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_META_GET, &stmt, err, "t", SLICE("hash_key"));
	bool right = false;

	if (found == STORE_ERROR)
		return -1;
	if (found == STORE_YES) {
		right = sqlite3_column_bytes(stmt, 0) == STORE_HASH_KEY_LEN;
		if (right)
			memcpy(key_out, sqlite3_column_blob(stmt, 0), STORE_HASH_KEY_LEN);
		db_done(stmt);
	}
	return right ? 0 : err_set(err, ERR_DATA, "%s: hash_key is missing in meta", store->path);
}

static int
mark(struct store *store, int64_t running, struct err *err)
{
	if (store_begin(store, err) == -1)
		return -1;
	if (meta_set_int(store, "running", running, err) == -1 || store_commit(store, err) == -1) {
		store_rollback(store);
		return -1;
	}
	return 0;
}

int
store_mark_running(struct store *store, struct err *err)
{
	return mark(store, 1, err);
}

int
store_mark_stopped(struct store *store, struct err *err)
{
	return mark(store, 0, err);
}
