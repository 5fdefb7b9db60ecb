/* view_domains.c - not there yet. */
#include "tui/app.h"

const struct view_type view_domains = {
	.id = VIEW_DOMAINS,
	.name = "domains",
	.title = "Domains",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};

#include "tui/commands.h"
void
entry_suggested(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}
