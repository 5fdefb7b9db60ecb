/* lookup.c - see lookup.h. An evaluation is run; what it misses is asked for; when all of that has
 * come it is run again, until it misses nothing. */
#include "common/spf/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/domain.h"

struct asking {
	struct spf_lookup *lookup;
	struct spf_question question;
	struct dns_query *query; /* NULL: answered */
};

struct spf_lookup {
	struct dns *dns;
	struct ev_loop *loop;
	struct spf_answers *answers;
	/* true when nothing is missing; the result is then in the fields below */
	bool (*evaluate)(struct spf_lookup *lookup);
	void (*report)(struct spf_lookup *lookup);
	ev_timer begin, deadline;
	bool expired;
	struct asking *asking;
	size_t asking_n, open_n;
	/* walk */
	char domain[DOMAIN_TEXT_MAX];
	struct spf_walk_limits limits;
	struct spf_walk walk;
	spf_walk_done *walk_done;
	/* check */
	struct spf_identity identity;
	char *texts; /* of the identity */
	bool with_walk, checked, open;
	struct spf_check check;
	spf_check_done *check_done;
	/* run */
	spf_evaluate_fn *run;
	spf_run_done *run_done;
	void *arg;
};

static void step(struct spf_lookup *lookup);

static void
forget_queries(struct spf_lookup *lookup)
{
	size_t i;

	for (i = 0; i < lookup->asking_n; i++)
		if (lookup->asking[i].query != NULL)
			dns_forget(lookup->asking[i].query);
	free(lookup->asking);
	lookup->asking = NULL;
	lookup->asking_n = lookup->open_n = 0;
}

static void
lookup_free(struct spf_lookup *lookup)
{
	ev_timer_stop(lookup->loop, &lookup->begin);
	ev_timer_stop(lookup->loop, &lookup->deadline);
	forget_queries(lookup);
	spf_answers_free(lookup->answers);
	spf_walk_clear(&lookup->walk);
	free(lookup->texts);
	free(lookup);
}

static void
answered(void *arg, struct dns_answer *answer)
{
	struct asking *asking = arg;
	struct spf_lookup *lookup = asking->lookup;

	asking->query = NULL;
	spf_answers_add(
	    lookup->answers, slice_of(asking->question.name), asking->question.type, answer);
	if (--lookup->open_n == 0)
		step(lookup);
}

/* What is known at once, after the deadline a failure for everything; NULL: it must be asked. */
static struct dns_answer *
at_once(struct spf_lookup *lookup, const struct spf_question *question)
{
	struct dns_answer *answer =
	    dns_cached(lookup->dns, slice_of(question->name), question->type);

	if (answer != NULL)
		return dns_answer_ref(answer);
	if (lookup->expired)
		return dns_answer_new(DNS_FAILED, 0, "no answer in time", NULL, 0);
	return NULL;
}

static void
ask_missing(struct spf_lookup *lookup)
{
	const struct spf_question *questions;
	size_t n = spf_answers_missing(lookup->answers, &questions), i;

	free(lookup->asking);
	lookup->asking = xcalloc(n, sizeof(*lookup->asking));
	lookup->asking_n = 0;
	for (i = 0; i < n; i++) {
		struct dns_answer *answer = at_once(lookup, &questions[i]);
		struct asking *asking;

		if (answer != NULL) {
			spf_answers_add(lookup->answers, slice_of(questions[i].name),
			    questions[i].type, answer);
			dns_answer_unref(answer);
			continue;
		}
		asking = &lookup->asking[lookup->asking_n++];
		*asking = (struct asking){ lookup, questions[i], NULL };
		asking->query = dns_ask(
		    lookup->dns, slice_of(questions[i].name), questions[i].type, answered, asking);
		lookup->open_n++;
	}
}

static void
step(struct spf_lookup *lookup)
{
	while (lookup->open_n == 0) {
		if (lookup->evaluate(lookup)) {
			lookup->report(lookup);
			lookup_free(lookup);
			return;
		}
		ask_missing(lookup);
	}
}

static void
begin(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	step(timer->data);
}

static void
expire(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct spf_lookup *lookup = timer->data;

	(void)loop;
	(void)events;
	lookup->expired = true;
	forget_queries(lookup);
	step(lookup);
}

