/* help.c - everything that tells about commands, from their table. */
#include <string.h>

#include "cli/cli.h"
#include "cli/wrap.h"
#include "tui/console.h"

#define TEXT_INDENT 27 /* beside options */

static int
columns_for(FILE *out)
{
	int cols = wrap_terminal(out);

	return cols < TEXT_INDENT + 16 ? WRAP_COLS : cols;
}

void
help_short(FILE *out)
{
	int cols = columns_for(out);
	char left[64];
	size_t i;

	fprintf(out, "usage: greygate [-c FILE] COMMAND [ARGUMENTS]\n\n");
	for (i = 0; i < command_n; i++) {
		snprintf(left, sizeof(left), "  %s %s", commands[i].name, commands[i].args);
		wrap_row(out, left, commands[i].summary, TEXT_INDENT, cols);
	}
	fprintf(out, "\ngreygate help COMMAND tells more. Commands that list know --json.\n");
}

void
help_command(const struct command *command, FILE *out)
{
	int cols = columns_for(out), i;
	char left[64], line[512];

	fprintf(out, "usage: greygate %s%s%s%s\n\n", command->name,
	    *command->args == '\0' ? "" : " ", command->args,
	    command->options[0].name != NULL ? " [OPTIONS]" : "");
	snprintf(line, sizeof(line), "%s.", command->summary);
	wrap_put(out, line, 0, 0, cols);
	fprintf(out, "\n");
	if (*command->text != '\0') {
		wrap_put(out, command->text, 0, 0, cols);
		fprintf(out, "\n");
	}
	for (i = 0; i < CLI_OPTIONS_MAX && command->options[i].name != NULL; i++) {
		const struct cli_option *option = &command->options[i];

		snprintf(left, sizeof(left), "  --%s %s", option->name,
		    option->value == NULL ? "" : option->value);
		wrap_row(out, left, option->help, TEXT_INDENT, cols);
	}
	if (command->flags & COMMAND_JSON)
		wrap_row(out, "  --json", "as JSON", TEXT_INDENT, cols);
	if (command->options[0].name != NULL || (command->flags & COMMAND_JSON))
		fprintf(out, "\n");
	fprintf(out, "example: %s\n", command->example);
}

/* A word of a manual page: what mdoc would read as a macro or an escape is defused. */
static void
put_mdoc(const char *text, FILE *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else
			fputc(*text, out);
		/* New sentences begin on new lines. */
		if (*text == '.' && text[1] == ' ') {
			fputc('\n', out);
			text++;
		}
	}
}

static void
put_options_mdoc(const struct command *command, FILE *out)
{
	int i;

	if (command->options[0].name == NULL && !(command->flags & COMMAND_JSON))
		return;
	fprintf(out, ".Bl -tag -width Ds -compact\n");
	for (i = 0; i < CLI_OPTIONS_MAX && command->options[i].name != NULL; i++) {
		fprintf(out, ".It Fl -%s", command->options[i].name);
		if (command->options[i].value != NULL)
			fprintf(out, " Ar %s", command->options[i].value);
		fprintf(out, "\n");
		put_mdoc(command->options[i].help, out);
		fprintf(out, "\n");
	}
	if (command->flags & COMMAND_JSON)
		fprintf(out, ".It Fl -json\nas JSON\n");
	fprintf(out, ".El\n");
}

void
help_mdoc(FILE *out)
{
	size_t i;

	fprintf(out, ".Bl -tag -width Ds\n");
	for (i = 0; i < command_n; i++) {
		fprintf(out, ".It Cm %s%s%s\n", commands[i].name,
		    *commands[i].args == '\0' ? "" : " Ar ", commands[i].args);
		put_mdoc(commands[i].summary, out);
		fprintf(out, ".\n");
		if (*commands[i].text != '\0') {
			put_mdoc(commands[i].text, out);
			fprintf(out, "\n");
		}
		put_options_mdoc(&commands[i], out);
		fprintf(out, ".Pp\nExample:\n.Dl %s\n", commands[i].example);
	}
	fprintf(out, ".El\n");
	console_mdoc(out);
}

int
cmd_help(struct cli *cli, struct err *err)
{
	char name[64] = "";
	size_t i;

	if (cli_value(cli, "mdoc") != NULL) {
		help_mdoc(stdout);
		return 0;
	}
	if (cli->arg_n == 0) {
		help_short(stdout);
		return 0;
	}
	snprintf(name, sizeof(name), "%s%s%s", cli->args[0], cli->arg_n > 1 ? " " : "",
	    cli->arg_n > 1 ? cli->args[1] : "");
	for (i = 0; i < command_n; i++)
		if (strcmp(commands[i].name, name) == 0) {
			help_command(&commands[i], stdout);
			return 0;
		}
	return err_set(
	    err, ERR_USAGE, "%s: there is no such command; greygate help lists them", name);
}
