/* turn.h - one turn of the loop: whole requests gather while it is awake; before it sleeps they are
 * decided as one batch and answered. */
#ifndef SERVER_TURN_H
#define SERVER_TURN_H

struct conn;
struct server;

/* Starts the watchers that begin and end each turn. */
void turn_start(struct server *server);

/* The clocks of SERVER, which stand still for the rest of a turn; each turn begins with it. */
void turn_read_clocks(struct server *server);

/* The whole request at the front of CONN is decided with the next batch that has room: in the
 * order in which they come here. */
void turn_enqueue(struct server *server, struct conn *conn);

#endif
