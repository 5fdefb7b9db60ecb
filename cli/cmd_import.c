/* cmd_import.c - what another greylister knows, shown and taken over. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/import_say.h"
#include "cli/interrupt.h"
#include "cli/progress.h"

struct importing {
	struct cli *cli;
	struct import_say say;
	int64_t to_write; /* rows; 0 while files are read */
};

static bool
show_progress(void *arg, int64_t rows)
{
	struct importing *im = arg;

	if (im->to_write == 0)
		progress_show("reading: %" PRId64 " rows", rows);
	else
		progress_show("writing: %d%%; a server goes on answering, Ctrl-C stops",
		    (int)(rows >= im->to_write ? 100 : rows * 100 / im->to_write));
	return interrupt_asked() == 0;
}

static void
take_told(void *arg, enum import_told what, const char *place, const char *text)
{
	struct importing *im = arg;

	import_say_told(&im->say, what, place, text);
}

/* ---- options ---- */

/* "+02:00", "-0330", "+2" or "UTC". */
static int
read_zone(const struct cli *cli, int64_t *zone_s_out, struct err *err)
{
	const char *text = cli_value(cli, "timezone");
	int hours, minutes = 0;
	char sign, rest;
	int n;

	*zone_s_out = 0;
	if (text == NULL || strcmp(text, "UTC") == 0)
		return 0;
	n = strchr(text, ':') != NULL ? sscanf(text, "%c%2d:%2d%c", &sign, &hours, &minutes, &rest)
				      : sscanf(text, "%c%2d%2d%c", &sign, &hours, &minutes, &rest);
	if (n < 2 || n > 3 || (sign != '+' && sign != '-') || hours < 0 || hours > 14 ||
	    minutes < 0 || minutes > 59)
		return err_set(err, ERR_USAGE,
		    "--timezone %s: expected hours east of UTC, such as +01:00", text);
	*zone_s_out = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return 0;
}

static int
read_options(struct importing *im, struct import_options *o, struct err *err)
{
	struct cli *cli = im->cli;

	*o = (struct import_options){ .source = cli->args[0],
		.store = cli->store,
		.config = &cli->config,
		.author = slice_of(cli->author),
		.now_s = cli->now_s,
		.delay_s = -1,
		.window_s = -1,
		.told = take_told,
		.progress = show_progress,
		.arg = im };
	if (cli_duration(cli, "delay", &o->delay_s, err) == -1 ||
	    cli_duration(cli, "window", &o->window_s, err) == -1)
		return -1;
	return read_zone(cli, &o->zone_s, err);
}

/* ---- the work ---- */

/* Whatever stopped it, what is written is one change. */
static int
explain_part(int64_t change_id, struct err *err)
{
	size_t len = strlen(err->text);

	if (change_id != 0)
		snprintf(err->text + len, sizeof(err->text) - len,
		    "; what is written so far is change %" PRId64
		    ": the same command brings the rest, greygate undo takes it back",
		    change_id);
	return -1;
}

static int
apply(struct importing *im, struct import *import, const struct import_report *report,
    struct err *err)
{
	int64_t change_id;
	int result;

	interrupt_watch(); /* it says what is written */
	im->to_write = import_rows_found(report);
	result = import_apply(import, report, show_progress, &change_id, err);
	progress_clear();
	if (result == -1)
		return explain_part(change_id, err);
	import_say_change(&im->say, change_id, "");
	return 0;
}

/* Nothing to write: because it is here, because it is over, or because it is something else. */
static int
say_nothing(struct importing *im, const struct import_report *report)
{
	bool is_foreign = report->read == report->refused && im->say.told[IMPORT_NOTE].n == 0;
	char why[200] = "There is nothing to write.";

	if (import_rows_found(report) > 0)
		snprintf(why, sizeof(why), "There is nothing to do: all of it is here already.");
	else if (is_foreign)
		snprintf(why, sizeof(why),
		    "Nothing can be taken. Is it of %s? greygate help import tells what it reads.",
		    im->cli->args[0]);
	import_say_change(&im->say, 0, why);
	return is_foreign || report->refused > 0 ? ERR_DATA : 0;
}

static int
finish(struct importing *im, struct import *import, struct err *err)
{
	struct import_report report;

	if (import_plan(import, &report, err) == -1)
		return -1;
	progress_clear();
	import_say_report(&im->say, &report);
	if (!report.changes)
		return say_nothing(im, &report);
	if (cli_value(im->cli, "apply") == NULL)
		import_say_change(&im->say, 0, "Nothing is written yet; --apply does.");
	else if (im->cli->readonly != NULL)
		return err_set(err, ERR_PERM, "%s", im->cli->readonly);
	else if (apply(im, import, &report, err) == -1)
		return -1;
	return report.refused > 0 ? ERR_DATA : 0;
}

static int
run(struct importing *im, const int *fds, struct err *err)
{
	struct import_options options;
	struct import *import;
	int i, result = 0;

	if (read_options(im, &options, err) == -1 || (import = import_new(&options, err)) == NULL)
		return -1;
	for (i = 1; i < im->cli->arg_n && result == 0; i++)
		result = import_read(import, im->cli->args[i], fds[i], err);
	if (result == 0)
		result = finish(im, import, err);
	import_free(import);
	return result;
}

int
cmd_import(struct cli *cli, struct err *err)
{
	struct importing im = { .cli = cli };
	int fds[CLI_ARGS_MAX], i, n, result = 0;

	/* As the operator, who may read what the owner of the database may not. */
	for (n = 1; n < cli->arg_n && result == 0; n++)
		result = (fds[n] = import_open(cli->args[n], err)) == -1 ? -1 : 0;
	if (result == 0 && cli_open_store(cli, true, err) == -1)
		result = -1;
	if (result == 0) {
		import_say_begin(&im.say, cli);
		result = run(&im, fds, err);
		progress_clear();
		import_say_end(&im.say);
	}
	for (i = 1; i < n; i++)
		if (fds[i] != -1)
			close(fds[i]);
	return result;
}
