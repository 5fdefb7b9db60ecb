/* view_changes.c - not there yet. */
#include "tui/app.h"

const struct view_type view_changes = {
	.id = VIEW_CHANGES,
	.name = "changes",
	.title = "Changes",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
