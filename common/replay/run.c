/* run.c - see run.h: the tries of all mails in the order of time, as batches of one second. */
#include "common/replay/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/greylist/engine.h"
#include "common/greylist/facts.h"
#include "common/replay/heap.h"

#define MESSAGE_SLOTS 65536 /* messages under way, by the hash of their instance */
#define TEND_EVERY_S 86400  /* of virtual time: expiry looks at everything */
#define CHECKPOINT_TRIES 16384
#define TELL_MAILS 4096

struct replay {
	const struct replay_run *run;
	const struct mails *mails;
	struct engine *engine;
	struct rules *rules; /* to tell which of them let a mail pass */
	struct result *result, *as_it_was;
	struct message *messages;
	struct heap heap;
	size_t begun; /* mails whose first try was taken */
	int64_t now_s, tend_at_s;
	int64_t checkpoint_at; /* tries */
	int64_t told_at;
	struct engine_item items[ENGINE_BATCH_MAX];
	struct heap_entry entries[ENGINE_BATCH_MAX];
	char instances[ENGINE_BATCH_MAX][12];
	size_t n;
};

/* ---- which try is next ---- */

static struct heap_entry
first_try(const struct replay *p)
{
	return (struct heap_entry){ p->mails->tries[p->mails->mails[p->begun].first],
		(uint32_t)p->begun, 0 };
}

/* The earliest of first tries and of those that come again. */
static bool
take_next(struct replay *p, bool any_time, struct heap_entry *out)
{
	const struct heap_entry *again = heap_top(&p->heap);
	struct heap_entry first = { .mail = 0 };
	bool has_first = p->begun < p->mails->mail_n;

	if (has_first)
		first = first_try(p);
	if (!has_first && again == NULL)
		return false;
	has_first = has_first && (again == NULL || heap_before(&first, again));
	*out = has_first ? first : *again;
	if (!any_time && out->try.time_s != p->now_s)
		return false;
	if (has_first)
		p->begun++;
	else
		heap_pop(&p->heap);
	return true;
}

/* ---- requests ---- */

static void
put_item(struct replay *p, size_t i)
{
	const struct mail_try *try = &p->entries[i].try;
	struct mail_texts texts = mails_texts(p->mails, try);
	struct request *request = &p->items[i].request;

	p->items[i] =
	    (struct engine_item){ .message = &p->messages[try->instance % MESSAGE_SLOTS] };
	*request = (struct request){ .protocol_state = SLICE("RCPT"),
		.client_address = texts.address,
		.client_name = texts.name,
		.helo_name = texts.helo,
		.sender = texts.sender,
		.recipient = texts.recipient,
		.sasl_username = texts.sasl,
		.sender_present = true };
	if (try->instance == 0)
		return;
	snprintf(p->instances[i], sizeof(p->instances[i]), "%" PRIx32, try->instance);
	request->instance = slice_of(p->instances[i]);
}

static bool
know_spf(const struct replay *p, const struct engine_item *item, char domain[DOMAIN_TEXT_MAX],
    struct engine_spf *out)
{
	spf_known_domain(item->request.sender, item->request.helo_name, domain);
	return spf_known_get(p->run->spf, item->request.client_address, slice_of(domain), out);
}

/* Where SPF is not known the server would wait in vain: it gives up. */
static void
answer_spf(struct replay *p, struct engine_item *items, size_t n)
{
	char domain[DOMAIN_TEXT_MAX];
	struct engine_spf spf;
	size_t i;

	for (i = 0; i < n; i++) {
		if (items[i].wants_spf)
			know_spf(p, &items[i], domain, &items[i].spf);
		else if (items[i].ticket.triplet_id != 0 && know_spf(p, &items[i], domain, &spf))
			engine_note_spf(p->engine, &items[i].ticket, slice_of(domain), &spf);
	}
}

/* ---- answers ---- */

