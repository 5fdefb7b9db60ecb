/* listener.h - the sockets on which Postfix asks. */
#ifndef SERVER_LISTENER_H
#define SERVER_LISTENER_H

#include <ev.h>
#include <sys/stat.h>

#include "common/config/config.h"

struct server;

struct listener {
	struct server *server;
	ev_io io;
	const char *path; /* unix socket that we made, else NULL */
	dev_t device;     /* of its file */
	ino_t inode;
};

/* Binds one address; *FD_OUT listens and does not block. A unix socket has its mode, owner and
 * group before anyone can connect. A stale one (nobody answers) is replaced; one in use is
 * ERR_UNAVAILABLE; a file that is no socket is never touched. */
int listener_bind(
    const struct config_listen *where, const struct config *config, int *fd_out, struct err *err);

/* All listeners of the configuration, inherited ones as they are; then accepting. */
int listeners_open(struct server *server, struct err *err);
void listeners_start(struct server *server);
void listeners_pause(struct server *server);
void listeners_resume(struct server *server);
/* Closes them and removes unix sockets that are still ours. */
void listeners_close(struct server *server);

#endif
