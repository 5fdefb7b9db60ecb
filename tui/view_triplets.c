/* view_triplets.c - what waits of one sender domain, mail by mail. */
#include <inttypes.h>
#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/greylist/pools.h"
#include "tui/app.h"
#include "tui/mail_row.h"
#include "tui/mail_scan.h"

#define MAILS_MAX 20000 /* shown of one domain: nobody reads more */

enum {
	AGE,
	MAY_PASS,
	TRIES,
	CLIENT,
	SENDER,
	RECIPIENT,
	REASON,
	SPF,
	LAST,
	FIRST,
	HELO,
	BLOCKED,
	MAIL
};

static const struct column columns[] = {
	[AGE] = { "age", "AGE", COLUMN_AGE, 4, 7, 7, NULL },
	[MAY_PASS] = { "pass", "MAY PASS", COLUMN_UNTIL, 2, 8, 8, NULL },
	[TRIES] = { "tries", "TRY", COLUMN_COUNT, 6, 3, 4, NULL },
	[CLIENT] = { "client", "CLIENT", COLUMN_TEXT, 5, 20, LIST_REST, NULL },
	[SENDER] = { "sender", "SENDER", COLUMN_TEXT, 1, 16, LIST_REST, "from" },
	[RECIPIENT] = { "recipient", "RECIPIENT", COLUMN_TEXT, 3, 11, LIST_REST, "to" },
	[REASON] = { "reason", "REASON", COLUMN_TEXT, 8, 11, 12, "state" },
	[SPF] = { "spf", "SPF", COLUMN_TEXT, 7, 8, 9, NULL },
	[LAST] = { "last", "LAST TRY", COLUMN_CLOCK, 10, 11, 11, NULL },
	[FIRST] = { "first", "FIRST", COLUMN_CLOCK, 11, 11, 11, NULL },
	[HELO] = { "helo", "HELO", COLUMN_TEXT, 9, 12, 30, NULL },
	[BLOCKED] = { "blocked", "", COLUMN_COUNT, 0, 0, 0, NULL },
	MAIL_COLUMNS(MAIL),
};

struct triplets {
	struct mail_scan scan;
	struct counts {
		int64_t ready, blocked;
		bool cut;
	} counts, fresh; /* of what is shown, of the reading */
};

static int
open_triplets(struct view *view, struct err *err)
{
	(void)err;
	view->state = xcalloc(1, sizeof(struct triplets));
	return 0;
}

static void
close_triplets(struct view *view)
{
	struct triplets *t = view->state;

	if (t != NULL)
		mail_scan_clear(&t->scan);
	free(t);
}

/* Why the next try passes or not; what its delay decides is told by the tries. */
static const char *const words[REASON_N] = {
	[REASON_TRUSTED] = "trusted",
	[REASON_RULE_ALLOW] = "allowed",
	[REASON_RULE_BLOCK] = "blocked",
	[REASON_POLICY_OFF] = "policy off",
	[REASON_DOMAIN_NETWORK] = "listed",
	[REASON_RELEASED] = "released",
	[REASON_EXPECTED] = "expected",
	[REASON_SPF] = "SPF pass",
	[REASON_RETRY] = "delay over",
	[REASON_TRAINING] = "training",
};

static void
choose_reason(struct row *row, const struct scan_row *mail)
{
	static const enum element elements[] = { [ACTION_PASS] = ELEMENT_GOOD,
		[ACTION_DEFER] = ELEMENT_NORMAL,
		[ACTION_REJECT] = ELEMENT_BAD };
	const char *word = words[mail->reason];

	if (word == NULL)
		word = mail->triplet->state.attempts > 1 ? "early retry" : "new";
	row_text(row, REASON, slice_of(word));
	if (mail->reason == REASON_RULE_BLOCK || mail->reason == REASON_DOMAIN_NETWORK ||
	    mail->reason == REASON_RELEASED)
		row_text(row, MAY_PASS, slice_of(word));
	row->element = elements[mail->next];
}

static void
add_mail(struct view *view, const struct scan_row *mail)
{
	const struct triplet *t = mail->triplet;
	struct row *row = row_new(&view->list, t->id, ROW_WAITING);
	char text[512];

	row_number(row, AGE, t->state.first_s);
	row_number(row, MAY_PASS,
	    mail->next == ACTION_REJECT ? INT64_MAX
	    : mail->wait_left_s == 0    ? 0
					: view->list.now_s + mail->wait_left_s);
	row_number(row, TRIES, t->state.attempts);
	row_text(row, CLIENT, slice_of(pool_client_text(t, text, sizeof(text))));
	row_text(row, SENDER, mail_row_sender(t->sender));
	row_text(row, RECIPIENT, t->recipient);
	row_text(row, SPF, t->spf.len == 0 ? SLICE("-") : t->spf);
	row_number(row, LAST, t->state.last_s);
	row_number(row, FIRST, t->state.first_s);
	row_text(row, HELO, t->helo);
	row_number(row, BLOCKED, mail->next == ACTION_REJECT);
	mail_row_fill(row, MAIL, t);
	choose_reason(row, mail);
	list_add(&view->list, row);
}

static bool
look_at(void *arg, const struct scan_row *mail)
{
	struct view *view = arg;
	struct triplets *t = view->state;

	if (!slice_equal(mail->sender_domain, slice_of(view->arg)))
		return true;
	t->fresh.cut = view->list.filling_n == MAILS_MAX;
	if (t->fresh.cut)
		return false;
	add_mail(view, mail);
	t->fresh.ready += mail->next == ACTION_PASS;
	t->fresh.blocked += mail->next == ACTION_REJECT;
	return true;
}

static enum view_read
read_triplets(struct view *view, bool begin, struct err *err)
{
	struct triplets *t = view->state;
	int begun = mail_scan_begin(&t->scan, view, begin, err);
	enum view_read result;

	if (begun == -1)
		return VIEW_ERROR;
	if (begun == 1) {
		list_begin(&view->list);
		t->fresh = (struct counts){ 0 };
	}
	result = mail_scan_step(&t->scan, view, look_at, view, err);
	if (result != VIEW_DONE)
		return result;
	list_end(&view->list);
	t->counts = t->fresh;
	view->more = t->counts.cut;
	return VIEW_DONE;
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct counts *t = &((const struct triplets *)view->state)->counts;

	if (view->more)
		buf_printf(out, "The newest %zu, of more that wait", view->list.row_n);
	else
		buf_printf(out, "%zu wait%s", view->list.row_n, view->list.row_n == 1 ? "s" : "");
	if (t->ready > 0)
		buf_printf(out, ", %" PRId64 " would pass now", t->ready);
	if (t->blocked > 0)
		buf_printf(out, ", %" PRId64 " blocked", t->blocked);
}

static void
enter(struct view *view, const struct row *row)
{
	console_push(view->console, VIEW_DETAIL, row->key, row->cells[SENDER].text);
}

const struct view_type view_triplets = {
	.id = VIEW_TRIPLETS,
	.name = "triplets",
	.title = "Triplets",
	.about =
	    "What waits of one sender domain, newest first, a row for each client network, sender "
	    "and recipient. MAY PASS is when a retry would be accepted: now, also where a rule, a "
	    "policy or a whitelisted domain lets it pass before its delay is over; blocked is "
	    "what a rule rejects by now. TRY counts those that were deferred.",
	.empty = "Nothing waits from this domain any more.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.sort = -1,
	.open = open_triplets,
	.close = close_triplets,
	.read = read_triplets,
	.summary = summarise,
	.enter = enter,
};
