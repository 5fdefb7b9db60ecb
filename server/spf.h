/* spf.h - SPF for the mail at hand: requests that are held back until it is known, and triplets
 * that wait and shall have it for their next try. */
#ifndef SERVER_SPF_H
#define SERVER_SPF_H

#include <stdbool.h>
#include <stddef.h>

struct conn;
struct engine_item;
struct server;
struct spf_desk;

struct spf_desk *spf_desk_new(struct server *server);
void spf_desk_free(struct spf_desk *desk); /* NULL is fine */

/* The request of CONN waits for SPF, spf.wait at most, then it gets its place in a batch again. */
void spf_hold(struct spf_desk *desk, struct conn *conn);
/* No more waiting: CONN is closed. */
void spf_drop(struct conn *conn);
/* All that wait are decided with what is known; for the stop. */
void spf_release_all(struct spf_desk *desk);

/* Finds out SPF for a triplet that waits (item->ticket); nobody waits for that. When too much is
 * under way it is left out: the next try brings it again. */
void spf_look_up(struct spf_desk *desk, const struct engine_item *item);

#endif
