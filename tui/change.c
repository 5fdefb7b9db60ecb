/* change.c - not there yet. */
#include "tui/commands.h"

void
change_release(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}

void
change_refresh(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}

void
change_delete(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}

void
change_undo(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}
