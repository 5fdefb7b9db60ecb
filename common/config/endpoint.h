/* endpoint.h - places to listen on and servers to ask, as the configuration writes them; pure, and
 * private to common/config. */
#ifndef COMMON_CONFIG_ENDPOINT_H
#define COMMON_CONFIG_ENDPOINT_H

#include "common/base/str.h"
#include "common/config/config.h"

/* unix:PATH or inet:ADDRESS:PORT, IPv6 in brackets. LISTEN_OUT is zeroed; what is in it after a
 * success is freed by the caller. */
int endpoint_listen(struct slice text, struct config_listen *listen_out, struct err *err);

/* ADDRESS:PORT or ADDRESS alone, which is that and DEFAULT_PORT. */
int endpoint_server(
    struct slice text, uint16_t default_port, struct addr_port *server_out, struct err *err);

#endif
