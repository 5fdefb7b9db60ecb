/* copy.c - see copy.h. */
#include "common/store/copy.h"

#include <stdio.h>
#include <string.h>

#include "common/store/schema.h"

int
copy_witness(struct store *store, struct copy_witness *witness_out, struct err *err)
{
	sqlite3_stmt *stmt;

	if (db_row(store, SQL_WITNESS, &stmt, err, "") != STORE_YES)
		return -1;
	*witness_out = (struct copy_witness){ db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2),
		db_int(stmt, 3), db_int(stmt, 4), db_int(stmt, 5) };
	db_done(stmt);
	return 0;
}

static bool
is_between(int64_t value, int64_t a, int64_t b)
{
	return (value >= a && value <= b) || (value >= b && value <= a);
}

int
copy_agrees(struct store *copy, const struct copy_witness *before, const struct copy_witness *after,
    struct err *err)
{
	struct copy_witness found;
	bool right;

	if (copy_witness(copy, &found, err) == -1)
		return -1;
	right = is_between(found.generation, before->generation, after->generation) &&
		is_between(found.triplet_max, before->triplet_max, after->triplet_max) &&
		is_between(found.client_max, before->client_max, after->client_max);
	/* Rules may have come and gone meanwhile, but each of them moves the generation. */
	if (before->generation == after->generation)
		right = right && found.rules == after->rules && found.policies == after->policies &&
			found.domains == after->domains;
	return right ? 0
		     : err_set(err, ERR_IO, "%s does not hold what the database holds", copy->path);
}

int
copy_verify(struct store *copy, const char *name, int *version_out, struct err *err)
{
	char damage[ERR_TEXT_MAX];
	enum store_found found;
	sqlite3_stmt *stmt;
	int64_t application_id;

	if (db_row(copy, SQL_IDENTITY, &stmt, err, "") != STORE_YES)
		return err_set(err, err->code, "%s cannot be read as a database: %s", name,
		    sqlite3_errmsg(copy->db));
	application_id = db_int(stmt, 0);
	*version_out = (int)db_int(stmt, 1);
	db_done(stmt);
	if (application_id != SCHEMA_APPLICATION_ID)
		return err_set(err, ERR_CONFIG, "%s is not a database of greygate", name);
	if (*version_out > SCHEMA_VERSION)
		return err_set(err, ERR_CONFIG,
		    "%s has version %d, made by a newer greygate; this one knows %d: install the "
		    "newer program",
		    name, *version_out, SCHEMA_VERSION);
	found = store_quick_check(copy, err);
	if (found == STORE_NO) { /* the text begins with the path, which says nothing to anyone */
		snprintf(damage, sizeof(damage), "%s", err->text + strlen(copy->path));
		err_set(err, ERR_DATA, "%s%s", name, damage);
	} else if (found == STORE_ERROR) {
		err_wrap(err, "%s", name);
	}
	return found == STORE_YES ? 0 : -1;
}
