/* view_domains.c - the domains that are whitelisted by SPF: how each of them stands, what was read
 * of it when, and when it is read again. Those that are suggested are added here. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/greylist/suggested.h"
#include "common/net/domain.h"
#include "tui/commands.h"
#include "tui/domain_words.h"

#define PAGE_ROWS 500   /* some 5 ms */
#define CONFIRM_COLS 32 /* that a question leaves to how it is confirmed, and to the answer */

enum {
	DOMAIN,
	STATUS,
	NETWORKS,
	READ,
	NEXT,
	SOURCE,
	NOTE,
	COMMENT,
	ERROR,
	RESULT,
	FROM,
	AUTHOR,
	CREATED,
	GOOD,
	FAILURES,
	LOOKUPS,
	MIN_TTL
};

static const struct column columns[] = {
	[DOMAIN] = { "domain", "DOMAIN", COLUMN_TEXT, 1, 20, 40, "name" },
	[STATUS] = { "status", "STATUS", COLUMN_TEXT, 2, 16, 0, NULL },
	[NETWORKS] = { "networks", "NETS", COLUMN_COUNT, 3, 5, 0, "nets" },
	[READ] = { "read", "READ", COLUMN_AGE, 4, 7, 0, "last" },
	[NEXT] = { "next", "NEXT", COLUMN_UNTIL, 5, 7, 0, NULL },
	[SOURCE] = { "source", "SOURCE", COLUMN_TEXT, 7, 9, 0, NULL },
	[NOTE] = { "note", "NOTE", COLUMN_TEXT, 6, 12, LIST_REST, NULL },
	[COMMENT] = { "comment", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[ERROR] = { "error", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[RESULT] = { "result", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[FROM] = { "from", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[AUTHOR] = { "author", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[CREATED] = { "created", "", COLUMN_AGE, 0, 0, 0, NULL },
	[GOOD] = { "good", "", COLUMN_AGE, 0, 0, 0, NULL },
	[FAILURES] = { "failures", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[LOOKUPS] = { "lookups", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[MIN_TTL] = { "min-ttl", "", COLUMN_SPAN, 0, 0, 0, "ttl" },
};

#define MARK_TROUBLE '!'

struct domains {
	char after[DOMAIN_TEXT_MAX]; /* of the next page */
	size_t page_n;
};

/* ---- reading ---- */

static void
fill_hidden(struct row *row, const struct domain *d)
{
	row_text(row, COMMENT, d->comment);
	row_text(row, ERROR, d->error);
	row_text(row, RESULT, d->status);
	row_text(row, FROM, d->from);
	row_text(row, AUTHOR, d->author);
	row_number(row, CREATED, d->created_s);
	row_number(row, GOOD, d->good_s);
	row_number(row, FAILURES, d->failures);
	row_number(row, LOOKUPS, d->lookups);
	row_number(row, MIN_TTL, d->min_ttl_s);
	if (d->min_ttl_s < 0)
		row_text(row, MIN_TTL, SLICE("unknown"));
}

/* What went wrong; else what the operator wrote. */
static void
fill_note(struct row *row, const struct domain *d, const struct domain_state *state)
{
	if (state->kept)
		row_printf(row, NOTE, "%s: %.*s", state->trouble, (int)d->error.len, d->error.ptr);
	else
		row_text(row, NOTE, d->error.len > 0 ? d->error : d->comment);
}

static bool
add_domain(void *arg, const struct domain *d)
{
	struct view *view = arg;
	struct console *c = view->console;
	struct domains *domains = view->state;
	struct row *row = row_new(&view->list, d->id, ROW_DOMAIN);
	struct domain_state state;

	domains->page_n++;
	snprintf(domains->after, sizeof(domains->after), "%.*s", (int)d->name.len, d->name.ptr);
	domain_state(d, c->config->spf_grace_s, c->now_s, &state);
	row->element = state.element;
	row->mark = state.troubled ? MARK_TROUBLE : ' ';
	row_text(row, DOMAIN, d->name);
	row_text(row, STATUS, slice_of(state.status));
	row_number(row, NETWORKS, d->networks);
	row_number(row, READ, d->refreshed_s);
	row_number(row, NEXT, d->next_s);
	if (d->next_s <= c->now_s)
		row_text(row, NEXT, c->server_alive ? SLICE("reading") : SLICE("due"));
	row_text(row, SOURCE, d->source);
	fill_note(row, d, &state);
	fill_hidden(row, d);
	list_add(&view->list, row);
	return true;
}

static enum view_read
read_domains(struct view *view, bool begin, struct err *err)
{
	struct domains *domains = view->state;

	if (begin) {
		list_begin(&view->list);
		domains->after[0] = '\0';
	}
	domains->page_n = 0;
	if (store_domain_each(view->console->store, slice_of(domains->after), PAGE_ROWS, add_domain,
		view, err) == -1) {
		list_abandon(&view->list);
		return VIEW_ERROR;
	}
	if (domains->page_n == PAGE_ROWS)
		return VIEW_MORE;
	list_end(&view->list);
	return VIEW_DONE;
}

/* ---- the view ---- */

static int
open_domains(struct view *view, struct err *err)
{
	(void)err;
	view->state = xcalloc(1, sizeof(struct domains));
	return 0;
}

static void
close_domains(struct view *view)
{
	free(view->state);
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct list *list = &view->list;
	size_t troubled = 0, due = 0, i;
	int64_t networks = 0;

	for (i = 0; i < list->row_n; i++) {
		const struct row *row = list->rows[i];

		networks += row->cells[NETWORKS].number;
		troubled += row->mark == MARK_TROUBLE;
		due += row->cells[NEXT].number <= list->now_s;
	}
	buf_printf(out, "%zu domain%s, %" PRId64 " network%s", list->row_n,
	    list->row_n == 1 ? "" : "s", networks, networks == 1 ? "" : "s");
	if (troubled > 0)
		buf_printf(out, "; %zu in trouble (!)", troubled);
	if (due > 0)
		buf_printf(out, "%s %zu %s", troubled > 0 ? "," : ";", due,
		    view->console->server_alive ? "being read" : "due when greygated runs");
}

static void
enter(struct view *view, const struct row *row)
{
	console_push(view->console, VIEW_DOMAIN, row->key, row->cells[DOMAIN].text);
}

/* ---- those that are suggested ---- */

/* Those that are missing; *FIRST_OUT is one of them. -1 with ERR. */
static int
count_missing(struct console *c, size_t *n_out, const char **first_out, struct err *err)
{
	enum store_found found;
	int64_t id;
	size_t i;

	*n_out = 0;
	for (i = 0; i < suggested_n; i++) {
		found = store_domain_find(c->store, slice_of(suggested[i].name), &id, err);
		if (found == STORE_ERROR)
			return -1;
		if (found == STORE_NO && (*n_out)++ == 0)
			*first_out = suggested[i].name;
	}
	return 0;
}

/* 1: it is new, 0: it was there, -1 with ERR. */
static int
add_suggested(struct edit *edit, const struct suggested *row, struct err *err)
{
	struct domain domain = { .name = slice_of(row->name),
		.comment = slice_of(row->reason),
		.author = edit->author,
		.source = SLICE("suggested"),
		.created_s = edit->now_s };
	enum store_found found = store_domain_find(edit->store, domain.name, &domain.id, err);

	if (found != STORE_NO)
		return found == STORE_YES ? 0 : -1;
	return edit_domain_add(edit, &domain, &domain.id, err) == -1 ? -1 : 1;
}

static void
suggested_answered(struct console *c, void *arg, const char *text)
{
	struct edit edit = console_edit(c);
	struct err err = { 0 };
	size_t added = 0, i;
	int result = 0;

	(void)arg;
	if (text == NULL) {
		console_say(c, "nothing was whitelisted");
		return;
	}
	for (i = 0; i < suggested_n && result != -1; i++) {
		result = add_suggested(&edit, &suggested[i], &err);
		added += result == 1;
		if (!console_goes_on(c, "whitelisting", (int)(i * 100 / suggested_n)))
			break;
	}
	console_changed(c);
	if (result == -1)
		console_warn(c, "%zu whitelisted, then: %s", added, err.text);
	else
		console_say(c, "%zu domain%s whitelisted: %s; u takes them back", added,
		    added == 1 ? " is" : "s are",
		    c->server_alive ? "being read now" : "read when greygated runs");
}

/* With one of them, where the line has room for it. */
static void
ask_suggested(struct console *c, size_t n, const char *first)
{
	char question[128];
	int len = snprintf(question, sizeof(question), "Whitelist %zu suggested domain%s (%s%s)?",
	    n, n == 1 ? "" : "s", first, n == 1 ? "" : ", ...");

	if (len + CONFIRM_COLS > term_cols(c->term))
		snprintf(question, sizeof(question), "Whitelist %zu suggested domain%s?", n,
		    n == 1 ? "" : "s");
	prompt_confirm(c, n, question, suggested_answered, NULL);
}

void
entry_suggested(struct console *c, const char *arg)
{
	struct err err = { 0 };
	const char *first = "";
	size_t n;

	(void)arg;
	if (count_missing(c, &n, &first, &err) == -1)
		console_fail(c, &err);
	else if (n == 0)
		console_say(c, "all %zu suggested domains are whitelisted already", suggested_n);
	else
		ask_suggested(c, n, first);
}

const struct view_type view_domains = {
	.id = VIEW_DOMAINS,
	.name = "domains",
	.title = "Domains",
	.about =
	    "Domains whose mail passes at once from the networks of their SPF record, which is "
	    "read again and again. Enter shows the networks, what was left out and why, and how "
	    "they changed. ! marks trouble: where a reading failed the networks of the last good "
	    "one are kept.",
	.empty =
	    "No domain is whitelisted. A adds the first, W adds those that are known to need it; w "
	    "on a "
	    "deferred mail adds the domain of its sender. Mail from the networks in the SPF record "
	    "of such a domain is not greylisted: that helps with big providers, which try again "
	    "from another address each time.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.sort = DOMAIN,
	.open = open_domains,
	.close = close_domains,
	.read = read_domains,
	.summary = summarise,
	.enter = enter,
};
