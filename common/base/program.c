/* program.c - see program.h. */
#include "common/base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"

#define BYTES_MAX (1 << 20)
#define ENDING_MS 100 /* from the end of its output to its own */

extern char **environ;

/* The operator's PATH often has no /usr/sbin. */
static int
spawn(pid_t *pid, const char *const *argv, const posix_spawn_file_actions_t *files,
    const posix_spawnattr_t *attributes)
{
	char *const *args = (char *const *)argv;
	char path[256];
	int result = posix_spawnp(pid, argv[0], files, attributes, args, environ);

	if (result != ENOENT)
		return result;
	snprintf(path, sizeof(path), "/usr/sbin/%s", argv[0]);
	return posix_spawn(pid, path, files, attributes, args, environ);
}

/* 0, or the errno. */
static int
spawn_into(pid_t *pid, const char *const *argv, int out, int errors)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int result;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
	result = spawn(pid, argv, &files, &attributes);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return result;
}

int
program_start(struct program *program, const char *const *argv, struct err *err)
{
	int ends[2], result;

	*program = (struct program){ .name = argv[0] };
	/* A file takes any amount of complaints without anybody reading them. */
	program->errors = memfd_create("stderr", MFD_CLOEXEC);
	if (program->errors == -1 || pipe2(ends, O_CLOEXEC) == -1) {
		err_errno(err, ERR_OS, "%s", argv[0]);
		if (program->errors != -1)
			close(program->errors);
		return -1;
	}
	result = spawn_into(&program->pid, argv, ends[1], program->errors);
	close(ends[1]);
	if (result != 0) {
		close(ends[0]);
		close(program->errors);
		return result == ENOENT ? err_set(err, ERR_UNAVAILABLE, "%s is not there", argv[0])
					: err_set(err, ERR_OS, "%s: %s", argv[0], strerror(result));
	}
	program->out = ends[0];
	program->text = xcalloc(1, BYTES_MAX);
	return 0;
}

bool
program_take(struct program *program)
{
	ssize_t n = read(program->out, program->text + program->len, BYTES_MAX - 1 - program->len);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return true;
	program->ended = n == 0;
	program->len += n > 0 ? (size_t)n : 0;
	return n > 0 && program->len < BYTES_MAX - 1;
}

/* Its status; -1: it had to be killed, or nobody knows. */
static int
end_of(struct program *program)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int status, tries;
	pid_t ended = 0;

	for (tries = 0; program->ended && tries < ENDING_MS; tries++) {
		ended = waitpid(program->pid, &status, WNOHANG);
		if (ended != 0)
			break;
		nanosleep(&pause, NULL);
	}
	if (ended != 0)
		return ended == program->pid ? status : -1;
	kill(program->pid, SIGKILL);
	while (waitpid(program->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	return -1;
}

/* The first line that it complained by. */
static void
set_complaint(const struct program *program, struct err *err)
{
	char line[200];
	ssize_t n = pread(program->errors, line, sizeof(line) - 1, 0);

	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\0')
		err_set(err, ERR_UNAVAILABLE, "%s failed", program->name);
	else
		err_set(err, ERR_UNAVAILABLE, "%s", line);
}

char *
program_end(struct program *program, struct err *err)
{
	int status = end_of(program);
	char *text = program->text;

	if (status == -1)
		err_set(err, ERR_TEMP, "%s did not end in time, or said too much", program->name);
	else if (status != 0)
		set_complaint(program, err);
	close(program->out);
	close(program->errors);
	if (status == 0)
		return text;
	free(text);
	return NULL;
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

char *
program_read(const char *const *argv, struct err *err)
{
	int64_t deadline_ms = clock_mono_ms() + PROGRAM_TIMEOUT_MS;
	struct program program;

	if (program_start(&program, argv, err) == -1)
		return NULL;
	while (wait_for(program.out, deadline_ms) && program_take(&program))
		continue;
	return program_end(&program, err);
}
