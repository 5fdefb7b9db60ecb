/* rows.c - see rows.h. */
#include "common/greylist/rows.h"

#include "common/greylist/engine_internal.h"

/* ---- finding ---- */

int
rows_find_triplet(struct engine *e, struct rows *rows, struct err *err)
{
	struct engine_core *core = e->core;
	struct index_cursor cursor = { 0 };
	enum store_found found;
	int64_t id;

	rows->triplet_hash = core_triplet_hash(core, &e->subject.key);
	while ((id = index_next(core->triplets, rows->triplet_hash, &cursor)) != 0) {
		found = store_triplet_match(
		    core->store, id, &e->subject.key, &rows->triplet, &rows->spf_known, err);
		if (found == STORE_ERROR)
			return -1;
		if (found == STORE_NO)
			index_remove(core->triplets, rows->triplet_hash, id);
		if (found == STORE_YES) {
			rows->triplet_id = id;
			e->facts.triplet = &rows->triplet;
			return 0;
		}
	}
	return 0;
}

int
rows_find_client(struct engine *e, struct rows *rows, struct err *err)
{
	struct engine_core *core = e->core;
	struct index_cursor cursor = { 0 };
	enum store_found found;
	int64_t id;

	rows->client_hash = core_client_hash(core, e->subject.client_text);
	while ((id = index_next(core->clients, rows->client_hash, &cursor)) != 0) {
		found =
		    store_client_match(core->store, id, e->subject.client_text, &rows->client, err);
		if (found == STORE_ERROR)
			return -1;
		if (found == STORE_NO)
			index_remove(core->clients, rows->client_hash, id);
		if (found == STORE_YES) {
			rows->client_id = id;
			e->facts.client = &rows->client;
			return 0;
		}
	}
	return 0;
}

static bool
counts_more(const struct triplet_state *a, const struct triplet_state *b)
{
	if ((a->passed_s != 0) != (b->passed_s != 0))
		return a->passed_s != 0;
	return a->first_s < b->first_s;
}

int
rows_find_pool(struct engine *e, struct rows *rows, struct err *err)
{
	struct engine_core *core = e->core;
	struct index_cursor cursor = { 0 };
	int64_t id;
	int looked = 0;

	rows->pool_hash = core_pool_hash(e->core, &e->subject.key);
	while (looked++ < POOL_ROWS_MAX &&
	       (id = index_next(core->pools, rows->pool_hash, &cursor)) != 0) {
		struct triplet_state state;
		enum store_found found = store_triplet_pool(core->store, id, e->subject.key.sender,
		    e->subject.key.recipient, e->subject.spf_domain, &state, err);

		if (found == STORE_ERROR)
			return -1;
		if (found == STORE_NO)
			index_remove(core->pools, rows->pool_hash, id);
		if (found != STORE_YES ||
		    transition_judge(&state, &e->facts.terms, e->facts.now_s) == TRIPLET_EXPIRED)
			continue;
		if (rows->pool_n++ == 0 || counts_more(&state, &rows->pool))
			rows->pool = state;
		rows->in_pool = rows->in_pool || id == rows->triplet_id;
		if (state.passed_s == 0 && id != rows->triplet_id)
			rows->waiting_ids[rows->waiting_n++] = id;
	}
	return 0;
}

/* ---- writing ---- */

/* Rows come in order, unless another process has appended some that are not indexed yet. */
static void
note_seen(int64_t *seen_id, int64_t id)
{
	if (id == *seen_id + 1)
		*seen_id = id;
}

static int
append_triplet(struct engine *e, const struct engine_item *item, struct rows *rows, struct err *err)
{
	const struct request *request = &item->request;
	struct triplet row = { .key = e->subject.key,
		.sender = request->sender,
		.recipient = request->recipient,
		.client_address = e->subject.client_text,
		.client_name = e->subject.client_name,
		.helo = request->helo_name,
		.state = item->decision.state };
	bool passes = item->spf.state == ENGINE_SPF_KNOWN && item->spf.pass;

	if (item->spf.state == ENGINE_SPF_KNOWN) {
		row.spf = slice_of(item->spf.result);
		row.spf_domain = e->subject.spf_domain;
	}

	if (rows->triplet_id != 0 &&
	    store_triplet_delete(e->core->store, rows->triplet_id, err) == -1)
		return -1;
	if (store_triplet_append(e->core->store, &row, &rows->triplet_id, err) == -1)
		return -1;
	batch_index(&e->batch, e->core->triplets, rows->triplet_hash, rows->triplet_id);
	if (passes)
		batch_index(&e->batch, e->core->pools, core_pool_hash(e->core, &e->subject.key),
		    rows->triplet_id);
	note_seen(&e->core->triplet_seen_id, rows->triplet_id);
	return 0;
}

int
rows_end_pool(struct engine *e, const struct engine_item *item, struct rows *rows, struct err *err)
{
	struct triplet_delta delta = transition_passed(e->facts.now_s);
	size_t i;

	if (!item->decision.first_pass || e->subject.policy.spf == CONFIG_SPF_IGNORE ||
	    e->subject.spf_domain.len == 0)
		return 0;
	if (rows->pool_n == 0 && rows_find_pool(e, rows, err) == -1)
		return -1;
	for (i = 0; i < rows->waiting_n && (rows->in_pool || item->spf.pass); i++)
		if (store_triplet_merge(e->core->store, rows->waiting_ids[i], &delta, NULL, err) ==
		    -1)
			return -1;
	return 0;
}

int
rows_write_triplet(
    struct engine *e, const struct engine_item *item, struct rows *rows, struct err *err)
{
	struct triplet_client client = { e->subject.client_text, e->subject.client_name,
		item->request.helo_name };

	switch (item->decision.triplet_op) {
	case TRIPLET_APPEND: return append_triplet(e, item, rows, err);
	case TRIPLET_MERGE:
		return store_triplet_merge(
		    e->core->store, rows->triplet_id, &item->decision.delta, &client, err);
	case TRIPLET_LEAVE: break;
	}
	return 0;
}

static int
append_client(struct engine *e, struct rows *rows, struct err *err)
{
	int64_t now_s = e->facts.now_s;
	struct client row = { .address = e->subject.client_text,
		.name = e->subject.client_name,
		.state = { now_s, now_s, 1 } };

	if (rows->client_id != 0 && store_client_delete(e->core->store, rows->client_id, err) == -1)
		return -1;
	if (store_client_append(e->core->store, &row, &rows->client_id, err) == -1)
		return -1;
	batch_index(&e->batch, e->core->clients, rows->client_hash, rows->client_id);
	note_seen(&e->core->client_seen_id, rows->client_id);
	return 0;
}

int
rows_write_client(struct engine *e, struct engine_item *item, struct rows *rows, struct err *err)
{
	const struct decision *d = &item->decision;
	struct client_state delta = { e->facts.now_s, e->facts.now_s, 0 };
	bool earns = d->client_earns && !item->message->client_counted;

	if (!earns && !d->client_renews)
		return 0;
	item->message->client_counted = item->message->client_counted || earns;
	if (earns && (rows->client_id == 0 ||
			 e->facts.now_s - rows->client.last_s > e->facts.client_lifetime_s))
		return append_client(e, rows, err);
	delta.passes = earns;
	return store_client_merge(
	    e->core->store, rows->client_id, &delta, e->subject.client_name, err);
}
