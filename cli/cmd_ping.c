/* cmd_ping.c - asks the server as Postfix does, a question that is never judged. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/cli.h"
#include "common/base/clock.h"
#include "common/net/sockaddr.h"

#define TIMEOUT_MS 2000
#define ANSWER_MAX 1024

/* In this state nothing is judged and no triplet is made: it is a line in the log of decisions. */
static const char question[] = "request=smtpd_access_policy\nprotocol_state=CONNECT\n"
			       "client_address=127.0.0.1\nclient_name=localhost\n\n";

struct ping {
	const char *where; /* as configured */
	int fd;
	int64_t begin_ms;
	char answer[ANSWER_MAX];
};

static int
too_late(const struct ping *p, struct err *err)
{
	return err_set(err, ERR_TEMP, "%s: no answer within %d s; the server is stuck or stopped",
	    p->where, TIMEOUT_MS / 1000);
}

/* A full queue of a unix socket is EAGAIN: it is not emptied. */
static int
failed(const struct ping *p, struct err *err)
{
	if (errno == EAGAIN || errno == EINPROGRESS)
		return too_late(p, err);
	return err_errno(err, errno == EACCES ? ERR_PERM : ERR_UNAVAILABLE, "%s", p->where);
}

static int
await(const struct ping *p, short events, struct err *err)
{
	struct pollfd poller = { .fd = p->fd, .events = events };
	int64_t left_ms;
	int n;

	do {
		left_ms = p->begin_ms + TIMEOUT_MS - clock_mono_ms();
		n = left_ms <= 0 ? 0 : poll(&poller, 1, (int)left_ms);
	} while (n == -1 && errno == EINTR);
	return n == 1 ? 0 : n == 0 ? too_late(p, err) : failed(p, err);
}

/* ---- the connection ---- */

static int
start_unix(struct ping *p, const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return p->fd == -1 ? -1 : connect(p->fd, (struct sockaddr *)&un, sizeof(un));
}

static int
start_inet(struct ping *p, const struct config_listen *listen)
{
	struct addr_port where = { listen->addr, listen->port };
	struct sockaddr_storage address;
	socklen_t len = sockaddr_of(&where, &address);

	p->fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return p->fd == -1 ? -1 : connect(p->fd, (struct sockaddr *)&address, len);
}

static int
open_connection(struct ping *p, const struct config_listen *listen, struct err *err)
{
	int error = 0;
	socklen_t len = sizeof(error);
	int result = listen->kind == CONFIG_LISTEN_UNIX ? start_unix(p, listen->path)
							: start_inet(p, listen);

	if (result == 0)
		return 0;
	if (errno != EINPROGRESS)
		return failed(p, err);
	if (await(p, POLLOUT, err) == -1)
		return -1;
	if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	errno = error;
	return error == 0 ? 0 : failed(p, err);
}

/* ---- the question ---- */

static int
read_answer(struct ping *p, struct err *err)
{
	size_t len = 0;
	ssize_t n;

	while (strstr(p->answer, "\n\n") == NULL) {
		if (await(p, POLLIN, err) == -1)
			return -1;
		n = read(p->fd, p->answer + len, sizeof(p->answer) - 1 - len);
		if (n == -1 && errno == EAGAIN)
			continue;
		if (n == -1)
			return failed(p, err);
		if (n == 0)
			return err_set(err, ERR_UNAVAILABLE,
			    "%s: closed without an answer; too many connections, or another "
			    "program",
			    p->where);
		len += (size_t)n;
	}
	if (strncmp(p->answer, "action=", 7) == 0)
		return 0;
	return err_set(err, ERR_UNAVAILABLE, "%s: what answers is no policy server", p->where);
}

static int
ask(struct ping *p, const struct config_listen *listen, struct err *err)
{
	if (open_connection(p, listen, err) == -1)
		return -1;
	/* It fits into the buffer of a fresh connection. */
	if (send(p->fd, question, sizeof(question) - 1, MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(question) - 1)
		return failed(p, err);
	return read_answer(p, err);
}

int
cmd_ping(struct cli *cli, struct err *err)
{
	const struct config_listen *listen = &cli->config.listen[0];
	struct ping p = { .where = listen->text, .fd = -1, .begin_ms = clock_mono_ms() };
	int result = ask(&p, listen, err);

	if (p.fd != -1)
		close(p.fd);
	if (result == 0)
		cli_say("%s answers after %" PRId64 " ms", p.where, clock_mono_ms() - p.begin_ms);
	return result;
}
