/* view_whitelist.c - not there yet. */
#include "tui/app.h"

const struct view_type view_whitelist = {
	.id = VIEW_WHITELIST,
	.name = "whitelist",
	.title = "Whitelist",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};

#include "tui/commands.h"
void
whitelist_begin(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}

void
whitelist_block(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}
