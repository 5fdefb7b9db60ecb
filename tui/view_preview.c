/* view_preview.c - not there yet. */
#include "tui/app.h"

const struct view_type view_preview = {
	.id = VIEW_PREVIEW,
	.name = "preview",
	.title = "Preview",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
