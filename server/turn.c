/* turn.c - see turn.h; the life of a request is told in main.c. */
#include "server/turn.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "common/base/clock.h"
#include "server/conn.h"
#include "server/decision_log.h"
#include "server/health.h"
#include "server/recorder.h"
#include "server/server.h"
#include "server/spf.h"

/* ---- answers ---- */

static const char *
header_action(const struct server *server, const struct engine_item *item, char *out, size_t len)
{
	time_t now = (time_t)server->now_s;
	char date[64];
	struct tm tm;

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &tm));
	snprintf(out, len, "PREPEND X-Greylist: delayed %" PRId64 " seconds by greygate at %s; %s",
	    item->decision.waited_s, server->hostname, date);
	return out;
}

static void
answer(struct server *server, struct engine_item *item)
{
	char text[POLICY_REPLY_MAX - 16];
	const char *action = "DUNNO";

	if (item->decision.action == ACTION_DEFER)
		action = server->config->reply;
	else if (item->decision.action == ACTION_REJECT)
		action = server->config->reject;
	else if (item->give_header)
		action = header_action(server, item, text, sizeof(text));
	decision_log(item);
	recorder_note(server->recorder, item, server->now_s);
	conn_answer(item->owner, action);
}

static void
batch_done(void *arg, struct engine_item *items, size_t n)
{
	struct server *server = arg;
	size_t i;

	for (i = 0; i < n; i++) {
		if (items[i].wants_spf) {
			spf_hold(server->spf, items[i].owner);
			continue;
		}
		if (items[i].ticket.triplet_id != 0)
			spf_look_up(server->spf, &items[i]);
		answer(server, &items[i]);
	}
}

/* ---- the batch ---- */

void
turn_enqueue(struct server *server, struct conn *conn)
{
	STAILQ_INSERT_TAIL(&server->queue, conn, in_queue);
}

static void
run_batch(struct server *server)
{
	struct conn *conn;
	size_t n;

	/* Answers may bring the next requests of their connections. */
	for (n = 0; n < ENGINE_BATCH_MAX && (conn = STAILQ_FIRST(&server->queue)) != NULL; n++) {
		STAILQ_REMOVE_HEAD(&server->queue, in_queue);
		server->items[n] = (struct engine_item){ .request = conn->request,
			.message = &conn->message,
			.owner = conn,
			.spf = conn->spf };
	}
	engine_submit(server->engine, server->items, n, server->now_s, batch_done, server);
	health_watch(server);
}

static void
close_idle(struct server *server)
{
	struct conn *conn, *next;

	for (conn = server->conns; conn != NULL; conn = next) {
		next = conn->next;
		if (!conn_is_writing(conn) || server->now_ms >= server->stop_at_ms)
			conn_close(conn);
	}
	if (server->conns == NULL)
		ev_break(server->loop, EVBREAK_ALL);
}

/* ---- the loop ---- */

/* Before the loop sleeps: everything that was asked in this turn is decided and answered. */
static void
before_sleep(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct server *server = prepare->data;

	(void)events;
	if (!STAILQ_EMPTY(&server->queue))
		run_batch(server);
	if (!STAILQ_EMPTY(&server->queue))
		ev_idle_start(loop, &server->idle);
	else
		ev_idle_stop(loop, &server->idle);
	if (server->stopping && STAILQ_EMPTY(&server->queue))
		close_idle(server);
	log_flush();
	recorder_flush(server->recorder);
}

void
turn_read_clocks(struct server *server)
{
	server->now_s = clock_wall_s();
	server->now_ms = clock_mono_ms();
}

static void
after_sleep(struct ev_loop *loop, ev_check *check, int events)
{
	(void)loop;
	(void)events;
	turn_read_clocks(check->data);
}

/* An active idle watcher keeps the loop from sleeping; it has nothing else to do. */
static void
stay_awake(struct ev_loop *loop, ev_idle *idle, int events)
{
	(void)loop;
	(void)idle;
	(void)events;
}

void
turn_start(struct server *server)
{
	STAILQ_INIT(&server->queue);
	ev_prepare_init(&server->prepare, before_sleep);
	ev_check_init(&server->check, after_sleep);
	ev_idle_init(&server->idle, stay_awake);
	server->prepare.data = server->check.data = server;
	/* The clocks are read before anything else of a turn. */
	ev_set_priority(&server->check, EV_MAXPRI);
	ev_prepare_start(server->loop, &server->prepare);
	ev_check_start(server->loop, &server->check);
}
