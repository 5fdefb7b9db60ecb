/* refresh.h - keeps the networks of whitelisted domains fresh: those that are due are walked, a few
 * at once, and what is found is stored (common/greylist/refresh.h). Domains that an operator added
 * or wants refreshed are due at once. */
#ifndef SERVER_REFRESH_H
#define SERVER_REFRESH_H

struct refresher;
struct server;

struct refresher *refresher_new(struct server *server);
void refresher_free(struct refresher *refresher); /* NULL is fine */

/* Once a second: begins what is due. */
void refresher_tick(struct refresher *refresher);

#endif
