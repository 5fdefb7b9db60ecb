/* view_deferred.c - what waits, by sender domain: the pool that hurts most is the first. */
#include <inttypes.h>
#include <stdlib.h>

#include "common/base/duration.h"
#include "common/base/names.h"
#include "common/base/xalloc.h"
#include "common/greylist/pools.h"
#include "tui/app.h"
#include "tui/mail_scan.h"

enum {
	DOMAIN,
	WAITING,
	NETS,
	OLDEST,
	MAY_PASS,
	SPF,
	CLIENT,
	READY,
	LISTED,
	BLOCKED,
	RELEASED,
	PAIN
};

static const struct column columns[] = {
	[DOMAIN] = { "domain", "SENDER DOMAIN", COLUMN_TEXT, 1, 15, LIST_REST, "from" },
	[WAITING] = { "waiting", "WAIT", COLUMN_COUNT, 2, 4, 7, NULL },
	[NETS] = { "networks", "NETS", COLUMN_COUNT, 5, 4, 8, "nets" },
	[OLDEST] = { "oldest", "OLDEST", COLUMN_AGE, 3, 7, 8, NULL },
	[MAY_PASS] = { "pass", "MAY PASS", COLUMN_UNTIL, 4, 8, 8, NULL },
	[SPF] = { "spf", "SPF", COLUMN_TEXT, 6, 9, 9, NULL },
	[CLIENT] = { "client", "NEWEST CLIENT", COLUMN_TEXT, 7, 12, LIST_REST, NULL },
	[READY] = { "ready", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[LISTED] = { "listed", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[BLOCKED] = { "blocked", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[RELEASED] = { "released", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[PAIN] = { "pain", "", COLUMN_COUNT, 0, 0, 0, NULL },
};

struct deferred {
	struct mail_scan scan;
	struct pools *pools;
	struct names keys; /* each domain keeps its number, and so its row */
	int64_t waiting, ready, blocked, oldest_s;
};

static int
open_deferred(struct view *view, struct err *err)
{
	(void)err;
	view->state = xcalloc(1, sizeof(struct deferred));
	return 0;
}

static void
close_deferred(struct view *view)
{
	struct deferred *d = view->state;

	if (d == NULL)
		return;
	mail_scan_clear(&d->scan);
	pools_free(d->pools);
	names_clear(&d->keys);
	free(d);
}

/* SPF passes and tries came from several networks: a pool of senders. */
static bool
is_sender_pool(const struct pool *pool)
{
	return pool->spf_pass > 0 && pool->nets > 1;
}

/* What will be rejected comes before what helps the rest. */
static void
choose_looks(struct row *row, const struct pool *pool)
{
	if (pool->blocked == pool->waiting)
		row_text(row, MAY_PASS, SLICE("blocked"));
	if (pool->blocked > 0) {
		row->element = ELEMENT_BAD;
		row->mark = 'x';
	} else if (pool->settled + pool->released >= pool->waiting) {
		row->element = ELEMENT_GOOD;
		if (pool->listed == pool->waiting)
			row_text(row, MAY_PASS, SLICE("listed"));
		else if (pool->released == pool->waiting)
			row_text(row, MAY_PASS, SLICE("released"));
	} else if (is_sender_pool(pool)) {
		row->element = ELEMENT_NOTICE;
		row->mark = '!';
	}
}

static void
add_pool(struct view *view, const struct pool *pool)
{
	struct deferred *d = view->state;
	struct slice domain = slice_of(pool->domain);
	struct row *row =
	    row_new(&view->list, (int64_t)names_number(&d->keys, domain) + 1, ROW_POOL);
	char text[32];

	row_text(row, DOMAIN, domain);
	row_number(row, WAITING, pool->waiting);
	row_number(row, NETS, pool->nets);
	row_number(row, OLDEST, pool->oldest_s);
	row_number(row, MAY_PASS, pool->may_pass_s);
	row_text(row, SPF, slice_of(pool_spf_text(pool, text, sizeof(text))));
	row_text(row, CLIENT, slice_of(pool->client));
	row_number(row, READY, pool->ready);
	row_number(row, LISTED, pool->listed);
	row_number(row, BLOCKED, pool->blocked);
	row_number(row, RELEASED, pool->released);
	row_number(row, PAIN, pool_pain(pool, view->list.now_s));
	choose_looks(row, pool);
	list_add(&view->list, row);
	d->waiting += pool->waiting;
	d->ready += pool->ready;
	d->blocked += pool->blocked;
	if (pool->oldest_s < d->oldest_s)
		d->oldest_s = pool->oldest_s;
}

static void
fill(struct view *view)
{
	struct deferred *d = view->state;
	const struct pool *pools;
	size_t n = pools_rank(d->pools, &pools), i;

	d->waiting = d->ready = d->blocked = 0;
	d->oldest_s = view->list.now_s;
	list_begin(&view->list);
	for (i = 0; i < n; i++)
		add_pool(view, &pools[i]);
	list_end(&view->list);
	pools_free(d->pools);
	d->pools = NULL;
}

static enum view_read
read_deferred(struct view *view, bool begin, struct err *err)
{
	struct deferred *d = view->state;
	int begun = mail_scan_begin(&d->scan, view, begin, err);
	enum view_read result;

	if (begun == -1)
		return VIEW_ERROR;
	if (begun == 1) {
		pools_free(d->pools);
		d->pools = pools_new(view->list.now_s);
	}
	result = mail_scan_step(&d->scan, view, pools_add, d->pools, err);
	if (result == VIEW_DONE)
		fill(view);
	return result;
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct deferred *d = view->state;
	char age[DURATION_TEXT_MAX];

	if (d->waiting == 0) {
		buf_add_text(out, "Nothing waits");
		return;
	}
	buf_printf(out, "%" PRId64 " triplet%s of %zu domain%s wait, the oldest %s", d->waiting,
	    d->waiting == 1 ? "" : "s", view->list.row_n, view->list.row_n == 1 ? "" : "s",
	    duration_format_human(view->list.now_s - d->oldest_s, age));
	if (d->ready > 0 && d->blocked == 0)
		buf_printf(out, "; %" PRId64 " would pass now", d->ready);
	else if (d->blocked > 0) /* as short as 80 cells need it */
		buf_printf(
		    out, "; %" PRId64 " would pass, %" PRId64 " blocked", d->ready, d->blocked);
}

static void
enter(struct view *view, const struct row *row)
{
	console_push(view->console, VIEW_TRIPLETS, 0, row->cells[DOMAIN].text);
}

const struct view_type view_deferred = {
	.id = VIEW_DEFERRED,
	.name = "deferred",
	.title = "Deferred",
	.about =
	    "What waits, by sender domain; where most of it has waited longest is on top. ! marks "
	    "a pool of senders: SPF passes, and the tries come from several networks. x marks "
	    "where a rule blocks some or all of it: that is rejected when it is tried again. MAY "
	    "PASS is when the first may, if it is tried again from its network.",
	.empty = "Nothing waits. A mail that is refused at its first contact shows here until it "
		 "passes, or until a retry would count no more.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.sort = -1,
	.open = open_deferred,
	.close = close_deferred,
	.read = read_deferred,
	.summary = summarise,
	.enter = enter,
};
