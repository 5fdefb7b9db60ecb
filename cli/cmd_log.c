/* cmd_log.c - greygate log: reads mail logs, reports, and whitelists what they suggest. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log_report.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/net/domain.h"
#include "common/store/domain.h"

#define ROWS 20

/* ---- options ---- */

/* "2026-11-24" and "2026-11-24T08:00" as a whole date. */
static int
parse_date(const char *text, int64_t *time_out)
{
	static const char rest[] = "2026-01-01T00:00:00";
	struct maillog_calendar calendar = { 0 };
	struct maillog_date date;
	char whole[64];
	size_t len = strlen(text);

	if (len >= sizeof(whole) || (len < sizeof(rest) - 1 && len != 10 && len != 16))
		return -1;
	snprintf(whole, sizeof(whole), "%s%s", text, len < sizeof(rest) - 1 ? rest + len : "");
	if (maillog_date_take(&(struct slice){ whole, strlen(whole) }, &date) == -1 ||
	    date.year == 0)
		return -1;
	*time_out = maillog_calendar_time(&calendar, &date);
	return 0;
}

static int
read_since(const struct cli *cli, int64_t *since_out, struct err *err)
{
	const char *value = cli_value(cli, "since");
	int64_t seconds;

	*since_out = INT64_MIN;
	if (value == NULL || parse_date(value, since_out) == 0)
		return 0;
	if (duration_parse(slice_of(value), &seconds) == -1)
		return err_set(err, ERR_USAGE,
		    "--since %s: expected a duration such as 7d, or a date such as 2026-11-24 or "
		    "2026-11-24T08:00",
		    value);
	*since_out = cli->now_s - seconds;
	return 0;
}

/* ---- reading ---- */

static void
put_line(struct slice line)
{
	char *shown = xreallocarray(NULL, line.len + 1, 4);
	struct buf b;

	buf_init(&b, shown, line.len * 4 + 1);
	str_escape(&b, line, ESCAPE_TEXT);
	printf("%s\n", shown);
	free(shown);
}

/* Reads all into the story, or prints what is unread. */
static void
read_all(struct maillog_reader *reader, struct story *story, bool prints_unread)
{
	struct maillog_record record;

	while (maillog_next(reader, &record))
		if (!prints_unread)
			story_event(story, &record.event, record.time_s);
		else if (record.event.kind == MAILLOG_UNREAD)
			put_line(record.line);
	story_end(story);
}

/* Says what is wrong with files; the status is that of the first. */
static int
complain_of_files(const struct log_report *r, bool *any_read_out)
{
	int status = 0;
	size_t i;

	*any_read_out = false;
	for (i = 0; i < r->file_n; i++) {
		const struct maillog_file *file = maillog_file(r->reader, i);

		if (file->err.code != ERR_NONE)
			cli_complain(&status, &file->err);
		if (file->err.code != ERR_NONE && file->lines > 0)
			cli_put(stderr, "greygate: the %" PRId64 " lines before that are read",
			    file->lines);
		*any_read_out = *any_read_out || file->err.code == ERR_NONE || file->lines > 0;
	}
	return status;
}

/* ---- suggestions ---- */

/* Which of them are whitelisted by now. Without a database, or the right to read it, none is known
 * to be: a log can be read anywhere. */
static void
find_there(struct log_report *r)
{
	struct err ignored;
	int64_t id;
	size_t i;

	r->there = xcalloc(r->suggestion_n + 1, sizeof(*r->there));
	if (r->suggestion_n == 0 ||
	    (r->cli->store == NULL && cli_open_store(r->cli, false, &ignored) == -1))
		return;
	for (i = 0; i < r->suggestion_n; i++)
		r->there[i] = store_domain_find(r->cli->store, slice_of(r->suggestions[i].name),
				  &id, &ignored) == STORE_YES;
}

static int
confirm(const struct cli *cli, int64_t n, struct err *err)
{
	if (cli_value(cli, "yes") != NULL)
		return 0;
	if (!isatty(STDIN_FILENO))
		return err_set(
		    err, ERR_USAGE, "%" PRId64 " to whitelist; --yes does it without asking", n);
	return cli_ask(
	    stderr, n == 1 ? "Whitelist it?" : "Whitelist them?", "nothing was whitelisted", err);
}

