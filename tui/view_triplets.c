/* view_triplets.c - not there yet. */
#include "tui/app.h"

const struct view_type view_triplets = {
	.id = VIEW_TRIPLETS,
	.name = "triplets",
	.title = "Triplets",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
