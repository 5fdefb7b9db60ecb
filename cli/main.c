/* main.c - greygate, the operator's program: finds the command in the table (commands.c), opens
 * what it needs (open.c), runs it, and alone decides about the exit status. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/completion.h"
#include "cli/output.h"
#include "cli/wrap.h"
#include "common/base/xalloc.h"

static int
complain(const struct err *err)
{
	int status = 0;

	cli_complain(&status, err);
	return status;
}

/* Returns the exit status. */
static int
execute(void *arg)
{
	struct cli *cli = arg;
	struct err err = { 0 };
	int result = cli_open(cli, &err);

	if (result == 0)
		result = cli->command->run(cli, &err);
	if (result == -1)
		result = complain(&err);
	cli_close(cli);
	/* What was not written was not said; a reader that has seen enough is no error. */
	if (fflush(stdout) == EOF && errno != EPIPE) {
		err_errno(&err, ERR_IO, "standard output");
		return complain(&err);
	}
	return result;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct err err = { 0 };
	int result = cli_parse(cli, argc, argv, &err);
	const char *file;

	if (result == 1)
		return 0;
	if (result == -1)
		return complain(&err);
	file = cli_value(cli, "output");
	if (file == NULL)
		return execute(cli);
	result = output_run(file, execute, cli, &err);
	return result == -1 ? complain(&err) : result;
}

int
main(int argc, char **argv)
{
	struct cli *cli = xcalloc(1, sizeof(*cli));
	int c, status;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	cli->terminal = isatty(STDOUT_FILENO);
	cli->width = cli->terminal ? wrap_terminal(stdout) : 0;
	if (cli->terminal && cli->width == 0)
		cli->width = WRAP_COLS;
	opterr = 0;
	while ((c = getopt(argc, argv, "+c:hV-:")) != -1) {
		if (c == 'c') {
			cli->config_path = optarg;
		} else if (c == 'V' || (c == '-' && strcmp(optarg, "version") == 0)) {
			puts("greygate " GREYGATE_VERSION);
			free(cli);
			return 0;
		} else if (c == '-' && strcmp(optarg, "complete") == 0) {
			completion_print(cli, argc - optind, argv + optind);
			free(cli);
			return 0;
		} else {
			bool asked = c == 'h' || (c == '-' && strcmp(optarg, "help") == 0);

			help_short(asked ? stdout : stderr);
			free(cli);
			return asked ? 0 : ERR_USAGE;
		}
	}
	if (optind == argc && cli->terminal && isatty(STDIN_FILENO)) {
		status = run(cli, 1, (char *[]){ (char *)"console", NULL });
	} else if (optind == argc) {
		help_short(stderr);
		status = ERR_USAGE;
	} else {
		status = run(cli, argc - optind, argv + optind);
	}
	free(cli);
	return status;
}
