/* turn.h - one turn of the loop: whole requests gather while it is awake; before it sleeps they are
 * decided as one batch and answered. */
#ifndef SERVER_TURN_H
#define SERVER_TURN_H

#include <stdbool.h>

struct conn;
struct server;

/* Starts the watchers that begin and end each turn. */
void turn_start(struct server *server);

/* The clocks of SERVER, which stand still for the rest of a turn; each turn begins with it. */
void turn_read_clocks(struct server *server);

/* For conn.c: a whole request is at the front of CONN. False when this turn is full: ask again
 * in the next one. */
bool turn_enqueue(struct server *server, struct conn *conn);

#endif
