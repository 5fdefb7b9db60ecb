/* undo.h - takes back what an operator did, by the images in the audit. An undo is a change of its
 * own with the verb "undo" and the id of the change it takes back, so what was undone is known from
 * the audit alone, and is not undone twice. Rules, policies and domains that were removed come back
 * with their ids (a domain without networks, due for a refresh at once), clients with a new one.
 * How an import is taken back is told in import_undo.h; of a large one in many transactions. */
#ifndef COMMON_STORE_UNDO_H
#define COMMON_STORE_UNDO_H

#include "common/store/change.h"
#include "common/store/edit.h"

#define UNDO_TEXT_MAX 256
#define UNDO_LOOK_BACK 1000 /* changes that undo_find() looks at, of all authors */

/* Texts may hold any bytes but NUL: who shows them escapes them. */
struct undo {
	int64_t change_id;
	int64_t time_s;              /* of the change */
	char what[UNDO_TEXT_MAX];    /* "rule add: allow @partner.example to @." */
	char why_not[UNDO_TEXT_MAX]; /* why it cannot be taken back, or "" */
};

/* The newest change of AUTHOR that is not an undo, not undone and not one that leaves nothing to
 * take back (a refresh). It may still be refused: see why_not. Reads the newest UNDO_LOOK_BACK
 * changes at most, in pages: NO when there is none among them. */
enum store_found undo_find(
    struct store *store, struct slice author, struct undo *undo_out, struct err *err);
/* The same about one change, whoever made it: NO when it does not exist. */
enum store_found undo_look(
    struct store *store, int64_t change_id, struct undo *undo_out, struct err *err);

/* Takes a change back in one transaction, audited as above with the images of the row before and
 * after the undo. ERR_NOINPUT when there is no such change. ERR_DATA when it is undone already or
 * cannot be, or when the row is not as the change left it (hits and what refreshes write do not
 * count). The old row comes back as it was, or not at all: of bytes that are no UTF-8 the audit has
 * no more than U+FFFD. */
int undo_apply(const struct edit *edit, int64_t change_id, struct err *err);

/* A line of the audit. */
struct undo_entry {
	const struct change *change;
	const char *what; /* as in struct undo */
	bool undone;
};
typedef bool undo_entry_fn(void *arg, const struct undo_entry *entry);
/* All changes, newest first, as store_change_page(). Whether a row is undone is looked for among
 * the changes after it: that is quick for what is recent. */
int undo_page(struct store *store, int64_t before_id, int64_t limit, undo_entry_fn *fn, void *arg,
    int64_t *last_id_out, struct err *err);

#endif
