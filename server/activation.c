/* activation.c - see activation.h.
 *
 * Addresses are compared as text, in one form for what is configured and what is bound. */
#include "server/activation.h"

#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/net/sockaddr.h"

#define FIRST_FD 3
#define PLACE_MAX (4 * sizeof(struct sockaddr_un)) /* a path, escaped */

static const char *const variables[] = { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };

/* ---- places, as `listen` writes them ---- */

static void
add_inet(struct buf *out, const struct addr_port *at)
{
	buf_add_text(out, "inet:");
	addr_port_add(out, at);
}

static void
add_unix(struct buf *out, struct slice path)
{
	buf_add_text(out, "unix:");
	str_escape(out, path, ESCAPE_TEXT);
}

static void
add_configured(struct buf *out, const struct config_listen *listen)
{
	struct addr_port at = { listen->addr, listen->port };

	if (listen->kind == CONFIG_LISTEN_UNIX)
		add_unix(out, slice_of(listen->path));
	else
		add_inet(out, &at);
}

/* A path need not be ended by NUL; one of an abstract socket begins with it. */
static void
add_bound(struct buf *out, int fd)
{
	struct sockaddr_storage address = { 0 };
	const char *path = ((struct sockaddr_un *)&address)->sun_path;
	socklen_t len = sizeof(address);
	size_t path_len;
	struct addr_port at;

	getsockname(fd, (struct sockaddr *)&address, &len);
	path_len = len - offsetof(struct sockaddr_un, sun_path);
	if (address.ss_family == AF_UNIX) {
		add_unix(out,
		    (struct slice){ path, path[0] == '\0' ? path_len : strnlen(path, path_len) });
	} else if (address.ss_family == AF_INET || address.ss_family == AF_INET6) {
		at = addr_port_of((struct sockaddr *)&address);
		add_inet(out, &at);
	} else {
		buf_printf(out, "an address of family %d", address.ss_family);
	}
}

/* ---- descriptors ---- */

static bool
is_listening_stream(int fd)
{
	int type = 0, listening = 0;
	socklen_t type_len = sizeof(type), listening_len = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) == 0 && type == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &listening_len) == 0 &&
	       listening != 0;
}

static int
take(const struct config *config, int fd, const char *name, int *fds, struct err *err)
{
	char bound[PLACE_MAX], configured[PLACE_MAX];
	struct buf b, c;
	size_t i;

	if (!is_listening_stream(fd))
		return err_set(err, ERR_CONFIG,
		    "descriptor %d%s was handed over ($LISTEN_FDS) and is no listening stream "
		    "socket; let the socket unit have ListenStream and Accept=no",
		    fd, name);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == -1)
		return err_errno(err, ERR_OS, "descriptor %d%s", fd, name);
	buf_init(&b, bound, sizeof(bound));
	add_bound(&b, fd);
	for (i = 0; i < config->listen_n; i++) {
		buf_init(&c, configured, sizeof(configured));
		add_configured(&c, &config->listen[i]);
		if (fds[i] == -1 && slice_equal(buf_slice(&b), buf_slice(&c))) {
			fds[i] = fd;
			return 0;
		}
	}
	return err_set(err, ERR_CONFIG,
	    "descriptor %d%s was handed over and listens on %s, which listen does not name, or "
	    "another has; write \"%s\" there, or take it out of the socket unit",
	    fd, name, bound, bound);
}

/* Names are parted by colons; one that is missing is empty. */
static const char *
next_name(const char **names, char *out, size_t size)
{
	size_t len = strcspn(*names, ":");

	out[0] = '\0';
	if (len > 0)
		snprintf(out, size, " (%.*s)", (int)len, *names);
	*names += len + ((*names)[len] == ':');
	return out;
}

static int
take_all(const struct config *config, int *fds, struct err *err)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	char own[32], name[128], *end;
	long n;
	int i;

	snprintf(own, sizeof(own), "%ld", (long)getpid());
	if (pid == NULL || count == NULL || strcmp(pid, own) != 0)
		return 0;
	n = strtol(count, &end, 10);
	if (*count == '\0' || *end != '\0' || n < 0 || n > INT_MAX - FIRST_FD)
		return err_set(err, ERR_CONFIG, "LISTEN_FDS=%s is no number of descriptors", count);
	if (names == NULL)
		names = "";
	for (i = 0; i < n; i++)
		if (take(config, FIRST_FD + i, next_name(&names, name, sizeof(name)), fds, err) ==
		    -1)
			return -1;
	return 0;
}

int
activation_take(const struct config *config, int *fds, struct err *err)
{
	size_t i;
	int result;

	for (i = 0; i < config->listen_n; i++)
		fds[i] = -1;
	result = take_all(config, fds, err);
	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	return result;
}
