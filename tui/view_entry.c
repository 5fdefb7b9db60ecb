/* view_entry.c - all about one rule or policy: what it does, what is wrong with it, and who changed
 * it. The key is that of its row in the view of rules. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/greylist/lint.h"
#include "common/store/undo.h"
#include "tui/app.h"
#include "tui/change_fields.h"
#include "tui/entry_line.h"
#include "tui/entry_row.h"
#include "tui/page.h"

#define HISTORY_MAX 50

enum { TEXT, ID, PATTERN, SCOPE };

static const struct column columns[] = {
	[TEXT] = { "text", "", COLUMN_TEXT, 1, 1, LIST_REST, NULL },
	[ID] = { "id", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[PATTERN] = { "pattern", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[SCOPE] = { "scope", "", COLUMN_TEXT, 0, 0, 0, NULL },
};

struct moment {
	int64_t time_s;
	char *author, *what;
	bool undone;
	struct change_fields fields;
};

struct page {
	unsigned kind;
	int64_t id;
	struct entry_row entry;
	struct moment moments[HISTORY_MAX];
	size_t moment_n;
	struct json_reader *reader;
};

static void
drop_moments(struct page *p)
{
	while (p->moment_n > 0) {
		struct moment *moment = &p->moments[--p->moment_n];

		free(moment->author);
		free(moment->what);
		change_fields_clear(&moment->fields);
	}
}

static int
open_entry(struct view *view, struct err *err)
{
	struct page *p = xcalloc(1, sizeof(*p));

	(void)err;
	p->kind = view->key % 2 == 0 ? ROW_RULE : ROW_POLICY;
	p->id = view->key / 2;
	p->reader = json_reader_new();
	view->state = p;
	return 0;
}

static void
close_entry(struct view *view)
{
	struct page *p = view->state;

	if (p == NULL)
		return;
	entry_row_clear(&p->entry);
	drop_moments(p);
	json_reader_free(p->reader);
	free(p);
}

/* ---- what it does ---- */

/* Whom a pattern stands for. */
static const char *const senders[PATTERN_KIND_N] = {
	[PATTERN_ANYONE] = "everyone",
	[PATTERN_TLD] = "every domain that ends so",
	[PATTERN_SUBDOMAINS] = "that domain and all below it",
	[PATTERN_DOMAIN] = "that domain, none below it",
	[PATTERN_HOST] = "clients of that verified name or below it",
	[PATTERN_NET] = "clients of that network",
	[PATTERN_WILDCARD] = "clients of those addresses",
	[PATTERN_ADDR] = "the client of that address",
	[PATTERN_LOCAL] = "that mailbox at any domain",
	[PATTERN_MAILBOX] = "that address alone",
};

static const char *const acts[RULE_ACTION_N] = {
	[RULE_ALLOW] = "Mail passes at once: no greylisting, whatever policies say.",
	[RULE_BLOCK] = "Mail is refused for good.",
	[RULE_EXPECT] = "Mail that would have to wait passes at once, because it is expected.",
};

static void
say_pattern(struct view *view, const char *name, const char *text, enum pattern_side side)
{
	struct pattern pattern;

	if (pattern_parse(slice_of(text), side, &pattern, NULL, NULL) == -1)
		page_fieldf(view, name, "%s", text);
	else
		page_fieldf(view, name, "%s: %s", text,
		    pattern.kind == PATTERN_MAILBOX && strcmp(text, "<>") == 0
			? "bounces, which have no sender"
			: senders[pattern.kind]);
}

static void
say_expiry(struct view *view, int64_t expires_s)
{
	int64_t now_s = view->list.now_s;
	char text[DURATION_TEXT_MAX];

	if (expires_s == 0)
		page_fieldf(view, "Expires", "never");
	else if (expires_s <= now_s)
		page_fieldf(view, "Expires", "it did, %s ago",
		    duration_format_human(now_s - expires_s, text));
	else
		page_fieldf(
		    view, "Expires", "in %s", duration_format_human(expires_s - now_s, text));
}

static void
say_entry(struct view *view, const struct entry_row *entry)
{
	char text[ENTRY_TERMS_MAX], when[96];

	if (entry->kind == ROW_RULE) {
		view_line(view, ELEMENT_SECTION, "Rule %" PRId64 ": %s", entry->id,
		    rule_action_name(entry->action));
		view_sentence(view, ELEMENT_NORMAL, 2, slice_of(acts[entry->action]));
	} else {
		view_line(view, ELEMENT_SECTION, "Policy %" PRId64, entry->id);
		page_fieldf(view, "Sets", "%s", entry_terms_format(&entry->terms, ", ", text));
	}
	say_pattern(view, "From", entry->sender, PATTERN_SENDER);
	say_pattern(view, "To", entry->scope, PATTERN_SCOPE);
	say_expiry(view, entry->expires_s);
	if (entry->hits == 0)
		page_fieldf(view, "Hits", "none yet");
	else
		page_fieldf(view, "Hits", "%" PRId64 ", the last %s", entry->hits,
		    page_time(view, entry->last_hit_s, when));
	page_fieldf(view, "Comment", "%s", entry->comment[0] == '\0' ? "none" : entry->comment);
	page_fieldf(view, "Added", "%s by %s (%s)", page_time(view, entry->created_s, when),
	    entry->author, entry->source);
}

