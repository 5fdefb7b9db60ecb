/* commands.c - the table. Add a row, not a branch. */
#include "tui/commands.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/entry_line.h"

#define MAIL (ROW_POOL | ROW_WAITING | ROW_PASSED | ROW_EVENT)
#define ENTRIES (ROW_RULE | ROW_POLICY | ROW_DOMAIN)
#define VIEW(id) (1u << VIEW_##id)

const char *const command_group_titles[GROUP_N] = {
	[GROUP_MOVE] = "Moving",
	[GROUP_FIND] = "Finding",
	[GROUP_CHANGE] = "Changing",
	[GROUP_OTHER] = "Other",
};

/* clang-format off */
const struct key_command key_commands[] = {
	{ "open", "Enter Right l", GROUP_MOVE, MAIL | ROW_CLIENT | ENTRIES | ROW_CHANGE, 0, 0, move_open,
	  "open", "", "Open what is selected" },
	{ "take", "Enter", GROUP_MOVE, ROW_CHOICE, VIEW(WHITELIST) | VIEW(PREVIEW), 0, move_open,
	  "take it", "", "Take the choice that is selected" },
	{ "back", "Esc Left h", GROUP_MOVE, 0, 0, 0, move_back,
	  NULL, "", "Take away the filter, else go back to the view before, else give up a reading that takes long" },
	{ "up", "k Up ^P", GROUP_MOVE, 0, 0, 0, move_up,
	  NULL, "", "One row up" },
	{ "down", "j Down ^N", GROUP_MOVE, 0, 0, 0, move_down,
	  NULL, "", "One row down" },
	{ "page-up", "PgUp ^B", GROUP_MOVE, 0, 0, 0, move_page_up,
	  NULL, "", "One screen up" },
	{ "page-down", "PgDn ^F", GROUP_MOVE, 0, 0, 0, move_page_down,
	  NULL, "", "One screen down" },
	{ "half-up", "^U", GROUP_MOVE, 0, 0, 0, move_half_up,
	  NULL, "", "Half a screen up" },
	{ "half-down", "^D", GROUP_MOVE, 0, 0, 0, move_half_down,
	  NULL, "", "Half a screen down" },
	{ "first", "g Home", GROUP_MOVE, 0, 0, 0, move_first,
	  NULL, "", "To the first row" },
	{ "last", "G End", GROUP_MOVE, 0, 0, 0, move_last,
	  NULL, "", "To the last row" },
	{ "next-view", "Tab", GROUP_MOVE, 0, 0, 0, move_next_view,
	  NULL, "", "The next of the seven views" },
	{ "previous-view", "BackTab", GROUP_MOVE, 0, 0, 0, move_previous_view,
	  NULL, "", "The one before" },
	{ "view", "1 2 3 4 5 6 7", GROUP_MOVE, 0, 0, COMMAND_ARG, move_view,
	  NULL, "NAME", "One of the seven views, by its number or name" },
	{ "close", "q", GROUP_MOVE, 0, 0, 0, move_close,
	  NULL, "", "Close this view; the last one leaves the console" },
	{ "quit", "Q ^C", GROUP_MOVE, 0, 0, 0, move_quit,
	  NULL, "", "Leave the console; nothing is lost by that" },

	{ "whitelist", "w", GROUP_CHANGE, MAIL, 0, COMMAND_TAGGED, whitelist_begin,
	  "whitelist", "", "Let this mail pass from now on: choose its address, network, client name, sender, or the sender's domain by SPF" },
	{ "release", "a", GROUP_CHANGE, ROW_POOL | ROW_WAITING, 0, COMMAND_WRITES | COMMAND_TAGGED, change_release,
	  "release", "", "Accept now: what waits passes on its next try" },
	{ "block", "b", GROUP_CHANGE, MAIL, 0, COMMAND_WRITES | COMMAND_TAGGED, whitelist_block,
	  NULL, "", "Refuse for good: choose what" },
	{ "only", "o", GROUP_CHANGE, ROW_CHOICE, VIEW(WHITELIST), 0, whitelist_only,
	  "everyone or one", "", "For everyone, or only for the recipient of the mail" },
	{ "refresh", "r", GROUP_CHANGE, ROW_DOMAIN | ROW_NETWORK, VIEW(DOMAINS) | VIEW(DOMAIN), COMMAND_WRITES | COMMAND_TAGGED, change_refresh,
	  "refresh", "", "Read the SPF record of the domain again" },
	{ "add", "A", GROUP_CHANGE, 0, 0, COMMAND_WRITES | COMMAND_ARG | COMMAND_ENTRIES, entry_add,
	  "add", "WHAT", "Add by typing: domain NAME, or a rule such as: allow @partner.example to info@wode.com for 7d # ticket 12" },
	{ "suggested", "W", GROUP_CHANGE, 0, VIEW(DOMAINS), COMMAND_WRITES, entry_suggested,
	  NULL, "", "Whitelist the domains that are known to need it" },
	{ "edit", "e", GROUP_CHANGE, ENTRIES, 0, COMMAND_WRITES | COMMAND_TAGGED, entry_edit,
	  "edit", "", "Edit comment, scope and expiry of the tagged or selected entries" },
	{ "delete", "d Del", GROUP_CHANGE, ENTRIES | ROW_CLIENT, 0, COMMAND_WRITES | COMMAND_TAGGED, change_delete,
	  "delete", "", "Delete the tagged or selected entries" },
	{ "undo", "u", GROUP_CHANGE, 0, 0, COMMAND_WRITES, change_undo,
	  NULL, "", "Take back all that your last command changed, also one of an earlier day" },

	{ "explain", "x", GROUP_FIND, ROW_WAITING | ROW_PASSED | ROW_EVENT, 0, 0, detail_explain,
	  "explain", "", "What would happen to this mail now, and why" },
	{ "seek", "/", GROUP_FIND, 0, 0, COMMAND_ARG, find_seek,
	  "seek", "TEXT", "To the next row that has a text" },
	{ "next", "n", GROUP_FIND, 0, 0, 0, find_next,
	  NULL, "", "To the next one" },
	{ "previous", "N", GROUP_FIND, 0, 0, 0, find_previous,
	  NULL, "", "To the one before" },
	{ "filter", "f", GROUP_FIND, 0, 0, COMMAND_ARG, find_filter,
	  "filter", "TERMS", "Only some rows: words, from:qq.com to:info@ tries:>3 since:2h -client:unknown" },
	{ "sort", "s", GROUP_FIND, 0, 0, COMMAND_ARG, find_sort,
	  NULL, "COLUMN", "Sort by the next column, or by COLUMN" },
	{ "reverse", "S", GROUP_FIND, 0, 0, 0, find_reverse,
	  NULL, "", "The other way round" },
	{ "tag", "Space", GROUP_FIND, MAIL | ENTRIES | ROW_CLIENT, 0, 0, find_tag,
	  NULL, "", "Tag the row: commands act on all that are tagged" },
	{ "tag-all", "*", GROUP_FIND, MAIL | ENTRIES | ROW_CLIENT, 0, 0, find_tag_all,
	  NULL, "", "Turn the tags of all rows that are shown" },
	{ "untag", "U", GROUP_FIND, 0, 0, 0, find_untag,
	  NULL, "", "No tags any more" },

	{ "help", "? F1", GROUP_OTHER, 0, 0, 0, other_help,
	  "help", "", "Keys and commands, and why some are not possible now" },
	{ "command", ":", GROUP_OTHER, 0, 0, 0, other_command,
	  NULL, "", "A command by its name; Tab completes" },
	{ "clients", "c", GROUP_OTHER, 0, 0, 0, other_clients,
	  NULL, "", "Clients that are auto-whitelisted" },
	{ "changes", "C", GROUP_OTHER, 0, 0, 0, other_changes,
	  NULL, "", "What operators did, and when" },
	{ "messages", "m", GROUP_OTHER, 0, 0, 0, other_messages,
	  NULL, "", "The messages of this session in full" },
	{ "pause", "p", GROUP_OTHER, 0, 0, 0, other_pause,
	  NULL, "", "Hold the view still; again: go on" },
	{ "export", "E", GROUP_OTHER, 0, 0, COMMAND_ARG, export_run,
	  NULL, "FILE", "Write the rows of this view to a new file, .csv or .jsonl" },
	{ "mouse", "M", GROUP_OTHER, 0, 0, 0, other_mouse,
	  NULL, "", "Mouse on or off: click, double click, wheel" },
	{ "redraw", "^L", GROUP_OTHER, 0, 0, 0, other_redraw,
	  NULL, "", "Draw the screen again" },
	{ "theme", "", GROUP_OTHER, 0, 0, COMMAND_ARG, other_theme,
	  NULL, "NAME", "Other colours: dark, light, mono" },
};
/* clang-format on */

