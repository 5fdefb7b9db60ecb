/* view_clients.c - not there yet. */
#include "tui/app.h"

const struct view_type view_clients = {
	.id = VIEW_CLIENTS,
	.name = "clients",
	.title = "Clients",
	.about = "",
	.empty = "",
	.columns = view_text_columns,
	.column_n = 1,
	.sort = -1,
};
