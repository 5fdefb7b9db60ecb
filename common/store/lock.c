/* lock.c - the right to be the server of a database: an fcntl lock on PATH.lock.
 *
 * The kernel drops it however the process ends, and F_GETLK names the holder. Closing any
 * descriptor of that file in the holder would drop it too: a server never probes its own lock. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "common/store/store.h"

struct store_lock {
	int fd;
};

static struct flock
whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

static void
report_refusal(int fd, const char *path, struct err *err)
{
	struct flock held = whole_file();

	if (errno != EACCES && errno != EAGAIN) {
		err_errno(err, ERR_OS, "locking %s.lock", path);
		return;
	}
	held.l_pid = 0;
	fcntl(fd, F_GETLK, &held);
	err_set(err, ERR_TEMP, "%s is in use by another greygated (process %ld); stop it first",
	    path, (long)held.l_pid);
}

struct store_lock *
store_lock_acquire(const char *path, struct err *err)
{
	struct flock want = whole_file();
	struct store_lock *lock;
	char name[4096];
	int fd;

	snprintf(name, sizeof(name), "%s.lock", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd == -1) {
		err_errno(err, errno == EACCES || errno == EROFS ? ERR_PERM : ERR_CREATE,
		    "cannot create the lock file %s", name);
		return NULL;
	}
	if (fcntl(fd, F_SETLK, &want) == -1) {
		report_refusal(fd, path, err);
		close(fd);
		return NULL;
	}
	lock = xcalloc(1, sizeof(*lock));
	lock->fd = fd;
	return lock;
}

void
store_lock_release(struct store_lock *lock)
{
	if (lock == NULL)
		return;
	close(lock->fd);
	free(lock);
}

enum store_found
store_lock_probe(const char *path, int64_t *pid_out, struct err *err)
{
	struct flock held = whole_file();
	char name[4096];
	int fd, result;

	*pid_out = 0;
	snprintf(name, sizeof(name), "%s.lock", path);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1) {
		if (errno == ENOENT)
			return STORE_NO;
		err_errno(err, ERR_PERM, "%s", name);
		return STORE_ERROR;
	}
	result = fcntl(fd, F_GETLK, &held);
	close(fd);
	if (result == -1) {
		err_errno(err, ERR_OS, "%s", name);
		return STORE_ERROR;
	}
	if (held.l_type == F_UNLCK)
		return STORE_NO;
	*pid_out = held.l_pid;
	return STORE_YES;
}
