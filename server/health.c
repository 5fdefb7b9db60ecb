/* health.c - see health.h. */
#include "server/health.h"

#include "server/keeper.h"
#include "server/server.h"

#define BUSY_TELL_MS 500

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

void
health_watch(struct server *server)
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
