/* import_undo.h - takes an import back, and trims what is kept for that. Only the trimming is for
 * those outside common/store.
 *
 * Rows that were merged get back what they were, and keep what mail did since. Triplets and clients
 * that were added go, and with them what mail did to them since. Rules, policies and domains that
 * were added go, but for those that an operator changed since. */
#ifndef COMMON_STORE_IMPORT_UNDO_H
#define COMMON_STORE_IMPORT_UNDO_H

#include "common/store/store.h"

/* Triplets and clients, in many short transactions; may be called again when it was interrupted.
 * FIRST_ID is that of the first triplet that was added. */
int import_undo_rows(struct store *store, int64_t change_id, int64_t first_id, struct err *err);
/* The rest; inside a transaction. */
int import_undo_rest(struct store *store, int64_t change_id, struct err *err);
/* Whether all that was kept of the import is still there. */
int import_undo_kept(struct store *store, int64_t change_id, bool *kept_out, struct err *err);

/* Deletes up to LIMIT rows kept of the oldest import, when it was made before BEFORE_S; from then
 * on it cannot be taken back. Inside a transaction. */
int import_undo_trim(struct store *store, int64_t before_s, int64_t limit, struct err *err);

#endif
