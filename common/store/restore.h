/* restore.h - a copy takes the place of the database. */
#ifndef COMMON_STORE_RESTORE_H
#define COMMON_STORE_RESTORE_H

#include "common/store/backup.h"

struct restore_options {
	const char *path; /* the database */
	int fd;           /* the copy, packed or not, open for reading */
	const char *name; /* what the operator calls it */
	bool served;      /* also while a server runs on the database */
	int64_t now_s;
	const struct backup_watch *watch;
};

struct restored {
	char kept[BACKUP_PATH_MAX]; /* where the old database is, "" when there was none */
	int64_t rows;
	int version;   /* of the copy, before it was migrated */
	bool in_place; /* programs that have the database open see what was restored */
	bool served;   /* a server does */
};

/* Puts a verified copy of OPTIONS->fd, migrated when it is older, in the place of the database and
 * keeps the old one as PATH.before-restore-YYYYMMDD-HHMMSS. A sound database gets the new content
 * in one transaction of its own, so that a server or a console that has it open goes on with it;
 * one that is missing, damaged or of another version is replaced as a file, for which no server may
 * run. Whenever it is interrupted, the old or the new one is whole in its place, or (replaced as a
 * file) the old one is beside it. */
int store_restore(
    const struct restore_options *options, struct restored *restored_out, struct err *err);

#endif