/* What the decision rested on, for mail that a rule or a whitelisted domain let pass. */
static void
note_helper(struct replay *p, const struct engine_item *item)
{
	enum reason reason = item->decision.reason;
	struct subject subject;
	struct facts facts;
	char name[1024];

	if (reason != REASON_RULE_ALLOW && reason != REASON_EXPECTED &&
	    reason != REASON_DOMAIN_NETWORK && reason != REASON_POLICY_OFF)
		return;
	facts_gather(&item->request, p->run->config, p->rules, p->now_s, &subject, &facts);
	if (reason == REASON_DOMAIN_NETWORK)
		snprintf(name, sizeof(name), "domain %.*s", (int)subject.network_of.len,
		    subject.network_of.ptr);
	else if (reason == REASON_POLICY_OFF)
		snprintf(name, sizeof(name), "policy %" PRId64, subject.policy.policy_id);
	else
		snprintf(name, sizeof(name), "rule %" PRId64 ": %s %s", subject.rule.rule_id,
		    rule_action_name(subject.rule.action), subject.rule.pattern);
	result_help(p->result, name);
}

static enum outcome
outcome_of(const struct mail *mail, const struct decision *d, bool first)
{
	if (d->action == ACTION_REJECT)
		return OUTCOME_REJECTED;
	if (d->action == ACTION_DEFER)
		return mail->real ? OUTCOME_NEVER : OUTCOME_HELD_BACK;
	if (d->reason <= REASON_TRUSTED)
		return OUTCOME_EXEMPT;
	if (!mail->real)
		return OUTCOME_LET_IN;
	return first ? OUTCOME_AT_ONCE : OUTCOME_DELAYED;
}

static void
end_mail(struct replay *p, const struct heap_entry *e, const struct engine_item *item)
{
	const struct mail *mail = &p->mails->mails[e->mail];
	int64_t first_s = p->mails->tries[mail->first].time_s;
	enum outcome outcome = outcome_of(mail, &item->decision, e->made == 0);

	if (first_s < p->run->count_from_s)
		return;
	result_add(p->result, e->mail, outcome, p->now_s - first_s, e->made + 1);
	if (outcome != OUTCOME_EXEMPT && p->as_it_was != NULL)
		result_add_input(p->as_it_was, e->mail);
	if (outcome == OUTCOME_AT_ONCE)
		note_helper(p, item);
}

static void
tell_story(struct replay *p, const struct engine_item *item)
{
	const struct request *r = &item->request;
	struct maillog_event event = {
		.kind = item->decision.action == ACTION_PASS ? MAILLOG_PASSED : MAILLOG_REFUSED,
		.program = MAILLOG_POSTGREY,
		.client_name = slice_equal(r->client_name, SLICE("unknown")) ? SLICE_NONE
									     : r->client_name,
		.client_address = r->client_address,
		.sender = r->sender,
		.recipient = r->recipient,
		.helo = r->helo_name,
		.delay_s = -1,
		.times = 1
	};

	if (p->run->story != NULL && item->decision.action != ACTION_REJECT)
		story_event(p->run->story, &event, p->now_s);
}

static void
compare(struct result *r, const struct mail_try *try, enum action action)
{
	static const enum mail_answer answers[] = { [ACTION_PASS] = MAIL_ACCEPTED,
		[ACTION_DEFER] = MAIL_REFUSED,
		[ACTION_REJECT] = MAIL_REJECTED };

	if (try->answer_known)
		(*(try->answer == answers[action] ? &r->same : &r->other))++;
}

static void
take_answer(struct replay *p, size_t i)
{
	const struct engine_item *item = &p->items[i];
	struct heap_entry *e = &p->entries[i];
	const struct mail *mail = &p->mails->mails[e->mail];
	struct heap_entry again = { .mail = e->mail, .made = e->made + 1 };

	p->result->tries++;
	p->result->reasons[item->decision.reason]++;
	compare(p->result, &e->try, item->decision.action);
	tell_story(p, item);
	if (item->decision.action == ACTION_DEFER &&
	    mails_next(p->mails, mail, p->run->schedule, again.made, p->now_s, &again.try))
		heap_push(&p->heap, &again);
	else
		end_mail(p, e, item);
}

