/* server.c - see server.h; the life of a request is told in main.c. */
#include "server/server.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "common/dns/dns.h"
#include "common/store/heartbeat.h"
#include "server/backup.h"
#include "server/conn.h"
#include "server/decision_log.h"
#include "server/keeper.h"
#include "server/listener.h"
#include "server/privileges.h"
#include "server/recorder.h"
#include "server/refresh.h"
#include "server/spf.h"

#define TICK_S 0.25
#define TICK_MORE_S 0.01 /* while housekeeping has more to do */
#define STOP_WITHIN_MS 2000
#define BUSY_TELL_MS 500
#define DNS_CACHE_BYTES (8 << 20)

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

bool
server_enqueue(struct server *server, struct conn *conn)
{
	if (server->queue_n == ENGINE_BATCH_MAX)
		return false;
	server->queue[server->queue_n++] = conn;
	return true;
}

/* A lock that another program holds for a moment is no news. */
static bool
is_busy_for_a_moment(struct server *server, enum engine_health health)
{
	if (health != ENGINE_BUSY)
		server->busy_since_ms = 0;
	else if (server->busy_since_ms == 0)
		server->busy_since_ms = server->now_ms;
	return health == ENGINE_BUSY && server->now_ms - server->busy_since_ms < BUSY_TELL_MS;
}

/* One line for each change of the store's health. */
static void
watch_health(struct server *server)
{
	static const char *const meanwhile[] = {
		[CONFIG_FAIL_ACCEPT] = "mail is accepted without greylisting meanwhile",
		[CONFIG_FAIL_DEFER] = "mail is deferred meanwhile",
	};
	enum engine_health health = engine_health(server->engine);

	if (is_busy_for_a_moment(server, health) || health == server->health)
		return;
	server->health = health;
	if (health == ENGINE_OK)
		log_info("the database answers again");
	else
		log_error("the database does not answer: %s; %s", engine_trouble(server->engine),
		    meanwhile[server->config->on_failure]);
	if (health == ENGINE_BROKEN)
		keeper_want_core(server->keeper);
	notify_send(&server->notify, "STATUS=%s",
	    health == ENGINE_OK ? "ok" : "the database does not answer");
}

static void
run_batch(struct server *server)
{
	size_t n = server->queue_n, i;

	for (i = 0; i < n; i++) {
		struct conn *conn = server->queue[i];

		server->items[i] = (struct engine_item){ .request = conn->request,
			.message = &conn->message,
			.owner = conn,
			.spf = conn->spf };
	}
	server->queue_n = 0; /* answers may bring the next requests of their connections */
	engine_submit(server->engine, server->items, n, server->now_s, batch_done, server);
	watch_health(server);
}

/* Requests that found no place, when a turn had more than a batch. */
static void
retry_waiting(struct server *server)
{
	struct conn *conn;

	for (conn = server->conns; conn != NULL && server->queue_n < ENGINE_BATCH_MAX;
	     conn = conn->next)
		conn_retry(conn);
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

/* Before the loop sleeps: everything that was asked in this turn is decided and answered. */
static void
before_sleep(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct server *server = prepare->data;
	bool was_full = server->queue_n == ENGINE_BATCH_MAX;

	(void)events;
	if (server->queue_n > 0)
		run_batch(server);
	if (was_full)
		retry_waiting(server);
	if (server->queue_n > 0)
		ev_idle_start(loop, &server->idle);
	else
		ev_idle_stop(loop, &server->idle);
	if (server->stopping && server->queue_n == 0)
		close_idle(server);
	log_flush();
	recorder_flush(server->recorder);
}

static void
read_clocks(struct server *server)
{
	server->now_s = clock_wall_s();
	server->now_ms = clock_mono_ms();
}

static void
after_sleep(struct ev_loop *loop, ev_check *check, int events)
{
	(void)loop;
	(void)events;
	read_clocks(check->data);
}

/* An active idle watcher keeps the loop from sleeping; it has nothing else to do. */
static void
stay_awake(struct ev_loop *loop, ev_idle *idle, int events)
{
	(void)loop;
	(void)idle;
	(void)events;
}

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
	watch_health(server);
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
	watch_health(server);
}

/* ---- reload and stop ---- */

static void
log_change(void *arg, const char *key, const char *from, const char *to, bool needs_restart)
{
	(void)arg;
	log_info("configuration: %s was %s, is %s%s", key, from, to,
	    needs_restart ? "; effective after a restart" : "");
}

static void
log_report(const struct config_report *report)
{
	char line[1024];
	size_t i;

	for (i = 0; i < report->notice_n; i++)
		log_warn(
		    "%s", config_error_format(report, &report->notices[i], line, sizeof(line)));
	for (i = 0; i < report->error_n; i++)
		log_error(
		    "%s", config_error_format(report, &report->errors[i], line, sizeof(line)));
}

void
server_reload(struct server *server)
{
	struct config *fresh = xcalloc(1, sizeof(*fresh));
	struct config_report *report = xcalloc(1, sizeof(*report));

	notify_send(
	    &server->notify, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_mono_ms() * 1000);
	if (config_read(server->config_path, fresh, report) == -1) {
		log_report(report);
		log_error("the configuration was not reloaded; the old one stays in force");
		free(fresh);
	} else {
		log_report(report);
		log_info("configuration reloaded");
		config_diff(server->config, fresh, log_change, NULL);
		engine_configure(server->engine, fresh);
		backups_configure(server->backups, fresh);
		config_clear(server->config);
		free(server->config);
		server->config = fresh;
		log_open(server->boot.log_to, fresh->log_level, "greygated");
	}
	free(report);
	notify_send(&server->notify, "READY=1");
}

static void
hangup(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct server *server = signal->data;

	(void)loop;
	(void)events;
	server_reload(server);
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

	ev_prepare_init(&server->prepare, before_sleep);
	ev_check_init(&server->check, after_sleep);
	ev_idle_init(&server->idle, stay_awake);
	ev_timer_init(&server->second, every_second, 1, 1);
	ev_timer_init(&server->tick, tick, 0, TICK_S);
	ev_signal_init(&server->hup, hangup, SIGHUP);
	ev_signal_init(&server->term, terminate, SIGTERM);
	ev_signal_init(&server->interrupt, terminate, SIGINT);
	server->prepare.data = server->check.data = server->second.data = server;
	server->tick.data = server->hup.data = server->term.data = server->interrupt.data = server;
	/* The clocks are read before anything else of a turn. */
	ev_set_priority(&server->check, EV_MAXPRI);
	ev_prepare_start(loop, &server->prepare);
	ev_check_start(loop, &server->check);
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
	read_clocks(server);
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
