/* server.c - see server.h: start, timers, signals and end. */
#include "server/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "common/dns/dns.h"
#include "common/store/heartbeat.h"
#include "server/backup.h"
#include "server/conn.h"
#include "server/health.h"
#include "server/keeper.h"
#include "server/listener.h"
#include "server/privileges.h"
#include "server/recorder.h"
#include "server/refresh.h"
#include "server/reload.h"
#include "server/spf.h"
#include "server/turn.h"

#define TICK_S 0.25
#define TICK_MORE_S 0.01 /* while housekeeping has more to do */
#define STOP_WITHIN_MS 2000
#define DNS_CACHE_BYTES (8 << 20)

/* ---- timers ---- */

static void
put_heartbeat(struct server *server, int64_t beat_s)
{
	struct store *store = engine_store(server->engine);
	struct heartbeat beat = { .pid = getpid(),
		.started_s = server->started_s,
		.beat_s = beat_s,
		.version = slice_of(GREYGATE_VERSION) };
	char status[128];
	struct err err;

	snprintf(status, sizeof(status), "ok, %zu connections", server->conn_n);
	beat.status = slice_of(status);
	if (store_begin(store, &err) == -1)
		return;
	if (store_heartbeat_put(store, &beat, &err) == -1 || store_commit(store, &err) == -1)
		store_rollback(store);
}

static void
tick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct server *server = timer->data;
	bool more = engine_tick(server->engine, server->now_s, server->now_ms);

	(void)events;
	health_watch(server);
	if (server->health == ENGINE_OK && server->now_ms >= server->beat_at_ms) {
		put_heartbeat(server, server->now_s);
		server->beat_at_ms = server->now_ms + HEARTBEAT_EVERY_S * 1000;
	}
	notify_watchdog(&server->notify, server->now_ms);
	timer->repeat = more ? TICK_MORE_S : TICK_S;
	ev_timer_again(loop, timer);
}

static void
every_second(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct server *server = timer->data;
	struct conn *conn, *next;

	(void)loop;
	(void)events;
	for (conn = server->conns; conn != NULL; conn = next) {
		next = conn->next;
		if (conn->deadline_ms != 0 && !conn->whole && server->now_ms > conn->deadline_ms)
			conn_close(conn);
	}
	if (server->paused)
		listeners_resume(server);
	refresher_tick(server->refresher);
}

/* ---- what the keeper brings ---- */

static void
keeper_ready(void *arg)
{
	struct server *server = arg;
	struct keeper_results results;
	struct store_wal wal;

	keeper_take(server->keeper, &results);
	if (results.core != NULL)
		engine_replace_core(server->engine, results.core);
	if (results.notice[0] != '\0')
		log_warn("%s", results.notice);
	if (results.rules != NULL)
		engine_replace_rules(server->engine, results.rules);
	if (results.finish_checkpoint && engine_health(server->engine) == ENGINE_OK)
		store_checkpoint(engine_store(server->engine), &wal, NULL);
	health_watch(server);
}

/* ---- signals ---- */

static void
hangup(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct server *server = signal->data;

	(void)loop;
	(void)events;
	reload_config(server);
	recorder_reopen(server->recorder);
}

static void
terminate(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct server *server = signal->data;

	(void)loop;
	(void)events;
	if (server->stopping)
		return;
	log_info("stopping");
	notify_send(&server->notify, "STOPPING=1");
	listeners_pause(server);
	server->stopping = true;
	spf_release_all(server->spf);
	server->stop_at_ms = clock_mono_ms() + STOP_WITHIN_MS;
}

/* ---- start and end ---- */

static void
start_watchers(struct server *server)
{
	struct ev_loop *loop = server->loop;

	ev_timer_init(&server->second, every_second, 1, 1);
	ev_timer_init(&server->tick, tick, 0, TICK_S);
	ev_signal_init(&server->hup, hangup, SIGHUP);
	ev_signal_init(&server->term, terminate, SIGTERM);
	ev_signal_init(&server->interrupt, terminate, SIGINT);
	server->second.data = server->tick.data = server;
	server->hup.data = server->term.data = server->interrupt.data = server;
	turn_start(server);
	ev_timer_start(loop, &server->second);
	ev_timer_start(loop, &server->tick);
	ev_signal_start(loop, &server->hup);
	ev_signal_start(loop, &server->term);
	ev_signal_start(loop, &server->interrupt);
}

