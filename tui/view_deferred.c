/* view_deferred.c - not there yet. */
#include "tui/app.h"

const struct view_type view_deferred = {
	.id = VIEW_DEFERRED,
	.name = "deferred",
	.title = "Deferred",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
