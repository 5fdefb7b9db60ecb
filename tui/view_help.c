/* view_help.c - every key and command of the view below, from the table; those that are not
 * possible now say why. */
#include <stdio.h>

#include "tui/commands.h"

#define KEYS_COLS 14
#define NAME_COLS 14
#define NARROW_COLS 60 /* the text goes below keys and name */

static void
add_below(
    struct view *view, enum element element, const char *keys, const char *name, struct slice text)
{
	view_line(view, element, "  %s%s%s", keys, *keys == '\0' ? "" : "  ", name);
	view_sentence(view, element, 4, text);
}

/* Keys and name once, beside a text that goes on below itself. */
static void
add_beside(
    struct view *view, enum element element, const char *keys, const char *name, struct slice text)
{
	int cols = term_cols(view->console->term) - KEYS_COLS - NAME_COLS - 6;
	size_t len, next;

	do {
		len = text_wrap(
		    text, cols < 12 ? 12 : cols, term_charset(view->console->term), &next);
		view_line(view, element, "  %-*s %-*s %.*s", KEYS_COLS, keys, NAME_COLS, name,
		    (int)len, text.ptr);
		keys = name = "";
		text.ptr += next;
		text.len -= next;
	} while (text.len > 0);
}

static void
add_command(struct view *view, const struct console *below, const struct key_command *command)
{
	const char *why;
	bool possible = command_possible(below, command, &why);
	char text[512];

	snprintf(text, sizeof(text), "%s%s%s%s", command->help, possible ? "" : " (",
	    possible ? "" : why, possible ? "" : ")");
	(term_cols(view->console->term) < NARROW_COLS ? add_below : add_beside)(view,
	    possible ? ELEMENT_NORMAL : ELEMENT_DIM, command->keys, command->name, slice_of(text));
}

static void
add_group(struct view *view, const struct console *below, enum command_group group)
{
	size_t i;

	view_line(view, ELEMENT_NORMAL, "%s", "");
	view_line(view, ELEMENT_SECTION, "%s", command_group_titles[group]);
	for (i = 0; i < key_command_n; i++)
		if (key_commands[i].group == group)
			add_command(view, below, &key_commands[i]);
}

static enum view_read
read_help(struct view *view, bool begin, struct err *err)
{
	struct console below = *view->console;
	const struct view_type *type;
	int group;

	(void)begin;
	(void)err;
	below.depth--; /* what is possible there, not here */
	type = console_view(&below)->type;
	list_begin(&view->list);
	view_line(view, ELEMENT_SECTION, "%s", type->title);
	view_sentence(view, ELEMENT_NORMAL, 2, slice_of(type->about));
	for (group = 0; group < GROUP_N; group++)
		add_group(view, &below, (enum command_group)group);
	list_end(&view->list);
	return VIEW_DONE;
}

const struct view_type view_help = {
	.id = VIEW_HELP,
	.name = "help",
	.title = "Help",
	.about = "Keys and commands.",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.flags = VIEW_IS_TEXT | VIEW_IS_STILL,
	.sort = -1,
	.read = read_help,
};
