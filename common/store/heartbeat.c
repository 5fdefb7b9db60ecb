/* heartbeat.c - see heartbeat.h. */
#include "common/store/heartbeat.h"

#include "common/store/db.h"

int
store_heartbeat_put(struct store *store, const struct heartbeat *beat, struct err *err)
{
	return db_run(store, SQL_HEARTBEAT_PUT, err, "iiitt", beat->pid, beat->started_s,
	    beat->beat_s, beat->version, beat->status);
}

enum store_found
store_heartbeat_get(struct store *store, void (*fn)(void *arg, const struct heartbeat *beat),
    void *arg, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, SQL_HEARTBEAT_GET, &stmt, err, "");
	struct heartbeat beat;

	if (found == STORE_YES) {
		beat = (struct heartbeat){ db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2),
			db_text(stmt, 3), db_text(stmt, 4) };
		fn(arg, &beat);
		db_done(stmt);
	}
	return found;
}
