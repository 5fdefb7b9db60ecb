/* schema.h - identity and versions of the file; private to common/store. */
#ifndef COMMON_STORE_SCHEMA_H
#define COMMON_STORE_SCHEMA_H

#include <stdbool.h>

#include "common/base/err.h"

#define SCHEMA_APPLICATION_ID 0x67677431 /* "ggt1" */
#define SCHEMA_VERSION 4

struct store;

/* One step: the SQL that turns version VERSION - 1 into VERSION. A list is ended by version 0. */
struct schema_migration {
	int version;
	const char *sql;
};

/* Brings the open database to SCHEMA_VERSION: creates it when it is new and MAY_CREATE, migrates an
 * older one in one transaction after a copy is kept beside it as PATH.vN. NOTICE_OUT as
 * store_open(). */
int schema_prepare(struct store *store, bool may_create, char *notice_out, struct err *err);

/* The migration itself, with the list and the target named: for tests of versions to come. FROM is
 * what was read before the lock; a file that another program has brought to TO by then is left as
 * it is, and so is the copy. */
int schema_migrate(struct store *store, const struct schema_migration *list, int from, int to,
    char *notice_out, struct err *err);

#endif
