/* core.c - one opening of the database with what is built from it. */
#include "common/greylist/engine_internal.h"

#include <stdlib.h>

#include "common/base/xalloc.h"

#define ROWS_AT_ONCE 50000

uint64_t
core_triplet_hash(const struct engine_core *core, const struct triplet_key *key)
{
	const struct slice parts[] = { key->net, key->sender, key->recipient };

	return index_hash(core->triplets, parts, 3);
}

uint64_t
core_pool_hash(const struct engine_core *core, const struct triplet_key *key)
{
	const struct slice parts[] = { key->sender, key->recipient };

	return index_hash(core->pools, parts, 2);
}

uint64_t
core_client_hash(const struct engine_core *core, struct slice address)
{
	return index_hash(core->clients, &address, 1);
}

static bool
index_triplet(void *arg, int64_t id, const struct triplet_key *key,
    const struct triplet_state *state, struct slice spf_domain)
{
	struct engine_core *core = arg;

	(void)state;
	index_add(core->triplets, core_triplet_hash(core, key), id);
	if (spf_domain.len > 0)
		index_add(core->pools, core_pool_hash(core, key), id);
	return true;
}

static bool
index_client(void *arg, const struct client *client)
{
	struct engine_core *core = arg;

	index_add(core->clients, core_client_hash(core, client->address), client->id);
	return true;
}

int
core_extend(struct engine_core *core, int64_t limit, bool *more_out, struct err *err)
{
	int64_t triplet_id, client_id;

	if (store_triplet_keys(core->store, core->triplet_seen_id, limit, index_triplet, core,
		&triplet_id, err) == -1 ||
	    store_client_keys(core->store, core->client_seen_id, limit, index_client, core,
		&client_id, err) == -1)
		return -1;
	if (triplet_id > 0)
		core->triplet_seen_id = triplet_id;
	if (client_id > 0)
		core->client_seen_id = client_id;
	*more_out = triplet_id > 0 || client_id > 0;
	return 0;
}

static int
fill(struct engine_core *core, char *notice_out, struct err *err)
{
	uint8_t key[STORE_HASH_KEY_LEN];
	char rules_notice[ERR_TEXT_MAX];
	struct buf notice;
	bool more = true;

	if (store_mark_running(core->store, err) == -1 ||
	    store_restored_mark(core->store, &core->restored_mark, err) == -1 ||
	    store_hash_key(core->store, key, err) == -1)
		return -1;
	core->triplets = index_new(key);
	core->clients = index_new(key);
	core->pools = index_new(key);
	core->rules = rules_load(core->store, rules_notice, err);
	if (core->rules == NULL)
		return -1;
	if (notice_out != NULL && notice_out[0] == '\0') {
		buf_init(&notice, notice_out, ERR_TEXT_MAX);
		buf_add_text(&notice, rules_notice);
	}
	while (more)
		if (core_extend(core, ROWS_AT_ONCE, &more, err) == -1)
			return -1;
	return 0;
}

struct engine_core *
engine_core_open(const struct config *config, char *notice_out, struct err *err)
{
	struct store_options options = { .path = config->database,
		.mode = STORE_SERVER,
		.full_sync = config->synchronous == CONFIG_SYNC_FULL,
		.quarantine = config->on_corrupt == CONFIG_CORRUPT_QUARANTINE };
	struct engine_core *core = xcalloc(1, sizeof(*core));

	core->store = store_open(&options, notice_out, err);
	if (core->store == NULL || fill(core, notice_out, err) == -1) {
		engine_core_free(core);
		return NULL;
	}
	return core;
}

void
engine_core_free(struct engine_core *core)
{
	if (core == NULL)
		return;
	rules_free(core->rules);
	index_free(core->triplets);
	index_free(core->clients);
	index_free(core->pools);
	store_close(core->store);
	free(core);
}
