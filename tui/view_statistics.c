/* view_statistics.c - not there yet. */
#include "tui/app.h"

const struct view_type view_statistics = {
	.id = VIEW_STATISTICS,
	.name = "statistics",
	.title = "Statistics",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
