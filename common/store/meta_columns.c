/* meta_columns.c - see meta_columns.h. */
#include "common/store/meta_columns.h"

struct entry_meta
meta_columns_read(sqlite3_stmt *stmt, int column)
{
	return (struct entry_meta){ db_text(stmt, column), db_text(stmt, column + 1),
		db_text(stmt, column + 2), db_int(stmt, column + 3), db_int(stmt, column + 4),
		db_int(stmt, column + 5), db_int(stmt, column + 6) };
}

enum store_found
db_find_id(struct store *store, enum sql_id id, struct slice a, struct slice b, int64_t *id_out,
    struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found = db_row(store, id, &stmt, err, "tt", a, b);

	if (found == STORE_YES) {
		*id_out = db_int(stmt, 0);
		db_done(stmt);
	}
	return found;
}
