/* view_rules.c - not there yet. */
#include "tui/app.h"

const struct view_type view_rules = {
	.id = VIEW_RULES,
	.name = "rules",
	.title = "Rules",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
