/* parse.c - from argv to a command, its arguments and options, by the table of commands. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "common/base/duration.h"

/* How many words of ARGV name the command; 0: they do not. */
static int
match_words(const struct command *command, int argc, char **argv)
{
	const char *space = strchr(command->name, ' ');
	size_t first_len = space == NULL ? strlen(command->name) : (size_t)(space - command->name);

	if (argc < 1 || strlen(argv[0]) != first_len ||
	    strncmp(argv[0], command->name, first_len) != 0)
		return 0;
	if (space == NULL)
		return 1;
	return argc > 1 && strcmp(argv[1], space + 1) == 0 ? 2 : 0;
}

static int
unknown_command(int argc, char **argv, struct err *err)
{
	const char *names[64], *nearest;
	char wanted[128];
	size_t i;

	for (i = 0; i < command_n; i++) {
		size_t len = strlen(argv[0]);

		if (strncmp(commands[i].name, argv[0], len) == 0 && commands[i].name[len] == ' ')
			return err_set(err, ERR_USAGE,
			    "%s: which of them? greygate help lists the commands", argv[0]);
		names[i] = commands[i].name;
	}
	snprintf(wanted, sizeof(wanted), "%s%s%s", argv[0], argc > 1 ? " " : "",
	    argc > 1 ? argv[1] : "");
	nearest = str_nearest(slice_of(wanted), names, command_n);
	if (nearest == NULL)
		nearest = str_nearest(slice_of(argv[0]), names, command_n);
	if (nearest == NULL)
		return err_set(
		    err, ERR_USAGE, "%s: unknown command; greygate help lists them", argv[0]);
	return err_set(err, ERR_USAGE, "%s: unknown command; did you mean %s?", argv[0], nearest);
}

static int
find_option(const struct command *command, const char *name, size_t len)
{
	int i;

	for (i = 0; i < CLI_OPTIONS_MAX && command->options[i].name != NULL; i++)
		if (strlen(command->options[i].name) == len &&
		    strncmp(command->options[i].name, name, len) == 0)
			return i;
	return -1;
}

static int
unknown_option(const struct command *command, const char *option, struct err *err)
{
	return err_set(err, ERR_USAGE, "%s: unknown option of %s; greygate help %s lists them",
	    option, command->name, command->name);
}

static int
keep_value(struct cli *cli, int option, const char *value, struct err *err)
{
	if (cli->given_n == CLI_ARGS_MAX)
		return err_set(err, ERR_USAGE, "too many options");
	cli->values[option] = value;
	cli->given[cli->given_n].option = option;
	cli->given[cli->given_n++].value = value;
	return 0;
}

/* Takes --NAME, --NAME=VALUE or --NAME VALUE; *AT is moved over a value of its own. */
static int
take_option(struct cli *cli, int argc, char **argv, int *at, struct err *err)
{
	const char *name = argv[*at] + 2, *equal = strchr(name, '=');
	size_t len = equal == NULL ? strlen(name) : (size_t)(equal - name);
	const struct cli_option *option;
	int i;

	if (strcmp(name, "json") == 0 && (cli->command->flags & COMMAND_JSON)) {
		cli->json = true;
		return 0;
	}
	i = find_option(cli->command, name, len);
	if (i == -1)
		return unknown_option(cli->command, argv[*at], err);
	option = &cli->command->options[i];
	if (option->value == NULL && equal != NULL)
		return err_set(err, ERR_USAGE, "--%s takes no value", option->name);
	if (option->value == NULL)
		return keep_value(cli, i, "", err);
	if (equal != NULL)
		return keep_value(cli, i, equal + 1, err);
	if (*at + 1 < argc)
		return keep_value(cli, i, argv[++*at], err);
	return err_set(err, ERR_USAGE, "--%s wants a value: %s", option->name, option->value);
}

static int
check_count(const struct cli *cli, struct err *err)
{
	const struct command *command = cli->command;

	if (cli->arg_n >= command->min_args && cli->arg_n <= command->max_args)
		return 0;
	return err_set(err, ERR_USAGE, "usage: greygate %s%s%s (try: %s)", command->name,
	    *command->args == '\0' ? "" : " ", command->args, command->example);
}

static int
read_rest(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool only_args = false;
	int i;

	for (i = 0; i < argc; i++) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
		} else if (!only_args && strcmp(argv[i], "--help") == 0) {
			help_command(cli->command, stdout);
			return 1;
		} else if (!only_args && strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			cli->config_path = argv[++i];
		} else if (!only_args && strncmp(argv[i], "--", 2) == 0) {
			if (take_option(cli, argc, argv, &i, err) == -1)
				return -1;
		} else if (cli->arg_n == CLI_ARGS_MAX) {
			return err_set(err, ERR_USAGE, "too many arguments");
		} else {
			cli->args[cli->arg_n++] = argv[i];
		}
	}
	return check_count(cli, err);
}

int
cli_parse(struct cli *cli, int argc, char **argv, struct err *err)
{
	size_t i;
	int words;

	for (i = 0; i < command_n; i++) {
		words = match_words(&commands[i], argc, argv);
		if (words > 0) {
			cli->command = &commands[i];
			return read_rest(cli, argc - words, argv + words, err);
		}
	}
	return unknown_command(argc, argv, err);
}

const char *
cli_value(const struct cli *cli, const char *option)
{
	int i = find_option(cli->command, option, strlen(option));

	return i == -1 ? NULL : cli->values[i];
}

const char *
cli_value_n(const struct cli *cli, const char *option, int n)
{
	int option_n = find_option(cli->command, option, strlen(option)), i;

	for (i = 0; i < cli->given_n; i++)
		if (cli->given[i].option == option_n && n-- == 0)
			return cli->given[i].value;
	return NULL;
}

static int
each_item(const char *list, cli_item_fn *fn, void *arg, struct err *err)
{
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (fn(arg, (struct slice){ list, len }, err) == -1)
			return -1;
		if (list[len] == '\0')
			return 0;
	}
}

int
cli_each_item(
    const struct cli *cli, const char *option, cli_item_fn *fn, void *arg, struct err *err)
{
	int wanted = find_option(cli->command, option, strlen(option)), i;

	for (i = 0; i < cli->given_n; i++)
		if (cli->given[i].option == wanted &&
		    each_item(cli->given[i].value, fn, arg, err) == -1)
			return -1;
	return 0;
}

int
cli_duration(const struct cli *cli, const char *option, int64_t *seconds_out, struct err *err)
{
	const char *value = cli_value(cli, option);

	if (value == NULL || duration_parse(slice_of(value), seconds_out) == 0)
		return 0;
	return err_set(
	    err, ERR_USAGE, "--%s %s: expected a duration such as 5m, 2h or 7d", option, value);
}

int
cli_number(const struct cli *cli, const char *option, int64_t *number_out, struct err *err)
{
	const char *value = cli_value(cli, option);

	if (value == NULL || cli_id(value, number_out, NULL) == 0)
		return 0;
	return err_set(err, ERR_USAGE, "--%s %s: expected a number", option, value);
}

int
cli_id(const char *text, int64_t *id_out, struct err *err)
{
	char *end;

	*id_out = strtoll(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || *id_out < 1)
		return err_set(err, ERR_USAGE, "%s is not an id", text);
	return 0;
}
