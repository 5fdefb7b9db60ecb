/* help.c - everything that tells about commands, from their table. */
#include <string.h>

#include "cli/cli.h"
#include "cli/paragraph.h"
#include "tui/console.h"

#define LEFT_COLS 27
#define WIDTH PARAGRAPH_USUAL_WIDTH

static void
put_item(FILE *out, const char *name, const char *value, const char *text)
{
	char left[80];

	snprintf(left, sizeof(left), "  %s%s%s", name, *value == '\0' ? "" : " ", value);
	paragraph_put(out, left, LEFT_COLS, WIDTH, text);
}

void
help_short(FILE *out)
{
	size_t i;

	fprintf(out, "usage: greygate [-c FILE] COMMAND [ARGUMENTS]\n\n");
	for (i = 0; i < command_n; i++)
		put_item(out, commands[i].name, commands[i].args, commands[i].summary);
	fprintf(out, "\ngreygate help COMMAND tells more. Commands that list know --json.\n");
}

static void
put_options(const struct command *command, FILE *out)
{
	const struct cli_option *option = command->options;
	char name[40];
	int i;

	for (i = 0; i < CLI_OPTIONS_MAX && option[i].name != NULL; i++) {
		snprintf(name, sizeof(name), "--%s", option[i].name);
		put_item(out, name, option[i].value == NULL ? "" : option[i].value, option[i].help);
	}
	if (command->flags & COMMAND_JSON)
		put_item(out, "--json", "", "as JSON");
	if (i > 0 || command->flags & COMMAND_JSON)
		fprintf(out, "\n");
}

void
help_command(const struct command *command, FILE *out)
{
	fprintf(out, "usage: greygate %s%s%s%s\n\n%s.\n", command->name,
	    *command->args == '\0' ? "" : " ", command->args,
	    command->options[0].name != NULL ? " [OPTIONS]" : "", command->summary);
	if (*command->text != '\0')
		paragraph_put(out, "", 0, WIDTH, command->text);
	fprintf(out, "\n");
	put_options(command, out);
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
