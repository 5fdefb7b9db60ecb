/* postconf.h - asks Postfix itself how it is set up, by postconf(1), without waiting for it. */
#ifndef COMMON_DOCTOR_POSTCONF_H
#define COMMON_DOCTOR_POSTCONF_H

#include <ev.h>

#include "common/base/program.h"
#include "common/config/config.h"
#include "common/doctor/verdict.h"

#define POSTCONF_PROGRAMS 3 /* one for each member of struct postfix_texts */
#define POSTCONF_ARGS 8

/* What runs postconf with WORDS, ended by NULL, on the Postfix of CONFIG. False: it is elsewhere.
 * ARGV borrows from both. */
bool postconf_argv(
    const struct config *config, const char *const *words, const char *argv[POSTCONF_ARGS]);

struct postconf {
	bool answered; /* at least once, or in vain */
	bool under_way;
	/* private */
	struct ev_loop *loop;
	const struct config *config;
	void (*changed)(void *arg);
	void *arg;
	struct postconf_answer {
		char *said[POSTCONF_PROGRAMS];
		struct err err; /* of the first that failed */
	} answer, coming;
	struct postconf_run {
		struct postconf *all;
		struct program program;
		ev_io io;
		bool runs;
		char **said;
	} runs[POSTCONF_PROGRAMS];
	ev_timer deadline;
};

/* CHANGED is called when an answer is complete, never before postconf_ask() returns. LOOP and what
 * CONFIG holds must live as long. */
void postconf_begin(struct postconf *p, struct ev_loop *loop, const struct config *config,
    void (*changed)(void *arg), void *arg);
void postconf_end(struct postconf *p); /* a zeroed one is fine */

/* Asks, when that is not under way. */
void postconf_ask(struct postconf *p);

/* What the last answer means; nothing while there was none. */
void postconf_check(const struct postconf *p, struct verdicts *v);

#endif
