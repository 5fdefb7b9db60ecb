/* commands.h - the table of commands: keys, prompt, help, hints and manual page read its rows. */
#ifndef TUI_COMMANDS_H
#define TUI_COMMANDS_H

#include "tui/app.h"

enum command_flag {
	COMMAND_WRITES = 1,
	COMMAND_ARG = 2,    /* what follows the name is for it; without it, it may ask */
	COMMAND_TAGGED = 4, /* acts on the tagged rows, where there are any */
	COMMAND_ENTRIES = 8 /* its hint is for the lists of what is entered */
};

enum command_group { GROUP_MOVE, GROUP_FIND, GROUP_CHANGE, GROUP_OTHER, GROUP_N };

struct key_command {
	const char *name; /* for the prompt: "whitelist" */
	const char
	    *keys; /* names (keys.h) with blanks between them; the first is the one to show */
	enum command_group group;
	unsigned kinds; /* rows it acts on (enum row_kind), 0: it needs none */
	unsigned views; /* bits of enum view_id it is for, 0: all */
	unsigned flags;
	void (*run)(struct console *console, const char *arg); /* ARG is "" for none */
	const char *hint; /* a word for the last line of the screen, NULL: not there */
	const char *args; /* of the prompt: "FILE", "" */
	const char *help; /* a sentence without full stop */
};

extern const struct key_command key_commands[];
extern const size_t key_command_n;
extern const char *const command_group_titles[GROUP_N];

/* The command of KEY in the present view: one for this view goes before one for all. */
const struct key_command *command_of_key(const struct console *console, int key);
const struct key_command *command_named(struct slice name);

/* Whether it is possible now; else WHY_OUT says why not. */
bool command_possible(
    const struct console *console, const struct key_command *command, const char **why_out);
/* Runs it, or says why it is not possible. */
void command_run(struct console *console, const struct key_command *command, const char *arg);
/* "whitelist", "export x.csv": as typed at the prompt. */
void command_line(struct console *console, const char *line);
void command_complete(
    void *console, struct slice before, struct slice word, line_add *add, void *add_arg);

/* Commands, by the file that has them. */
/* move.c */
void move_up(struct console *c, const char *arg);
void move_down(struct console *c, const char *arg);
void move_page_up(struct console *c, const char *arg);
void move_page_down(struct console *c, const char *arg);
void move_half_up(struct console *c, const char *arg);
void move_half_down(struct console *c, const char *arg);
void move_first(struct console *c, const char *arg);
void move_last(struct console *c, const char *arg);
void move_open(struct console *c, const char *arg);
void move_back(struct console *c, const char *arg);
void move_close(struct console *c, const char *arg);
void move_quit(struct console *c, const char *arg);
void move_next_view(struct console *c, const char *arg);
void move_previous_view(struct console *c, const char *arg);
void move_view(struct console *c, const char *arg); /* by name or number */
void move_by(struct console *c, int64_t rows);
/* find.c */
void find_seek(struct console *c, const char *arg);
void find_next(struct console *c, const char *arg);
void find_previous(struct console *c, const char *arg);
void find_filter(struct console *c, const char *arg);
void find_sort(struct console *c, const char *arg);
void find_reverse(struct console *c, const char *arg);
void find_tag(struct console *c, const char *arg);
void find_tag_all(struct console *c, const char *arg);
void find_untag(struct console *c, const char *arg);
/* change.c: release, refresh, delete; undo.c; entry.c: add, edit */
void change_release(struct console *c, const char *arg);
void change_refresh(struct console *c, const char *arg);
void change_delete(struct console *c, const char *arg);
void change_undo(struct console *c, const char *arg);
void entry_add(struct console *c, const char *arg);
void entry_edit(struct console *c, const char *arg);
void entry_suggested(struct console *c, const char *arg);
/* view_whitelist.c */
void whitelist_begin(struct console *c, const char *arg);
void whitelist_block(struct console *c, const char *arg);
void whitelist_only(struct console *c, const char *arg);
/* view_detail.c */
void detail_explain(struct console *c, const char *arg);
/* export.c */
void export_run(struct console *c, const char *arg);
/* other.c */
void other_help(struct console *c, const char *arg);
void other_command(struct console *c, const char *arg);
void other_pause(struct console *c, const char *arg);
void other_redraw(struct console *c, const char *arg);
void other_mouse(struct console *c, const char *arg);
void other_messages(struct console *c, const char *arg);
void other_changes(struct console *c, const char *arg);
void other_clients(struct console *c, const char *arg);
void other_theme(struct console *c, const char *arg);

#endif
