/* view_live.c - not there yet. */
#include "tui/app.h"

const struct view_type view_live = {
	.id = VIEW_LIVE,
	.name = "live",
	.title = "Live",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
