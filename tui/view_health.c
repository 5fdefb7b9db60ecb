/* view_health.c - not there yet. */
#include "tui/app.h"

const struct view_type view_health = {
	.id = VIEW_HEALTH,
	.name = "health",
	.title = "Health",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
