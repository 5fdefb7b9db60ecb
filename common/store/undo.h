/* undo.h - takes back what an operator did, by the images in the audit. What one command did is
 * taken back as one: a command is the changes with the same command_id, and its id is that.
 *
 * An undo is a command of its own, with a change "undo" for each change that it takes back, which
 * that names. So what was undone is known from the audit alone, and is not undone twice; an undo is
 * not undone. Rules, policies and domains that were removed come back with their ids (a domain
 * without networks, due for a refresh at once), clients with a new one. How an import is taken back
 * is told in import_undo.h. */
#ifndef COMMON_STORE_UNDO_H
#define COMMON_STORE_UNDO_H

#include "common/store/change.h"
#include "common/store/edit.h"

#define UNDO_TEXT_MAX 256
#define UNDO_LOOK_BACK 1000 /* commands that undo_find() looks at, of all authors */

/* Texts may hold any bytes but NUL: who shows them escapes them. */
struct undo {
	int64_t id; /* of the command */
	int64_t time_s;
	int64_t change_n;            /* of the command */
	int64_t undone_n;            /* of them */
	char what[UNDO_TEXT_MAX];    /* "rule add: allow @partner.example to @. and 3 more" */
	char why_not[UNDO_TEXT_MAX]; /* why nothing of it can be taken back, or "" */
};

/* The newest command of AUTHOR that is not an undo, not undone and not one that leaves nothing to
 * take back (a refresh). It may still be refused: see why_not; but not when it is undone but for
 * what cannot be. Looks at the newest UNDO_LOOK_BACK commands at most: NO when there is none among
 * them. */
enum store_found undo_find(
    struct store *store, struct slice author, struct undo *undo_out, struct err *err);
/* The same about one command, whoever gave it. NO when there is no such change; OTHER when ID is a
 * change of another command, whose id is then in UNDO_OUT. */
enum store_found undo_look(struct store *store, int64_t id, struct undo *undo_out, struct err *err);
/* About one change: WHAT and WHY_NOT are those of the change, the others those of its command. */
enum store_found undo_look_change(
    struct store *store, int64_t change_id, struct undo *undo_out, struct err *err);

/* What the caller is told while a command is taken back; both may be NULL. */
struct undo_watch {
	void *arg;
	/* A change that could not be taken back, and why. */
	void (*refused)(void *arg, int64_t change_id, const char *what, const char *why);
	/* Between two transactions: of the changes that were not undone, how many were dealt with.
	 * False gives up; what was taken back stays so. */
	bool (*goes_on)(void *arg, int64_t done_n, int64_t all_n);
};

struct undo_outcome {
	int64_t taken_n, refused_n;
	bool given_up;
	char why[UNDO_TEXT_MAX]; /* of what was refused first */
};

/* Takes a command back, its newest change first, in transactions of STORE_HOLD_MS: what fits into
 * one is taken back in one. Each change is taken back whole or not at all; it is not when the row
 * is not as the change left it (hits and what refreshes write do not count). The old row comes back
 * as it was: of bytes that are no UTF-8 the audit has no more than U+FFFD, and such a change is
 * refused. It is the first that EDIT does, or what EDIT did before is another command. When only
 * part of it was taken back, as after a kill, the same again deals with the rest. WATCH may be
 * NULL.
 *
 * -1 with ERR_NOINPUT: there is no such command, and ERR_DATA: nothing of it can be taken back;
 * otherwise what failed, and OUTCOME_OUT says how far it came. */
int undo_apply(struct edit *edit, int64_t id, const struct undo_watch *watch,
    struct undo_outcome *outcome_out, struct err *err);

/* A line of the audit. */
struct undo_entry {
	const struct change *change; /* of a command, the first */
	const char *what;            /* as in struct undo; of an undo, what it took back */
	int64_t change_n, undone_n;  /* as there; of a change it is one, and 0 or 1 */
};
typedef bool undo_entry_fn(void *arg, const struct undo_entry *entry);

/* All commands, newest first, id < BEFORE_ID. */
int undo_page(struct store *store, int64_t before_id, int64_t limit, undo_entry_fn *fn, void *arg,
    int64_t *last_id_out, struct err *err);
/* All changes, as store_change_page() and store_change_after(). */
int undo_changes_page(struct store *store, int64_t before_id, int64_t limit, undo_entry_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);
int undo_changes_after(struct store *store, int64_t after_id, int64_t limit, undo_entry_fn *fn,
    void *arg, int64_t *last_id_out, struct err *err);
/* Those of one row, as store_change_of(). */
int undo_changes_of(struct store *store, struct slice object, int64_t object_id, int64_t limit,
    undo_entry_fn *fn, void *arg, struct err *err);

#endif
