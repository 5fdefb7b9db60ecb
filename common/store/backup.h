/* backup.h - copies of the database that are made while others write to it, and what is known of
 * the last one. */
#ifndef COMMON_STORE_BACKUP_H
#define COMMON_STORE_BACKUP_H

#include "common/store/store.h"

#define BACKUP_PATH_MAX 4096

/* Called now and then. STAGE is what is done now ("copying"), PERCENT how much of it, -1 when
 * nobody knows. False stops: nothing is left, and the call is ERR_TEMP. */
struct backup_watch {
	bool (*fn)(void *arg, const char *stage, int percent);
	void *arg;
};

struct backup_made {
	int64_t bytes; /* of the file */
	int64_t rows;  /* triplets, clients, rules, policies and domains */
};

/* Makes the file TARGET, packed when it ends in .gz: a copy of one moment. One file in plain
 * SQLite format, 0600, checked and on the disk before it has its name. An existing one is
 * ERR_CREATE unless REPLACE; a link, a folder or a file of the database itself is refused. */
int store_backup(struct store *store, const char *target, bool replace,
    const struct backup_watch *watch, struct backup_made *made_out, struct err *err);

/* What became of the last try of the server that failed: kept in the file. ERROR "" or NULL: it
 * worked. */
int store_backup_note(struct store *store, int64_t time_s, const char *error, struct err *err);

/* The newest file in DIR that the server made, and the last failure. */
struct backup_last {
	int64_t time_s; /* 0: there is none */
	int64_t bytes;
	char path[BACKUP_PATH_MAX];
	int64_t failed_s; /* 0: the last try did not fail */
	char error[ERR_TEXT_MAX];
};
/* A folder that cannot be read is ERR_NOINPUT or ERR_PERM. */
int store_backup_last(
    struct store *store, const char *dir, struct backup_last *last_out, struct err *err);

#endif
