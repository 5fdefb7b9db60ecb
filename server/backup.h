/* backup.h - copies of the database by the clock (backup.dir and what stands beside it), in a
 * thread of its own with its own handle: no answer waits for it, nor does the keeper. */
#ifndef SERVER_BACKUP_H
#define SERVER_BACKUP_H

#include "common/base/err.h"
#include "common/config/config.h"

struct backups;

/* CONFIG is read during the call only. */
struct backups *backups_start(const struct config *config, struct err *err);
/* Waits for the thread; a copy under way is given up, with nothing left of it. NULL is fine. */
void backups_stop(struct backups *backups);

/* What a reload may change: all but the database. */
void backups_configure(struct backups *backups, const struct config *config);

#endif
