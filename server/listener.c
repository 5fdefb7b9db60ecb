/* listener.c - see listener.h. Sockets are bound, or inherited (activation.h), while the server may
 * still be root. */
#include "server/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "common/net/sockaddr.h"
#include "server/activation.h"
#include "server/conn.h"
#include "server/server.h"

#define BACKLOG 1024
#define ACCEPTS_MAX 64 /* in one turn, so that requests get theirs */
#define COMPLAIN_MS 60000

static int
new_socket(int family, struct err *err)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd == -1 ? err_errno(err, ERR_OS, "a socket") : fd;
}

static int
bind_inet(const struct config_listen *where, int *fd_out, struct err *err)
{
	struct addr_port at = { where->addr, where->port };
	struct sockaddr_storage address;
	socklen_t len = sockaddr_of(&at, &address);
	int fd = new_socket(address.ss_family, err), one = 1;

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (address.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, len) == -1 || listen(fd, BACKLOG) == -1) {
		err_errno(err, errno == EACCES ? ERR_PERM : ERR_UNAVAILABLE, "cannot listen on %s",
		    where->text);
		close(fd);
		return -1;
	}
	*fd_out = fd;
	return 0;
}

static struct sockaddr_un
unix_address(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	return sun;
}

/* Whether someone answers on the socket at PATH. */
static bool
is_in_use(const char *path)
{
	struct sockaddr_un sun = unix_address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool in_use = fd == -1 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ||
		      errno != ECONNREFUSED;

	if (fd != -1)
		close(fd);
	return in_use;
}

static int
clear_the_place(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? 0 : err_errno(err, ERR_CREATE, "the socket %s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_CREATE,
		    "%s is there and is not a socket; remove it or choose another path", path);
	if (is_in_use(path))
		return err_set(err, ERR_UNAVAILABLE,
		    "another server listens on %s; stop it or choose another path", path);
	if (unlink(path) == -1)
		return err_errno(err, ERR_CREATE, "the stale socket %s", path);
	return 0;
}

static int
find_user(const char *name, uid_t *uid_out, gid_t *gid_out, struct err *err)
{
	const struct passwd *pw = getpwnam(name);

	if (pw == NULL)
		return err_set(
		    err, ERR_CONFIG, "there is no user %s; create it or set another", name);
	*uid_out = pw->pw_uid;
	*gid_out = pw->pw_gid;
	return 0;
}

/* Who owns the socket: as configured, else the user that the server will be. */
static int
find_owner(const struct config *config, uid_t *uid_out, gid_t *gid_out, struct err *err)
{
	const struct group *group;
	gid_t unused;

	*uid_out = geteuid();
	*gid_out = getegid();
	if (geteuid() == 0 && find_user(config->user, uid_out, gid_out, err) == -1)
		return -1;
	if (config->socket_owner[0] != '\0' &&
	    find_user(config->socket_owner, uid_out, &unused, err) == -1)
		return -1;
	if (config->socket_group[0] != '\0') {
		group = getgrnam(config->socket_group);
		if (group == NULL)
			return err_set(err, ERR_CONFIG, "there is no group %s for socket_group",
			    config->socket_group);
		*gid_out = group->gr_gid;
	}
	return 0;
}

static int
set_owner(const char *path, const struct config *config, struct err *err)
{
	uid_t uid;
	gid_t gid;

	if (find_owner(config, &uid, &gid, err) == -1)
		return -1;
	if ((uid != geteuid() || gid != getegid()) && chown(path, uid, gid) == -1)
		return err_errno(err, ERR_PERM, "owner of the socket %s", path);
	if (chmod(path, config->socket_mode) == -1)
		return err_errno(err, ERR_PERM, "mode of the socket %s", path);
	return 0;
}

/* Bound with no permissions at all, then opened as configured, and only then listening. */
static int
bind_unix(
    const struct config_listen *where, const struct config *config, int *fd_out, struct err *err)
{
	struct sockaddr_un sun = unix_address(where->path);
	mode_t mask;
	int fd, result;

	if (clear_the_place(where->path, err) == -1 || (fd = new_socket(AF_UNIX, err)) == -1)
		return -1;
	mask = umask(0777);
	result = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	umask(mask);
	if (result == -1) {
		err_errno(err, errno == EACCES ? ERR_PERM : ERR_CREATE,
		    "cannot create the socket %s (its folder must exist)", where->path);
		close(fd);
		return -1;
	}
	if (set_owner(where->path, config, err) == -1 || listen(fd, BACKLOG) == -1) {
		unlink(where->path);
		close(fd);
		return -1;
	}
	*fd_out = fd;
	return 0;
}

