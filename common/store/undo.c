/* undo.c - takes a command back; see undo.h. Which way back a change has follows from its images
 * (undo_check.c); what each way means for a row is in undo_kind.c. */
#include "common/store/undo.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/store/edit_frame.h"
#include "common/store/import_undo.h"
#include "common/store/undo_check.h"

struct taking {
	struct undo command;
	struct undo_check check;
	const struct undo_watch *watch;
	int64_t before_id; /* changes of the command from here on were dealt with */
	bool ended;
	struct undo_outcome *outcome;
};

static int
apply_undo(struct edit *edit, struct operation *op, struct err *err)
{
	struct undo_check *check = op->plan;
	int result;

	if (check->verb == &undo_import)
		return import_undo_rest(edit->store, op->object_id, err);
	result = undo_kinds[check->verb->kind].by[check->way](edit->store, &check->rows, err);
	op->id = check->rows.id;
	return result;
}

static void
refuse(struct taking *t)
{
	if (t->outcome->refused_n++ == 0)
		memcpy(t->outcome->why, t->check.why_not, sizeof(t->outcome->why));
	if (t->watch->refused != NULL)
		t->watch->refused(
		    t->watch->arg, t->check.change.id, t->check.what, t->check.why_not);
}

static int
take_one(struct taking *t, struct edit *edit, int64_t change_id, int64_t *taken, struct err *err)
{
	struct operation op = { .verb = "undo",
		.object = "change",
		.object_id = change_id,
		.apply = apply_undo,
		.plan = &t->check };

	if (undo_check(&t->check, change_id, err) != STORE_YES)
		return -1;
	if (t->check.why_not[0] != '\0') {
		refuse(t);
		return 0;
	}
	op.image = t->check.verb->kind;
	op.id = t->check.rows.id;
	++*taken;
	return edit_step(edit, &op, err);
}

/* What goes into one transaction. */
static int
take_some(struct edit *edit, void *arg, struct err *err)
{
	struct taking *t = arg;
	int64_t until_ms = clock_mono_ms() + STORE_HOLD_MS, taken = 0, id;

	do {
		enum store_found left =
		    store_command_left(edit->store, t->command.id, t->before_id, &id, err);

		if (left == STORE_ERROR)
			return -1;
		t->ended = left == STORE_NO;
		if (t->ended)
			break;
		if (take_one(t, edit, id, &taken, err) == -1)
			return -1;
		t->before_id = id;
	} while (clock_mono_ms() < until_ms);
	t->outcome->taken_n += taken;
	return taken == 0;
}

static bool
goes_on(const struct taking *t)
{
	const struct undo_outcome *o = t->outcome;

	return t->watch->goes_on == NULL ||
	       t->watch->goes_on(t->watch->arg, o->taken_n + o->refused_n,
		   t->command.change_n - t->command.undone_n);
}

static int
take_all(struct taking *t, struct edit *edit, struct err *err)
{
	while (!t->ended && !t->outcome->given_up) {
		int64_t since_ms = clock_mono_ms(), taken_n = t->outcome->taken_n;

		if (edit_transaction(edit, take_some, t, err) == -1) {
			t->outcome->taken_n = taken_n; /* the last ones were rolled back */
			return -1;
		}
		if (t->ended)
			break;
		store_give_way(since_ms);
		t->outcome->given_up = !goes_on(t);
	}
	return 0;
}

/* What of an import takes many transactions comes before the one that says it is done. */
static int
take_import_rows(struct taking *t, struct store *store, struct err *err)
{
	enum store_found found = undo_check(&t->check, t->command.id, err);

	if (found == STORE_ERROR)
		return -1;
	if (found == STORE_NO || t->check.verb != &undo_import || t->check.why_not[0] != '\0')
		return 0;
	return import_undo_rows(store, t->command.id, t->check.change.object_id, err);
}

static int
find_command(struct taking *t, struct store *store, int64_t id, struct err *err)
{
	enum store_found found = undo_look(store, id, &t->command, err);

	if (found == STORE_OTHER)
		return err_set(err, ERR_NOINPUT,
		    "change %" PRId64 " was made together with change %" PRId64
		    ", and is taken back with that",
		    id, t->command.id);
	if (found == STORE_NO)
		return err_set(err, ERR_NOINPUT, "there is no change %" PRId64, id);
	if (found == STORE_YES && t->command.why_not[0] != '\0')
		return err_set(err, ERR_DATA, "change %" PRId64 " cannot be taken back: %s", id,
		    t->command.why_not);
	return found == STORE_ERROR ? -1 : 0;
}

int
undo_apply(struct edit *edit, int64_t id, const struct undo_watch *watch,
    struct undo_outcome *outcome_out, struct err *err)
{
	static const struct undo_watch nobody = { .arg = NULL };
	struct taking t = { .watch = watch == NULL ? &nobody : watch,
		.before_id = INT64_MAX,
		.outcome = outcome_out };
	int result;

	edit->command_id = 0;
	*outcome_out = (struct undo_outcome){ .taken_n = 0 };
	if (find_command(&t, edit->store, id, err) == -1)
		return -1;
	undo_check_init(&t.check, edit->store);
	result = take_import_rows(&t, edit->store, err);
	if (result == 0)
		result = take_all(&t, edit, err);
	undo_check_clear(&t.check);
	if (result == 0 && t.outcome->taken_n == 0 && t.outcome->refused_n > 0)
		return err_set(err, ERR_DATA, "change %" PRId64 " cannot be taken back: %s", id,
		    t.outcome->why);
	return result;
}
