/* view_rules.c - rules and policies in one table, with what is wrong with them (lint.h). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/greylist/lint.h"
#include "tui/app.h"
#include "tui/entry_line.h"
#include "tui/entry_row.h"

#define PAGE 1000
#define LINT_LASTS_S 30 /* hits and the clock change what it says, but slowly */

enum {
	WHAT,
	PATTERN,
	SCOPE,
	HITS,
	LAST,
	EXPIRES,
	NOTE,
	AUTHOR,
	CREATED,
	SOURCE,
	ID,
	TERMS,
	COMMENT,
	LINT
};

static const struct column columns[] = {
	[WHAT] = { "what", "WHAT", COLUMN_TEXT, 1, 6, 6, "action" },
	[PATTERN] = { "pattern", "FROM", COLUMN_TEXT, 2, 17, LIST_REST, "from" },
	[SCOPE] = { "scope", "TO", COLUMN_TEXT, 3, 13, LIST_REST, "to" },
	[HITS] = { "hits", "HITS", COLUMN_COUNT, 5, 6, 6, NULL },
	[LAST] = { "last", "LAST", COLUMN_AGE, 7, 7, 7, NULL },
	[EXPIRES] = { "expires", "EXPIRES", COLUMN_UNTIL, 6, 7, 7, NULL },
	[NOTE] = { "note", "TERMS # COMMENT", COLUMN_TEXT, 4, 17, LIST_REST, NULL },
	[AUTHOR] = { "author", "BY", COLUMN_TEXT, 8, 8, 12, "by" },
	[CREATED] = { "created", "ADDED", COLUMN_AGE, 9, 7, 8, NULL },
	[SOURCE] = { "source", "SOURCE", COLUMN_TEXT, 10, 7, 8, NULL },
	[ID] = { "id", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[TERMS] = { "terms", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[COMMENT] = { "comment", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[LINT] = { "lint", "", COLUMN_TEXT, 0, 0, 0, NULL },
};

/* What is wrong with one entry. */
struct remark {
	int64_t key;
	enum lint_level level; /* the worst */
	char *text;
};

struct entries {
	struct remark *remarks; /* in the order of lint_run(): rules, then policies, by id */
	size_t remark_n, remark_at;
	int64_t generation, linted_s; /* when they were made; 0: not yet */
	bool policies;                /* the reading has come to them */
	int64_t after_id;             /* so far */
	size_t page_n;
	struct counts {
		size_t rules, policies, never, idle;
	} counts, fresh; /* of what is shown, of the reading */
};

/* ---- lint ---- */

static void
drop_remarks(struct entries *e)
{
	while (e->remark_n > 0)
		free(e->remarks[--e->remark_n].text);
	free(e->remarks);
	e->remarks = NULL;
}

/* Several about one entry come one after the other. */
static void
note_finding(void *arg, const struct lint_finding *finding)
{
	struct entries *e = arg;
	int64_t key = entry_row_key(finding->policy ? ROW_POLICY : ROW_RULE, finding->id);
	struct remark *last = e->remark_n == 0 ? NULL : &e->remarks[e->remark_n - 1];
	char *text;

	if (last != NULL && last->key == key) {
		if (asprintf(&text, "%s; %s", last->text, finding->text) == -1)
			return;
		free(last->text);
		last->text = text;
		if (finding->level < last->level)
			last->level = finding->level;
		return;
	}
	e->remarks = xreallocarray(e->remarks, e->remark_n + 1, sizeof(*e->remarks));
	e->remarks[e->remark_n++] = (struct remark){ key, finding->level, xstrdup(finding->text) };
}

static int
lint(struct view *view, struct err *err)
{
	struct entries *e = view->state;
	struct console *c = view->console;
	int64_t generation;

	if (store_generation(c->store, &generation, err) == -1)
		return -1;
	if (e->linted_s != 0 && generation == e->generation && c->now_s >= e->linted_s &&
	    c->now_s - e->linted_s < LINT_LASTS_S)
		return 0;
	drop_remarks(e);
	e->generation = generation;
	e->linted_s = c->now_s;
	return lint_run(c->store, c->config, c->now_s, note_finding, e, err);
}

/* Rows come in the order of the remarks; those of entries that are gone are passed over. */
static const struct remark *
remark_of(struct entries *e, unsigned kind, int64_t id)
{
	const struct remark *remark;
	int64_t key = entry_row_key(kind, id);

	for (; e->remark_at < e->remark_n; e->remark_at++) {
		remark = &e->remarks[e->remark_at];
		if (remark->key == key)
			return remark;
		if (remark->key % 2 > key % 2 || (remark->key % 2 == key % 2 && remark->key > key))
			break;
	}
	return NULL;
}

static void
mark(struct entries *e, struct row *row, const struct remark *remark)
{
	bool never = remark->level == LINT_NEVER;

	row->mark = never ? '!' : '~';
	row->element = never ? ELEMENT_BAD : ELEMENT_NOTICE;
	row_text(row, LINT, slice_of(remark->text));
	if (never)
		e->fresh.never++;
	else
		e->fresh.idle++;
}

/* ---- rows ---- */

static void
add_note(struct row *row, const struct entry_row *entry)
{
	char terms[ENTRY_TERMS_MAX] = "";

	row_text(row, COMMENT, slice_of(entry->comment));
	if (entry->kind == ROW_POLICY)
		row_text(row, TERMS, slice_of(entry_terms_format(&entry->terms, ", ", terms)));
	if (terms[0] != '\0' && entry->comment[0] != '\0')
		row_printf(row, NOTE, "%s # %s", terms, entry->comment);
	else
		row_text(row, NOTE, slice_of(terms[0] != '\0' ? terms : entry->comment));
}

static void
add_entry(struct view *view, const struct entry_row *entry)
{
	struct entries *e = view->state;
	const struct remark *remark = remark_of(e, entry->kind, entry->id);
	struct row *row = row_new(&view->list, entry_row_key(entry->kind, entry->id), entry->kind);

	row_number(row, ID, entry->id);
	row_text(row, WHAT,
	    entry->kind == ROW_RULE ? slice_of(rule_action_name(entry->action)) : SLICE("policy"));
	row_text(row, PATTERN, slice_of(entry->sender));
	row_text(row, SCOPE, slice_of(entry->scope));
	row_number(row, HITS, entry->hits);
	row_number(row, LAST, entry->last_hit_s);
	row_number(row, EXPIRES, entry->expires_s == 0 ? INT64_MAX : entry->expires_s);
	if (entry->expires_s == 0)
		row_text(row, EXPIRES, SLICE("never"));
	else if (entry->expires_s <= view->list.now_s)
		row_text(row, EXPIRES, SLICE("expired"));
	row_text(row, AUTHOR, slice_of(entry->author));
	row_number(row, CREATED, entry->created_s);
	row_text(row, SOURCE, slice_of(entry->source));
	add_note(row, entry);
	if (remark != NULL)
		mark(e, row, remark);
	list_add(&view->list, row);
	e->after_id = entry->id;
	e->page_n++;
}

static bool
add_rule(void *arg, const struct rule *rule)
{
	struct view *view = arg;
	struct entry_row entry;

	entry_row_of_rule(rule, &entry);
	add_entry(view, &entry);
	entry_row_clear(&entry);
	((struct entries *)view->state)->fresh.rules++;
	return true;
}

static bool
add_policy(void *arg, const struct policy *policy)
{
	struct view *view = arg;
	struct entry_row entry;

	entry_row_of_policy(policy, &entry);
	add_entry(view, &entry);
	entry_row_clear(&entry);
	((struct entries *)view->state)->fresh.policies++;
	return true;
}

/* ---- reading ---- */

static int
begin_rules(struct view *view, struct err *err)
{
	struct entries *e = view->state;

	if (lint(view, err) == -1)
		return -1;
	list_begin(&view->list);
	e->policies = false;
	e->after_id = 0;
	e->remark_at = 0;
	e->fresh = (struct counts){ 0 };
	return 0;
}

static int
read_page(struct view *view, struct err *err)
{
	struct entries *e = view->state;
	struct store *store = view->console->store;

	e->page_n = 0;
	if (e->policies)
		return store_policy_each(store, e->after_id, PAGE, add_policy, view, err);
	return store_rule_each(store, e->after_id, PAGE, add_rule, view, err);
}

static enum view_read
read_rules(struct view *view, bool begin, struct err *err)
{
	struct entries *e = view->state;

	if ((begin && begin_rules(view, err) == -1) || read_page(view, err) == -1) {
		list_abandon(&view->list);
		return VIEW_ERROR;
	}
	if (e->page_n == PAGE)
		return VIEW_MORE;
	if (!e->policies) {
		e->policies = true;
		e->after_id = 0;
		return VIEW_MORE;
	}
	list_end(&view->list);
	e->counts = e->fresh;
	return VIEW_DONE;
}

static int
open_rules(struct view *view, struct err *err)
{
	(void)err;
	view->state = xcalloc(1, sizeof(struct entries));
	return 0;
}

static void
close_rules(struct view *view)
{
	if (view->state != NULL)
		drop_remarks(view->state);
	free(view->state);
}

/* ---- what is said ---- */

static void
add_count(struct buf *out, size_t n, const char *one, const char *many)
{
	buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}

static void
count_all(const struct counts *counts, struct buf *out)
{
	add_count(out, counts->rules, "rule", "rules");
	buf_add_text(out, ", ");
	add_count(out, counts->policies, "policy", "policies");
	if (counts->never + counts->idle == 0)
		buf_add_text(out, "; A adds one");
	if (counts->never > 0)
		buf_printf(out, "; %zu can never match (!)", counts->never);
	if (counts->idle > 0)
		buf_printf(out, "; %zu worth a look (~)", counts->idle);
}

/* What is wrong with the selected row comes before the counts where there is no room for both. */
static void
summarise(struct view *view, struct buf *out)
{
	const struct entries *e = view->state;
	const struct row *row = list_current(&view->list);
	const char *text = list_text(&view->list, row, "lint");
	char counts[200];
	struct buf b;

	buf_init(&b, counts, sizeof(counts));
	count_all(&e->counts, &b);
	if (text[0] == '\0') {
		buf_add(out, buf_slice(&b));
		return;
	}
	buf_printf(out, "%c %s", row->mark, text);
	if (out->len + b.len + 3 <= (size_t)term_cols(view->console->term))
		buf_printf(out, " | %s", counts);
}

static void
enter(struct view *view, const struct row *row)
{
	char name[64];

	snprintf(name, sizeof(name), "%s %" PRId64, row->kind == ROW_RULE ? "rule" : "policy",
	    row->cells[ID].number);
	console_push(view->console, VIEW_ENTRY, row->key, name);
}

const struct view_type view_rules = {
	.id = VIEW_RULES,
	.name = "rules",
	.title = "Rules",
	.about =
	    "Rules let mail pass (allow), refuse it (block) or let announced mail pass without "
	    "delay (expect); policies say whether and how recipients are greylisted. The most "
	    "specific one decides: by recipient first, then by sender or client. ! can never "
	    "match, ~ is worth a look: select it to see why. A adds, e edits, d deletes.",
	.empty =
	    "No rules and no policies. A adds the first, for example: allow @partner.example to "
	    "info@wode.com for 7d. A rule lets a sender or client pass, or refuses it; a policy "
	    "changes how recipients are greylisted. Until then the configuration applies to all "
	    "mail.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.sort = -1,
	.open = open_rules,
	.close = close_rules,
	.read = read_rules,
	.summary = summarise,
	.enter = enter,
};
