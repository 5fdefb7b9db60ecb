/* edit_frame.c - see edit_frame.h. */
#include "common/store/edit_frame.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/store/change.h"

static int
write_audit(struct edit *edit, const struct operation *op, struct err *err)
{
	struct change change = { .command_id = edit->command_id,
		.time_s = edit->now_s,
		.author = edit->author,
		.verb = slice_of(op->verb),
		.object = slice_of(op->object),
		.object_id = op->object_id != 0 ? op->object_id : op->id,
		.before = slice_of(op->before),
		.after = slice_of(op->after) };
	int64_t id;

	if (store_change_append(edit->store, &change, &id, err) == -1)
		return -1;
	if (edit->command_id == 0)
		edit->command_id = id;
	return 0;
}

static int
take_before(struct edit *edit, struct operation *op, struct err *err)
{
	if (op->find != NULL && op->find(edit, op, err) == -1)
		return -1;
	if (image_take(edit->store, op->image, op->id, &op->before, err) == -1)
		return -1;
	if (op->must_exist && op->before[0] == '\0')
		return err_set(err, ERR_NOINPUT, "there is no %s %" PRId64, op->object, op->id);
	return 0;
}

int
edit_step(struct edit *edit, struct operation *op, struct err *err)
{
	int result = 0;

	if (take_before(edit, op, err) == -1 || op->apply(edit, op, err) == -1 ||
	    image_take(edit->store, op->image, op->id, &op->after, err) == -1 ||
	    write_audit(edit, op, err) == -1)
		result = -1;
	free(op->before);
	free(op->after);
	return result;
}

int
edit_transaction(struct edit *edit, edit_steps_fn *steps, void *arg, struct err *err)
{
	struct store *store = edit->store;
	int64_t command_id = edit->command_id;
	int result;

	if (store_begin(store, err) == -1)
		return -1;
	result = steps(edit, arg, err);
	if (result == 0 && store_generation_bump(store, err) == 0 && store_commit(store, err) == 0)
		return 0;
	store_rollback(store);
	edit->command_id = command_id;
	return result == 1 ? 0 : -1;
}

static int
run_step(struct edit *edit, void *op, struct err *err)
{
	return edit_step(edit, op, err);
}

/* Changes may come by the thousand: many mails that are released. */
static void
rest(struct edit *edit)
{
	if (clock_mono_ms() - edit->since_ms < STORE_HOLD_MS)
		return;
	store_give_way(edit->since_ms);
	edit->since_ms = 0;
}

int
edit_run(struct edit *edit, struct operation *op, struct err *err)
{
	bool follows = edit->command_id != 0;
	int result;

	if (edit->since_ms == 0)
		edit->since_ms = clock_mono_ms();
	result = edit_transaction(edit, run_step, op, err);
	if (follows)
		rest(edit);
	return result;
}
