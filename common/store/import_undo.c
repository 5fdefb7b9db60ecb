/* import_undo.c - see import_undo.h. */
#include "common/store/import_undo.h"

#include "common/base/clock.h"
#include "common/store/db.h"
#include "common/store/meta.h"

#define ROWS_AT_ONCE 2000

/* Triplets and clients are taken back alike. */
static const struct part {
	const char *object;
	const char *gone; /* in meta: the greatest id that may have gone */
	enum sql_id back, end, remove;
} parts[] = {
	{ "triplet", "triplet_gone", SQL_IMPORT_TRIPLET_BACK, SQL_IMPORT_TRIPLET_END,
	    SQL_IMPORT_TRIPLET_REMOVE },
	{ "client", "client_gone", SQL_IMPORT_CLIENT_BACK, SQL_IMPORT_CLIENT_END,
	    SQL_IMPORT_CLIENT_REMOVE },
};

/* A range of rows that is dealt with in a transaction. */
struct step {
	struct store *store;
	const struct part *part;
	int64_t change_id;
	int64_t after_id, to_id; /* TO_ID 0: that was all */
};

static int
give_back(struct step *step, struct err *err)
{
	struct slice object = slice_of(step->part->object);

	if (db_find_int(step->store, SQL_IMPORT_SAVED_END, &step->to_id, err, "itii",
		step->change_id, object, step->after_id, (int64_t)ROWS_AT_ONCE) != STORE_YES)
		return -1;
	if (step->to_id == 0)
		return 0;
	if (db_run(step->store, step->part->back, err, "iii", step->change_id, step->after_id,
		step->to_id) == -1)
		return -1;
	return db_run(
	    step->store, SQL_IMPORT_FORGET, err, "iti", step->change_id, object, step->to_id);
}

/* A running server has seen the ids that go: who adds rows beside it begins beyond them. */
static int
take_away(struct step *step, struct err *err)
{
	if (db_find_int(step->store, step->part->end, &step->to_id, err, "ii", step->after_id,
		(int64_t)ROWS_AT_ONCE) != STORE_YES)
		return -1;
	if (step->to_id == 0)
		return 0;
	if (db_run(step->store, step->part->remove, err, "iii", step->change_id, step->after_id,
		step->to_id) == -1)
		return -1;
	return db_run(
	    step->store, SQL_IMPORT_GONE, err, "ti", slice_of(step->part->gone), step->to_id);
}

static int
run(struct step *step, int (*fn)(struct step *step, struct err *err), struct err *err)
{
	do {
		int64_t since_ms = clock_mono_ms();

		if (store_begin(step->store, err) == -1)
			return -1;
		if (fn(step, err) == -1 || store_commit(step->store, err) == -1) {
			store_rollback(step->store);
			return -1;
		}
		step->after_id = step->to_id;
		if (step->to_id != 0)
			store_give_way(since_ms);
	} while (step->to_id != 0);
	return 0;
}

int
import_undo_rows(struct store *store, int64_t change_id, int64_t first_id, struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct step step = { .store = store, .part = &parts[i], .change_id = change_id };

		if (run(&step, give_back, err) == -1)
			return -1;
		step.after_id = i == 0 ? first_id - 1 : 0;
		if (run(&step, take_away, err) == -1)
			return -1;
	}
	return 0;
}

int
import_undo_rest(struct store *store, int64_t change_id, struct err *err)
{
	static const enum sql_id removals[] = { SQL_IMPORT_RULE_REMOVE, SQL_IMPORT_POLICY_REMOVE,
		SQL_IMPORT_DOMAIN_REMOVE };
	size_t i;

	for (i = 0; i < sizeof(removals) / sizeof(removals[0]); i++)
		if (db_run(store, removals[i], err, "i", change_id) == -1)
			return -1;
	if (db_run(store, SQL_IMPORT_NETWORK_REMOVE, err, "") == -1 ||
	    db_run(store, SQL_IMPORT_DIFFERENCE_REMOVE, err, "") == -1)
		return -1;
	return db_run(store, SQL_IMPORT_FORGET_ALL, err, "i", change_id);
}

/* ---- what is kept for it, and how long ---- */

#define TRIMMED "import_trimmed" /* the greatest id of an import that has lost rows */

int
import_undo_kept(struct store *store, int64_t change_id, bool *kept_out, struct err *err)
{
	int64_t trimmed_id;

	if (meta_get_int(store, TRIMMED, &trimmed_id, err) == -1)
		return -1;
	*kept_out = change_id > trimmed_id;
	return 0;
}

/* The mark is set before the first row goes, so that no import is taken back in part. */
int
import_undo_trim(struct store *store, int64_t before_s, int64_t limit, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_IMPORT_OLDEST, &stmt, err, "");
	int64_t change_id, time_s;

	if (found != STORE_YES)
		return found == STORE_ERROR ? -1 : 0;
	change_id = db_int(stmt, 0);
	time_s = db_int(stmt, 1); /* 0: the audit does not reach back so far */
	db_done(stmt);
	if (time_s >= before_s)
		return 0;
	if (db_run(store, SQL_META_PUT, err, "ti", SLICE(TRIMMED), change_id) == -1)
		return -1;
	return db_run(store, SQL_IMPORT_TRIM, err, "ii", change_id, limit);
}