const size_t key_command_n = sizeof(key_commands) / sizeof(key_commands[0]);

static bool
has_key(const struct key_command *command, int key)
{
	const char *at = command->keys;
	char name[KEY_NAME_MAX];

	while (*at != '\0') {
		size_t len = strcspn(at, " ");

		if (len < sizeof(name)) {
			memcpy(name, at, len);
			name[len] = '\0';
			if (key_parse(name) == key)
				return true;
		}
		at += len;
		at += *at == ' ';
	}
	return false;
}

static bool
is_for_view(const struct console *console, const struct key_command *command)
{
	return command->views == 0 || (command->views & 1u << console_view(console)->type->id) != 0;
}

const struct key_command *
command_of_key(const struct console *console, int key)
{
	const struct key_command *any = NULL;
	size_t i;

	for (i = 0; i < key_command_n; i++) {
		const struct key_command *command = &key_commands[i];

		if (!has_key(command, key))
			continue;
		if (is_for_view(console, command) && command->views != 0)
			return command;
		if (any == NULL)
			any = command;
	}
	return any;
}

const struct key_command *
command_named(struct slice name)
{
	size_t i;

	for (i = 0; i < key_command_n; i++)
		if (slice_equal(name, slice_of(key_commands[i].name)))
			return &key_commands[i];
	return NULL;
}

