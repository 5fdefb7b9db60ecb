/* health.h - whether the database answers, told once for each change. */
#ifndef SERVER_HEALTH_H
#define SERVER_HEALTH_H

struct server;

/* Looks at the engine; on a change one log line and the state for systemd, and a database that
 * broke is opened again by the keeper. For after everything that may have changed it. */
void health_watch(struct server *server);

#endif
