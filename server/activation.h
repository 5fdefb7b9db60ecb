/* activation.h - sockets that the service manager has bound for us (sd_listen_fds(3)). They outlive
 * the server: while it restarts connections wait in them instead of being refused. */
#ifndef SERVER_ACTIVATION_H
#define SERVER_ACTIVATION_H

#include "common/config/config.h"

/* FDS has a place for each address of CONFIG->listen and gets the inherited socket that is bound to
 * it, ready to be watched and closed by the caller, or -1: to be bound. $LISTEN_PID, $LISTEN_FDS
 * and $LISTEN_FDNAMES are unset, whomever they are meant for. 0, or -1 and ERR_CONFIG: a descriptor
 * is no listening stream socket, or is bound to what is not (or no more) in `listen`. */
int activation_take(const struct config *config, int *fds, struct err *err);

#endif
