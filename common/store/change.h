/* change.h - the audit: who changed what, when, and how it was before. Undo reads it. */
#ifndef COMMON_STORE_CHANGE_H
#define COMMON_STORE_CHANGE_H

#include "common/base/str.h"
#include "common/store/store.h"

struct change {
	int64_t id;
	int64_t command_id; /* the first change of the same command; append: 0 begins one */
	int64_t time_s;
	struct slice author; /* login name of the operator */
	struct slice verb;   /* "rule add", "policy set", "release", "import", "undo" */
	struct slice object; /* "rule", "policy", "triplet"; "change" for an undo */
	int64_t object_id;
	struct slice before; /* the row as JSON, "" when there was none */
	struct slice after;  /* the row as JSON, "" when there is none; {"import": WORDS} */
};

int store_change_append(
    struct store *store, const struct change *change, int64_t *id_out, struct err *err);
typedef bool store_change_fn(void *arg, const struct change *change);
/* Newest first, as store_triplet_page(). */
int store_change_page(struct store *store, int64_t before_id, int64_t limit, store_change_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);

enum store_found store_change_get(
    struct store *store, int64_t id, store_change_fn *fn, void *arg, struct err *err);
/* Oldest first, id > AFTER_ID. */
int store_change_after(struct store *store, int64_t after_id, int64_t limit, store_change_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);
/* Those of one row, newest first. */
int store_change_of(struct store *store, struct slice object, int64_t object_id, int64_t limit,
    store_change_fn *fn, void *arg, struct err *err);
/* Whether a later change is the undo of change ID. */
enum store_found store_change_undone(struct store *store, int64_t id, struct err *err);
/* Deletes, of what is older than the newest KEEP_ROWS, the oldest LIMIT rows at most. */
int store_change_trim(struct store *store, int64_t keep_rows, int64_t limit, struct err *err);

/* ---- commands: the changes with the same command_id ---- */

/* The newest one below BEFORE_ID. */
enum store_found store_command_before(
    struct store *store, int64_t before_id, int64_t *id_out, struct err *err);
/* Its first change: that with its id, unless that was trimmed. */
enum store_found store_command_first(
    struct store *store, int64_t command_id, store_change_fn *fn, void *arg, struct err *err);
/* How many changes it has, and how many of them are undone. */
int store_command_count(struct store *store, int64_t command_id, int64_t *change_n_out,
    int64_t *undone_n_out, struct err *err);
/* Its newest change below BEFORE_ID that is not undone. */
enum store_found store_command_left(
    struct store *store, int64_t command_id, int64_t before_id, int64_t *id_out, struct err *err);

#endif