/* ---- what is wrong with it ---- */

static const char *const levels[] = {
	[LINT_NEVER] = "! It can never match",
	[LINT_NO_EFFECT] = "~ It changes nothing",
	[LINT_ADVICE] = "~ Worth a look",
};

static void
say_finding(void *arg, const struct lint_finding *finding)
{
	struct view *view = arg;
	const struct page *p = view->state;

	if (finding->id != p->id || finding->policy != (p->kind == ROW_POLICY))
		return;
	page_section(view, levels[finding->level]);
	view_sentence(view, finding->level == LINT_NEVER ? ELEMENT_BAD : ELEMENT_NOTICE, 2,
	    slice_of(finding->text));
}

/* ---- its history ---- */

static bool
take_change(void *arg, const struct undo_entry *entry)
{
	struct page *p = arg;
	const struct change *change = entry->change;
	struct moment *moment = &p->moments[p->moment_n++];

	*moment = (struct moment){ .time_s = change->time_s,
		.author = xslicedup(change->author),
		.what = xstrdup(entry->what),
		.undone = entry->undone_n > 0 };
	change_fields_read(p->reader, change, &moment->fields, NULL);
	return true;
}

static void
say_moment(struct view *view, const struct moment *moment)
{
	char when[96], line[512];
	size_t i;

	snprintf(line, sizeof(line), "%s, %s%s", page_time(view, moment->time_s, when),
	    moment->author, moment->undone ? ", taken back since" : "");
	view_line(view, moment->undone ? ELEMENT_DIM : ELEMENT_NORMAL, "  %s", line);
	view_sentence(view, ELEMENT_NORMAL, 4, slice_of(moment->what));
	for (i = 0; i < moment->fields.n; i++) {
		const struct change_field *field = &moment->fields.items[i];

		if (!field->differs)
			continue;
		snprintf(line, sizeof(line), "%s: %s -> %s", field->name,
		    field->before == NULL ? "-" : field->before,
		    field->after == NULL ? "-" : field->after);
		view_sentence(view, ELEMENT_NORMAL, 4, slice_of(line));
	}
}

static void
say_history(struct view *view)
{
	const struct page *p = view->state;
	size_t i;

	page_section(view, "Its changes, newest first");
	for (i = 0; i < p->moment_n; i++)
		say_moment(view, &p->moments[i]);
	if (p->moment_n == 0)
		view_sentence(view, ELEMENT_DIM, 2, SLICE("The audit has none."));
}

/* ---- the view ---- */

/* Every line is about the entry, so that e and d act on it wherever the screen is. */
static void
dress_rows(struct view *view)
{
	const struct page *p = view->state;
	size_t i;

	for (i = 0; i < view->list.filling_n; i++) {
		struct row *row = view->list.filling[i];

		row->kind = p->kind;
		row_number(row, ID, p->id);
		row_text(row, PATTERN, slice_of(p->entry.sender));
		row_text(row, SCOPE, slice_of(p->entry.scope));
	}
}

static int
fill(struct view *view, struct err *err)
{
	struct page *p = view->state;
	struct console *c = view->console;

	list_begin(&view->list);
	say_entry(view, &p->entry);
	if (lint_run(c->store, c->config, c->now_s, say_finding, view, err) == -1) {
		list_abandon(&view->list);
		return -1;
	}
	say_history(view);
	dress_rows(view);
	list_end(&view->list);
	return 0;
}

static enum store_found
load(struct view *view, struct err *err)
{
	struct page *p = view->state;
	struct store *store = view->console->store;
	struct slice object = p->kind == ROW_RULE ? SLICE("rule") : SLICE("policy");

	entry_row_clear(&p->entry);
	drop_moments(p);
	if (undo_changes_of(store, object, p->id, HISTORY_MAX, take_change, p, err) == -1)
		return STORE_ERROR;
	return entry_row_load(store, p->kind, p->id, &p->entry, err);
}

static enum view_read
read_entry(struct view *view, bool begin, struct err *err)
{
	enum store_found found = load(view, err);

	(void)begin;
	if (found == STORE_NO) {
		list_begin(&view->list);
		list_end(&view->list);
	}
	if (found == STORE_ERROR || (found == STORE_YES && fill(view, err) == -1))
		return VIEW_ERROR;
	return VIEW_DONE;
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct page *p = view->state;

	if (p->entry.kind != 0)
		entry_row_say(&p->entry, out);
}

const struct view_type view_entry = {
	.id = VIEW_ENTRY,
	.name = "entry",
	.title = "Entry",
	.about = "All about one rule or policy: whom it is for, what it does, what is wrong with "
		 "it, and who changed it. e edits it, d deletes it.",
	.empty = "It is gone: somebody deleted it. C shows the changes, u takes back your own.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.flags = VIEW_IS_TEXT,
	.sort = -1,
	.open = open_entry,
	.close = close_entry,
	.read = read_entry,
	.summary = summarise,
};
