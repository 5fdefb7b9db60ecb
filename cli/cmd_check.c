/* cmd_check.c - everything that can be looked at from outside; each finding is one line. */
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "common/base/xalloc.h"
#include "common/greylist/rules.h"
#include "common/store/heartbeat.h"

struct findings {
	struct cli *cli;
	int worst; /* exit status */
};

static void
fine(const char *text)
{
	cli_say("ok       %s", text);
}

static void
wrong(struct findings *f, int status, const char *text)
{
	cli_say("error    %s", text);
	if (f->worst == 0)
		f->worst = status;
}

static bool
check_config(struct findings *f)
{
	struct config_report *report = xcalloc(1, sizeof(*report));
	bool good = config_read(f->cli->config_path, &f->cli->config, report) == 0;
	char line[1024];
	size_t i;

	for (i = 0; i < report->notice_n; i++)
		cli_say("note     %s",
		    config_error_format(report, &report->notices[i], line, sizeof(line)));
	for (i = 0; i < report->error_n; i++)
		wrong(f, ERR_CONFIG,
		    config_error_format(report, &report->errors[i], line, sizeof(line)));
	snprintf(line, sizeof(line), "configuration: %s", report->file);
	if (good)
		fine(line);
	free(report);
	return good;
}

static void
check_rules(struct findings *f)
{
	char notice[ERR_TEXT_MAX];
	struct err err;
	struct rules *rules = rules_load(f->cli->store, notice, &err);

	if (rules == NULL)
		wrong(f, err.code, err.text);
	else if (notice[0] != '\0')
		wrong(f, ERR_DATA, notice);
	else
		fine("rules and policies");
	rules_free(rules);
}

static void
check_database(struct findings *f)
{
	struct store_options options = { .path = f->cli->config.database, .mode = STORE_READ };
	char line[400];
	struct err err;

	f->cli->store = store_open(&options, NULL, &err);
	if (f->cli->store == NULL || store_quick_check(f->cli->store, &err) != STORE_YES) {
		wrong(f, err.code, err.text);
		return;
	}
	snprintf(line, sizeof(line), "database: %s is sound", f->cli->config.database);
	fine(line);
	check_rules(f);
}

static void
keep_beat(void *arg, const struct heartbeat *beat)
{
	*(int64_t *)arg = beat->beat_s;
}

static void
check_server(struct findings *f)
{
	int64_t pid, beat_s = 0;
	struct err err;
	char line[128];

	if (f->cli->store == NULL)
		return;
	if (store_heartbeat_get(f->cli->store, keep_beat, &beat_s, &err) == STORE_ERROR) {
		wrong(f, err.code, err.text);
	} else if (store_lock_probe(f->cli->config.database, &pid, &err) != STORE_YES) {
		wrong(f, ERR_UNAVAILABLE, "server: none runs on this database; start greygated");
	} else if (beat_s < f->cli->now_s - HEARTBEAT_DEAD_S) {
		snprintf(line, sizeof(line),
		    "server: process %" PRId64 " runs but has no heartbeat; look at its log", pid);
		wrong(f, ERR_UNAVAILABLE, line);
	} else {
		snprintf(line, sizeof(line), "server: process %" PRId64 " is alive", pid);
		fine(line);
	}
}

static void
check_sockets(struct findings *f)
{
	const struct config *config = &f->cli->config;
	char line[512];
	struct stat st;
	size_t i;

	for (i = 0; i < config->listen_n; i++) {
		if (config->listen[i].kind != CONFIG_LISTEN_UNIX)
			continue;
		if (lstat(config->listen[i].path, &st) == -1 || !S_ISSOCK(st.st_mode)) {
			snprintf(
			    line, sizeof(line), "socket: %s is not there", config->listen[i].path);
			wrong(f, ERR_UNAVAILABLE, line);
		} else {
			snprintf(line, sizeof(line), "socket: %s, mode %04o",
			    config->listen[i].path, (unsigned)(st.st_mode & 07777));
			fine(line);
		}
	}
}

int
cmd_check(struct cli *cli, struct err *err)
{
	struct findings f = { .cli = cli };

	(void)err;
	if (check_config(&f)) {
		check_database(&f);
		check_server(&f);
		check_sockets(&f);
	}
	return f.worst;
}
