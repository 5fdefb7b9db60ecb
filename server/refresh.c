/* refresh.c - see refresh.h. */
#include "server/refresh.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/greylist/refresh.h"
#include "common/spf/lookup.h"
#include "common/store/domain.h"
#include "server/server.h"

#define COMPLAIN_MS 60000

/* A domain on its walk. */
struct walk {
	struct refresher *refresher;
	struct walk *next;
	char *name;
	struct spf_lookup *lookup;
};

struct refresher {
	struct server *server;
	struct walk *walks;
	size_t walk_n;
	int64_t failed_s; /* the last time that networks could not be stored */
	struct log_limit complaint;
};

struct refresher *
refresher_new(struct server *server)
{
	struct refresher *refresher = xcalloc(1, sizeof(*refresher));

	refresher->server = server;
	return refresher;
}

static void
walk_free(struct walk *walk)
{
	struct walk **place = &walk->refresher->walks;

	while (*place != walk)
		place = &(*place)->next;
	*place = walk->next;
	walk->refresher->walk_n--;
	free(walk->name);
	free(walk);
}

void
refresher_free(struct refresher *refresher)
{
	if (refresher == NULL)
		return;
	while (refresher->walks != NULL) {
		spf_lookup_cancel(refresher->walks->lookup);
		walk_free(refresher->walks);
	}
	free(refresher);
}

static void
report(const struct walk *walk, const struct spf_walk *found, const struct refresh_report *report)
{
	if (report->warning[0] != '\0')
		log_warn("domain %s", report->warning);
	else if (report->added_n > 0 || report->removed_n > 0)
		log_info("domain %s: %s, %" PRId64 " networks, %" PRId64 " new, %" PRId64 " gone",
		    walk->name, spf_walk_status_name(found->status), report->after_n,
		    report->added_n, report->removed_n);
	else
		log_debug("domain %s: %s, %" PRId64 " networks as before", walk->name,
		    spf_walk_status_name(found->status), report->after_n);
}

/* Each try may wait for a lock and holds the mail up meanwhile: one a second is enough. */
static bool
may_store(const struct refresher *refresher)
{
	const struct server *server = refresher->server;

	return engine_health(server->engine) == ENGINE_OK && refresher->failed_s != server->now_s;
}

static void
store_failed(const struct walk *walk, const struct err *err)
{
	struct refresher *refresher = walk->refresher;
	uint64_t silent;

	refresher->failed_s = refresher->server->now_s;
	if (log_limit_pass(&refresher->complaint, refresher->server->now_ms, COMPLAIN_MS, &silent))
		log_warn("domain %s: its networks could not be stored: %s (%" PRIu64
			 " more since the last such line)",
		    walk->name, err->text, silent);
}

static void
walked(void *arg, const struct spf_walk *found)
{
	struct walk *walk = arg;
	struct server *server = walk->refresher->server;
	struct refresh_report result;
	struct err err;
	bool gone;

	/* With the database in trouble it stays due and is walked again, from answers at hand. */
	if (!may_store(walk->refresher))
		log_debug("domain %s: the database cannot take its networks now", walk->name);
	else if (refresh_apply(engine_store(server->engine), slice_of(walk->name), found,
		     server->config, server->now_s, (unsigned)(random() % 100), &result, &gone,
		     &err) == -1)
		store_failed(walk, &err);
	else if (!gone)
		report(walk, found, &result);
	walk_free(walk);
	if (may_store(server->refresher))
		refresher_tick(server->refresher); /* the next one need not wait for the second */
}

static bool
is_walking(const struct refresher *refresher, struct slice name)
{
	const struct walk *walk = refresher->walks;

	while (walk != NULL && !slice_equal(slice_of(walk->name), name))
		walk = walk->next;
	return walk != NULL;
}

static bool
begin_walk(void *arg, const struct domain *domain)
{
	struct refresher *refresher = arg;
	struct server *server = refresher->server;
	struct spf_walk_limits limits = refresh_limits(server->config);
	struct walk *walk;

	if (refresher->walk_n >= (size_t)server->config->spf_refresh)
		return false;
	if (is_walking(refresher, domain->name))
		return true;
	walk = xcalloc(1, sizeof(*walk));
	walk->refresher = refresher;
	walk->name = xslicedup(domain->name);
	walk->next = refresher->walks;
	refresher->walks = walk;
	refresher->walk_n++;
	walk->lookup = spf_lookup_walk(server->dns, slice_of(walk->name), &limits,
	    server->config->spf_timeout_s * 1000, walked, walk);
	return true;
}

void
refresher_tick(struct refresher *refresher)
{
	struct server *server = refresher->server;
	int64_t limit = 2 * server->config->spf_refresh; /* those on their way are among them */

	if (engine_health(server->engine) == ENGINE_OK && !server->stopping &&
	    refresher->walk_n < (size_t)server->config->spf_refresh)
		store_domain_due(engine_store(server->engine), server->now_s, limit, begin_walk,
		    refresher, NULL);
}
