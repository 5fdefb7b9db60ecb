/* meta_columns.h - what the rows of rules and policies share; private to common/store. */
#ifndef COMMON_STORE_META_COLUMNS_H
#define COMMON_STORE_META_COLUMNS_H

#include "common/store/db.h"
#include "common/store/rule.h"

/* The columns comment, author, source, created_s, expires_s, hits, last_hit_s from COLUMN on. */
struct entry_meta meta_columns_read(sqlite3_stmt *stmt, int column);

#endif
