/* view_live.c - decisions as they are made, newest first, with how many there were in the last
 * minute. Paused, the view ends at the event that was the newest when the pause began. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/greylist/decide.h"
#include "common/net/domain.h"
#include "common/net/email.h"
#include "common/store/event.h"
#include "tui/app.h"
#include "tui/live_minute.h"
#include "tui/mail_row.h"
#include "tui/pager.h"

enum { TIME, STATE, CLIENT, SENDER, RECIPIENT, REASON, WAITED, WHY, HELO, RULE, MAIL };

static const struct column columns[] = {
	[TIME] = { "time", "TIME", COLUMN_CLOCK, 4, 11, 11, NULL },
	[STATE] = { "action", "ACTION", COLUMN_TEXT, 1, 6, 6, "state" },
	[CLIENT] = { "client", "CLIENT", COLUMN_TEXT, 6, 14, LIST_REST, NULL },
	[SENDER] = { "sender", "SENDER", COLUMN_TEXT, 2, 14, LIST_REST, "from" },
	[RECIPIENT] = { "recipient", "RECIPIENT", COLUMN_TEXT, 3, 12, LIST_REST, "to" },
	[REASON] = { "reason", "REASON", COLUMN_TEXT, 5, 14, 14, NULL },
	[WAITED] = { "waited", "WAITED", COLUMN_SPAN, 7, 7, 8, "delay" },
	[WHY] = { "why", "WHY", COLUMN_TEXT, 8, 44, LIST_REST, NULL },
	[HELO] = { "helo", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[RULE] = { "rule", "", COLUMN_COUNT, 0, 0, 0, NULL },
	MAIL_COLUMNS(MAIL),
};

/* Actions as the operator calls them. */
static const struct {
	const char *word;
	enum element element;
} actions[MINUTE_ACTIONS] = {
	[MINUTE_PASS] = { "pass", ELEMENT_GOOD },
	[MINUTE_DEFER] = { "defer", ELEMENT_NOTICE },
	[MINUTE_REJECT] = { "reject", ELEMENT_BAD },
};

struct live {
	struct pager pager; /* the first: pager_view_extend() and pager_view_jump() */
	struct minute minute;
	int64_t newest; /* the id that was the newest at the last reading */
	int64_t frozen; /* the newest one of a pause; 0: none */
};

/* ---- rows ---- */

static void
fill_client(struct row *row, const struct event *e)
{
	struct slice name = e->client_name.len == 0 ? SLICE("unknown") : e->client_name;

	row_printf(row, CLIENT, "%.*s[%.*s]", (int)name.len, name.ptr, (int)e->client_address.len,
	    e->client_address.ptr);
	row_text(row, MAIL + MAIL_ADDRESS, e->client_address);
	row_text(row, MAIL + MAIL_NAME, e->client_name);
	row_text(row, HELO, e->helo);
}

static void
fill_reason(struct row *row, const struct event *e)
{
	enum reason reason;

	row_text(row, REASON, e->reason);
	if (reason_parse(e->reason, &reason) == 0)
		row_text(row, WHY, slice_of(reason_info(reason)->sentence));
	row_number(row, WAITED, e->delay_s);
	if (e->delay_s == 0)
		row_text(row, WAITED, SLICE("-"));
}

/* In normal form, as it would be whitelisted. */
static void
fill_domain(struct row *row, const struct event *e)
{
	struct slice domain = email_split(e->sender).domain;
	char name[DOMAIN_TEXT_MAX];

	if (domain.len > 0 && domain_normalise(domain, name) == 0)
		domain = slice_of(name);
	row_text(row, MAIL + MAIL_DOMAIN, mail_row_sender(domain));
}

static struct row *
row_of(const struct list *list, const struct event *e)
{
	struct row *row = row_new(list, e->id, ROW_EVENT);
	enum minute_action action = minute_action(e->action);

	row->element = actions[action].element;
	row_number(row, TIME, e->time_s);
	row_text(row, STATE, slice_of(actions[action].word));
	fill_client(row, e);
	row_text(row, SENDER, mail_row_sender(e->sender));
	row_text(row, RECIPIENT, e->recipient);
	fill_reason(row, e);
	row_number(row, RULE, e->rule_id);
	fill_domain(row, e);
	row_number(row, MAIL + MAIL_TRIPLET, e->triplet_id);
	return row;
}

static bool
look_at(void *arg, const struct event *e)
{
	struct pager *pager = arg;

	pager_row(pager, row_of(&pager->view->list, e));
	return true;
}

/* ---- where they come from ---- */

static struct store *
store_of(const struct pager *pager)
{
	return pager->view->console->store;
}

/* What came after the pause began is not there. */
static int64_t
end_of(const struct pager *pager)
{
	const struct live *live = pager->view->state;

	return live->frozen == 0 ? INT64_MAX : live->frozen + 1;
}

static int
down(struct pager *pager, int64_t before, int64_t limit, int64_t *last_id_out, struct err *err)
{
	int64_t end = end_of(pager);

	return store_event_page(
	    store_of(pager), before < end ? before : end, limit, look_at, pager, last_id_out, err);
}

