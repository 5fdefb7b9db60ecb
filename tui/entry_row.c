/* entry_row.c - see entry_row.h. */
#include "tui/entry_row.h"

#include <stdlib.h>

#include "common/base/xalloc.h"
#include "tui/entry_line.h"
#include "tui/view.h"

static void
take_meta(const struct entry_meta *meta, struct entry_row *row)
{
	row->comment = xslicedup(meta->comment);
	row->author = xslicedup(meta->author);
	row->source = xslicedup(meta->source);
	row->created_s = meta->created_s;
	row->expires_s = meta->expires_s;
	row->hits = meta->hits;
	row->last_hit_s = meta->last_hit_s;
}

void
entry_row_of_rule(const struct rule *rule, struct entry_row *row)
{
	*row = (struct entry_row){ .kind = ROW_RULE,
		.id = rule->id,
		.action = rule->action,
		.scope = xslicedup(rule->scope),
		.sender = xslicedup(rule->pattern) };
	take_meta(&rule->meta, row);
}

void
entry_row_of_policy(const struct policy *policy, struct entry_row *row)
{
	*row = (struct entry_row){ .kind = ROW_POLICY,
		.id = policy->id,
		.terms = { .greylist = policy->greylist,
		    .training = policy->training,
		    .spf = policy->spf,
		    .delay_s = policy->delay_s,
		    .window_s = policy->window_s,
		    .lifetime_s = policy->lifetime_s },
		.scope = xslicedup(policy->scope),
		.sender = xslicedup(policy->sender) };
	take_meta(&policy->meta, row);
}

static bool
take_rule(void *arg, const struct rule *rule)
{
	entry_row_of_rule(rule, arg);
	return false;
}

static bool
take_policy(void *arg, const struct policy *policy)
{
	entry_row_of_policy(policy, arg);
	return false;
}

static bool
take_domain(void *arg, const struct domain *domain)
{
	struct entry_row *row = arg;

	*row = (struct entry_row){ .kind = ROW_DOMAIN,
		.id = domain->id,
		.sender = xslicedup(domain->name),
		.comment = xslicedup(domain->comment),
		.author = xslicedup(domain->author),
		.source = xslicedup(domain->source),
		.created_s = domain->created_s };
	return false;
}

enum store_found
entry_row_load(
    struct store *store, unsigned kind, int64_t id, struct entry_row *row_out, struct err *err)
{
	if (kind == ROW_RULE)
		return store_rule_get(store, id, take_rule, row_out, err);
	if (kind == ROW_POLICY)
		return store_policy_get(store, id, take_policy, row_out, err);
	return store_domain_get(store, id, take_domain, row_out, err);
}

void
entry_row_clear(struct entry_row *row)
{
	free(row->scope);
	free(row->sender);
	free(row->comment);
	free(row->author);
	free(row->source);
	*row = (struct entry_row){ 0 };
}

static int
save_policy(
    struct edit *edit, const struct entry_row *row, const struct entry_meta *meta, struct err *err)
{
	struct policy policy = row->terms;

	policy.id = row->id;
	policy.scope = slice_of(row->scope);
	policy.sender = slice_of(row->sender);
	policy.meta = *meta;
	return edit_policy_change(edit, &policy, err);
}

int
entry_row_save(struct edit *edit, const struct entry_row *row, struct err *err)
{
	struct entry_meta meta = { .comment = slice_of(row->comment), .expires_s = row->expires_s };
	struct rule rule = { .id = row->id, .action = row->action, .meta = meta };

	if (row->kind == ROW_DOMAIN)
		return edit_domain_comment(edit, row->id, meta.comment, err);
	if (row->kind == ROW_POLICY)
		return save_policy(edit, row, &meta, err);
	rule.scope = slice_of(row->scope);
	rule.pattern = slice_of(row->sender);
	return edit_rule_change(edit, &rule, err);
}

/* The ids of rules and of policies are two series. */
int64_t
entry_row_key(unsigned kind, int64_t id)
{
	return kind == ROW_RULE ? id * 2 : kind == ROW_POLICY ? id * 2 + 1 : id;
}

int
entry_terms_check(const struct policy *terms, const struct config *config, struct err *err)
{
	int64_t delay_s = terms->delay_s == POLICY_UNSET ? config->greylist_delay_s
							 : terms->delay_s;
	int64_t window_s = terms->window_s == POLICY_UNSET ? config->greylist_window_s
							   : terms->window_s;
	char delay[DURATION_TEXT_MAX], window[DURATION_TEXT_MAX];

	if (delay_s < window_s)
		return 0;
	return err_set(err, ERR_USAGE,
	    "delay %s, window %s: the delay must be shorter, or no retry could pass",
	    duration_format(delay_s, delay), duration_format(window_s, window));
}

void
entry_row_say(const struct entry_row *row, struct buf *out)
{
	char terms[ENTRY_TERMS_MAX];

	if (row->kind == ROW_DOMAIN)
		buf_add_text(out, row->sender);
	else if (row->kind == ROW_RULE)
		buf_printf(
		    out, "%s %s to %s", rule_action_name(row->action), row->sender, row->scope);
	else
		buf_printf(out, "%s to mail from %s to %s",
		    entry_terms_format(&row->terms, ", ", terms), row->sender, row->scope);
}
