/* view_detail.c - not there yet. */
#include "tui/app.h"

const struct view_type view_detail = {
	.id = VIEW_DETAIL,
	.name = "detail",
	.title = "Detail",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};

#include "tui/commands.h"
void
detail_explain(struct console *c, const char *arg)
{
	(void)c;
	(void)arg;
}
