/* backup_dir.c - see backup_dir.h. */
#include "common/store/backup_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "common/store/backup.h"
#include "common/store/db.h"
#include "common/store/meta.h"

#define NAME_FORMAT "greygate-%Y%m%d-%H%M%S.db"

const char *
backup_name(int64_t time_s, bool packed, char out[BACKUP_NAME_MAX])
{
	time_t t = (time_t)time_s;
	struct tm tm;
	size_t len = strftime(out, BACKUP_NAME_MAX, NAME_FORMAT, gmtime_r(&t, &tm));

	snprintf(out + len, BACKUP_NAME_MAX - len, "%s", packed ? ".gz" : "");
	return out;
}

/* What gives the same name again is ours, and nothing else. */
int64_t
backup_name_time(const char *name)
{
	char again[BACKUP_NAME_MAX];
	struct tm tm = { 0 };
	const char *rest = strptime(name, NAME_FORMAT, &tm);
	int64_t time_s;

	if (rest == NULL)
		return -1;
	time_s = (int64_t)timegm(&tm);
	backup_name(time_s, strcmp(rest, ".gz") == 0, again);
	return strcmp(again, name) == 0 ? time_s : -1;
}

static int
newer_first(const void *a, const void *b)
{
	return strcmp(b, a);
}

void
backup_names_sort(char (*names)[BACKUP_NAME_MAX], size_t n)
{
	if (n > 1)
		qsort(names, n, sizeof(*names), newer_first);
}

int
backup_dir_make(const char *dir, struct err *err)
{
	if (mkdir(dir, 0750) == 0 || errno == EEXIST)
		return 0;
	return err_errno(err, errno == EACCES ? ERR_PERM : ERR_CREATE, "making the folder %s", dir);
}

int
backup_dir_list(
    const char *dir, char (**names_out)[BACKUP_NAME_MAX], size_t *n_out, struct err *err)
{
	DIR *folder = opendir(dir);
	struct dirent *entry;

	*names_out = NULL;
	*n_out = 0;
	if (folder == NULL && errno == ENOENT)
		return 0;
	if (folder == NULL)
		return err_errno(err, errno == EACCES ? ERR_PERM : ERR_NOINPUT,
		    "the folder for backups %s", dir);
	while ((entry = readdir(folder)) != NULL) {
		if (backup_name_time(entry->d_name) == -1)
			continue;
		*names_out = xreallocarray(*names_out, *n_out + 1, sizeof(**names_out));
		snprintf((*names_out)[(*n_out)++], BACKUP_NAME_MAX, "%.40s", entry->d_name);
	}
	closedir(folder);
	backup_names_sort(*names_out, *n_out);
	return 0;
}

int
backup_dir_newest(const char *dir, int64_t now_s, int64_t *time_out, struct err *err)
{
	char(*names)[BACKUP_NAME_MAX];
	size_t n, i;

	*time_out = 0;
	if (backup_dir_list(dir, &names, &n, err) == -1)
		return -1;
	for (i = 0; i < n && *time_out == 0; i++)
		if (backup_name_time(names[i]) <= now_s)
			*time_out = backup_name_time(names[i]);
	free(names);
	return 0;
}

static void
join(char out[BACKUP_PATH_MAX], const char *dir, const char *name)
{
	snprintf(out, BACKUP_PATH_MAX, "%.4000s/%s", dir, name);
}

int
backup_dir_rotate(const char *dir, size_t keep, int64_t now_s, size_t *removed_out, struct err *err)
{
	char(*names)[BACKUP_NAME_MAX], path[BACKUP_PATH_MAX];
	size_t n, i, later_n = 0;
	int result = 0;

	*removed_out = 0;
	if (backup_dir_list(dir, &names, &n, err) == -1)
		return -1;
	while (later_n < n && backup_name_time(names[later_n]) > now_s)
		later_n++;
	for (i = keep; i < n && result == 0; i++) {
		join(path, dir, names[(later_n + i) % n]);
		result = unlink(path);
		if (result == -1)
			err_errno(err, ERR_PERM, "removing the old copy %s", path);
		else
			(*removed_out)++;
	}
	free(names);
	return result;
}

/* ---- what Health needs ---- */

int
store_backup_note(struct store *store, int64_t time_s, const char *error, struct err *err)
{
	int result;

	if (store_begin(store, err) == -1)
		return -1;
	if (error == NULL || *error == '\0')
		result = db_run(store, SQL_META_REMOVE, err, "t", SLICE("backup_failed"));
	else
		result = db_run(store, SQL_META_PUT, err, "ti", SLICE("backup_failed"), time_s);
	if (result == 0)
		result = db_run(store, SQL_META_PUT, err, "tt", SLICE("backup_error"),
		    slice_of(error == NULL ? "" : error));
	if (result == 0 && store_commit(store, err) == 0)
		return 0;
	store_rollback(store);
	return -1;
}

static int
read_failure(struct store *store, struct backup_last *last, struct err *err)
{
	sqlite3_stmt *stmt;
	enum store_found found;
	struct slice text;

	if (meta_get_int(store, "backup_failed", &last->failed_s, err) == -1)
		return -1;
	found = db_row(store, SQL_META_GET, &stmt, err, "t", SLICE("backup_error"));
	if (found == STORE_YES) {
		text = db_text(stmt, 0);
		snprintf(last->error, sizeof(last->error), "%.*s", (int)text.len,
		    text.ptr == NULL ? "" : text.ptr);
		db_done(stmt);
	}
	return found == STORE_ERROR ? -1 : 0;
}

int
store_backup_last(
    struct store *store, const char *dir, struct backup_last *last_out, struct err *err)
{
	char(*names)[BACKUP_NAME_MAX];
	struct stat st;
	size_t n;

	memset(last_out, 0, sizeof(*last_out));
	if (read_failure(store, last_out, err) == -1 || backup_dir_list(dir, &names, &n, err) == -1)
		return -1;
	if (n > 0) {
		join(last_out->path, dir, names[0]);
		last_out->time_s = backup_name_time(names[0]);
		last_out->bytes = stat(last_out->path, &st) == 0 ? (int64_t)st.st_size : 0;
	}
	free(names);
	return 0;
}
