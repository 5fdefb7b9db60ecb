/* view_whitelist.c - what of a mail to let pass from now on, or to block: a choice of the forms
 * that a rule can take, and the sender's domain by SPF. Made for the tagged rows, or the selected
 * one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/xalloc.h"
#include "common/net/pattern.h"
#include "tui/commands.h"

#define BETWEEN_REPORTS 50

enum { WHAT, PATTERN, REMARK };

static const struct column columns[] = {
	[WHAT] = { "what", "WHAT", COLUMN_TEXT, 1, 22, 24, NULL },
	[PATTERN] = { "pattern", "PATTERN", COLUMN_TEXT, 2, 15, 30, NULL },
	[REMARK] = { "remark", "", COLUMN_TEXT, 3, 20, LIST_REST, NULL },
};

/* What of a mail can be named. */
enum part { ADDRESS, NET, NAME, SENDER, DOMAIN, RECIPIENT, PART_N };
static const char *const part_columns[PART_N] = {
	[ADDRESS] = "address",
	[NET] = "net",
	[NAME] = "name",
	[SENDER] = "sender",
	[DOMAIN] = "domain",
	[RECIPIENT] = "recipient",
};

struct target {
	char *parts[PART_N]; /* "" for unknown */
};

enum {
	FOR_ALLOW = 1,
	FOR_BLOCK = 2,
	BY_SPF = 4 /* no rule: the domain's networks */
};

static const struct choice {
	const char *what;
	enum part part;
	const char *prefix; /* of the pattern */
	unsigned flags;
	const char *remark;
} choices[] = {
	{ "sender's domain by SPF", DOMAIN, "", FOR_ALLOW | BY_SPF, "its networks, kept fresh" },
	{ "client address", ADDRESS, "", FOR_ALLOW | FOR_BLOCK, "whatever it sends" },
	{ "client network", NET, "", FOR_ALLOW | FOR_BLOCK, "its neighbours, too" },
	{ "client name", NAME, "", FOR_ALLOW | FOR_BLOCK, "and names below it" },
	{ "sender", SENDER, "", FOR_ALLOW | FOR_BLOCK, "as claimed: can be forged" },
	{ "sender's domain", DOMAIN, "@", FOR_ALLOW | FOR_BLOCK, "as claimed: can be forged" },
};
#define CHOICES (sizeof(choices) / sizeof(choices[0]))

struct whitelist {
	bool block;
	bool only; /* for the recipients of the mails, not for everyone */
	struct target *targets;
	size_t n;
	struct names values[PART_N]; /* the distinct ones of each part */
};

/* ---- the mails ---- */

static bool
has_part(const struct target *target, enum part part)
{
	const char *text = target->parts[part];

	if (*text == '\0' || (part == NAME && strcmp(text, "unknown") == 0))
		return false;
	return part != DOMAIN || strcmp(text, "<>") != 0; /* a bounce has no domain */
}

static void
add_target(void *arg, const struct list *list, const struct row *row)
{
	struct whitelist *w = arg;
	struct target *target;
	int part;

	w->targets = xreallocarray(w->targets, w->n + 1, sizeof(*w->targets));
	target = &w->targets[w->n++];
	for (part = 0; part < PART_N; part++) {
		target->parts[part] = xstrdup(list_text(list, row, part_columns[part]));
		if (has_part(target, (enum part)part))
			names_number(&w->values[part], slice_of(target->parts[part]));
	}
}

static void
whitelist_free(struct whitelist *w)
{
	size_t i;
	int part;

	if (w == NULL)
		return;
	for (part = 0; part < PART_N; part++) {
		for (i = 0; i < w->n; i++)
			free(w->targets[i].parts[part]);
		names_clear(&w->values[part]);
	}
	free(w->targets);
	free(w);
}

static void
close_whitelist(struct view *view)
{
	whitelist_free(view->state);
}

/* The distinct values of a part: how many, and the first. */
static size_t
count_parts(const struct whitelist *w, enum part part, const char **first_out)
{
	if (w->values[part].n > 0)
		*first_out = w->values[part].texts[0];
	return w->values[part].n;
}

/* ---- what can be chosen ---- */