static void
decided(void *arg, struct engine_item *items, size_t n)
{
	answer_spf(arg, items, n);
}

/* Those that came back undecided, once more. */
static void
submit_held(struct replay *p)
{
	struct engine_item held[ENGINE_BATCH_MAX];
	size_t places[ENGINE_BATCH_MAX], n = 0, i;

	for (i = 0; i < p->n; i++) {
		if (!p->items[i].wants_spf)
			continue;
		places[n] = i;
		held[n++] = p->items[i];
	}
	if (n == 0)
		return;
	engine_submit(p->engine, held, n, p->now_s, decided, p);
	for (i = 0; i < n; i++)
		p->items[places[i]] = held[i];
}

/* ---- the run ---- */

static void
run_batch(struct replay *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		put_item(p, i);
	engine_submit(p->engine, p->items, p->n, p->now_s, decided, p);
	submit_held(p);
	for (i = 0; i < p->n; i++)
		take_answer(p, i);
}

/* What a server does beside answering: expiry, as time passes, and the WAL. */
static void
tend(struct replay *p)
{
	struct store_wal wal;

	if (p->now_s >= p->tend_at_s) {
		while (engine_tick(p->engine, p->now_s, p->now_s * 1000))
			continue;
		p->tend_at_s = p->now_s + TEND_EVERY_S;
	}
	if (p->result->tries >= p->checkpoint_at) {
		store_checkpoint(engine_store(p->engine), &wal, NULL);
		p->checkpoint_at = p->result->tries + CHECKPOINT_TRIES;
	}
}

static int
check_health(struct replay *p, struct err *err)
{
	const struct replay_run *run = p->run;
	bool tells = p->result->tries >= p->told_at;

	if (engine_health(p->engine) != ENGINE_OK)
		return err_set(err, ERR_IO, "the scratch database: %s", engine_trouble(p->engine));
	if (!tells || run->progress == NULL)
		return 0;
	p->told_at = p->result->tries + TELL_MAILS;
	if (!run->progress(run->arg, p->begun, p->mails->mail_n))
		return err_set(err, ERR_TEMP, "interrupted");
	return 0;
}

static int
run_all(struct replay *p, struct err *err)
{
	while (take_next(p, true, &p->entries[0])) {
		p->now_s = p->entries[0].try.time_s;
		p->n = 1;
		while (p->n < ENGINE_BATCH_MAX && take_next(p, false, &p->entries[p->n]))
			p->n++;
		run_batch(p);
		tend(p);
		if (check_health(p, err) == -1)
			return -1;
	}
	return engine_stop(p->engine, p->now_s, err);
}

static int
open_engine(struct replay *p, struct err *err)
{
	struct engine_core *core = engine_core_open(p->run->config, NULL, err);

	if (core == NULL)
		return -1;
	p->engine = engine_new(p->run->config, core);
	p->rules = rules_load(engine_store(p->engine), NULL, err);
	return p->rules == NULL ? -1 : 0;
}

static void
end_run(struct replay *p)
{
	result_end(p->result);
	if (p->as_it_was != NULL)
		result_end(p->as_it_was);
	if (p->run->story != NULL)
		story_end(p->run->story);
	rules_free(p->rules);
	engine_free(p->engine);
	heap_clear(&p->heap);
	free(p->messages);
	free(p);
}

int
replay_run(const struct replay_run *run, struct result *result_out, struct result *as_it_was_out,
    struct err *err)
{
	struct replay *p = xcalloc(1, sizeof(*p));
	int result;

	p->run = run;
	p->mails = run->mails;
	p->result = result_out;
	p->as_it_was = as_it_was_out;
	p->tend_at_s = run->mails->first_s + TEND_EVERY_S;
	p->messages = xcalloc(MESSAGE_SLOTS, sizeof(*p->messages));
	result_begin(result_out, run->mails);
	if (as_it_was_out != NULL)
		result_begin(as_it_was_out, run->mails);
	result = open_engine(p, err) == -1 ? -1 : run_all(p, err);
	end_run(p);
	return result;
}