/* Kinds of the rows on which COMMAND would act. */
static unsigned
kinds_of(const struct list *list, const struct key_command *command)
{
	const struct row *row = list_current(list);

	if ((command->flags & COMMAND_TAGGED) != 0)
		return list_chosen_kinds(list);
	return row == NULL ? 0 : row->kind;
}

bool
command_possible(
    const struct console *console, const struct key_command *command, const char **why_out)
{
	const struct view *view = console_view(console);
	unsigned kinds = kinds_of(&view->list, command);
	const char *why = NULL;

	if (!is_for_view(console, command))
		why = "not in this view";
	else if (command->kinds != 0 && kinds == 0)
		why = view->was_read ? "nothing is selected" : "it is still being read";
	else if (command->kinds != 0 && (kinds & command->kinds) == 0)
		why = "not for what is selected";
	else if (command->run == move_open && view->type->enter == NULL)
		why = "there is nothing to open here";
	else if ((command->flags & COMMAND_WRITES) != 0 && console->options->readonly != NULL)
		why = console->options->readonly;
	if (why_out != NULL)
		*why_out = why;
	return why == NULL;
}

void
command_run(struct console *console, const struct key_command *command, const char *arg)
{
	const char *why;

	if (command_possible(console, command, &why))
		command->run(console, arg);
	else
		console_warn(console, "%s: %s", command->name, why);
}

void
command_line(struct console *console, const char *line)
{
	struct slice text = slice_trim(slice_of(line)), name = text, arg;
	const struct key_command *command;
	const char *names[sizeof(key_commands) / sizeof(key_commands[0])], *near;
	char *argument;
	size_t i;

	if (text.len == 0)
		return;
	for (name.len = 0; name.len < text.len && text.ptr[name.len] != ' '; name.len++)
		;
	arg = slice_trim((struct slice){ text.ptr + name.len, text.len - name.len });
	command = command_named(name);
	argument = xslicedup(arg);
	for (i = 0; i < key_command_n; i++)
		names[i] = key_commands[i].name;
	if (command != NULL && arg.len > 0 && (command->flags & COMMAND_ARG) == 0)
		console_warn(console, "%s takes nothing after it", command->name);
	else if (command != NULL)
		command_run(console, command, argument);
	else if ((near = str_nearest(name, names, key_command_n)) != NULL)
		console_warn(console, "there is no command %.*s; did you mean %s?", (int)name.len,
		    name.ptr, near);
	else
		console_warn(
		    console, "there is no command %.*s; ? shows all", (int)name.len, name.ptr);
	free(argument);
}

static void
complete_column(struct console *console, line_add *add, void *add_arg)
{
	const struct list *list = &console_view(console)->list;
	size_t i;

	for (i = 0; i < list->column_n; i++)
		add(add_arg, list->columns[i].name);
}

static void
complete_arg(struct console *console, struct slice line, line_add *add, void *add_arg)
{
	struct slice command = line, rest;
	size_t i;

	for (command.len = 0; command.len < line.len && line.ptr[command.len] != ' '; command.len++)
		;
	rest = (struct slice){ line.ptr + command.len, line.len - command.len };
	if (slice_equal(command, SLICE("add")))
		entry_line_complete(rest, add, add_arg);
	else if (slice_trim(rest).len > 0)
		return;
	else if (slice_equal(command, SLICE("sort")))
		complete_column(console, add, add_arg);
	else if (slice_equal(command, SLICE("view")))
		for (i = 0; i < VIEW_MAIN_N; i++)
			add(add_arg, view_type((enum view_id)i)->name);
	else if (slice_equal(command, SLICE("theme")))
		for (i = 0; term_themes[i] != NULL; i++)
			add(add_arg, term_themes[i]);
}

void
command_complete(
    void *console, struct slice before, struct slice word, line_add *add, void *add_arg)
{
	struct slice first = slice_trim(before);
	size_t i;

	(void)word;
	if (first.len > 0) {
		complete_arg(console, first, add, add_arg);
		return;
	}
	for (i = 0; i < key_command_n; i++)
		add(add_arg, key_commands[i].name);
}
