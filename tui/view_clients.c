/* view_clients.c - clients that earn, or have, the automatic whitelist. */
#include <inttypes.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/store/client.h"
#include "tui/app.h"
#include "tui/pager.h"

enum { ADDRESS, NAME, STATE, PASSES, LAST, UNTIL, FIRST, ID };

static const struct column columns[] = {
	[ADDRESS] = { "address", "CLIENT", COLUMN_TEXT, 1, 15, 39, NULL },
	[NAME] = { "name", "NAME", COLUMN_TEXT, 3, 15, LIST_REST, NULL },
	[STATE] = { "state", "STATE", COLUMN_TEXT, 4, 11, 11, NULL },
	[PASSES] = { "passes", "PASSES", COLUMN_COUNT, 2, 6, 7, NULL },
	[LAST] = { "last", "LAST", COLUMN_AGE, 5, 7, 8, NULL },
	[UNTIL] = { "until", "FOR", COLUMN_UNTIL, 6, 7, 8, NULL },
	[FIRST] = { "first", "", COLUMN_AGE, 0, 0, 0, NULL },
	[ID] = { "id", "", COLUMN_COUNT, 0, 0, 0, NULL },
};

static bool
look_at(void *arg, const struct client *client)
{
	struct pager *pager = arg;
	struct view *view = pager->view;
	const struct config *config = view->console->config;
	int64_t until_s = client->state.last_s + config->auto_whitelist_lifetime_s;
	bool is_over = until_s <= view->list.now_s;
	bool has_earned = client->state.passes >= config->auto_whitelist_passes;
	struct row *row = row_new(&view->list, client->id, ROW_CLIENT);

	row_text(row, ADDRESS, client->address);
	row_text(row, NAME, client->name.len == 0 ? SLICE("unknown") : client->name);
	row_text(row, STATE,
	    config->auto_whitelist_passes == 0 ? SLICE("off")
	    : is_over                          ? SLICE("over")
	    : has_earned                       ? SLICE("whitelisted")
					       : SLICE("earning"));
	row_number(row, PASSES, client->state.passes);
	row_number(row, LAST, client->state.last_s);
	row_number(row, UNTIL, until_s);
	if (is_over)
		row_text(row, UNTIL, SLICE("over"));
	row_number(row, FIRST, client->state.first_s);
	row_number(row, ID, client->id);
	if (is_over || !has_earned)
		row->element = ELEMENT_DIM;
	pager_row(pager, row);
	return true;
}

static int
down(struct pager *pager, int64_t before, int64_t limit, int64_t *last_id_out, struct err *err)
{
	return store_client_page(
	    pager->view->console->store, before, limit, look_at, pager, last_id_out, err);
}

static int
up(struct pager *pager, int64_t after, int64_t limit, int64_t *last_id_out, struct err *err)
{
	return store_client_keys(
	    pager->view->console->store, after, limit, look_at, pager, last_id_out, err);
}

static int
greatest(struct pager *pager, int64_t *id_out, struct err *err)
{
	return store_client_max_id(pager->view->console->store, id_out, err);
}

static const struct pager_source source = { down, up, greatest };

static int
open_clients(struct view *view, struct err *err)
{
	struct pager *pager = xcalloc(1, sizeof(*pager));

	(void)err;
	view->state = pager;
	pager_init(pager, view, &source, NULL);
	return 0;
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct config *config = view->console->config;
	char lifetime[DURATION_TEXT_MAX];

	if (config->auto_whitelist_passes == 0)
		buf_add_text(out, "Automatic whitelisting is off (auto_whitelist.passes: 0)");
	else
		buf_printf(out, "Whitelisted after %" PRId64 " pass%s, for %s since the last",
		    config->auto_whitelist_passes, config->auto_whitelist_passes == 1 ? "" : "es",
		    duration_format_human(config->auto_whitelist_lifetime_s, lifetime));
}

const struct view_type view_clients = {
	.id = VIEW_CLIENTS,
	.name = "clients",
	.title = "Clients",
	.about =
	    "Clients that earned the automatic whitelist by mail that passed: their exact address "
	    "is not greylisted any more. d takes one off; it may earn its place again.",
	.empty = "No client has earned a place on the automatic whitelist yet.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.flags = VIEW_IS_WINDOW,
	.sort = -1,
	.open = open_clients,
	.close = pager_view_close,
	.read = pager_view_read,
	.summary = summarise,
	.extend = pager_view_extend,
	.jump = pager_view_jump,
};