int
listener_bind(
    const struct config_listen *where, const struct config *config, int *fd_out, struct err *err)
{
	return where->kind == CONFIG_LISTEN_UNIX ? bind_unix(where, config, fd_out, err)
						 : bind_inet(where, fd_out, err);
}

static void
complain_no_descriptors(struct server *server)
{
	int why = errno;
	uint64_t silent;

	if (log_limit_pass(
		&server->complaints.no_descriptors, server->now_ms, COMPLAIN_MS, &silent))
		log_warn("cannot accept connections: %s; trying again each second", strerror(why));
}

static void
complain_crowded(struct server *server)
{
	uint64_t silent;

	if (log_limit_pass(&server->complaints.crowded, server->now_ms, COMPLAIN_MS, &silent))
		log_warn("limits.connections (%" PRId64 ") is reached; more connections wait",
		    server->config->limits_connections);
}

static void
accept_ready(struct ev_loop *loop, ev_io *io, int events)
{
	struct listener *listener = io->data;
	struct server *server = listener->server;
	int fd, i;

	(void)loop;
	(void)events;
	for (i = 0; i < ACCEPTS_MAX; i++) {
		if ((int64_t)server->conn_n >= server->config->limits_connections) {
			complain_crowded(server);
			listeners_pause(server);
			return;
		}
		fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd == -1 &&
		    (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
			complain_no_descriptors(server);
			listeners_pause(server);
		}
		if (fd == -1)
			return;
		conn_open(server, fd);
	}
}

/* FD is an inherited socket, or -1: it is made here, and then it is removed at the end. */
static int
open_one(struct server *server, const struct config_listen *where, int fd, struct err *err)
{
	struct listener *listener = &server->listeners[server->listener_n];
	struct stat st;

	if (fd != -1)
		log_info("listening on %s, handed over by the service manager", where->text);
	else if (listener_bind(where, &server->boot, &fd, err) == -1)
		return -1;
	else if (where->path != NULL && lstat(where->path, &st) == 0)
		*listener = (struct listener){
			.path = where->path, .device = st.st_dev, .inode = st.st_ino
		};
	listener->server = server;
	ev_io_init(&listener->io, accept_ready, fd, EV_READ);
	listener->io.data = listener;
	server->listener_n++;
	return 0;
}

int
listeners_open(struct server *server, struct err *err)
{
	const struct config *config = &server->boot;
	int *inherited = xcalloc(config->listen_n, sizeof(*inherited));
	int result = activation_take(config, inherited, err);
	size_t i;

	server->listeners = xcalloc(config->listen_n, sizeof(*server->listeners));
	for (i = 0; i < config->listen_n && result == 0; i++)
		result = open_one(server, &config->listen[i], inherited[i], err);
	free(inherited);
	return result;
}

void
listeners_start(struct server *server)
{
	size_t i;

	server->paused = false;
	for (i = 0; i < server->listener_n; i++)
		ev_io_start(server->loop, &server->listeners[i].io);
}

void
listeners_pause(struct server *server)
{
	size_t i;

	server->paused = true;
	for (i = 0; i < server->listener_n; i++)
		ev_io_stop(server->loop, &server->listeners[i].io);
}

void
listeners_resume(struct server *server)
{
	if (!server->stopping && (int64_t)server->conn_n < server->config->limits_connections)
		listeners_start(server);
}

void
listeners_close(struct server *server)
{
	struct stat st;
	size_t i;

	for (i = 0; i < server->listener_n; i++) {
		struct listener *listener = &server->listeners[i];

		ev_io_stop(server->loop, &listener->io);
		close(listener->io.fd);
		if (listener->path != NULL && lstat(listener->path, &st) == 0 &&
		    st.st_dev == listener->device && st.st_ino == listener->inode)
			unlink(listener->path);
	}
	free(server->listeners);
	server->listeners = NULL;
	server->listener_n = 0;
}
