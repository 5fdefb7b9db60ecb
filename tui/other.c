/* other.c - commands that are about the console itself. */
#include <string.h>

#include "common/base/xalloc.h"
#include "tui/commands.h"

void
other_help(struct console *c, const char *arg)
{
	(void)arg;
	console_push(c, VIEW_HELP, 0, "");
}

static void
command_done(struct console *c, void *arg, const char *text)
{
	(void)arg;
	if (text != NULL)
		command_line(c, text);
}

void
other_command(struct console *c, const char *arg)
{
	(void)arg;
	prompt_ask(c, PROMPT_COMMAND, ":", "", command_complete, command_done, NULL);
}

void
other_pause(struct console *c, const char *arg)
{
	struct view *view = console_view(c);

	(void)arg;
	if (!view->paused) {
		view_pause(view);
		return;
	}
	view->paused = false;
	view_stale(view, true);
}

void
other_redraw(struct console *c, const char *arg)
{
	(void)arg;
	term_redraw(c->term);
}

void
other_mouse(struct console *c, const char *arg)
{
	(void)arg;
	c->mouse = !c->mouse;
	term_mouse(c->term, c->mouse);
	console_say(c, "mouse %s", c->mouse ? "on: M gives selecting back to the terminal" : "off");
}

void
other_messages(struct console *c, const char *arg)
{
	(void)arg;
	console_push(c, VIEW_MESSAGES, 0, "");
}

void
other_changes(struct console *c, const char *arg)
{
	(void)arg;
	console_push(c, VIEW_CHANGES, 0, "");
}

void
other_clients(struct console *c, const char *arg)
{
	(void)arg;
	console_push(c, VIEW_CLIENTS, 0, "");
}

void
other_theme(struct console *c, const char *arg)
{
	if (term_theme(c->term, arg) == -1)
		console_warn(
		    c, "theme: dark, light or mono%s%s", *arg == '\0' ? "" : ", not ", arg);
	else
		console_say(c, "theme %s", arg);
	term_redraw(c->term);
}
