/* manual.c - the console's part of greygate(1), from the tables of commands and of scripts. */
#include <stdio.h>

#include "tui/commands.h"
#include "tui/script.h"

/* Text as mdoc takes it: new sentences begin on new lines, backslashes are escapes. */
static void
put_text(const char *text, FILE *out)
{
	for (; *text != '\0'; text++) {
		fputs(*text == '\\' ? "\\e" : (char[]){ *text, '\0' }, out);
		if (*text == '.' && text[1] == ' ') {
			fputc('\n', out);
			text++;
		}
	}
}

static void
put_command(const struct key_command *command, FILE *out)
{
	fprintf(out, ".It \\&%s%sCm \\&:%s%s%s\n", command->keys,
	    *command->keys == '\0' ? "" : "  ", command->name, *command->args == '\0' ? "" : " Ar ",
	    command->args);
	put_text(command->help, out);
	fputs(".\n", out);
}

static void
put_view(const struct view_type *type, int number, FILE *out)
{
	fprintf(out, ".It %d %s\n", number, type->title);
	put_text(type->about, out);
	fputc('\n', out);
}

void
console_mdoc(FILE *out)
{
	int group, id;
	size_t i;

	fputs(".Sh CONSOLE\nAlone on a terminal,\n.Nm\nshows what waits on the whole screen.\n"
	      "There are seven views:\n.Bl -tag -width Ds\n",
	    out);
	for (id = 0; id < VIEW_MAIN_N; id++)
		put_view(view_type((enum view_id)id), id + 1, out);
	fputs(".El\n", out);
	for (group = 0; group < GROUP_N; group++) {
		fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", command_group_titles[group]);
		for (i = 0; i < key_command_n; i++)
			if (key_commands[i].group == (enum command_group)group)
				put_command(&key_commands[i], out);
		fputs(".El\n", out);
	}
	script_mdoc(out);
}
