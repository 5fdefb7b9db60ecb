/* postconf.c - see postconf.h. */
#include "common/doctor/postconf.h"

#include <stdlib.h>
#include <string.h>

#include "common/doctor/postfix.h"

static bool
is_elsewhere(const struct config *config)
{
	return strcmp(config->postfix, "none") == 0;
}

bool
postconf_argv(
    const struct config *config, const char *const *words, const char *argv[POSTCONF_ARGS])
{
	size_t n = 0;

	argv[n++] = "postconf";
	if (config->postfix[0] != '\0') {
		argv[n++] = "-c";
		argv[n++] = config->postfix;
	}
	while (*words != NULL && n < POSTCONF_ARGS - 1)
		argv[n++] = *words++;
	argv[n] = NULL;
	return !is_elsewhere(config);
}

/* ---- programs ---- */

static void
note_failure(struct postconf *p, const struct err *err)
{
	if (p->coming.err.code == 0)
		p->coming.err = *err;
}

static void
finish(struct postconf_run *run)
{
	struct err err;

	ev_io_stop(run->all->loop, &run->io);
	run->runs = false;
	*run->said = program_end(&run->program, &err);
	if (*run->said == NULL)
		note_failure(run->all, &err);
}

/* Kills what still runs. */
static void
finish_all(struct postconf *p)
{
	size_t i;

	for (i = 0; i < POSTCONF_PROGRAMS; i++)
		if (p->runs[i].runs)
			finish(&p->runs[i]);
	ev_timer_stop(p->loop, &p->deadline);
	p->under_way = false;
}

static bool
is_running(const struct postconf *p)
{
	size_t i;

	for (i = 0; i < POSTCONF_PROGRAMS; i++)
		if (p->runs[i].runs)
			return true;
	return false;
}

static void
answer_clear(struct postconf_answer *answer)
{
	size_t i;

	for (i = 0; i < POSTCONF_PROGRAMS; i++)
		free(answer->said[i]);
	*answer = (struct postconf_answer){ .said = { NULL } };
}

static void
complete(struct postconf *p)
{
	finish_all(p);
	answer_clear(&p->answer);
	p->answer = p->coming;
	p->coming = (struct postconf_answer){ .said = { NULL } };
	p->answered = true;
	p->changed(p->arg);
}

static void
readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct postconf_run *run = io->data;

	(void)loop;
	(void)events;
	if (program_take(&run->program))
		return;
	finish(run);
	if (!is_running(run->all))
		complete(run->all);
}

/* At once when nothing could be started, else where one hangs. */
static void
time_is_over(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	complete(timer->data);
}

static void
start(struct postconf *p, size_t i, const char *const *words)
{
	struct postconf_run *run = &p->runs[i];
	const char *argv[POSTCONF_ARGS];
	struct err err;

	if (!postconf_argv(p->config, words, argv))
		return;
	if (program_start(&run->program, argv, &err) == -1) {
		note_failure(p, &err);
		return;
	}
	run->all = p;
	run->said = &p->coming.said[i];
	run->runs = true;
	ev_io_init(&run->io, readable, run->program.out, EV_READ);
	run->io.data = run;
	ev_io_start(p->loop, &run->io);
}

/* ---- asking ---- */

void
postconf_begin(struct postconf *p, struct ev_loop *loop, const struct config *config,
    void (*changed)(void *arg), void *arg)
{
	*p = (struct postconf){ .loop = loop, .config = config, .changed = changed, .arg = arg };
}

void
postconf_end(struct postconf *p)
{
	if (p->loop == NULL)
		return;
	finish_all(p);
	answer_clear(&p->answer);
	answer_clear(&p->coming);
	*p = (struct postconf){ .loop = NULL };
}

void
postconf_ask(struct postconf *p)
{
	/* As struct postfix_texts has them. */
	static const char *const words[POSTCONF_PROGRAMS][2] = { { "-x" }, { "-M" }, { "-Px" } };
	size_t i;

	if (p->under_way)
		return;
	p->under_way = true;
	for (i = 0; i < POSTCONF_PROGRAMS; i++)
		start(p, i, words[i]);
	ev_timer_init(
	    &p->deadline, time_is_over, is_running(p) ? PROGRAM_TIMEOUT_MS / 1000.0 : 0, 0);
	p->deadline.data = p;
	ev_timer_start(p->loop, &p->deadline);
}

void
postconf_check(const struct postconf *p, struct verdicts *v)
{
	const struct postconf_answer *a = &p->answer;

	v->check = "postfix";
	if (is_elsewhere(p->config))
		verdict_advise(v, VERDICT_INFO, 0, "", "Postfix is not looked at (postfix: none)");
	else if (a->err.code != 0)
		verdict_advise(v, VERDICT_UNKNOWN, 0,
		    "postfix names the folder of its main.cf, or none where it is elsewhere",
		    "what Postfix does is not known: %s", a->err.text);
	else if (p->answered)
		postfix_check(
		    &(struct postfix_texts){ a->said[0], a->said[1], a->said[2] }, p->config, v);
}
