/* view_passed.c - not there yet. */
#include "tui/app.h"

const struct view_type view_passed = {
	.id = VIEW_PASSED,
	.name = "passed",
	.title = "Passed",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
