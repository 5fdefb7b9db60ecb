/* cmd_console.c - the console, and its script mode for tests and the recorded tour. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "tui/console.h"

static int
read_size(const char *text, struct console_options *options, struct err *err)
{
	if (text == NULL)
		return 0;
	if (sscanf(text, "%dx%d", &options->cols, &options->rows) == 2 && options->cols > 0 &&
	    options->rows > 0)
		return 0;
	return err_set(err, ERR_USAGE, "--size: %s is no size; one is 80x24", text);
}

static int
open_script(const char *name, struct console_options *options, struct err *err)
{
	if (name == NULL)
		return 0;
	options->script = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	if (options->script == NULL)
		return err_errno(err, ERR_NOINPUT, "%s", name);
	if (options->rows == 0) {
		options->cols = 80;
		options->rows = 24;
	}
	return 0;
}

int
cmd_console(struct cli *cli, struct err *err)
{
	struct console_options options = { .config = &cli->config,
		.config_file = cli->config_path != NULL ? cli->config_path : CONFIG_DEFAULT_PATH,
		.store = cli->store,
		.author = cli->author,
		.readonly = cli->readonly,
		.theme = cli_value(cli, "theme"),
		.mono = cli_value(cli, "mono") != NULL };
	int result;

	if (read_size(cli_value(cli, "size"), &options, err) == -1 ||
	    open_script(cli_value(cli, "script"), &options, err) == -1)
		return -1;
	if (options.script == NULL && (!cli->terminal || !isatty(STDIN_FILENO)))
		return err_set(err, ERR_USAGE,
		    "the console wants a terminal; greygate help lists commands for scripts");
	result = console_run(&options, err);
	if (options.script != NULL && options.script != stdin)
		fclose(options.script);
	return result;
}