static void
add_choice(struct view *view, size_t at)
{
	const struct choice *choice = &choices[at];
	struct whitelist *w = view->state;
	const char *first = "";
	size_t n = count_parts(w, choice->part, &first);
	struct row *row;

	if (n == 0 || (choice->flags & (w->block ? FOR_BLOCK : FOR_ALLOW)) == 0)
		return;
	row = row_new(&view->list, (int64_t)at + 1, ROW_CHOICE);
	row_text(row, WHAT, slice_of(choice->what));
	if (n == 1)
		row_printf(row, PATTERN, "%s%s", choice->prefix, first);
	else
		row_printf(row, PATTERN, "%s%s and %zu more", choice->prefix, first, n - 1);
	row_text(row, REMARK, slice_of(choice->remark));
	list_add(&view->list, row);
}

static enum view_read
read_whitelist(struct view *view, bool begin, struct err *err)
{
	size_t i;

	(void)begin;
	(void)err;
	list_begin(&view->list);
	for (i = 0; i < CHOICES; i++)
		add_choice(view, i);
	list_end(&view->list);
	return VIEW_DONE;
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct whitelist *w = view->state;
	const char *first = "";
	size_t n = count_parts(w, RECIPIENT, &first);

	if (n == 0) /* a pool: no one recipient */
		buf_add_text(out, "for everyone; Enter takes one");
	else if (w->only)
		buf_printf(
		    out, "only for %s%s; o: for everyone", first, n > 1 ? " and others" : "");
	else
		buf_printf(
		    out, "for everyone; o: only for %s%s", first, n > 1 ? " and others" : "");
}

/* ---- taking one ---- */

struct outcome {
	size_t good, bad;
	bool given_up;
	struct err first;
	char text[512]; /* of the rule that was added last */
};

static int
add_rule(struct edit *edit, const struct whitelist *w, const struct target *target,
    const struct choice *choice, struct outcome *o, struct err *err)
{
	struct pattern pattern, scope;
	char text[1200];
	int64_t id;
	struct rule rule;

	snprintf(text, sizeof(text), "%s%s", choice->prefix, target->parts[choice->part]);
	if (pattern_parse(slice_of(text), PATTERN_SENDER, &pattern, NULL, err) == -1 ||
	    pattern_parse(
		slice_of(w->only && has_part(target, RECIPIENT) ? target->parts[RECIPIENT] : "@."),
		PATTERN_SCOPE, &scope, NULL, err) == -1)
		return -1;
	rule = (struct rule){ .scope = slice_of(scope.text),
		.pattern = slice_of(pattern.text),
		.action = w->block ? RULE_BLOCK : RULE_ALLOW,
		.meta = {
		    .author = edit->author, .source = SLICE("manual"), .created_s = edit->now_s } };
	if (edit_rule_add(edit, &rule, &id, err) == -1)
		return -1;
	snprintf(o->text, sizeof(o->text), "%s %.180s to %.180s (rule %" PRId64 ")",
	    rule_action_name(rule.action), pattern.text,
	    strcmp(scope.text, "@.") == 0 ? "everyone" : scope.text, id);
	return 0;
}

static int
add_domain(struct edit *edit, const struct target *target, struct outcome *o, struct err *err)
{
	struct domain domain = { .name = slice_of(target->parts[DOMAIN]),
		.author = edit->author,
		.source = SLICE("manual"),
		.created_s = edit->now_s };
	int64_t id;

	snprintf(o->text, sizeof(o->text), "whitelisted by SPF");
	return edit_domain_add(edit, &domain, &id, err);
}

static void
tell(struct console *c, const struct outcome *o)
{
	const char *when = c->server_alive ? "in force within a second"
					   : "in force when greygated runs";

	if (o->given_up)
		console_warn(c, "given up: %zu added, %s; u takes them back", o->good, when);
	else if (o->good == 0)
		console_fail(c, &o->first);
	else if (o->bad > 0)
		console_warn(c, "%zu added, %zu not: %s", o->good, o->bad, o->first.text);
	else if (o->good == 1)
		console_say(c, "%s: %s; u takes it back", o->text, when);
	else
		console_say(c, "%zu added, %s; u takes them back", o->good, when);
}

/* Whether what TARGET would add is not among SEEN yet. */
static bool
is_new(struct names *seen, const struct target *target, enum part part, bool with_recipient)
{
	size_t known = seen->n;
	char text[2048];

	snprintf(text, sizeof(text), "%s %s", target->parts[part],
	    with_recipient ? target->parts[RECIPIENT] : "");
	return names_number(seen, slice_of(text)) == known;
}

