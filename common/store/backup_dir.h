/* backup_dir.h - the files that the server puts into a folder for backups: their names, and which
 * of them are too many. Others in it are nobody's business. */
#ifndef COMMON_STORE_BACKUP_DIR_H
#define COMMON_STORE_BACKUP_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"

#define BACKUP_NAME_MAX 48

/* "greygate-20261124-031500.db", or .db.gz; the time is UTC. */
const char *backup_name(int64_t time_s, bool packed, char out[BACKUP_NAME_MAX]);
/* The time in NAME; -1 when it is not one of ours. */
int64_t backup_name_time(const char *name);

/* Sorts the N names of ours by age, newest first, in place. */
void backup_names_sort(char (*names)[BACKUP_NAME_MAX], size_t n);

/* Makes DIR where only that is missing, for its owner and group alone. */
int backup_dir_make(const char *dir, struct err *err);

/* Our names in DIR (none, where that is not there yet), newest first; *NAMES_OUT is freed by the
 * caller. */
int backup_dir_list(
    const char *dir, char (**names_out)[BACKUP_NAME_MAX], size_t *n_out, struct err *err);
/* The time of the newest that is not later than NOW_S, 0 when there is none: what a clock that ran
 * ahead has made does not keep the next one from being due. */
int backup_dir_newest(const char *dir, int64_t now_s, int64_t *time_out, struct err *err);
/* Removes all but the newest KEEP; those later than NOW_S, of a wrong clock, count as the oldest.
 */
int backup_dir_rotate(
    const char *dir, size_t keep, int64_t now_s, size_t *removed_out, struct err *err);

#endif
