/* open.c - configuration, database and who is asking, before a command runs. */
#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "common/store/heartbeat.h"

static int
read_config(struct cli *cli, struct err *err)
{
	struct config_report *report = xcalloc(1, sizeof(*report));
	int result = config_read(cli->config_path, &cli->config, report);
	char line[400];

	if (result == -1)
		err_set(err, ERR_CONFIG, "%s%s",
		    config_error_format(report, &report->errors[0], line, sizeof(line)),
		    report->error_n > 1 ? " (and more: greygate check lists all)" : "");
	free(report);
	return result;
}

/* The login of the operator. Root says through sudo who it is; nobody else is believed. */
static void
find_author(struct cli *cli)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;

	snprintf(cli->author, sizeof(cli->author), "%s",
	    sudo != NULL && *sudo != '\0' ? sudo
	    : pw != NULL                  ? pw->pw_name
					  : "unknown");
}

/* A database that is not there yet belongs to the owner of its folder. */
static int
owner_of(const char *database, struct stat *st)
{
	char *copy;
	int result;

	if (stat(database, st) == 0)
		return 0;
	copy = xstrdup(database);
	result = stat(dirname(copy), st);
	free(copy);
	return result;
}

int
cli_become_owner(const char *database, struct err *err)
{
	struct stat st;

	if (geteuid() != 0 || owner_of(database, &st) == -1 || st.st_uid == 0)
		return 0;
	if (setgroups(0, NULL) == -1 || setgid(st.st_gid) == -1 || setuid(st.st_uid) == -1)
		return err_errno(err, ERR_OS, "becoming the owner of %s", database);
	return 0;
}

/* A command that may also only read does so when it was told to, or may not write. */
static struct store *
open_for(struct cli *cli, bool for_writing, struct store_options *options, struct err *err)
{
	bool may_read = (cli->command->flags & COMMAND_MAY_READ) != 0;
	struct store *store;

	if (may_read && cli_value(cli, "readonly") != NULL)
		cli->readonly = "the console is read-only (--readonly)";
	options->mode = for_writing && cli->readonly == NULL ? STORE_WRITE : STORE_READ;
	store = store_open(options, NULL, err);
	if (store != NULL || err->code != ERR_PERM || !may_read || cli->readonly != NULL)
		return store;
	cli->readonly = "you may not write the database; root and the user of the server may";
	options->mode = STORE_READ;
	return store_open(options, NULL, err);
}

int
cli_open_store(struct cli *cli, bool for_writing, struct err *err)
{
	struct store_options options = { .path = cli->config.database,
		.full_sync = cli->config.synchronous == CONFIG_SYNC_FULL };

	if (cli_become_owner(cli->config.database, err) == -1)
		return -1;
	cli->store = open_for(cli, for_writing, &options, err);
	if (cli->store == NULL && err->code == ERR_PERM) {
		size_t len = strlen(err->text);

		snprintf(err->text + len, sizeof(err->text) - len,
		    "; run it as root or as the user of the server");
	}
	return cli->store == NULL ? -1 : 0;
}

int
cli_open(struct cli *cli, struct err *err)
{
	unsigned opens = COMMAND_STORE | COMMAND_WRITES;

	cli->now_s = clock_wall_s();
	find_author(cli);
	if ((cli->command->flags & (opens | COMMAND_CONFIG)) == 0)
		return 0;
	if (read_config(cli, err) == -1)
		return -1;
	if ((cli->command->flags & opens) == 0)
		return 0;
	return cli_open_store(cli, (cli->command->flags & COMMAND_WRITES) != 0, err);
}

void
cli_close(struct cli *cli)
{
	store_close(cli->store);
	config_clear(&cli->config);
}

struct edit *
cli_edit(struct cli *cli)
{
	cli->edit.store = cli->store;
	cli->edit.author = slice_of(cli->author);
	cli->edit.now_s = cli->now_s;
	return &cli->edit;
}

static void
keep_beat(void *arg, const struct heartbeat *beat)
{
	*(int64_t *)arg = beat->beat_s;
}

/* By its lock, at once; where that cannot be asked for, by its last heartbeat. */
bool
cli_server_lives(struct cli *cli)
{
	int64_t pid, beat_s = 0;
	enum store_found locked = store_lock_probe(cli->config.database, &pid, NULL);

	if (locked != STORE_ERROR)
		return locked == STORE_YES;
	return store_heartbeat_get(cli->store, keep_beat, &beat_s, NULL) == STORE_YES &&
	       beat_s > cli->now_s - HEARTBEAT_DEAD_S;
}
