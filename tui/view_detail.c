/* view_detail.c - all about one mail: what would happen now and why, what SPF says of it, and what
 * happened so far. The key is its triplet, or minus the id of an event of mail that has none.
 *
 * A reading looks through the events from the newest back to the first contact, in slices. SPF is
 * asked in the background, once; its answer makes the view read again. */
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/email.h"
#include "common/store/event.h"
#include "tui/commands.h"
#include "tui/detail.h"
#include "tui/mail_row.h"

#define SLICE_EVENTS 4000
#define TIMELINE_MAX 500

enum { TEXT, SENDER, RECIPIENT, HELO, FIRST, BLOCKED, MAIL };

static const struct column columns[] = {
	[TEXT] = { "text", "", COLUMN_TEXT, 1, 1, LIST_REST, NULL },
	[SENDER] = { "sender", "", COLUMN_TEXT, 0, 0, 0, "from" },
	[RECIPIENT] = { "recipient", "", COLUMN_TEXT, 0, 0, 0, "to" },
	[HELO] = { "helo", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[FIRST] = { "first", "", COLUMN_CLOCK, 0, 0, 0, NULL },
	[BLOCKED] = { "blocked", "", COLUMN_COUNT, 0, 0, 0, NULL },
	MAIL_COLUMNS(MAIL),
};

static void
mail_clear(struct mail *mail)
{
	free(mail->address);
	free(mail->name);
	free(mail->helo);
	free(mail->net);
	free(mail->sender);
	free(mail->recipient);
	*mail = (struct mail){ .found = false };
}

static int
open_detail(struct view *view, struct err *err)
{
	(void)err;
	view->state = xcalloc(1, sizeof(struct detail));
	return 0;
}

static void
close_detail(struct view *view)
{
	struct detail *d = view->state;

	if (d == NULL)
		return;
	spf_lookup_cancel(d->lookup);
	mail_clear(&d->mail);
	free(d->moments);
	free(d);
}

/* ---- the mail ---- */

static bool
take_triplet(void *arg, const struct triplet *t)
{
	struct mail *mail = arg;

	*mail = (struct mail){ .found = true,
		.triplet_id = t->id,
		.state = t->state,
		.address = xslicedup(t->client_address),
		.name = xslicedup(t->client_name),
		.helo = xslicedup(t->helo),
		.net = xslicedup(t->key.net),
		.sender = xslicedup(t->sender),
		.recipient = xslicedup(t->recipient) };
	return true;
}

static bool
take_event(void *arg, const struct event *e)
{
	struct mail *mail = arg;

	*mail = (struct mail){ .found = true,
		.state = { .first_s = e->time_s },
		.address = xslicedup(e->client_address),
		.name = xslicedup(e->client_name),
		.helo = xslicedup(e->helo),
		.net = xstrdup(""),
		.sender = xslicedup(e->sender),
		.recipient = xslicedup(e->recipient) };
	return true;
}

static int
load_mail(struct view *view, struct mail *mail, struct err *err)
{
	struct store *store = view->console->store;
	int64_t last_id;

	if (view->key > 0)
		return store_triplet_get(store, view->key, take_triplet, mail, err) == STORE_ERROR
			   ? -1
			   : 0;
	return store_event_page(store, -view->key + 1, 1, take_event, mail, &last_id, err);
}

static bool
is_same(const struct mail *a, const struct mail *b)
{
	return strcmp(a->net, b->net) == 0 && strcmp(a->sender, b->sender) == 0 &&
	       strcmp(a->recipient, b->recipient) == 0;
}

/* The id of a triplet that is gone may be given to another mail, which is not the one of this page.
 */
static int
find_mail(struct view *view, struct err *err)
{
	struct detail *d = view->state;
	struct mail mail = { .found = false };

	if (!d->gone && load_mail(view, &mail, err) == -1)
		return -1;
	d->gone = d->gone || (d->mail.found && (!mail.found || !is_same(&d->mail, &mail)));
	if (d->gone)
		mail_clear(&mail);
	mail_clear(&d->mail);
	d->mail = mail;
	return 0;
}

static bool
goes_on(void *console, int64_t done, int64_t total)
{
	return console_goes_on(console, "looking for the triplet", (int)(done * 100 / total));
}

static int
explain(struct view *view, struct err *err)
{
	struct detail *d = view->state;
	struct console *c = view->console;
	const struct rules *rules = console_rules(c, err);
	struct request request = { .protocol_state = SLICE("RCPT"),
		.client_address = slice_of(d->mail.address),
		.client_name = slice_of(d->mail.name),
		.helo_name = slice_of(d->mail.helo),
		.sender = slice_of(d->mail.sender),
		.sender_present = true,
		.recipient = slice_of(d->mail.recipient) };

	if (rules == NULL)
		return -1;
	if (d->mail.triplet_id != 0)
		return explain_triplet(
		    c->store, c->config, rules, d->mail.triplet_id, c->now_s, &d->explanation, err);
	return explain_request(
	    c->store, c->config, rules, &request, c->now_s, goes_on, c, &d->explanation, err);
}

/* ---- SPF ---- */

static void
checked(void *arg, const struct spf_check *check, bool open)
{
	struct view *view = arg;
	struct detail *d = view->state;

	(void)open;
	d->lookup = NULL;
	d->answered = true;
	d->check = *check;
	view_answered(view);
}

static void
ask_spf(struct view *view)
{
	struct detail *d = view->state;
	struct console *c = view->console;
	struct spf_identity identity = { .sender = slice_of(d->mail.sender),
		.helo = slice_of(d->mail.helo),
		.now_s = c->now_s,
		.voids_max = (unsigned)c->config->spf_void_lookups };
	struct err err = { 0 };
	struct dns *dns;

	if (d->asked || addr_parse(slice_of(d->mail.address), &identity.ip) == -1)
		return;
	d->asked = true;
	dns = console_dns(c, &err);
	if (dns == NULL) {
		snprintf(d->trouble, sizeof(d->trouble), "%.250s", err.text);
		return;
	}
	d->lookup =
	    spf_lookup_check(dns, &identity, NULL, c->config->spf_timeout_s * 1000, checked, view);
}

/* ---- what happened ---- */

static bool
is_about(const struct detail *d, const struct event *e)
{
	if (d->mail.triplet_id != 0)
		return e->triplet_id == d->mail.triplet_id;
	return slice_equal(e->client_address, slice_of(d->mail.address)) &&
	       slice_equal(e->sender, slice_of(d->mail.sender)) &&
	       slice_equal(e->recipient, slice_of(d->mail.recipient));
}

static enum action
action_of(struct slice name)
{
	if (slice_equal(name, slice_of(action_name(ACTION_DEFER))))
		return ACTION_DEFER;
	return slice_equal(name, slice_of(action_name(ACTION_REJECT))) ? ACTION_REJECT
								       : ACTION_PASS;
}

static bool
take_moment(void *arg, const struct event *e)
{
	struct detail *d = arg;
	struct moment *moment;

	if (!is_about(d, e) || d->moment_n == TIMELINE_MAX)
		return true;
	d->moments = xreallocarray(d->moments, d->moment_n + 1, sizeof(*d->moments));
	moment = &d->moments[d->moment_n++];
	*moment = (struct moment){
		.time_s = e->time_s, .action = action_of(e->action), .delay_s = e->delay_s
	};
	if (reason_parse(e->reason, &moment->reason) == -1)
		moment->reason = REASON_NOT_RCPT;
	snprintf(moment->client, sizeof(moment->client), "%.*s", (int)e->client_address.len,
	    e->client_address.ptr);
	return true;
}

/* No event before the first contact is about this mail. */
static bool
stop_at_first(void *arg, const struct event *e)
{
	struct detail *d = arg;

	if (e->time_s < d->mail.state.first_s - 1)
		d->before_id = 0;
	return d->before_id != 0 && take_moment(d, e);
}

static enum view_read
read_events(struct view *view, struct err *err)
{
	struct detail *d = view->state;
	int64_t last_id, before = d->before_id;

	if (store_event_page(
		view->console->store, before, SLICE_EVENTS, stop_at_first, d, &last_id, err) == -1)
		return VIEW_ERROR;
	if (d->before_id == 0 || last_id == 0)
		return VIEW_DONE;
	d->before_id = last_id;
	return VIEW_MORE;
}

/* Every line is about the mail, so that the commands know it wherever the screen is. */
static void
dress_rows(struct view *view)
{
	const struct detail *d = view->state;
	const struct mail *mail = &d->mail;
	struct slice domain = email_split(slice_of(mail->sender)).domain;
	bool waits = mail->triplet_id != 0 && mail->state.passed_s == 0;
	size_t i;

	for (i = 0; i < view->list.filling_n; i++) {
		struct row *row = view->list.filling[i];

		row->kind = waits ? ROW_WAITING : mail->triplet_id != 0 ? ROW_PASSED : ROW_EVENT;
		row_text(row, SENDER, mail_row_sender(slice_of(mail->sender)));
		row_text(row, RECIPIENT, slice_of(mail->recipient));
		row_text(row, HELO, slice_of(mail->helo));
		row_number(row, FIRST, mail->state.first_s);
		row_number(row, BLOCKED, d->explanation.decision.action == ACTION_REJECT);
		row_text(row, MAIL + MAIL_ADDRESS, slice_of(mail->address));
		row_text(row, MAIL + MAIL_NAME, slice_of(mail->name));
		row_text(row, MAIL + MAIL_NET, slice_of(mail->net));
		row_text(row, MAIL + MAIL_DOMAIN, mail_row_sender(domain));
		row_number(row, MAIL + MAIL_TRIPLET, mail->triplet_id);
	}
}

static void
fill(struct view *view)
{
	list_begin(&view->list);
	detail_say(view);
	dress_rows(view);
	list_end(&view->list);
}

/* ---- the view ---- */

static enum view_read
read_detail(struct view *view, bool begin, struct err *err)
{
	struct detail *d = view->state;
	enum view_read result;

	if (begin) {
		if (find_mail(view, err) == -1)
			return VIEW_ERROR;
		if (!d->mail.found) {
			list_begin(&view->list);
			list_end(&view->list);
			return VIEW_DONE;
		}
		if (explain(view, err) == -1)
			return VIEW_ERROR;
		ask_spf(view);
		d->moment_n = 0;
		d->before_id = INT64_MAX;
	}
	result = read_events(view, err);
	if (result == VIEW_DONE)
		fill(view);
	return result;
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct detail *d = view->state;

	if (d->mail.found)
		buf_printf(out, "to %s", d->mail.recipient);
}

void
detail_explain(struct console *c, const char *arg)
{
	const struct list *list = &console_view(c)->list;
	const struct row *row = list_current(list);
	int64_t triplet = list_number(list, row, "triplet");

	(void)arg;
	if (console_view(c)->type->id == VIEW_DETAIL)
		console_say(c, "this is the explanation");
	else
		console_push(c, VIEW_DETAIL, triplet != 0 ? triplet : -row->key,
		    list_text(list, row, "sender"));
}

const struct view_type view_detail = {
	.id = VIEW_DETAIL,
	.name = "detail",
	.title = "Mail",
	.about = "All about one mail: what would happen if it were tried now, and why, by the same "
		 "decision as the server's; what SPF says of its client, and by which term; what "
		 "happened so far. w, b and a act on it.",
	.empty =
	    "This mail is gone: its window or lifetime is over, or it counts as part of another.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.flags = VIEW_IS_TEXT,
	.sort = -1,
	.open = open_detail,
	.close = close_detail,
	.read = read_detail,
	.summary = summarise,
};
