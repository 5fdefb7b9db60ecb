/* entry.c - not there yet. */
#include "tui/commands.h"

void
entry_add(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}

void
entry_edit(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}