static int
open_engine(struct server *server, struct err *err)
{
	char notice[ERR_TEXT_MAX];
	struct engine_core *core = engine_core_open(server->config, notice, err);

	if (core == NULL)
		return -1;
	if (notice[0] != '\0')
		log_warn("%s", notice);
	server->engine = engine_new(server->config, core);
	return 0;
}

static int
open_dns(struct server *server, struct err *err)
{
	const struct config *config = server->config;
	struct dns_options options = { .servers = config->dns_servers,
		.server_n = config->dns_servers_n,
		.timeout_ms = config->dns_timeout_s * 1000,
		.parallel = (size_t)config->dns_parallel,
		.cache_bytes = DNS_CACHE_BYTES };

	server->dns = dns_start(server->loop, &options, err);
	if (server->dns == NULL)
		return -1;
	server->spf = spf_desk_new(server);
	server->refresher = refresher_new(server);
	return 0;
}

static int
copy_boot_config(struct server *server, struct err *err)
{
	struct config_report *report = xcalloc(1, sizeof(*report));
	int result = config_read(server->config_path, &server->boot, report);

	free(report);
	return result == 0 ? 0
			   : err_set(err, ERR_CONFIG, "the configuration changed while starting");
}

static int
open_recorder(struct server *server, const char *record, struct err *err)
{
	if (record != NULL)
		server->recorder = recorder_open(record, err);
	return record != NULL && server->recorder == NULL ? -1 : 0;
}

int
server_open(struct server *server, const char *config_path, const char *record,
    struct config *config, struct err *err)
{
	struct engine_numbers numbers;

	memset(server, 0, sizeof(*server));
	server->config_path = config_path;
	server->config = config;
	turn_read_clocks(server);
	server->started_s = server->now_s;
	if (gethostname(server->hostname, sizeof(server->hostname) - 1) == -1)
		strcpy(server->hostname, "localhost");
	notify_open(&server->notify);
	server->loop = ev_default_loop(0);
	if (server->loop == NULL)
		return err_set(err, ERR_OS, "no event loop");
	if (copy_boot_config(server, err) == -1 || listeners_open(server, err) == -1 ||
	    privileges_drop(config->user, err) == -1)
		return -1;
	server->lock = store_lock_acquire(config->database, err);
	if (server->lock == NULL || open_recorder(server, record, err) == -1 ||
	    open_engine(server, err) == -1 || open_dns(server, err) == -1)
		return -1;
	engine_numbers(server->engine, &numbers);
	server->keeper = keeper_start(
	    server->loop, &server->boot, numbers.generation, keeper_ready, server, err);
	if (server->keeper == NULL)
		return -1;
	server->backups = backups_start(&server->boot, err);
	if (server->backups == NULL)
		return -1;
	start_watchers(server);
	listeners_start(server);
	log_info("greygated " GREYGATE_VERSION " is ready: %zu triplets, %zu clients, %zu rules, "
		 "%zu policies, %zu networks of %zu domains in %s",
	    numbers.triplets, numbers.clients, numbers.rules, numbers.policies, numbers.networks,
	    numbers.domains, config->database);
	notify_send(&server->notify, "READY=1\nSTATUS=ok");
	return 0;
}

int
server_run(struct server *server, struct err *err)
{
	ev_run(server->loop, 0);
	backups_stop(server->backups);
	server->backups = NULL;
	keeper_stop(server->keeper);
	server->keeper = NULL;
	if (server->health == ENGINE_OK)
		put_heartbeat(server, 0);
	return engine_stop(server->engine, clock_wall_s(), err);
}

void
server_close(struct server *server)
{
	while (server->conns != NULL)
		conn_close(server->conns);
	backups_stop(server->backups);
	keeper_stop(server->keeper);
	refresher_free(server->refresher);
	spf_desk_free(server->spf);
	dns_stop(server->dns);
	listeners_close(server);
	recorder_close(server->recorder);
	engine_free(server->engine);
	store_lock_release(server->lock);
	notify_close(&server->notify);
	if (server->loop != NULL)
		ev_loop_destroy(server->loop);
	config_clear(&server->boot);
}
