/* explain.c - see explain.h. The same facts and the same decision as the engine's; only the rows
 * are found by reading through the tables, as there is no index outside the server. */
#include "common/greylist/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/greylist/explain_say.h"

#define ROWS_BETWEEN_REPORTS 20000

/* One mail under way. */
struct search {
	const struct config *config;
	const struct rules *rules;
	int64_t now_s;
	struct explanation *found;
	struct subject subject; /* borrows nothing of the request */
	struct facts facts;
	char spf[16]; /* of the triplet */
};

static void
begin(struct search *search, const struct request *request)
{
	memset(search->found, 0, sizeof(*search->found));
	search->spf[0] = '\0';
	facts_gather(request, search->config, search->rules, search->now_s, &search->subject,
	    &search->facts);
	search->facts.store_ok = true;
}

/* Steps before rules settle it: there is nothing more to tell. */
static bool
is_about_mail(const struct facts *f)
{
	return f->rcpt && f->complete && !f->authenticated && f->address_valid && !f->trusted;
}

static bool
same_key(const struct triplet_key *a, const struct triplet_key *b)
{
	return slice_equal(a->recipient, b->recipient) && slice_equal(a->sender, b->sender) &&
	       slice_equal(a->net, b->net);
}

/* Another client for the same sender and recipient, of which SPF said what it would have to say of
 * this one. */
static void
note_pool(struct search *search, const struct triplet *triplet)
{
	const struct subject *subject = &search->subject;

	if (search->found->pool_found || subject->spf_domain.len == 0 ||
	    !slice_equal(triplet->key.sender, subject->key.sender) ||
	    !slice_equal(triplet->key.recipient, subject->key.recipient) ||
	    !slice_equal(triplet->spf, SLICE("pass")) ||
	    !slice_equal(triplet->spf_domain, subject->spf_domain))
		return;
	search->found->pool_found = true;
	search->found->pool = triplet->state;
}

static void
take_triplet(struct search *search, const struct triplet *triplet)
{
	snprintf(search->spf, sizeof(search->spf), "%.*s", (int)triplet->spf.len, triplet->spf.ptr);
	search->found->triplet_found = true;
	search->found->triplet_id = triplet->id;
	search->found->triplet = triplet->state;
}

static bool
look_at_triplet(void *arg, const struct triplet *triplet)
{
	struct search *search = arg;

	if (!same_key(&triplet->key, &search->subject.key)) {
		note_pool(search, triplet);
		return true;
	}
	take_triplet(search, triplet);
	return false;
}

/* A row that is known: the next try of its last client. */
static bool
look_at_row(void *arg, const struct triplet *triplet)
{
	struct search *search = arg;
	struct request request = { .protocol_state = SLICE("RCPT"),
		.client_address = triplet->client_address,
		.client_name = triplet->client_name,
		.helo_name = triplet->helo,
		.sender = triplet->sender,
		.sender_present = true,
		.recipient = triplet->recipient };

	begin(search, &request);
	take_triplet(search, triplet);
	return false;
}

static bool
look_at_client(void *arg, const struct client *client)
{
	struct search *search = arg;

	if (!slice_equal(client->address, search->subject.client_text))
		return true;
	search->found->client_found = true;
	search->found->client = client->state;
	return false;
}

static int
find_client(struct store *store, struct search *search, struct err *err)
{
	int64_t last_id = INT64_MAX;

	while (last_id != 0 && !search->found->client_found)
		if (store_client_page(store, last_id, ROWS_BETWEEN_REPORTS, look_at_client, search,
			&last_id, err) == -1)
			return -1;
	return 0;
}

static int
find_triplet(struct store *store, struct search *search,
    bool (*progress)(void *arg, int64_t done, int64_t total), void *arg, struct err *err)
{
	int64_t last_id = INT64_MAX, total;

	if (store_triplet_max_id(store, &total, err) == -1)
		return -1;
	while (last_id != 0 && !search->found->triplet_found) {
		if (store_triplet_page(store, last_id, ROWS_BETWEEN_REPORTS, look_at_triplet,
			search, &last_id, err) == -1)
			return -1;
		if (progress != NULL && last_id != 0 && !progress(arg, total - last_id, total))
			return err_set(err, ERR_TEMP, "interrupted");
	}
	return 0;
}

static void
explain(struct search *search)
{
	struct explanation *e = search->found;
	struct facts *f = &search->facts;

	f->client = e->client_found ? &e->client : NULL;
	f->triplet = e->triplet_found ? &e->triplet : NULL;
	f->spf_bypass = is_about_mail(f) && search->subject.policy.spf == CONFIG_SPF_BYPASS &&
			strcmp(search->spf, "pass") == 0;
	decide(f, &e->decision);
	if (is_about_mail(f)) {
		e->rule_id = f->rule_found ? search->subject.rule.rule_id : 0;
		e->policy_id = search->subject.policy.policy_id;
		e->terms = f->terms;
	}
	explain_say(e, &search->subject, f, is_about_mail(f) ? search->spf : NULL);
}

int
explain_request(struct store *store, const struct config *config, const struct rules *rules,
    const struct request *request, int64_t now_s,
    bool (*progress)(void *arg, int64_t done, int64_t total), void *arg,
    struct explanation *explanation_out, struct err *err)
{
	struct search search = {
		.config = config, .rules = rules, .now_s = now_s, .found = explanation_out
	};

	begin(&search, request);
	if (is_about_mail(&search.facts) &&
	    (find_client(store, &search, err) == -1 ||
		find_triplet(store, &search, progress, arg, err) == -1))
		return -1;
	explain(&search);
	return 0;
}

int
explain_triplet(struct store *store, const struct config *config, const struct rules *rules,
    int64_t triplet_id, int64_t now_s, struct explanation *explanation_out, struct err *err)
{
	struct search search = {
		.config = config, .rules = rules, .now_s = now_s, .found = explanation_out
	};
	enum store_found found = store_triplet_get(store, triplet_id, look_at_row, &search, err);

	if (found == STORE_NO)
		return err_set(
		    err, ERR_NOINPUT, "there is no triplet %" PRId64 " any more", triplet_id);
	if (found == STORE_ERROR)
		return -1;
	if (is_about_mail(&search.facts) && find_client(store, &search, err) == -1)
		return -1;
	explain(&search);
	return 0;
}
