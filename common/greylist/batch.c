/* batch.c - the requests of one loop turn in one transaction.
 *
 * For each request: facts from memory; when they do not settle it, the rows of its client and its
 * triplet; the decision; its writes. A later request of the batch sees what an earlier one wrote.
 * Whatever is done outside the database - index entries, marks of messages, entries of the journal
 * - is noted, and taken back when the transaction does not end well. */
#include "common/greylist/engine_internal.h"

#define CATCH_UP_ROWS 5000 /* some milliseconds */

/* ---- messages ---- */

static uint64_t
message_hash(struct slice instance)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < instance.len; i++)
		hash = (hash ^ (unsigned char)instance.ptr[i]) * UINT64_C(0x100000001b3);
	return hash == 0 ? 1 : hash;
}

/* Another instance, or none at all, is another message. */
static void
begin_message(struct message *message, struct slice instance)
{
	uint64_t hash = instance.len == 0 ? 0 : message_hash(instance);

	if (hash == 0 || hash != message->instance_hash)
		*message = (struct message){ .instance_hash = hash };
}

/* Header and statistics count once for a message, not for each of its recipients. Returns whether
 * this request is the one that counts. */
static bool
mark_message(struct engine *e, struct engine_item *item)
{
	const struct decision *d = &item->decision;
	struct message *message = item->message;
	uint64_t bit = UINT64_C(1) << d->reason;
	bool first = (message->counted & bit) == 0;

	item->give_header = e->config->header && d->action == ACTION_PASS &&
			    reason_info(d->reason)->delayed && !message->header_given;
	message->header_given = message->header_given || item->give_header;
	message->counted |= bit;
	return first;
}

static void
note(struct engine *e, const struct engine_item *item, bool counted)
{
	const struct request *request = &item->request;
	const struct decision *d = &item->decision;
	struct journal_entry entry = { .event = { .time_s = e->facts.now_s,
					   .action = slice_of(action_name(d->action)),
					   .reason = slice_of(reason_info(d->reason)->name),
					   .delay_s = d->waited_s,
					   .client_address = request->client_address,
					   .client_name = request->client_name,
					   .helo = request->helo_name,
					   .sender = request->sender,
					   .recipient = request->recipient,
					   .triplet_id = e->rows.triplet_id,
					   .rule_id = e->subject.rule.rule_id },
		.reason = d->reason,
		.counted = counted,
		.policy_id = e->subject.policy.policy_id };

	journal_add(e->journal, &entry);
}

/* ---- one request ---- */

static void
gather(struct engine *e, struct engine_item *item, int64_t now_s, bool store_ok)
{
	begin_message(item->message, item->request.instance);
	facts_gather(&item->request, e->config, e->core->rules, now_s, &e->subject, &e->facts);
	e->facts.store_ok = store_ok;
	e->rows = (struct rows){ 0 };
	item->give_header = item->wants_spf = false;
	item->ticket.triplet_id = 0;
}

/* Mail that would wait: what SPF says may change that. Where it is not known yet the item goes back
 * undecided; where nothing hangs on it now, it is to be found out for the next try. */
static int
consider_spf(struct engine *e, struct engine_item *item, struct rows *rows, struct err *err)
{
	bool first = decision_is_first(&item->decision);
	bool bypass = e->subject.policy.spf == CONFIG_SPF_BYPASS;

	if (e->subject.policy.spf == CONFIG_SPF_IGNORE || e->subject.spf_domain.len == 0 ||
	    !decision_waits(&item->decision))
		return 0;
	if (first && rows_find_pool(e, rows, err) == -1)
		return -1;
	item->wants_spf = (bypass || rows->pool_n > 0) && item->spf.state == ENGINE_SPF_UNKNOWN;
	rows->wants_note = (first && item->spf.state != ENGINE_SPF_KNOWN) ||
			   (!first && !rows->spf_known);
	if (item->spf.state != ENGINE_SPF_KNOWN || !item->spf.pass)
		return 0;
	e->facts.spf_bypass = bypass;
	e->facts.pool = rows->pool_n > 0 ? &rows->pool : NULL;
	decide_from_store(&e->facts, &item->decision);
	return 0;
}

/* The steps that need rows. */
static int
decide_by_rows(struct engine *e, struct engine_item *item, struct rows *rows, struct err *err)
{
	if ((e->facts.client_passes_needed > 0 && rows_find_client(e, rows, err) == -1) ||
	    rows_find_triplet(e, rows, err) == -1)
		return -1;
	decide_from_store(&e->facts, &item->decision);
	if (consider_spf(e, item, rows, err) == -1)
		return -1;
	if (item->wants_spf)
		return 0;
	if (rows_write_triplet(e, item, rows, err) == -1 ||
	    rows_write_client(e, item, rows, err) == -1 || rows_end_pool(e, item, rows, err) == -1)
		return -1;
	if (rows->wants_note && decision_waits(&item->decision))
		item->ticket = (struct engine_ticket){ rows->triplet_id,
			core_pool_hash(e->core, &e->subject.key), e->opening };
	return 0;
}

