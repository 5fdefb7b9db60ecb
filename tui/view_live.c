/* view_live.c - decisions as they are made, newest first, with how many there were in the last
 * minute. Paused, the view ends at the event that was the newest when the pause began. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/greylist/decide.h"
#include "common/net/email.h"
#include "common/store/event.h"
#include "tui/app.h"
#include "tui/mail_row.h"
#include "tui/pager.h"

#define MINUTE_S 60
#define COUNT_SLICE 4000
#define COUNT_MOST 60000 /* so many of a minute are counted at the first look: some 60 ms */

enum { TIME, STATE, CLIENT, SENDER, RECIPIENT, REASON, WAITED, WHY, HELO, RULE, MAIL };

static const struct column columns[] = {
	[TIME] = { "time", "TIME", COLUMN_CLOCK, 4, 11, 11, NULL },
	[STATE] = { "action", "ACTION", COLUMN_TEXT, 1, 6, 6, "state" },
	[CLIENT] = { "client", "CLIENT", COLUMN_TEXT, 6, 14, LIST_REST, NULL },
	[SENDER] = { "sender", "SENDER", COLUMN_TEXT, 2, 14, LIST_REST, "from" },
	[RECIPIENT] = { "recipient", "RECIPIENT", COLUMN_TEXT, 3, 12, LIST_REST, "to" },
	[REASON] = { "reason", "REASON", COLUMN_TEXT, 5, 14, 14, NULL },
	[WAITED] = { "waited", "WAITED", COLUMN_SPAN, 7, 7, 8, "delay" },
	[WHY] = { "why", "WHY", COLUMN_TEXT, 8, 26, LIST_REST, NULL },
	[HELO] = { "helo", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[RULE] = { "rule", "", COLUMN_COUNT, 0, 0, 0, NULL },
	MAIL_COLUMNS(MAIL),
};

/* Actions as the operator calls them. */
enum { PASS, DEFER, REJECT, ACTIONS };
static const struct {
	const char *name; /* in the log */
	const char *word;
	enum element element;
} actions[ACTIONS] = {
	[PASS] = { "pass", "pass", ELEMENT_GOOD },
	[DEFER] = { "greylist", "defer", ELEMENT_NOTICE },
	[REJECT] = { "reject", "reject", ELEMENT_BAD },
};

struct second {
	int64_t time_s;
	int64_t n[ACTIONS];
};

struct live {
	struct pager pager;
	struct second minute[MINUTE_S]; /* by the second of the time */
	int64_t counted;                /* the id up to which they count */
	int64_t newest;                 /* the id that was the newest at the last reading */
	int64_t frozen;                 /* the newest one of a pause; 0: none */
	bool following;                 /* the newest was selected when the reading began */
};

static int
action_of(struct slice name)
{
	int i = 0;

	while (i < REJECT && !slice_equal(name, slice_of(actions[i].name)))
		i++;
	return i;
}

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

static struct row *
row_of(const struct list *list, const struct event *e)
{
	struct row *row = row_new(list, e->id, ROW_EVENT);
	int action = action_of(e->action);

	row->element = actions[action].element;
	row_number(row, TIME, e->time_s);
	row_text(row, STATE, slice_of(actions[action].word));
	fill_client(row, e);
	row_text(row, SENDER, mail_row_sender(e->sender));
	row_text(row, RECIPIENT, e->recipient);
	fill_reason(row, e);
	row_number(row, RULE, e->rule_id);
	row_text(row, MAIL + MAIL_DOMAIN, mail_row_sender(email_split(e->sender).domain));
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

/* ---- the last minute ---- */

static void
count(struct live *live, const struct event *e)
{
	struct second *second = &live->minute[(uint64_t)e->time_s % MINUTE_S];

	if (second->time_s != e->time_s)
		*second = (struct second){ .time_s = e->time_s };
	second->n[action_of(e->action)]++;
}

static bool
count_event(void *arg, const struct event *e)
{
	struct live *live = arg;

	live->counted = e->id;
	count(live, e);
	return true;
}

struct backward {
	int64_t from_s, first;
	bool over;
};

static bool
go_back(void *arg, const struct event *e)
{
	struct backward *back = arg;

	back->over = e->time_s < back->from_s;
	if (!back->over)
		back->first = e->id;
	return !back->over;
}

/* Where the last minute begins; at the first look, and after a time in which nobody looked. */
static int
find_minute(struct view *view, int64_t greatest_id, struct err *err)
{
	struct live *live = view->state;
	struct backward back = { view->console->now_s - MINUTE_S, greatest_id + 1, false };
	int64_t last_id;

	do {
		if (store_event_page(view->console->store, back.first, COUNT_SLICE, go_back, &back,
			&last_id, err) == -1)
			return -1;
	} while (last_id != 0 && !back.over && greatest_id - back.first < COUNT_MOST);
	live->counted = back.first - 1;
	memset(live->minute, 0, sizeof(live->minute));
	return 0;
}

static int
count_new(struct view *view, struct err *err)
{
	struct live *live = view->state;
	int64_t last_id;

	if (newest(view->console->store, &live->newest, err) == -1)
		return -1;
	if (live->counted == 0 || live->newest < live->counted ||
	    live->newest - live->counted > COUNT_SLICE)
		if (find_minute(view, live->newest, err) == -1)
			return -1;
	while (live->counted < live->newest) {
		if (store_event_after(view->console->store, live->counted, COUNT_SLICE, count_event,
			live, &last_id, err) == -1)
			return -1;
		if (last_id == 0)
			break;
	}
	return 0;
}

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
	enum view_read result;

	if (begin) {
		freeze(view);
		live->following = live->pager.at_front && view->list.at == 0;
		if (count_new(view, err) == -1)
			return VIEW_ERROR;
	}
	result = pager_read(&live->pager, begin, err);
	if (result == VIEW_DONE && live->following && !view->paused)
		list_go(&view->list, 0);
	return result;
}

static enum view_read
extend(struct view *view, bool backward, struct err *err)
{
	freeze(view);
	return pager_extend(&((struct live *)view->state)->pager, backward, err);
}

static void
jump(struct view *view, bool front)
{
	freeze(view);
	pager_jump(&((struct live *)view->state)->pager, front);
}

static void
say_minute(const struct live *live, int64_t now_s, struct buf *out)
{
	int64_t n[ACTIONS] = { 0 };
	int i, action;

	for (i = 0; i < MINUTE_S; i++)
		for (action = 0; action < ACTIONS; action++)
			if (live->minute[i].time_s > now_s - MINUTE_S)
				n[action] += live->minute[i].n[action];
	buf_printf(out, "Last minute: %" PRId64 " decision%s, %" PRId64 " deferred",
	    n[PASS] + n[DEFER] + n[REJECT], n[PASS] + n[DEFER] + n[REJECT] == 1 ? "" : "s",
	    n[DEFER]);
}

static void
say_shown(const struct list *list, struct buf *out)
{
	size_t n[ACTIONS] = { 0 }, i;
	int action;

	for (i = 0; i < list->shown_n; i++)
		for (action = 0; action < ACTIONS; action++)
			n[action] += list->shown[i]->element == actions[action].element;
	buf_printf(out, "; shown: %zu pass, %zu defer, %zu reject", n[PASS], n[DEFER], n[REJECT]);
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
	.extend = extend,
	.jump = jump,
};
