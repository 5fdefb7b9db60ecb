/* export.c - not there yet. */
#include "tui/commands.h"

void
export_run(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}
