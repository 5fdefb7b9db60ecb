/* cmd_backup.c - a copy of the database is made, and put in its place. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "common/base/clock.h"
#include "common/store/restore.h"

#define NICE 10 /* the answers of a server come first */

/* Ended by the keyboard it leaves nothing behind; a limit on files is an error like another. */
static void
catch_signals(void)
{
	interrupt_watch();
	signal(SIGXFSZ, SIG_IGN);
}

static bool
show_progress(void *arg, const char *stage, int percent)
{
	bool *is_nice = arg; /* from when on the database is not looked at any more */

	/* The copying itself is to be short: while it lasts the write-ahead log grows. */
	if (!*is_nice && strcmp(stage, "copying") != 0) {
		setpriority(PRIO_PROCESS, 0, NICE);
		*is_nice = true;
	}
	if (percent >= 0)
		progress_show("%s: %d%%", stage, percent);
	else
		progress_show("%s", stage);
	return interrupt_asked() == 0;
}

/* Root is not asked for its own rights: it should hear whose were. */
static int
name_owner(struct err *err)
{
	const struct passwd *pw = err->code == ERR_PERM ? getpwuid(geteuid()) : NULL;
	size_t len = strlen(err->text);

	if (pw != NULL)
		snprintf(err->text + len, sizeof(err->text) - len,
		    "; %s, who owns the database, must be allowed to write there", pw->pw_name);
	return -1;
}

int
cmd_backup(struct cli *cli, struct err *err)
{
	bool is_nice = false;
	struct backup_watch watch = { show_progress, &is_nice };
	bool force = cli_value(cli, "force") != NULL;
	int64_t started_ms = clock_mono_ms();
	struct backup_made made;
	int result;

	catch_signals();
	result = store_backup(cli->store, cli->args[0], force, &watch, &made, err);
	progress_clear();
	if (result == -1)
		return name_owner(err);
	cli_say("%s: %" PRId64 " bytes, %" PRId64 " rows, in %.1f s; it is sound", cli->args[0],
	    made.bytes, made.rows, (double)(clock_mono_ms() - started_ms) / 1000);
	return 0;
}

static void
say_restored(const struct cli *cli, const struct restored *restored)
{
	cli_say("%s: restored from %s, %" PRId64 " rows", cli->config.database, cli->args[0],
	    restored->rows);
	if (restored->kept[0] != '\0')
		cli_say("the old database is kept as %s", restored->kept);
	if (restored->served)
		cli_say("the server that runs reads it now; what it had learned since the copy was "
			"made is in the old one");
}

int
cmd_restore(struct cli *cli, struct err *err)
{
	bool is_nice = false;
	struct backup_watch watch = { show_progress, &is_nice };
	struct restore_options options = { .path = cli->config.database,
		.name = cli->args[0],
		.served = cli_value(cli, "force") != NULL,
		.now_s = cli->now_s,
		.watch = &watch };
	struct restored restored;
	int result;

	/* As the operator, who may read what the owner of the database may not. */
	options.fd = open(options.name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (options.fd == -1)
		return err_errno(err, errno == EACCES ? ERR_PERM : ERR_NOINPUT, "%s", options.name);
	catch_signals();
	result = cli_become_owner(options.path, err);
	if (result == 0)
		result = store_restore(&options, &restored, err);
	close(options.fd);
	progress_clear();
	if (result == 0)
		say_restored(cli, &restored);
	return result;
}
