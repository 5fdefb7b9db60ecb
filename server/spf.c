/* spf.c - see spf.h. */
#include "server/spf.h"

#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/greylist/refresh.h"
#include "common/spf/lookup.h"
#include "server/conn.h"
#include "server/recorder.h"
#include "server/server.h"
#include "server/turn.h"

#define LOOKUPS_MAX 200 /* for triplets, at once */

/* An evaluation for a triplet. */
struct lookup {
	struct spf_desk *desk;
	struct lookup *prev, *next;
	struct spf_lookup *spf;
	struct engine_ticket ticket;
	char address[ADDR_TEXT_MAX]; /* of the client, for the recording */
};

struct spf_desk {
	struct server *server;
	size_t held_n;
	struct lookup *lookups;
	size_t lookup_n;
};

struct spf_desk *
spf_desk_new(struct server *server)
{
	struct spf_desk *desk = xcalloc(1, sizeof(*desk));

	desk->server = server;
	return desk;
}

static void
lookup_free(struct lookup *lookup)
{
	struct spf_desk *desk = lookup->desk;

	if (lookup->prev != NULL)
		lookup->prev->next = lookup->next;
	else
		desk->lookups = lookup->next;
	if (lookup->next != NULL)
		lookup->next->prev = lookup->prev;
	desk->lookup_n--;
	free(lookup);
}

void
spf_desk_free(struct spf_desk *desk)
{
	if (desk == NULL)
		return;
	while (desk->lookups != NULL) {
		spf_lookup_cancel(desk->lookups->spf);
		lookup_free(desk->lookups);
	}
	free(desk);
}

/* A pass that passes everybody says nothing of the client. */
static struct engine_spf
verdict_of(const struct spf_check *check, bool open)
{
	return (struct engine_spf){ .state = ENGINE_SPF_KNOWN,
		.pass = check->result == SPF_PASS && !open,
		.result = open ? "open" : spf_result_name(check->result) };
}

/* NULL when the client has no address that could be asked for. */
static struct spf_lookup *
start(struct spf_desk *desk, const struct request *request, int64_t timeout_s, spf_check_done *done,
    void *arg)
{
	struct server *server = desk->server;
	struct spf_walk_limits limits = refresh_limits(server->config);
	struct spf_identity identity = { .sender = request->sender,
		.helo = request->helo_name,
		.receiver = slice_of(server->hostname),
		.now_s = server->now_s,
		.voids_max = limits.voids_max };

	if (addr_parse(request->client_address, &identity.ip) == -1)
		return NULL;
	return spf_lookup_check(server->dns, &identity, &limits, timeout_s * 1000, done, arg);
}

/* ---- requests that wait ---- */

static void
go_on(struct conn *conn)
{
	conn->spf_lookup = NULL;
	conn->server->spf->held_n--;
	turn_enqueue(conn->server, conn);
}

static void
hold_over(void *arg, const struct spf_check *check, bool open)
{
	struct conn *conn = arg;

	conn->spf = verdict_of(check, open);
	if (check->result == SPF_TEMPERROR)
		conn->spf.state = ENGINE_SPF_GIVEN_UP;
	go_on(conn);
}

void
spf_hold(struct spf_desk *desk, struct conn *conn)
{
	const struct config *config = desk->server->config;

	conn->spf.state = ENGINE_SPF_GIVEN_UP;
	if (!desk->server->stopping && desk->held_n < (size_t)config->spf_waiting &&
	    config->spf_wait_s > 0)
		conn->spf_lookup = start(desk, &conn->request, config->spf_wait_s, hold_over, conn);
	desk->held_n++;
	if (conn->spf_lookup == NULL)
		go_on(conn);
}

void
spf_drop(struct conn *conn)
{
	if (conn->spf_lookup == NULL)
		return;
	spf_lookup_cancel(conn->spf_lookup);
	conn->spf_lookup = NULL;
	conn->server->spf->held_n--;
}

void
spf_release_all(struct spf_desk *desk)
{
	struct conn *conn;

	for (conn = desk->server->conns; conn != NULL; conn = conn->next) {
		if (conn->spf_lookup == NULL)
			continue;
		spf_lookup_cancel(conn->spf_lookup);
		go_on(conn);
	}
}

/* ---- triplets that wait ---- */

static void
looked_up(void *arg, const struct spf_check *check, bool open)
{
	struct lookup *lookup = arg;
	struct engine_spf verdict = verdict_of(check, open);

	engine_note_spf(
	    lookup->desk->server->engine, &lookup->ticket, slice_of(check->domain), &verdict);
	recorder_note_spf(lookup->desk->server->recorder, slice_of(lookup->address),
	    slice_of(check->domain), verdict.result, lookup->desk->server->now_s);
	lookup_free(lookup);
}

/* A client that tries again and again meanwhile needs no second one. */
static bool
is_looked_up(const struct spf_desk *desk, const struct engine_ticket *ticket)
{
	const struct lookup *lookup = desk->lookups;

	while (lookup != NULL && (lookup->ticket.triplet_id != ticket->triplet_id ||
				     lookup->ticket.opening != ticket->opening))
		lookup = lookup->next;
	return lookup != NULL;
}

void
spf_look_up(struct spf_desk *desk, const struct engine_item *item)
{
	struct server *server = desk->server;
	struct lookup *lookup;
	struct buf address;

	if (desk->lookup_n == LOOKUPS_MAX || server->stopping || is_looked_up(desk, &item->ticket))
		return;
	lookup = xcalloc(1, sizeof(*lookup));
	lookup->spf = start(desk, &item->request, server->config->spf_timeout_s, looked_up, lookup);
	if (lookup->spf == NULL) {
		free(lookup);
		return;
	}
	lookup->desk = desk;
	buf_init(&address, lookup->address, sizeof(lookup->address));
	buf_add(&address, item->request.client_address);
	lookup->ticket = item->ticket;
	lookup->next = desk->lookups;
	if (lookup->next != NULL)
		lookup->next->prev = lookup;
	desk->lookups = lookup;
	desk->lookup_n++;
}
