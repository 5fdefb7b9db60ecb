/* server.h - the running server: what its files share. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <ev.h>
#include <sys/queue.h>

#include "common/base/log.h"
#include "common/config/config.h"
#include "common/greylist/engine.h"
#include "common/store/store.h"
#include "server/notify.h"

struct backups;
struct conn;
struct dns;
struct keeper;
struct listener;
struct recorder;
struct refresher;
struct spf_desk;

/* Complaints that peers can provoke, each limited for itself. */
struct complaints {
	struct log_limit fault, too_long, crowded, no_descriptors;
};

struct server {
	struct ev_loop *loop;
	const char *config_path; /* NULL: the default, which may be missing */
	struct config boot;      /* of the start: what a reload cannot change */
	struct config *config;   /* in force */
	struct store_lock *lock;
	struct engine *engine;
	enum engine_health health; /* as last logged */
	int64_t busy_since_ms;     /* the lock is another's since then; 0: it is not */
	struct keeper *keeper;
	struct backups *backups;
	struct dns *dns;
	struct spf_desk *spf;
	struct refresher *refresher;
	struct recorder *recorder; /* NULL: nothing is recorded */
	struct notify notify;
	struct complaints complaints;
	int64_t started_s;
	int64_t now_s, now_ms; /* clocks of this turn: wall, monotonic */
	char hostname[256];

	struct listener *listeners;
	size_t listener_n;
	bool paused; /* listeners are off: no descriptors or too many connections */

	struct conn *conns; /* doubly linked */
	size_t conn_n;
	STAILQ_HEAD(conn_queue, conn)
	queue; /* whole requests, the one that waits for longest first */
	struct engine_item items[ENGINE_BATCH_MAX];

	bool stopping;
	int64_t stop_at_ms; /* connections that still write are closed then */
	ev_check check;
	ev_prepare prepare;
	ev_idle idle; /* active while requests are left over: the loop must not sleep */
	ev_timer second, tick;
	ev_signal hup, term, interrupt;
	int64_t beat_at_ms;
};

/* Everything from lock and sockets to the keeper; takes CONFIG. RECORD is a file for requests, or
 * NULL. 0, or -1 and what was made so far is left to server_close(). */
int server_open(struct server *server, const char *config_path, const char *record,
    struct config *config, struct err *err);
/* Runs until SIGTERM or SIGINT, then stops in order. */
int server_run(struct server *server, struct err *err);
void server_close(struct server *server);

#endif
