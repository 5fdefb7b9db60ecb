/* view_passed.c - mail that passed, with what greylisting cost it; newest first contact first. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/greylist/decide.h"
#include "common/greylist/pools.h"
#include "common/store/stat.h"
#include "tui/app.h"
#include "tui/mail_row.h"
#include "tui/pager.h"

enum { PASSED, WAITED, TRIES, CLIENT, SENDER, RECIPIENT, PASSES, LAST, FIRST, SPF, HELO, MAIL };

static const struct column columns[] = {
	[PASSED] = { "passed", "PASSED", COLUMN_CLOCK, 3, 11, 11, NULL },
	[WAITED] = { "waited", "WAITED", COLUMN_SPAN, 2, 7, 8, "delay" },
	[TRIES] = { "tries", "TRY", COLUMN_COUNT, 6, 3, 4, NULL },
	[CLIENT] = { "client", "CLIENT", COLUMN_TEXT, 4, 17, LIST_REST, NULL },
	[SENDER] = { "sender", "SENDER", COLUMN_TEXT, 1, 18, LIST_REST, "from" },
	[RECIPIENT] = { "recipient", "RECIPIENT", COLUMN_TEXT, 2, 14, LIST_REST, "to" },
	[PASSES] = { "passes", "PASSES", COLUMN_COUNT, 8, 6, 7, NULL },
	[LAST] = { "last", "LAST SEEN", COLUMN_CLOCK, 7, 11, 11, NULL },
	[FIRST] = { "first", "", COLUMN_CLOCK, 0, 0, 0, NULL },
	[SPF] = { "spf", "SPF", COLUMN_TEXT, 10, 8, 9, NULL },
	[HELO] = { "helo", "HELO", COLUMN_TEXT, 0, 0, 0, NULL },
	MAIL_COLUMNS(MAIL),
};

struct passed {
	struct pager pager; /* the first: pager_view_extend() and pager_view_jump() */
	struct waits {
		int64_t n, sum_s;
	} waits; /* of the last day */
};

static bool
look_at(void *arg, const struct triplet *t)
{
	struct pager *pager = arg;
	struct row *row;
	char text[512];

	if (t->state.passed_s == 0)
		return true;
	row = row_new(&pager->view->list, t->id, ROW_PASSED);
	row_number(row, PASSED, t->state.passed_s);
	row_number(row, WAITED, t->state.passed_s - t->state.first_s);
	row_number(row, TRIES, t->state.attempts);
	row_text(row, CLIENT, slice_of(pool_client_text(t, text, sizeof(text))));
	row_text(row, SENDER, mail_row_sender(t->sender));
	row_text(row, RECIPIENT, t->recipient);
	row_number(row, PASSES, t->state.passes);
	row_number(row, LAST, t->state.last_s);
	row_number(row, FIRST, t->state.first_s);
	row_text(row, SPF, t->spf.len == 0 ? SLICE("-") : t->spf);
	row_text(row, HELO, t->helo);
	mail_row_fill(row, MAIL, t);
	pager_row(pager, row);
	return true;
}

static int
down(struct pager *pager, int64_t before, int64_t limit, int64_t *last_id_out, struct err *err)
{
	return store_triplet_page(
	    pager->view->console->store, before, limit, look_at, pager, last_id_out, err);
}

static int
up(struct pager *pager, int64_t after, int64_t limit, int64_t *last_id_out, struct err *err)
{
	return store_triplet_page_up(
	    pager->view->console->store, after, limit, look_at, pager, last_id_out, err);
}

static int
greatest(struct pager *pager, int64_t *id_out, struct err *err)
{
	return store_triplet_max_id(pager->view->console->store, id_out, err);
}

static const struct pager_source source = { down, up, greatest };

static bool
sum_waits(void *arg, const struct stat_row *row)
{
	struct waits *waits = arg;
	enum reason reason;

	if (reason_parse(row->reason, &reason) == 0 && reason_info(reason)->delayed) {
		waits->n += row->count;
		waits->sum_s += row->delay_s;
	}
	return true;
}

static int
open_passed(struct view *view, struct err *err)
{
	struct passed *p = xcalloc(1, sizeof(*p));

	(void)err;
	view->state = p;
	pager_init(&p->pager, view, &source, NULL);
	return 0;
}

static void
close_passed(struct view *view)
{
	free(view->state);
}

static enum view_read
read_passed(struct view *view, bool begin, struct err *err)
{
	struct passed *p = view->state;
	struct waits waits = { 0 };

	if (begin) {
		if (store_stat_sum(view->console->store, view->list.now_s - 86400, INT64_MAX,
			sum_waits, &waits, err) == -1)
			return VIEW_ERROR;
		p->waits = waits;
	}
	return pager_read(&p->pager, begin, err);
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct waits *waits = &((const struct passed *)view->state)->waits;
	char average[DURATION_TEXT_MAX];

	if (waits->n == 0)
		buf_add_text(out, "In 24 hours no message passed after waiting");
	else
		buf_printf(out,
		    "In 24 hours %" PRId64 " message%s passed after waiting %s on average",
		    waits->n, waits->n == 1 ? "" : "s",
		    duration_format_human(waits->sum_s / waits->n, average));
	buf_add_text(out, "; c shows clients");
}

static void
enter(struct view *view, const struct row *row)
{
	console_push(view->console, VIEW_DETAIL, row->key, row->cells[SENDER].text);
}

const struct view_type view_passed = {
	.id = VIEW_PASSED,
	.name = "passed",
	.title = "Passed",
	.about =
	    "Mail that passed, with what greylisting cost it: WAITED from first contact to "
	    "acceptance, TRIES that were deferred. In the order of first contact, newest first. c "
	    "shows the clients that are auto-whitelisted since.",
	.empty =
	    "No mail has passed after waiting yet. Mail that passes by a rule, a domain's network "
	    "or as known client leaves no row here: 5 shows it as it comes.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.flags = VIEW_IS_WINDOW,
	.sort = -1,
	.open = open_passed,
	.close = close_passed,
	.read = read_passed,
	.summary = summarise,
	.enter = enter,
	.extend = pager_view_extend,
	.jump = pager_view_jump,
};
