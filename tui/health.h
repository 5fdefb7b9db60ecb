/* health.h - what the health view knows, gathered in slices: of the server, and what the doctor
 * finds of the site, of the name servers and of Postfix. */
#ifndef TUI_HEALTH_H
#define TUI_HEALTH_H

#include "common/doctor/postconf.h"
#include "common/doctor/resolvers.h"
#include "common/doctor/site.h"
#include "tui/app.h"

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
	/* of the doctor, each in its order */
	struct verdict_list site, asked; /* asked: of name servers and Postfix */
	int64_t looked_ms, asked_ms;     /* 0: never */
	int64_t looked_generation;
	enum server_state looked_server;
	struct resolvers resolvers;
	struct postconf postconf;
};

/* CHANGED is called when an answer of a name server or of Postfix is there. */
void health_begin(
    struct health *health, struct console *console, void (*changed)(void *arg), void *arg);
void health_end(struct health *health);

/* Quick: the server, and what is in the database; asks name servers and Postfix when the last time
 * is long ago, and takes what they have answered. */
void health_look(struct health *health, struct console *console);
/* Whether what the doctor found is too old, or of another state of things. */
bool health_wants_doctor(const struct health *health, int64_t now_ms);
void health_ask_doctor(struct health *health, struct console *console);

/* Postfix has not answered yet, since this was opened. */
bool health_awaits_postfix(const struct health *health);

/* Calls FN for each finding in order. */
void health_each(const struct health *health, verdict_fn *fn, void *arg);

#endif