static void
add_one(const struct log_report *r, const struct suggestion *s, int *status)
{
	struct edit *edit = cli_edit(r->cli);
	struct domain domain = { .name = slice_of(s->name),
		.comment = slice_of(s->evidence),
		.author = slice_of(r->cli->author),
		.source = SLICE("log"),
		.created_s = r->cli->now_s };
	struct err err = { 0 };
	int64_t id;

	if (edit_domain_add(edit, &domain, &id, &err) == -1)
		cli_complain(status, &err);
	else
		cli_put(r->cli->json ? stderr : stdout,
		    "%s is whitelisted (domain %" PRId64 "): %s", s->name, id, s->evidence);
}

static int
apply(const struct log_report *r, int *status, struct err *err)
{
	int64_t new_n = 0;
	size_t i;

	for (i = 0; i < r->suggestion_n; i++)
		new_n += !r->there[i];
	if (new_n == 0) {
		cli_put(r->cli->json ? stderr : stdout, "Nothing to whitelist.");
		return 0;
	}
	fflush(stdout);
	if (confirm(r->cli, new_n, err) == -1)
		return -1;
	for (i = 0; i < r->suggestion_n; i++)
		if (!r->there[i])
			add_one(r, &r->suggestions[i], status);
	return 0;
}

/* ---- all of it ---- */

static int
report(struct log_report *r, int *status, struct err *err)
{
	bool applies = cli_value(r->cli, "apply") != NULL;

	r->suggestion_n = suggest_domains(r->story, &r->suggestions);
	if (applies && cli_open_store(r->cli, true, err) == -1)
		return -1;
	find_there(r);
	if (r->cli->json)
		log_report_json(r);
	else
		log_report_text(r);
	return applies ? apply(r, status, err) : 0;
}

/* The options, and what follows from them. */
static int
prepare(struct log_report *r, struct story_options *options, int64_t *since_out, struct err *err)
{
	const struct config *config = &r->cli->config;
	char lower[DOMAIN_TEXT_MAX];

	if (r->cli->json && cli_value(r->cli, "unread") != NULL)
		return err_set(err, ERR_USAGE, "either --unread or --json");
	r->limit = r->cli->json ? INT64_MAX : ROWS;
	r->domain = cli_value(r->cli, "domain");
	if (cli_number(r->cli, "limit", &r->limit, err) == -1 ||
	    read_since(r->cli, since_out, err) == -1)
		return -1;
	if (r->domain != NULL && domain_normalise(slice_of(r->domain), lower) == 0)
		r->domain = xstrdup(lower);
	else if (r->domain != NULL)
		r->domain = xstrdup(r->domain);
	options->domain = r->domain;
	options->prefix_v4 = (unsigned)config->greylist_ipv4_prefix;
	options->prefix_v6 = (unsigned)config->greylist_ipv6_prefix;
	return 0;
}

static void
clear(struct log_report *r)
{
	story_free(r->story);
	maillog_close(r->reader);
	free(r->suggestions);
	free(r->there);
	free((char *)(uintptr_t)r->domain);
}

int
cmd_log(struct cli *cli, struct err *err)
{
	struct log_report r = { .cli = cli, .file_n = (size_t)cli->arg_n };
	bool prints_unread = cli_value(cli, "unread") != NULL, any_read;
	struct story_options options = { 0 };
	int status, result = 0;
	int64_t since_s = 0;

	if (prepare(&r, &options, &since_s, err) == -1)
		return -1;
	r.story = story_new(&options);
	r.reader = maillog_open(cli->args, r.file_n, slice_of(cli->config.reply), since_s);
	read_all(r.reader, r.story, prints_unread);
	status = complain_of_files(&r, &any_read);
	if (any_read && !prints_unread)
		result = report(&r, &status, err);
	clear(&r);
	return result == -1 ? -1 : status;
}
