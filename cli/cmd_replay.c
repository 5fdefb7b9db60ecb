/* cmd_replay.c - greygate replay: reads mails, runs them under one or two configurations, reports.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/replay_report.h"
#include "cli/replay_spf.h"
#include "cli/scratch.h"
#include "common/base/xalloc.h"
#include "common/replay/run.h"

#define ROWS 20
#define COMPLAINTS_MAX 20

/* All that a run needs besides what it reports. */
struct replaying {
	struct replay_report report;
	struct replay_file *files;
	struct mails *mails;
	struct spf_known spf;
	struct schedule schedule;
	int64_t warm_up_s;
	int64_t complaints;
	const char *name; /* of the configuration that runs */
};

/* ---- options ---- */

/* FILE, or the present configuration, with the settings of option SET over it. */
static int
read_candidate(
    struct cli *cli, const char *file, const char *set, struct config *out, struct err *err)
{
	struct config_report *report = xcalloc(1, sizeof(*report));
	int result = config_read(file == NULL ? cli->config_path : file, out, report), n;
	const char *value;
	char line[400];

	if (result == -1)
		err_set(err, ERR_CONFIG, "%s",
		    config_error_format(report, &report->errors[0], line, sizeof(line)));
	free(report);
	for (n = 0; result == 0 && (value = cli_value_n(cli, set, n)) != NULL; n++) {
		result = config_set_text(out, value, err);
		if (result == -1)
			err_wrap(err, "--%s %s", set, value);
	}
	return result;
}

static int
prepare(struct replaying *p, struct err *err)
{
	struct replay_report *r = &p->report;
	struct cli *cli = r->cli;
	const char *retry = cli_value(cli, "retry"), *file = cli_value(cli, "config");
	const char *compare = cli_value(cli, "compare");

	r->limit = cli->json ? INT64_MAX : ROWS;
	r->compares = compare != NULL || cli_value(cli, "set2") != NULL;
	r->asked_spf = cli_value(cli, "spf") != NULL;
	p->schedule = schedule_default();
	if (cli_number(cli, "limit", &r->limit, err) == -1 ||
	    cli_duration(cli, "warm-up", &p->warm_up_s, err) == -1 ||
	    (retry != NULL && schedule_parse(retry, &p->schedule, err) == -1) ||
	    read_candidate(cli, file, "set", &r->configs[0], err) == -1)
		return -1;
	return r->compares ? read_candidate(
				 cli, compare == NULL ? file : compare, "set2", &r->configs[1], err)
			   : 0;
}

/* ---- reading ---- */

static void
tell_reading(void *arg, int64_t bytes)
{
	(void)arg;
	progress_show("reading: %" PRId64 " MB", bytes / 1000000);
}

static void
complain_of_line(void *arg, const char *path, int64_t line, const char *text)
{
	struct replaying *p = arg;

	if (p->complaints++ < COMPLAINTS_MAX)
		cli_put(stderr, "greygate: %s:%" PRId64 ": %s", path, line, text);
}

/* What is wrong with files as a whole; the status is that of the first. */
static int
complain_of_files(const struct replaying *p)
{
	int status = p->complaints > 0 ? ERR_DATA : 0;
	size_t i;

	if (p->complaints > COMPLAINTS_MAX)
		cli_put(stderr, "greygate: and %" PRId64 " more such lines",
		    p->complaints - COMPLAINTS_MAX);
	for (i = 0; i < p->report.file_n; i++) {
		const struct replay_file *file = &p->files[i];

		if (file->err.code != ERR_NONE)
			cli_complain(&status, &file->err);
		if (file->kind == REPLAY_LOG && file->bad > 0)
			cli_put(stderr,
			    "greygate: %s: %" PRId64 " refusals could not be read; greygate log "
			    "--unread prints them",
			    file->path, file->bad);
	}
	return status;
}

static int
read_files(struct replaying *p)
{
	struct cli *cli = p->report.cli;
	struct replay_reading reading = { .own_text = slice_of(cli->config.reply),
		.mails = p->mails,
		.spf = &p->spf,
		.complain = complain_of_line,
		.progress = tell_reading,
		.arg = p };

	replay_read(&reading, cli->args, p->report.file_n, p->files);
	progress_clear();
	mails_end(p->mails, p->report.configs[0].trusted_networks,
	    p->report.configs[0].trusted_networks_n);
	return complain_of_files(p);
}

/* ---- running ---- */

