/* staging_apply.c - staged rows into the database, a few at a time; see staging.h. */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/store/change.h"
#include "common/store/staging_internal.h"

#define ROWS_AT_ONCE 100
#define WHAT_MAX 300
#define CHUNKS_MAX 100 /* in one transaction, whatever a clock says */

static int
find_bases(struct staging *staging, struct err *err)
{
	int kind;

	for (kind = 0; kind < STAGING_N; kind++)
		if (staging_statements[kind].base != NOTHING &&
		    db_int_row(staging->store, staging_statements[kind].base,
			&staging->base_id[kind], err) == -1)
			return -1;
	return 0;
}

/* The audit has JSON. Freed by the caller. Until the last transaction it says that it is a part. */
static char *
image_of(struct slice what, bool done)
{
	char part[WHAT_MAX];
	struct json json;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		abort();
	json_init(&json, out);
	json_object(&json, NULL);
	snprintf(
	    part, sizeof(part), "%.*s%s", (int)what.len, what.ptr, done ? "" : " (not finished)");
	json_text(&json, "import", part);
	json_end(&json, '}');
	fclose(out);
	return text;
}

static int
begin_change(struct staging *staging, const struct edit *edit, struct slice what, struct err *err)
{
	char *image = image_of(what, false);
	struct change change = { .time_s = edit->now_s,
		.author = edit->author,
		.verb = SLICE("import"),
		.object = SLICE("import"),
		.after = slice_trim(slice_of(image)) };
	int result = store_begin(staging->store, err);

	if (result == 0)
		result = find_bases(staging, err);
	change.object_id = staging->base_id[STAGING_TRIPLET] + 1;
	if (result == 0)
		result = store_change_append(staging->store, &change, &staging->change_id, err);
	free(image);
	return result == 0 ? store_commit(staging->store, err) : -1;
}

/* Triplets and clients FROM < id <= TO: those that are there are merged, the others appended. */
static int
merge_range(
    struct staging *staging, enum staging_kind kind, int64_t from, int64_t to, struct err *err)
{
	const struct staging_statements *k = &staging_statements[kind];
	struct store *store = staging->store;
	int64_t base_id = staging->base_id[kind], max_id;

	if (staging_match(staging, kind, err) == -1 ||
	    db_run(store, k->save, err, "iii", staging->change_id, from, to) == -1 ||
	    db_run(store, k->merge, err, "iii", staging->change_id, from, to) == -1)
		return -1;
	if (db_int_row(store, k->max, &max_id, err) == -1)
		return -1;
	if (base_id < max_id)
		base_id = max_id; /* after the first ones; or a server was quicker */
	if (db_run(store, k->add, err, "iiii", staging->change_id, from, to, base_id) == -1)
		return -1;
	return db_int_row(store, k->max, &staging->matched_id[kind], err);
}

static int
add_range(
    struct staging *staging, enum staging_kind kind, int64_t from, int64_t to, struct err *err)
{
	const struct staging_statements *k = &staging_statements[kind];
	struct store *store = staging->store;
	int64_t max_id = 0;

	if (k->max != NOTHING && db_int_row(store, k->max, &max_id, err) == -1)
		return -1;
	if (db_run(store, k->add, err, "iii", staging->change_id, from, to) == -1)
		return -1;
	return k->note == NOTHING ? 0
				  : db_run(store, k->note, err, "ii", staging->change_id, max_id);
}

/* One transaction: as many rows from *AT on as STORE_HOLD_MS allows. */
static int
apply_some(struct staging *staging, enum staging_kind kind, int64_t *at, struct err *err)
{
	int64_t until_ms, from = *at;
	int chunks = 0, result = 0;

	if (store_begin(staging->store, err) == -1)
		return -1;
	until_ms = clock_mono_ms() + STORE_HOLD_MS;
	do {
		int64_t to = from + ROWS_AT_ONCE;

		result = staging_statements[kind].merge == NOTHING
			     ? add_range(staging, kind, from, to, err)
			     : merge_range(staging, kind, from, to, err);
		from = to;
	} while (result == 0 && from < staging->staged[kind] && ++chunks < CHUNKS_MAX &&
		 clock_mono_ms() < until_ms);
	if (result == 0)
		result = store_commit(staging->store, err);
	if (result == 0)
		*at = from;
	return result;
}

struct applying {
	staging_progress_fn *fn;
	void *arg;
	int64_t done;
	bool stopped;
};

static int
apply_kind(
    struct staging *staging, enum staging_kind kind, struct applying *applying, struct err *err)
{
	int64_t at = 0, since_ms;

	while (at < staging->staged[kind] && !applying->stopped) {
		int64_t from = at;

		since_ms = clock_mono_ms();
		if (apply_some(staging, kind, &at, err) == -1)
			return -1;
		applying->done += at - from;
		applying->stopped = !applying->fn(applying->arg, applying->done);
		store_give_way(since_ms);
	}
	return 0;
}

static int
say_done(struct staging *staging, struct slice what, struct err *err)
{
	char *image = image_of(what, true);
	int result = db_run(staging->store, SQL_STAGE_DONE, err, "ti", slice_trim(slice_of(image)),
	    staging->change_id);

	free(image);
	return result;
}

/* What came counts, also when it is not all. */
static int
end_change(struct staging *staging, struct slice what, bool stopped, struct err *err)
{
	if (store_begin(staging->store, err) == -1 ||
	    db_run(staging->store, SQL_STAGE_NETWORK_SUM, err, "i", staging->change_id) == -1 ||
	    (!stopped && say_done(staging, what, err) == -1) ||
	    store_generation_bump(staging->store, err) == -1)
		return -1;
	return store_commit(staging->store, err);
}

int
staging_apply(struct staging *staging, const struct edit *edit, struct slice what,
    staging_progress_fn *fn, void *arg, int64_t *change_id_out, struct err *err)
{
	struct applying applying = { fn, arg, 0, false };
	int kind, result = begin_change(staging, edit, what, err);

	*change_id_out = result == 0 ? staging->change_id : 0;
	for (kind = 0; kind < STAGING_N && result == 0; kind++)
		result = apply_kind(staging, kind, &applying, err);
	if (result == 0)
		result = end_change(staging, what, applying.stopped, err);
	if (result == -1)
		store_rollback(staging->store);
	if (result == 0 && applying.stopped)
		result = err_set(err, ERR_TEMP, "stopped before the end");
	return result;
}
