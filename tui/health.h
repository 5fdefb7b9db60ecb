/* health.h - what the health view knows, gathered in slices: of the server, of the site as the
 * doctor finds it, of the name servers. */
#ifndef TUI_HEALTH_H
#define TUI_HEALTH_H

#include "common/doctor/site.h"
#include "tui/app.h"
#include "tui/resolvers.h"

enum server_state {
	SERVER_NEVER,   /* none ever ran on this database */
	SERVER_STOPPED, /* in order */
	SERVER_DIED,
	SERVER_ALIVE,
	SERVER_SILENT, /* it has the lock, but no heartbeat comes */
	SERVER_UNKNOWN /* the lock or the heartbeat cannot be looked at: see trouble */
};

struct health {
	enum server_state server;
	int64_t pid, started_s, beat_s;
	char version[32], status[128];
	char trouble[ERR_TEXT_MAX]; /* the first thing that could not be read, or "" */
	int64_t generation, triplet_id, client_id;
	size_t rules, policies, domains, networks;
	/* of the doctor, in its order */
	struct doctor_finding *findings;
	size_t finding_n;
	int64_t looked_ms; /* 0: never */
	int64_t looked_generation;
	enum server_state looked_server;
	struct resolvers resolvers;
};

/* Quick: the server, and what is in the database. */
void health_look(struct health *health, struct console *console);
/* Whether what the doctor found is too old, or of another state of things. */
bool health_wants_doctor(const struct health *health, int64_t now_ms);
void health_ask_doctor(struct health *health, struct console *console);
void health_clear(struct health *health);

#endif
