/* engine.c - see engine.h: health of the store, and which way a batch takes. */
#include "common/greylist/engine_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"

/* A lock that is held for a moment costs few answers, one that is held for long little work. */
#define BUSY_FIRST_MS 20
#define BUSY_LAST_MS 1000

struct engine *
engine_new(const struct config *config, struct engine_core *core)
{
	struct engine *engine = xcalloc(1, sizeof(*engine));

	engine->config = config;
	engine->core = core;
	engine->journal = journal_new();
	return engine;
}

void
engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	engine_core_free(engine->core);
	journal_free(engine->journal);
	free(engine);
}

void
engine_configure(struct engine *engine, const struct config *config)
{
	engine->config = config;
}

void
engine_recovered(struct engine *engine)
{
	engine->health = ENGINE_OK;
	engine->trouble[0] = '\0';
}

int
engine_catch_up(struct engine *engine, int64_t limit, struct err *err)
{
	struct engine_core *core = engine->core;
	int64_t mark;

	if (!store_changed(core->store) && !engine->rows_left)
		return 0;
	engine->rows_left = true; /* also when this fails */
	if (store_restored_mark(core->store, &mark, err) == -1)
		return -1;
	if (mark != core->restored_mark)
		return err_set(err, ERR_DATA, "it was restored from a copy and is read again");
	return core_extend(core, limit, &engine->rows_left, err);
}

void
engine_replace_core(struct engine *engine, struct engine_core *core)
{
	engine_core_free(engine->core);
	engine->core = core;
	engine->opening++;
	engine->note_n = 0;
	journal_cut(engine->journal, 0); /* its ids may be others in this database */
	engine->triplet_cursor = engine->client_cursor = 0;
	engine->sweeping_clients = engine->rows_left = false;
	engine_recovered(engine);
}

void
engine_replace_rules(struct engine *engine, struct rules *rules)
{
	rules_free(engine->core->rules);
	engine->core->rules = rules;
}

void
engine_note_spf(struct engine *engine, const struct engine_ticket *ticket, struct slice domain,
    const struct engine_spf *spf)
{
	struct note *note;
	struct buf name;
	struct err err;

	if (ticket->opening != engine->opening || engine->health != ENGINE_OK ||
	    (engine->note_n == NOTES_MAX && batch_write_notes(engine, &err) == -1))
		return;
	note = &engine->notes[engine->note_n++];
	*note = (struct note){ .ticket = *ticket, .result = spf->result, .pass = spf->pass };
	buf_init(&name, note->domain, sizeof(note->domain));
	buf_add(&name, domain);
}

void
engine_failed(struct engine *engine, const struct err *err)
{
	bool was_busy = engine->health == ENGINE_BUSY;

	engine->health = err->code == ERR_TEMP ? ENGINE_BUSY : ENGINE_BROKEN;
	snprintf(engine->trouble, sizeof(engine->trouble), "%s", err->text);
	engine->busy_wait_ms = was_busy ? engine->busy_wait_ms * 2 : BUSY_FIRST_MS;
	if (engine->busy_wait_ms > BUSY_LAST_MS)
		engine->busy_wait_ms = BUSY_LAST_MS;
	engine->busy_until_ms = clock_mono_ms() + engine->busy_wait_ms;
}

/* A batch that tries waits for the lock for a moment; the others do not wait for it. */
bool
engine_is_worth_trying(const struct engine *engine)
{
	if (engine->health == ENGINE_BUSY)
		return clock_mono_ms() >= engine->busy_until_ms;
	return engine->health != ENGINE_BROKEN;
}

void
engine_submit(struct engine *engine, struct engine_item *items, size_t n, int64_t now_s,
    engine_done *done, void *arg)
{
	bool decided = false;
	struct err err;

	assert(n <= ENGINE_BATCH_MAX);
	if (engine_is_worth_trying(engine)) {
		decided = batch_run(engine, items, n, now_s, &err) == 0;
		if (decided)
			engine_recovered(engine);
		else
			engine_failed(engine, &err);
	}
	if (!decided)
		batch_run_without_store(engine, items, n, now_s);
	done(arg, items, n);
}

enum engine_health
engine_health(const struct engine *engine)
{
	return engine->health;
}

const char *
engine_trouble(const struct engine *engine)
{
	return engine->trouble;
}

struct store *
engine_store(struct engine *engine)
{
	return engine->core->store;
}

int
engine_stop(struct engine *engine, int64_t now_s, struct err *err)
{
	struct store *store = engine->core->store;
	struct err refusal;

	if (journal_flush(engine->journal, store, engine->config, now_s, err) == -1 ||
	    store_mark_stopped(store, err) == -1)
		return -1;
	/* While another program reads, the write-ahead log stays: nothing of it is lost. */
	if (store_checkpoint_truncate(store, 1000, &refusal) == 0 || refusal.code == ERR_TEMP)
		return 0;
	return err_set(err, refusal.code, "%s", refusal.text);
}

void
engine_numbers(const struct engine *engine, struct engine_numbers *numbers_out)
{
	const struct engine_core *core = engine->core;

	*numbers_out = (struct engine_numbers){ .triplets = index_count(core->triplets),
		.clients = index_count(core->clients),
		.pools = index_count(core->pools),
		.index_bytes = index_bytes(core->triplets) + index_bytes(core->clients) +
			       index_bytes(core->pools),
		.rules = rules_count(core->rules),
		.policies = policies_count(core->rules),
		.domains = domains_count(core->rules),
		.networks = networks_count(core->rules),
		.generation = rules_generation(core->rules) };
}
