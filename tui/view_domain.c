/* view_domain.c - not there yet. */
#include "tui/app.h"

const struct view_type view_domain = {
	.id = VIEW_DOMAIN,
	.name = "domain",
	.title = "Domain",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
