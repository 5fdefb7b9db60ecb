/* output.c - see output.h. The parent keeps the rights that the rename needs. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODE 0644 /* less the umask */

static pid_t
start(int fd, int (*fn)(void *arg), void *arg)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	if (dup2(fd, STDOUT_FILENO) == -1)
		_exit(ERR_OS);
	close(fd);
	_exit(fn(arg));
}

static int
wait_for(pid_t pid, struct err *err)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return err_errno(err, ERR_OS, "waiting for the writer");
	if (!WIFEXITED(status))
		return err_set(
		    err, ERR_INTERNAL, "the writer was killed by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

static int
write_file(const char *path, const char *fresh, int (*fn)(void *arg), void *arg, struct err *err)
{
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE), status;
	pid_t pid;

	if (fd == -1)
		return err_errno(err, ERR_CREATE, "%s", fresh);
	pid = start(fd, fn, arg);
	close(fd);
	if (pid == -1)
		status = err_errno(err, ERR_OS, "starting the writer");
	else
		status = wait_for(pid, err);
	if (status == 0 && rename(fresh, path) == -1)
		status = err_errno(err, ERR_CREATE, "%s", path);
	if (status != 0)
		unlink(fresh);
	return status;
}

int
output_run(const char *path, int (*fn)(void *arg), void *arg, struct err *err)
{
	char fresh[PATH_MAX];

	/* A collector reads names that end in .prom. */
	if (snprintf(fresh, sizeof(fresh), "%s.%ld.tmp", path, (long)getpid()) >=
	    (int)sizeof(fresh))
		return err_set(err, ERR_USAGE, "--output: the name is too long");
	return write_file(path, fresh, fn, arg, err);
}