static bool
look_up(void *arg, const struct event *e)
{
	struct pager *pager = arg;

	return e->id < end_of(pager) && look_at(pager, e);
}

/* Ids have no gaps but for the oldest that were trimmed, so the last one follows from the first. */
static int
up(struct pager *pager, int64_t after, int64_t limit, int64_t *last_id_out, struct err *err)
{
	int64_t end = end_of(pager);
	int result =
	    store_event_after(store_of(pager), after, limit, look_up, pager, last_id_out, err);

	if (*last_id_out >= end)
		*last_id_out = after + 1 < end ? end - 1 : 0;
	return result;
}

static bool
take_id(void *arg, const struct event *e)
{
	*(int64_t *)arg = e->id;
	return false;
}

static int
newest(struct store *store, int64_t *id_out, struct err *err)
{
	int64_t last_id;

	*id_out = 0;
	return store_event_page(store, INT64_MAX, 1, take_id, id_out, &last_id, err);
}

static int
greatest(struct pager *pager, int64_t *id_out, struct err *err)
{
	int64_t end = end_of(pager);

	if (newest(store_of(pager), id_out, err) == -1)
		return -1;
	if (*id_out >= end)
		*id_out = end - 1;
	return 0;
}

static const struct pager_source source = { down, up, greatest };

/* ---- the view ---- */

static int
open_live(struct view *view, struct err *err)
{
	struct live *live = xcalloc(1, sizeof(*live));

	(void)err;
	view->state = live;
	pager_init(&live->pager, view, &source, NULL);
	return 0;
}

static void
close_live(struct view *view)
{
	free(view->state);
}

/* The pause is a flag that others set: where it began is noted by the first who asks. */
static void
freeze(struct view *view)
{
	struct live *live = view->state;

	if (!view->paused)
		live->frozen = 0;
	else if (live->frozen == 0)
		live->frozen = live->pager.first > live->newest ? live->pager.first : live->newest;
}

static enum view_read
read_live(struct view *view, bool begin, struct err *err)
{
	struct live *live = view->state;
	struct store *store = view->console->store;
	enum view_read result;
	bool follows;

	if (begin) {
		freeze(view);
		if (newest(store, &live->newest, err) == -1 ||
		    minute_read(&live->minute, store, view->console->now_s, live->newest, err) ==
			-1)
			return VIEW_ERROR;
	}
	follows = live->pager.at_front && view->list.at == 0 && !view->paused;
	result = pager_read(&live->pager, begin, err);
	if (result == VIEW_DONE && follows)
		list_go(&view->list, 0);
	return result;
}

static void
say_minute(const struct live *live, int64_t now_s, struct buf *out)
{
	int64_t n[MINUTE_ACTIONS], all;

	minute_sum(&live->minute, now_s, n);
	all = n[MINUTE_PASS] + n[MINUTE_DEFER] + n[MINUTE_REJECT];
	buf_printf(out, "Last minute: %" PRId64 " decision%s, %" PRId64 " deferred", all,
	    all == 1 ? "" : "s", n[MINUTE_DEFER]);
}

static void
say_shown(const struct list *list, struct buf *out)
{
	size_t n[MINUTE_ACTIONS] = { 0 }, i;
	int action;

	for (i = 0; i < list->shown_n; i++)
		for (action = 0; action < MINUTE_ACTIONS; action++)
			n[action] += list->shown[i]->element == actions[action].element;
	buf_printf(out, "; shown: %zu pass, %zu defer, %zu reject", n[MINUTE_PASS], n[MINUTE_DEFER],
	    n[MINUTE_REJECT]);
}

static void
say_pause(struct view *view, struct buf *out)
{
	const struct live *live = view->state;
	int64_t from, now;

	freeze(view);
	from = live->frozen;
	if (newest(view->console->store, &now, NULL) == -1)
		now = from;
	buf_printf(out, "Paused; %" PRId64 " new since; p goes on", now < from ? 0 : now - from);
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct live *live = view->state;

	if (view->paused)
		say_pause(view, out);
	else
		say_minute(live, view->console->now_s, out);
	say_shown(&view->list, out);
}

/* Mail that is settled by a rule or before it has no triplet: it is known by its event. */
static void
enter(struct view *view, const struct row *row)
{
	int64_t triplet = row->cells[MAIL + MAIL_TRIPLET].number;

	console_push(view->console, VIEW_DETAIL, triplet != 0 ? triplet : -row->key,
	    row->cells[SENDER].text);
}

const struct view_type view_live = {
	.id = VIEW_LIVE,
	.name = "live",
	.title = "Live",
	.about =
	    "Decisions as the server makes them, newest first. While the first row is selected the "
	    "view follows; on any other row the selection keeps its mail. p holds it still. A "
	    "filter such as from:qq.com action:defer waits for what somebody is just sending.",
	.empty =
	    "No decision yet. Each one is shown here within a second; greygate check says whether "
	    "Postfix asks the server at all.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.flags = VIEW_IS_WINDOW,
	.sort = -1,
	.open = open_live,
	.close = close_live,
	.read = read_live,
	.summary = summarise,
	.enter = enter,
	.extend = pager_view_extend,
	.jump = pager_view_jump,
};