/* Decided without rows; only a triplet that waits is to be ended. */
static int
end_waiting(struct engine *e, struct engine_item *item, struct rows *rows, struct err *err)
{
	if (item->decision.action != ACTION_PASS || item->decision.reason <= REASON_TRUSTED)
		return 0;
	if (rows_find_triplet(e, rows, err) == -1)
		return -1;
	decide_end_waiting(&e->facts, &item->decision);
	return rows_write_triplet(e, item, rows, err);
}

static int
run_item(struct engine *e, struct engine_item *item, int64_t now_s, struct err *err)
{
	struct rows *rows = &e->rows;

	gather(e, item, now_s, true);
	if (decide_from_memory(&e->facts, &item->decision)) {
		if (end_waiting(e, item, rows, err) == -1)
			return -1;
	} else if (decide_by_rows(e, item, rows, err) == -1) {
		return -1;
	}
	if (!item->wants_spf)
		note(e, item, mark_message(e, item));
	return 0;
}

/* ---- the transaction ---- */

void
batch_index(struct batch *batch, struct index *index, uint64_t hash, int64_t id)
{
	index_add(index, hash, id);
	batch->added[batch->added_n].index = index;
	batch->added[batch->added_n].hash = hash;
	batch->added[batch->added_n].id = id;
	batch->added_n++;
}

static void
begin_batch(struct engine *e, const struct engine_item *items, size_t n)
{
	struct batch *batch = &e->batch;
	size_t i;

	batch->added_n = 0;
	batch->journal_before = journal_count(e->journal);
	for (i = 0; i < n; i++)
		batch->messages_before[i] = *items[i].message;
	batch->triplet_seen_before = e->core->triplet_seen_id;
	batch->client_seen_before = e->core->client_seen_id;
}

static void
take_back(struct engine *e, struct engine_item *items, size_t n)
{
	struct batch *batch = &e->batch;
	size_t i;

	store_rollback(e->core->store);
	for (i = 0; i < batch->added_n; i++)
		index_remove(batch->added[i].index, batch->added[i].hash, batch->added[i].id);
	for (i = 0; i < n; i++)
		*items[i].message = batch->messages_before[i];
	journal_cut(e->journal, batch->journal_before);
	e->core->triplet_seen_id = batch->triplet_seen_before;
	e->core->client_seen_id = batch->client_seen_before;
}

static int
write_notes(struct engine *e, struct err *err)
{
	size_t i;

	for (i = 0; i < e->note_n; i++) {
		const struct note *note = &e->notes[i];

		if (store_triplet_spf(e->core->store, note->ticket.triplet_id,
			slice_of(note->result), slice_of(note->domain), err) == -1)
			return -1;
		if (note->pass)
			batch_index(&e->batch, e->core->pools, note->ticket.pool_hash,
			    note->ticket.triplet_id);
	}
	return 0;
}

static int
run_all(struct engine *e, struct engine_item *items, size_t n, int64_t now_s, struct err *err)
{
	struct store *store = e->core->store;
	bool due;
	size_t i;

	if (engine_catch_up(e, CATCH_UP_ROWS, err) == -1 || write_notes(e, err) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (run_item(e, &items[i], now_s, err) == -1)
			return -1;
	due = journal_is_due(e->journal);
	if ((due && journal_write(e->journal, store, e->config, now_s, err) == -1) ||
	    store_commit(store, err) == -1)
		return -1;
	e->note_n = 0;
	if (due)
		journal_cut(e->journal, 0);
	return 0;
}

int
batch_run(struct engine *e, struct engine_item *items, size_t n, int64_t now_s, struct err *err)
{
	begin_batch(e, items, n);
	if (store_begin(e->core->store, err) == -1)
		return -1;
	if (run_all(e, items, n, now_s, err) == -1) {
		take_back(e, items, n);
		return -1;
	}
	return 0;
}

int
batch_write_notes(struct engine *e, struct err *err)
{
	return e->note_n == 0 ? 0 : batch_run(e, NULL, 0, 0, err);
}

void
batch_run_without_store(struct engine *e, struct engine_item *items, size_t n, int64_t now_s)
{
	size_t i;

	for (i = 0; i < n; i++) {
		gather(e, &items[i], now_s, false);
		decide(&e->facts, &items[i].decision);
	}
}
