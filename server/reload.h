/* reload.h - the configuration, read again while the server runs. */
#ifndef SERVER_RELOAD_H
#define SERVER_RELOAD_H

struct server;

/* Puts what the file holds now into force; keeps the old configuration when it is bad. What changed
 * is logged. */
void reload_config(struct server *server);

#endif