static bool
go_on(void *arg, size_t done, size_t total)
{
	const struct replaying *p = arg;

	progress_show("%s: %zu%%", p->name, total == 0 ? 100 : done * 100 / total);
	return interrupt_asked() == 0;
}

/* The scratch database takes the place of that of CONFIG; a crash of the machine may take it. */
static int
make_store(struct replaying *p, struct config *config, const char *file, struct err *err)
{
	char path[4096];

	scratch_path(file, path, sizeof(path));
	if (access(path, F_OK) == 0)
		return err_set(err, ERR_CREATE, "%s is there already", path);
	free(config->database);
	config->database = xstrdup(path);
	config->synchronous = CONFIG_SYNC_NORMAL;
	return replay_make_store(path, p->report.cli->store, p->report.cli->now_s, err);
}

static int
run_one(struct replaying *p, struct config *config, const char *file, struct story *story,
    struct result *result, struct result *input, struct err *err)
{
	char *database = xstrdup(config->database);
	enum config_synchronous synchronous = config->synchronous;
	struct replay_run run = { .config = config,
		.mails = p->mails,
		.schedule = &p->schedule,
		.spf = &p->spf,
		.count_from_s = p->warm_up_s == 0 ? INT64_MIN : p->mails->first_s + p->warm_up_s,
		.story = story,
		.progress = go_on,
		.arg = p };
	int status = make_store(p, config, file, err);

	if (status == 0)
		status = replay_run(&run, result, input, err);
	progress_clear();
	free(config->database); /* as it was, so that only what differs is told */
	config->database = database;
	config->synchronous = synchronous;
	return status;
}

static int
run_both(struct replaying *p, struct story *story, struct err *err)
{
	struct replay_report *r = &p->report;

	p->name = r->compares ? "Replaying A" : "Replaying";
	if (run_one(p, &r->configs[0], "replay.db", story, &r->a, &r->input, err) == -1)
		return -1;
	p->name = "Replaying B";
	return r->compares ? run_one(p, &r->configs[1], "replay-b.db", NULL, &r->b, NULL, err) : 0;
}

static void
show(struct replaying *p, struct story *story)
{
	struct replay_report *r = &p->report;

	if (story != NULL)
		r->suggestion_n = suggest_domains(story, &r->suggestions);
	if (r->cli->json)
		replay_report_json(r);
	else
		replay_report_text(r);
}

static int
open_store(struct replaying *p, struct err *err)
{
	if (cli_value(p->report.cli, "empty") != NULL ||
	    cli_open_store(p->report.cli, false, err) == 0)
		return 0;
	return err_wrap(err, "rules and domains could not be read (--empty does without)");
}

static int
replay(struct replaying *p, struct err *err)
{
	struct replay_report *r = &p->report;
	struct story_options options = { .prefix_v4 = (unsigned)r->configs[0].greylist_ipv4_prefix,
		.prefix_v6 = (unsigned)r->configs[0].greylist_ipv6_prefix };
	struct story *story = NULL;
	int status;

	if (open_store(p, err) == -1 ||
	    (r->asked_spf && replay_ask_spf(r->cli, p->mails, &p->spf, err) == -1) ||
	    scratch_open(cli_value(r->cli, "keep"), err) == -1)
		return -1;
	if (!r->compares)
		story = story_new(&options);
	status = run_both(p, story, err);
	scratch_close();
	if (status == 0)
		show(p, story);
	story_free(story);
	return status;
}

static void
clear(struct replaying *p)
{
	struct replay_report *r = &p->report;

	result_clear(&r->a);
	result_clear(&r->b);
	result_clear(&r->input);
	config_clear(&r->configs[0]);
	config_clear(&r->configs[1]);
	free(r->suggestions);
	spf_known_clear(&p->spf);
	mails_free(p->mails);
	free(p->files);
}

int
cmd_replay(struct cli *cli, struct err *err)
{
	struct replaying p = { .report = { .cli = cli, .file_n = (size_t)cli->arg_n } };
	int status = 0, result;

	p.files = xcalloc(p.report.file_n, sizeof(*p.files));
	p.report.files = p.files;
	p.report.mails = p.mails = mails_new();
	result = prepare(&p, err);
	if (result == 0) {
		status = read_files(&p);
		if (p.mails->mail_n > 0)
			result = replay(&p, err);
		else if (status == 0)
			result = err_set(err, ERR_DATA, "there is no try of any mail in the input");
	}
	clear(&p);
	return result == -1 ? -1 : status;
}
