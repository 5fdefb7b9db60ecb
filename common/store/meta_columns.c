/* meta_columns.c - see meta_columns.h. */
#include "common/store/meta_columns.h"

struct entry_meta
meta_columns_read(sqlite3_stmt *stmt, int column)
{
	return (struct entry_meta){ db_text(stmt, column), db_text(stmt, column + 1),
		db_text(stmt, column + 2), db_int(stmt, column + 3), db_int(stmt, column + 4),
		db_int(stmt, column + 5), db_int(stmt, column + 6) };
}
