/* entry.c - adding by typing. What is wrong with a line is said above the prompt, which keeps the
 * line. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tui/commands.h"
#include "tui/entry_line.h"
#include "tui/entry_row.h"

/* ---- completion ---- */

static void
complete(void *console, struct slice before, struct slice word, line_add *add, void *add_arg)
{
	(void)console;
	(void)word;
	entry_line_complete(before, add, add_arg);
}

/* ---- adding ---- */

static struct entry_meta
meta_of(const struct console *c, const struct entry_line *line)
{
	return (struct entry_meta){ .comment = line->comment,
		.author = slice_of(c->options->author),
		.source = SLICE("manual"),
		.created_s = c->now_s,
		.expires_s = line->for_s == 0 ? 0 : c->now_s + line->for_s };
}

/* Each says in TEXT what was added, and gives its id. */
static int
add_rule(struct console *c, const struct entry_line *line, int64_t *id_out, struct buf *text,
    struct err *err)
{
	struct edit edit = console_edit(c);
	struct rule rule = { .scope = slice_of(line->scope.text),
		.pattern = slice_of(line->sender.text),
		.action = line->action,
		.meta = meta_of(c, line) };

	if (edit_rule_add(&edit, &rule, id_out, err) == -1)
		return -1;
	buf_printf(text, "rule %" PRId64 " added: %s %s to %s; u takes it back", *id_out,
	    rule_action_name(line->action), line->sender.text, line->scope.text);
	return 0;
}

/* Setting a policy would replace the one that is there. */
static int
refuse_policy(struct console *c, const struct policy *policy, struct err *err)
{
	enum store_found found;
	int64_t id;

	found = store_policy_find(c->store, policy->scope, policy->sender, &id, err);
	if (found == STORE_YES)
		return err_set(err, ERR_DATA,
		    "policy %" PRId64 " is for these recipients and senders already; e edits it",
		    id);
	return found == STORE_ERROR ? -1 : 0;
}

static int
add_policy(struct console *c, const struct entry_line *line, int64_t *id_out, struct buf *text,
    struct err *err)
{
	struct edit edit = console_edit(c);
	struct policy policy = line->terms;
	char terms[ENTRY_TERMS_MAX];

	policy.scope = slice_of(line->scope.text);
	policy.sender = slice_of(line->sender.text);
	policy.meta = meta_of(c, line);
	if (entry_terms_check(&policy, c->config, err) == -1 ||
	    refuse_policy(c, &policy, err) == -1 ||
	    edit_policy_set(&edit, &policy, id_out, err) == -1)
		return -1;
	buf_printf(text, "policy %" PRId64 " added: %s from %s: %s; u takes it back", *id_out,
	    line->scope.text, line->sender.text, entry_terms_format(&line->terms, ", ", terms));
	return 0;
}

/* Those that are there already stay as they are; an error only when none is new. */
static int
add_domains(struct console *c, const struct entry_line *line, int64_t *id_out, struct buf *text,
    struct err *err)
{
	struct edit edit = console_edit(c);
	struct domain domain = { .comment = line->comment,
		.author = slice_of(c->options->author),
		.source = SLICE("manual"),
		.created_s = c->now_s };
	struct err first = { 0 };
	size_t added = 0, i;
	int64_t id;

	for (i = 0; i < line->domain_n; i++) {
		domain.name = slice_of(line->domains[i]);
		if (edit_domain_add(&edit, &domain, &id, first.code == 0 ? &first : err) == -1)
			continue;
		*id_out = id;
		buf_printf(text, "%s%s", added++ == 0 ? "" : ", ", line->domains[i]);
	}
	if (added == 0) {
		*err = first;
		return -1;
	}
	buf_printf(text, " %s whitelisted; %s; u takes %s", added == 1 ? "is" : "are",
	    c->server_alive ? "SPF is read now" : "SPF is read when greygated starts",
	    added == 1 ? "it back" : "them back");
	if (first.code != 0)
		buf_printf(text, "; %s", first.text);
	return 0;
}

static const struct {
	int (*add)(struct console *c, const struct entry_line *line, int64_t *id_out,
	    struct buf *text, struct err *err);
	enum view_id view; /* that shows it */
	unsigned kind;
} kinds[] = {
	[ENTRY_DOMAIN] = { add_domains, VIEW_DOMAINS, ROW_DOMAIN },
	[ENTRY_RULE] = { add_rule, VIEW_RULES, ROW_RULE },
	[ENTRY_POLICY] = { add_policy, VIEW_RULES, ROW_POLICY },
};

/* Where the view shows the new row, it is selected. */
static void
select_new(struct console *c, enum entry_kind kind, int64_t id)
{
	struct view *view = console_view(c);

	if (view->type->id != kinds[kind].view)
		return;
	while (view_wants_slice(view))
		view_read_slice(view);
	list_go_key(&view->list, entry_row_key(kinds[kind].kind, id));
}

static int
add(struct console *c, struct slice text, struct err *err)
{
	struct entry_line line;
	char said[400];
	struct buf b;
	int64_t id = 0;

	buf_init(&b, said, sizeof(said));
	if (entry_line_parse(text, &line, err) == -1 ||
	    kinds[line.kind].add(c, &line, &id, &b, err) == -1)
		return -1;
	console_changed(c);
	select_new(c, line.kind, id);
	if (line.notice[0] != '\0')
		console_warn(c, "%s (%s)", said, line.notice);
	else
		console_say(c, "%s", said);
	return 0;
}

/* A line that cannot be taken comes back, with the reason above it. */
static void
add_done(struct console *c, void *arg, const char *text)
{
	struct err err = { 0 };

	(void)arg;
	if (text == NULL) {
		console_say(c, "nothing was added");
	} else if (add(c, slice_of(text), &err) == -1) {
		prompt_ask(c, PROMPT_VALUE, "add: ", text, complete, add_done, NULL);
		console_fail(c, &err);
	}
}

void
entry_add(struct console *c, const char *arg)
{
	enum view_id id = console_view(c)->type->id;
	bool domains = id == VIEW_DOMAINS || id == VIEW_DOMAIN;

	if (!console_may_write(c))
		return;
	if (*arg != '\0')
		add_done(c, NULL, arg);
	else
		prompt_ask(c, PROMPT_VALUE, "add: ", domains ? "domain " : "allow ", complete,
		    add_done, NULL);
}
