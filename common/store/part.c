/* part.c - see part.h. */
#include "common/store/part.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 5 /* another program may begin or end at the same moment */

static int
class_of(int number)
{
	static const struct {
		int number, code;
	} classes[] = {
		{ EACCES, ERR_PERM },
		{ EPERM, ERR_PERM },
		{ EROFS, ERR_PERM },
		{ ENOENT, ERR_NOINPUT },
		{ ENOTDIR, ERR_NOINPUT },
		{ ENOSPC, ERR_IO },
		{ EDQUOT, ERR_IO },
		{ EIO, ERR_IO },
	};
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (classes[i].number == number)
			return classes[i].code;
	return ERR_CREATE;
}

static void
folder_of(const char *path, char out[PART_PATH_MAX])
{
	char copy[PART_PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(out, PART_PATH_MAX, "%s", dirname(copy));
}

static bool
is_at(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
	       open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* Where locks are not to be had, nobody can be known to hold one. */
static bool
is_locked(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK;
}

/* What the engine leaves beside a file would be taken for that of the next one. */
static void
remove_tails(const char *path)
{
	static const char *const tails[] = { "-wal", "-shm", "-journal" };
	char name[PART_PATH_MAX + 16];
	size_t i;

	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, tails[i]);
		unlink(name);
	}
}

/* Only one that nobody holds is removed, under its lock. */
static int
remove_stale(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int result = 0;

	if (fd == -1)
		return errno == ENOENT
			   ? 0
			   : err_errno(err, class_of(errno), "what was left as %s", path);
	if (is_locked(fd)) {
		result = err_set(err, ERR_TEMP, "another program is writing %s", path);
	} else if (is_at(fd, path)) {
		remove_tails(path);
		result = unlink(path);
		if (result == -1)
			err_errno(err, class_of(errno), "removing what was left as %s", path);
	}
	close(fd);
	return result;
}

int
part_begin(struct part *part, const char *target, const char *name, struct err *err)
{
	char folder[PART_PATH_MAX];
	int i;

	folder_of(target, folder);
	snprintf(part->path, sizeof(part->path), "%.3800s/%.200s", folder, name);
	for (i = 0; i < TRIES; i++) {
		part->fd =
		    open(part->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (part->fd != -1 && !is_locked(part->fd) && is_at(part->fd, part->path))
			return 0;
		if (part->fd == -1 && errno != EEXIST)
			return err_errno(
			    err, class_of(errno), "a file cannot be made in %s", folder);
		if (part->fd != -1)
			close(part->fd);
		part->fd = -1;
		if (remove_stale(part->path, err) == -1)
			return -1;
	}
	return err_set(err, ERR_TEMP, "another program is writing %s", part->path);
}

int
part_sync(const struct part *part, struct err *err)
{
	if (fsync(part->fd) == -1)
		return err_errno(err, ERR_IO, "writing %s", part->path);
	return 0;
}

int
part_sync_folder(const char *path, struct err *err)
{
	char folder[PART_PATH_MAX];
	int fd, result;

	folder_of(path, folder);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	result = fd == -1 ? -1 : fsync(fd);
	/* Some file systems of networks know no such thing. */
	if (result == -1 && errno == EINVAL)
		result = 0;
	if (result == -1)
		err_errno(err, ERR_IO, "writing the folder %s", folder);
	if (fd != -1)
		close(fd);
	return result;
}

/* Not every file system knows both ways to leave alone what is there. */
static int
rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return link(from, to) == -1 ? -1 : unlink(from);
}

int
part_place(struct part *part, const char *target, bool replace, struct err *err)
{
	int result = replace ? rename(part->path, target) : rename_new(part->path, target);

	if (result == -1 && errno == EEXIST)
		return err_set(err, ERR_CREATE, "%s exists already; --force replaces it", target);
	if (result == -1)
		return err_errno(err, class_of(errno), "naming %s", target);
	close(part->fd);
	part->fd = -1;
	return part_sync_folder(target, err);
}

void
part_drop(struct part *part)
{
	if (part->fd == -1)
		return;
	remove_tails(part->path);
	unlink(part->path);
	close(part->fd);
	part->fd = -1;
}