static void
take_one(struct edit *edit, const struct whitelist *w, const struct target *target,
    const struct choice *choice, struct outcome *o)
{
	struct err err = { 0 };
	int result;

	if ((choice->flags & BY_SPF) != 0)
		result = add_domain(edit, target, o, &err);
	else
		result = add_rule(edit, w, target, choice, o, &err);
	if (result == 0)
		o->good++;
	else if (o->bad++ == 0)
		o->first = err;
}

static void
take_all(
    struct console *c, const struct whitelist *w, const struct choice *choice, struct outcome *o)
{
	bool with_recipient = w->only && (choice->flags & BY_SPF) == 0;
	struct edit edit = console_edit(c);
	struct names seen = { .n = 0 };
	size_t i;

	for (i = 0; i < w->n && !o->given_up; i++) {
		if (!has_part(&w->targets[i], choice->part) ||
		    !is_new(&seen, &w->targets[i], choice->part, with_recipient))
			continue;
		take_one(&edit, w, &w->targets[i], choice, o);
		if (seen.n % BETWEEN_REPORTS == 0)
			o->given_up = !console_goes_on(c, "adding", (int)(i * 100 / w->n));
	}
	names_clear(&seen);
}

static void
take(struct console *c, struct view *view, const struct choice *choice)
{
	struct outcome o = { 0 };

	take_all(c, view->state, choice, &o);
	console_pop(c); /* the choice is made */
	list_untag(&console_view(c)->list);
	console_changed(c);
	tell(c, &o);
}

static void
many_answered(struct console *c, void *arg, const char *text)
{
	if (text != NULL)
		take(c, console_view(c), arg);
	else
		console_say(c, "nothing was changed");
}

static void
enter(struct view *view, const struct row *row)
{
	struct console *c = view->console;
	const struct choice *choice = &choices[row->key - 1];
	const char *first = "";
	size_t n = count_parts(view->state, choice->part, &first);
	char question[128];

	if ((choice->flags & BY_SPF) != 0 && n == 1) {
		console_push(c, VIEW_PREVIEW, 0, first);
	} else if (!console_may_write(c)) {
		return;
	} else if (n > 1) {
		snprintf(question, sizeof(question), "%s: %zu of them?", choice->what, n);
		prompt_confirm(c, n, question, many_answered, (void *)choice);
	} else {
		take(c, view, choice);
	}
}

/* ---- commands ---- */

static void
begin(struct console *c, bool block)
{
	struct whitelist *w = xcalloc(1, sizeof(*w));
	size_t depth = c->depth;

	w->block = block;
	list_each_chosen(&console_view(c)->list, add_target, w);
	console_push(c, VIEW_WHITELIST, 0, block ? "block" : "whitelist");
	if (c->depth == depth) /* could not be opened: it was said why */
		whitelist_free(w);
	else
		console_view(c)->state = w;
}

void
whitelist_begin(struct console *c, const char *arg)
{
	(void)arg;
	begin(c, false);
}

void
whitelist_block(struct console *c, const char *arg)
{
	(void)arg;
	begin(c, true);
}

void
whitelist_only(struct console *c, const char *arg)
{
	struct whitelist *w = console_view(c)->state;
	const char *first;

	(void)arg;
	if (count_parts(w, RECIPIENT, &first) > 0)
		w->only = !w->only;
	else
		console_warn(c, "this has no one recipient: open the domain and choose a mail");
}

const struct view_type view_whitelist = {
	.id = VIEW_WHITELIST,
	.name = "choice",
	.title = "Choice",
	.about =
	    "What to let pass from now on, or to block. Enter takes the selected form, o changes "
	    "between everyone and only this recipient, Esc changes nothing. The sender's domain by "
	    "SPF is shown before it is taken. A rule can be edited later (4, e): comment, scope, "
	    "expiry.",
	.empty = "There is nothing in this row that a rule could name.",
	.columns = columns,
	.column_n = sizeof(columns) / sizeof(columns[0]),
	.flags = VIEW_IS_STILL,
	.sort = -1,
	.close = close_whitelist,
	.read = read_whitelist,
	.summary = summarise,
	.enter = enter,
};
