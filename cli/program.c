/* program.c - see program.h. */
#include "cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"

#define BYTES_MAX (1 << 20)
#define TIMEOUT_MS 10000
#define NOT_FOUND 127 /* as a shell says it */

/* In the child. The operator's PATH often has no /usr/sbin. */
static void
become(const char *const *argv, int out)
{
	char path[256];
	int null = open("/dev/null", O_RDWR);

	if (null == -1 || dup2(null, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
	    dup2(null, STDERR_FILENO) == -1)
		_exit(NOT_FOUND);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], (char *const *)argv);
	snprintf(path, sizeof(path), "/usr/sbin/%s", argv[0]);
	execv(path, (char *const *)argv);
	_exit(NOT_FOUND);
}

/* Whether there is something to read before the deadline. */
static bool
wait_for(int fd, int64_t deadline_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int64_t left_ms = deadline_ms - clock_mono_ms();
	int n = -1;

	while (left_ms > 0 && (n = poll(&poll_fd, 1, (int)left_ms)) == -1 && errno == EINTR)
		left_ms = deadline_ms - clock_mono_ms();
	return n == 1;
}

/* Everything up to its end; NULL: too late, or too much. */
static char *
read_all(int fd)
{
	int64_t deadline_ms = clock_mono_ms() + TIMEOUT_MS;
	char *text = xcalloc(1, BYTES_MAX);
	size_t len = 0;
	ssize_t n;

	while (len < BYTES_MAX - 1 && wait_for(fd, deadline_ms)) {
		n = read(fd, text + len, BYTES_MAX - 1 - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return text;
		len += (size_t)n;
	}
	free(text);
	return NULL;
}

/* The program, started; -1: it could not be. *OUT is what it says. */
static pid_t
start(const char *const *argv, int *out)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	pid = fork();
	if (pid == 0)
		become(argv, ends[1]);
	close(ends[1]);
	*out = ends[0];
	if (pid == -1)
		close(ends[0]);
	return pid;
}

static int
end_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return status;
}

char *
program_read(const char *const *argv, struct err *err)
{
	int out, status;
	pid_t pid = start(argv, &out);
	char *text;

	if (pid == -1) {
		err_errno(err, ERR_OS, "%s", argv[0]);
		return NULL;
	}
	text = read_all(out);
	close(out);
	if (text == NULL)
		kill(pid, SIGKILL);
	status = end_of(pid);
	if (text != NULL && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return text;
	if (text == NULL)
		err_set(err, ERR_TEMP, "%s did not end in time, or said too much", argv[0]);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		err_set(err, ERR_UNAVAILABLE, "%s is not there", argv[0]);
	else
		err_set(err, ERR_UNAVAILABLE, "%s failed", argv[0]);
	free(text);
	return NULL;
}
