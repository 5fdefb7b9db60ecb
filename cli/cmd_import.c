/* cmd_import.c - what another greylister knows, shown and taken over. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "common/base/xalloc.h"
#include "common/import/import.h"

#define TOLD_FIRST 20

/* What is kept until it is time to say it: the first of each. */
struct told {
	char *lines[TOLD_FIRST];
	int64_t n;
};

struct importing {
	struct cli *cli;
	bool all_refused;
	bool progress; /* standard error is a terminal */
	bool reported;
	const char *doing;
	struct told told[IMPORT_HINT + 1];
};

static void
show_progress(void *arg, int64_t rows)
{
	struct importing *im = arg;

	if (!im->progress)
		return;
	fprintf(stderr, "\r%s: %" PRId64 " rows ", im->doing, rows);
	fflush(stderr);
	im->reported = true;
}

static void
clear_progress(struct importing *im)
{
	if (im->reported)
		fprintf(stderr, "\r%40s\r", "");
	im->reported = false;
}

static void
keep_told(void *arg, enum import_told what, const char *place, const char *text)
{
	struct importing *im = arg;
	struct told *told = &im->told[what];
	char line[800];

	if (what == IMPORT_REFUSED && im->all_refused) {
		clear_progress(im);
		cli_say("%s: refused: %s", place, text);
		return;
	}
	snprintf(line, sizeof(line), "%s%s%s", place, *place == '\0' ? "" : ": ", text);
	if (told->n < TOLD_FIRST)
		told->lines[told->n] = xstrdup(line);
	told->n++;
}

static void
say_told(struct importing *im, enum import_told what, const char *head, const char *more)
{
	struct told *told = &im->told[what];
	int64_t i;

	if (told->n == 0)
		return;
	printf("\n%s\n", head);
	for (i = 0; i < told->n && i < TOLD_FIRST; i++)
		cli_say("  %s", told->lines[i]);
	if (told->n > TOLD_FIRST)
		cli_say("  ... and %" PRId64 " more%s", told->n - TOLD_FIRST, more);
}

static void
free_told(struct importing *im)
{
	int what, i;

	for (what = 0; what <= IMPORT_HINT; what++)
		for (i = 0; i < TOLD_FIRST; i++)
			free(im->told[what].lines[i]);
}

/* ---- the report ---- */

static void
say_counts(const struct cli *cli, const struct import_report *report)
{
	static const struct table_column columns[] = { { "KIND", false, false },
		{ "FOUND", true, false }, { "NEW", true, false }, { "LONGER LIFE", true, false },
		{ "THERE ALREADY", true, false } };
	struct table *table = xcalloc(1, sizeof(*table));
	int kind;

	table_init(table, columns, 5, cli->width);
	for (kind = STAGING_N - 1; kind >= 0; kind--) {
		const struct staging_count *n = &report->counts[kind];

		if (n->staged == 0)
			continue;
		table_text(table, import_kind_names[kind]);
		table_number(table, n->staged);
		table_number(table, n->fresh);
		table_number(table, n->changed);
		table_number(table, n->staged - n->fresh - n->changed);
	}
	table_end(table, "Nothing was found that could be taken.");
	free(table);
}

static void
say_samples(const struct import_report *report)
{
	int kind, i;

	for (kind = STAGING_N - 1; kind >= 0; kind--) {
		if (report->samples[kind][0][0] == '\0')
			continue;
		cli_say("%s, for example:", import_kind_names[kind]);
		for (i = 0; i < IMPORT_SAMPLES && report->samples[kind][i][0] != '\0'; i++)
			cli_say("  %s", report->samples[kind][i]);
	}
}

static void
say_report(struct importing *im, const struct import_report *report)
{
	clear_progress(im);
	cli_say("%" PRId64 " rows read, %" PRId64 " expired, %" PRId64 " refused", report->read,
	    report->expired, report->refused);
	printf("\n");
	say_counts(im->cli, report);
	printf("\n");
	say_samples(report);
	say_told(im, IMPORT_REFUSED, "Refused:", " (--refused shows all)");
	say_told(im, IMPORT_NOTE, "Taken, but:", "");
	say_told(im, IMPORT_HINT, "Besides:", "");
	printf("\n");
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
		.told = keep_told,
		.progress = show_progress,
		.arg = im };
	if (cli_duration(cli, "delay", &o->delay_s, err) == -1 ||
	    cli_duration(cli, "window", &o->window_s, err) == -1)
		return -1;
	return read_zone(cli, &o->zone_s, err);
}

/* ---- the work ---- */

static int
apply(struct importing *im, struct import *import, const struct import_report *report,
    struct err *err)
{
	int64_t change_id;
	int result;

	im->doing = "applied";
	result = import_apply(import, report, show_progress, &change_id, err);
	clear_progress(im);
	if (result == 0)
		cli_say("Done: change %" PRId64 "; greygate undo takes it back.", change_id);
	return result;
}

static int
finish(struct importing *im, struct import *import, struct err *err)
{
	struct import_report report;
	bool wanted = cli_value(im->cli, "apply") != NULL;

	if (import_plan(import, &report, err) == -1)
		return -1;
	say_report(im, &report);
	if (!report.changes)
		cli_say("There is nothing to do: all of it is here already.");
	else if (!wanted)
		cli_say("Nothing is written yet; --apply does.");
	else if (im->cli->readonly != NULL)
		return err_set(err, ERR_PERM, "%s", im->cli->readonly);
	else if (apply(im, import, &report, err) == -1)
		return -1;
	return report.refused > 0 ? ERR_DATA : 0;
}

static int
run(struct importing *im, struct import *import, struct err *err)
{
	int i;

	im->doing = "read";
	for (i = 1; i < im->cli->arg_n; i++)
		if (import_read(import, im->cli->args[i], err) == -1)
			return -1;
	return finish(im, import, err);
}

int
cmd_import(struct cli *cli, struct err *err)
{
	struct importing im = { .cli = cli,
		.all_refused = cli_value(cli, "refused") != NULL,
		.progress = isatty(STDERR_FILENO) };
	struct import_options options;
	struct import *import;
	int result;

	if (read_options(&im, &options, err) == -1 || (import = import_new(&options, err)) == NULL)
		return -1;
	result = run(&im, import, err);
	clear_progress(&im);
	import_free(import);
	free_told(&im);
	return result;
}
