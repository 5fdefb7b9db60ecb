/* cmd_undo.c - takes back what one command changed, or lists the last ones. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "common/base/duration.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/store/undo.h"

#define LISTED 20
#define REFUSALS_SHOWN 20

struct list {
	struct cli *cli;
	struct table *table;
};

/* How much of it is taken back. */
static const char *
undone_text(const struct undo_entry *entry, char out[64])
{
	if (entry->undone_n == 0)
		return "-";
	if (entry->undone_n == entry->change_n)
		return "undone";
	snprintf(out, 64, "%" PRId64 " of %" PRId64, entry->undone_n, entry->change_n);
	return out;
}

static bool
table_row(void *arg, const struct undo_entry *entry)
{
	struct list *list = arg;
	char text[DURATION_TEXT_MAX], undone[64];
	int64_t age_s = list->cli->now_s - entry->change->time_s;

	table_number(list->table, entry->change->id);
	table_text(list->table, duration_format_human(age_s < 0 ? 0 : age_s, text));
	table_cell(list->table, entry->change->author);
	table_text(list->table, undone_text(entry, undone));
	table_text(list->table, entry->what);
	return true;
}

static bool
json_row(void *arg, const struct undo_entry *entry)
{
	const struct change *change = entry->change;
	struct json *j = arg;

	json_object(j, NULL);
	json_int(j, "id", change->id);
	json_int(j, "time_s", change->time_s);
	json_string(j, "author", change->author);
	json_string(j, "verb", change->verb);
	json_string(j, "object", change->object);
	json_int(j, "object_id", change->object_id);
	json_text(j, "what", entry->what);
	json_int(j, "changes", entry->change_n);
	json_int(j, "changes_undone", entry->undone_n);
	json_bool(j, "undone", entry->undone_n == entry->change_n);
	json_end(j, '}');
	return true;
}

static int
list_json(struct cli *cli, struct err *err)
{
	struct json json;
	int64_t last;
	int result;

	json_init(&json, stdout);
	json_array(&json, NULL);
	result = undo_page(cli->store, INT64_MAX, LISTED, json_row, &json, &last, err);
	json_end(&json, ']');
	return result;
}

static int
list_table(struct cli *cli, struct err *err)
{
	static const struct table_column columns[] = { { "ID", true, false },
		{ "AGO", true, false }, { "BY", false, true }, { "UNDONE", false, false },
		{ "WHAT", false, true } };
	struct list list = { .cli = cli, .table = xcalloc(1, sizeof(*list.table)) };
	int64_t last;
	int result;

	table_init(list.table, columns, 5, cli->width);
	result = undo_page(cli->store, INT64_MAX, LISTED, table_row, &list, &last, err);
	table_end(list.table, "Nothing was changed yet.");
	free(list.table);
	return result;
}

/* The one that is named, or the newest of who asks. */
static int
choose(struct cli *cli, struct undo *undo, struct err *err)
{
	enum store_found found;
	int64_t id;

	if (cli->arg_n == 0) {
		found = undo_find(cli->store, slice_of(cli->author), undo, err);
		if (found == STORE_NO)
			err_set(err, ERR_NOINPUT,
			    "there is no change of %s to take back; undo --list shows those of all",
			    cli->author);
		return found == STORE_YES ? 0 : -1;
	}
	if (cli_id(cli->args[0], &id, err) == -1)
		return -1;
	found = undo_look(cli->store, id, undo, err);
	if (found == STORE_NO)
		err_set(err, ERR_NOINPUT,
		    "there is no change %" PRId64 "; undo --list shows the last ones", id);
	else if (found == STORE_OTHER)
		err_set(err, ERR_NOINPUT,
		    "change %" PRId64 " was made together with others: undo %" PRId64
		    " takes all of them back",
		    id, undo->id);
	return found == STORE_YES ? 0 : -1;
}

static int
confirm(const struct cli *cli, const struct undo *undo, struct err *err)
{
	char age[DURATION_TEXT_MAX];
	int64_t age_s = cli->now_s - undo->time_s;

	if (cli_value(cli, "yes") != NULL)
		return 0;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_USAGE, "--yes takes it back: %s", undo->what);
	cli_say("Change %" PRId64 ", %s ago: %s", undo->id,
	    duration_format_human(age_s < 0 ? 0 : age_s, age), undo->what);
	return cli_ask(stdout, "Take it back?", "nothing was taken back", err);
}

/* Of many one reason is mostly that of all. */
static void
say_refused(void *arg, int64_t change_id, const char *what, const char *why)
{
	int64_t *shown = arg;

	(void)change_id;
	if (++*shown <= REFUSALS_SHOWN)
		cli_put(stderr, "greygate: not taken back (%s): %s", what, why);
	else if (*shown == REFUSALS_SHOWN + 1)
		cli_put(stderr, "greygate: not taken back: more of them");
}

static bool
goes_on(void *arg, int64_t done_n, int64_t all_n)
{
	(void)arg;
	progress_show("taking back: %d%%; Ctrl-C stops", (int)(done_n * 100 / all_n));
	return interrupt_asked() == 0;
}

/* Whatever became of it, what was taken back is said. */
static int
apply(struct cli *cli, const struct undo *undo, struct err *err)
{
	int64_t shown = 0;
	struct undo_watch watch = { .arg = &shown, .refused = say_refused, .goes_on = goes_on };
	struct undo_outcome o;
	int result;

	interrupt_watch();
	result = undo_apply(cli_edit(cli), undo->id, undo->change_n > 1 ? &watch : NULL, &o, err);

	progress_clear();
	if (result == 0 && o.refused_n == 0 && !o.given_up) {
		cli_say("change %" PRId64 " is taken back: %s", undo->id, undo->what);
		return 0;
	}
	if (o.taken_n > 0)
		cli_say("%" PRId64 " of %" PRId64 " taken back of change %" PRId64 ": %s",
		    o.taken_n, undo->change_n - undo->undone_n, undo->id, undo->what);
	if (result == 0 && o.given_up)
		return err_set(err, ERR_TEMP, "stopped; the same command takes back the rest");
	return result == -1 ? -1 : ERR_DATA;
}

static int
take_back(struct cli *cli, struct err *err)
{
	struct undo undo;

	if (cli->readonly != NULL)
		return err_set(err, ERR_PERM, "nothing is taken back: %s; undo --list only reads",
		    cli->readonly);
	if (choose(cli, &undo, err) == -1)
		return -1;
	if (undo.why_not[0] != '\0')
		return err_set(err, ERR_DATA, "cannot take back change %" PRId64 " (%s): %s",
		    undo.id, undo.what, undo.why_not);
	return confirm(cli, &undo, err) == -1 ? -1 : apply(cli, &undo, err);
}

int
cmd_undo(struct cli *cli, struct err *err)
{
	bool list = cli_value(cli, "list") != NULL;

	if (!list && cli->json)
		return err_set(err, ERR_USAGE, "--json goes with --list");
	if (list && cli->arg_n > 0)
		return err_set(err, ERR_USAGE, "--list takes no ID");
	if (!list)
		return take_back(cli, err);
	return cli->json ? list_json(cli, err) : list_table(cli, err);
}
