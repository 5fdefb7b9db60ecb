/* echo.c - the limit of the design: the loop library and the parser of the server, and every
 * request answered DUNNO at once. usage: echo unix:PATH */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <ev.h>

#include "server/policy.h"

struct peer {
	ev_io io;
	struct policy_state parser;
	size_t len;
	char in[POLICY_REQUEST_MAX];
};

static void
close_peer(struct ev_loop *loop, struct peer *peer)
{
	ev_io_stop(loop, &peer->io);
	close(peer->io.fd);
	free(peer);
}

static void
readable(struct ev_loop *loop, ev_io *io, int events)
{
	static const char answer[] = "action=DUNNO\n\n";
	struct peer *peer = (struct peer *)io;
	struct request request;
	unsigned faults;
	size_t used;
	ssize_t n;

	(void)events;
	n = read(io->fd, peer->in + peer->len, sizeof(peer->in) - peer->len);
	if (n <= 0) {
		close_peer(loop, peer);
		return;
	}
	peer->len += (size_t)n;
	while (policy_parse(&peer->parser, (struct slice){ peer->in, peer->len }, &request, &used,
		   &faults) == POLICY_REQUEST) {
		peer->len -= used;
		memmove(peer->in, peer->in + used, peer->len);
		if (send(io->fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL) == -1)
			break;
	}
}

static void
acceptable(struct ev_loop *loop, ev_io *io, int events)
{
	struct peer *peer;
	int fd;

	(void)events;
	while ((fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
		peer = calloc(1, sizeof(*peer));
		if (peer == NULL)
			abort();
		ev_io_init(&peer->io, readable, fd, EV_READ);
		ev_io_start(loop, &peer->io);
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct ev_loop *loop = ev_default_loop(0);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ev_io io;

	if (argc != 2 || strncmp(argv[1], "unix:", 5) != 0) {
		fprintf(stderr, "usage: echo unix:PATH\n");
		return 64;
	}
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", argv[1] + 5);
	unlink(sun.sun_path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(fd, 1024) == -1) {
		fprintf(stderr, "echo: %s: %s\n", sun.sun_path, strerror(errno));
		return 1;
	}
	ev_io_init(&io, acceptable, fd, EV_READ);
	ev_io_start(loop, &io);
	ev_run(loop, 0);
	return 0;
}