static struct spf_lookup *
lookup_new(struct dns *dns, int64_t timeout_ms, void *arg)
{
	struct spf_lookup *lookup = xcalloc(1, sizeof(*lookup));

	lookup->dns = dns;
	lookup->loop = dns_loop(dns);
	lookup->answers = spf_answers_new();
	lookup->arg = arg;
	ev_now_update(lookup->loop);
	ev_timer_init(&lookup->begin, begin, 0, 0);
	ev_timer_init(&lookup->deadline, expire, (double)timeout_ms / 1000, 0);
	lookup->begin.data = lookup->deadline.data = lookup;
	ev_timer_start(lookup->loop, &lookup->begin);
	ev_timer_start(lookup->loop, &lookup->deadline);
	return lookup;
}

/* ---- walk ---- */

static bool
evaluate_walk(struct spf_lookup *lookup)
{
	return spf_walk(lookup->answers, slice_of(lookup->domain), &lookup->limits, &lookup->walk);
}

static void
report_walk(struct spf_lookup *lookup)
{
	lookup->walk_done(lookup->arg, &lookup->walk);
}

struct spf_lookup *
spf_lookup_walk(struct dns *dns, struct slice domain, const struct spf_walk_limits *limits,
    int64_t timeout_ms, spf_walk_done *done, void *arg)
{
	struct spf_lookup *lookup = lookup_new(dns, timeout_ms, arg);
	struct buf name;

	buf_init(&name, lookup->domain, sizeof(lookup->domain));
	buf_add(&name, domain);
	lookup->limits = *limits;
	lookup->evaluate = evaluate_walk;
	lookup->report = report_walk;
	lookup->walk_done = done;
	return lookup;
}

/* ---- check ---- */

static bool
is_open(const struct spf_walk *walk)
{
	size_t i;

	for (i = 0; i < walk->skip_n; i++)
		if (strcmp(walk->skips[i].reason, "all") == 0 ||
		    strncmp(walk->skips[i].reason, "too-broad", strlen("too-broad")) == 0)
			return true;
	return walk->v4_addresses > SPF_OPEN_ADDRESSES;
}

static bool
evaluate_check(struct spf_lookup *lookup)
{
	if (!lookup->checked) {
		lookup->checked = spf_check(lookup->answers, &lookup->identity, &lookup->check);
		if (!lookup->checked)
			return false;
	}
	if (!lookup->with_walk || lookup->check.result != SPF_PASS)
		return true;
	if (!spf_walk(
		lookup->answers, slice_of(lookup->check.domain), &lookup->limits, &lookup->walk))
		return false;
	lookup->open = is_open(&lookup->walk);
	return true;
}

static void
report_check(struct spf_lookup *lookup)
{
	lookup->check_done(lookup->arg, &lookup->check, lookup->open);
}

/* Copies TEXT to *PLACE and moves that on. */
static struct slice
keep(char **place, struct slice text)
{
	struct slice kept = { *place, text.len };

	if (text.len > 0)
		memcpy(*place, text.ptr, text.len);
	*place += text.len;
	return kept;
}

struct spf_lookup *
spf_lookup_check(struct dns *dns, const struct spf_identity *identity,
    const struct spf_walk_limits *limits, int64_t timeout_ms, spf_check_done *done, void *arg)
{
	struct spf_lookup *lookup = lookup_new(dns, timeout_ms, arg);
	struct spf_identity *own = &lookup->identity;
	char *place;

	*own = *identity;
	place = lookup->texts = xcalloc(1, own->sender.len + own->helo.len + own->receiver.len + 1);
	own->sender = keep(&place, identity->sender);
	own->helo = keep(&place, identity->helo);
	own->receiver = keep(&place, identity->receiver);
	lookup->with_walk = limits != NULL;
	if (limits != NULL)
		lookup->limits = *limits;
	lookup->evaluate = evaluate_check;
	lookup->report = report_check;
	lookup->check_done = done;
	return lookup;
}

/* ---- run ---- */

static bool
evaluate_run(struct spf_lookup *lookup)
{
	return lookup->run(lookup->arg, lookup->answers);
}

static void
report_run(struct spf_lookup *lookup)
{
	lookup->run_done(lookup->arg);
}

struct spf_lookup *
spf_lookup_run(
    struct dns *dns, spf_evaluate_fn *evaluate, int64_t timeout_ms, spf_run_done *done, void *arg)
{
	struct spf_lookup *lookup = lookup_new(dns, timeout_ms, arg);

	lookup->run = evaluate;
	lookup->run_done = done;
	lookup->evaluate = evaluate_run;
	lookup->report = report_run;
	return lookup;
}

void
spf_lookup_cancel(struct spf_lookup *lookup)
{
	if (lookup != NULL)
		lookup_free(lookup);
}
