/* change.c - release, refresh, delete: on the tagged rows, or the selected one. What was chosen is
 * kept while the operator is asked, for rows move meanwhile; and with it what was seen of a row
 * whose id may be given again, so that no other row is changed in its place. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/xalloc.h"
#include "common/greylist/scan.h"
#include "common/net/addr.h"
#include "tui/commands.h"

#define SLICE_ROWS 20000
#define BETWEEN_REPORTS 50

/* Rows to act on. */
struct chosen {
	struct object {
		int64_t id;
		unsigned kind;
		int64_t first_s;             /* of a triplet */
		char address[ADDR_TEXT_MAX]; /* of a client */
	} * items;
	size_t n, cap;
	char first[256]; /* what the first one is, for the question */
};

static struct object *
add_object(struct chosen *chosen, int64_t id, unsigned kind)
{
	struct object *object;

	if (chosen->n == chosen->cap) {
		chosen->cap = chosen->cap == 0 ? 16 : chosen->cap * 2;
		chosen->items = xreallocarray(chosen->items, chosen->cap, sizeof(*chosen->items));
	}
	object = &chosen->items[chosen->n++];
	*object = (struct object){ .id = id, .kind = kind };
	return object;
}

static void
chosen_free(struct chosen *chosen)
{
	free(chosen->items);
	free(chosen);
}

/* Does one; 0 or -1 with ERR. */
typedef int act_fn(struct edit *edit, const struct object *object, struct err *err);

/* Does all, and tells how it went: DONE is "released", AFTER what follows from it. */
static void
act(struct console *c, struct chosen *chosen, act_fn *fn, const char *done, const char *after)
{
	struct edit edit = console_edit(c);
	struct err err = { 0 }, first = { 0 };
	size_t good = 0, bad = 0, i;
	bool given_up = false;

	for (i = 0; i < chosen->n && !given_up; i++) {
		if (fn(&edit, &chosen->items[i], &err) == 0)
			good++;
		else if (bad++ == 0)
			first = err;
		given_up = i % BETWEEN_REPORTS == BETWEEN_REPORTS - 1 && i + 1 < chosen->n &&
			   !console_goes_on(c, done, (int)(i * 100 / chosen->n));
	}
	list_untag(&console_view(c)->list);
	console_changed(c);
	if (given_up)
		console_warn(c, "given up: %zu of %zu %s", good, chosen->n, done);
	else if (bad > 0 && good == 0)
		console_fail(c, &first);
	else if (bad > 0)
		console_warn(c, "%zu %s, %zu not: %s", good, done, bad, first.text);
	else
		console_say(c, "%zu %s%s", good, done, after);
}

/* ---- release ---- */

static int
release(struct edit *edit, const struct object *object, struct err *err)
{
	return edit_release(edit, object->id, object->first_s, err);
}

static void
do_release(struct console *c, struct chosen *chosen)
{
	act(c, chosen, release, "released",
	    chosen->n == 1 ? ": it passes on its next try; u takes it back"
			   : ": they pass on their next try; u takes them back");
}

static void
release_answered(struct console *c, void *arg, const char *text)
{
	if (text != NULL)
		do_release(c, arg);
	else
		console_say(c, "nothing was released");
	chosen_free(arg);
}

/* The waiting triplets of the pools that were chosen. */
struct gathering {
	struct chosen *chosen;
	struct names domains; /* the first N; those of other mail come after them */
	size_t n;
	size_t blocked; /* left out: a rule rejects them, released or not */
	bool given_up;
};

static bool
gather_mail(void *arg, const struct scan_row *mail)
{
	struct gathering *g = arg;

	if (mail->triplet->state.released_s != 0 ||
	    names_number(&g->domains, mail->sender_domain) >= g->n)
		return true;
	if (mail->next == ACTION_REJECT)
		g->blocked++;
	else
		add_object(g->chosen, mail->triplet->id, ROW_WAITING)->first_s =
		    mail->triplet->state.first_s;
	return true;
}

static int
scan_pools(struct console *c, struct gathering *g, struct err *err)
{
	const struct rules *rules = console_rules(c, err);
	enum store_found found = STORE_YES;
	struct scan *scan;

	if (rules == NULL)
		return -1;
	scan = scan_new(c->store, c->config, rules, c->now_s, SCAN_WAITING, err);
	if (scan == NULL)
		return -1;
	while (found == STORE_YES && !g->given_up) {
		found = scan_step(scan, SLICE_ROWS, gather_mail, g, err);
		g->given_up = found == STORE_YES &&
			      !console_goes_on(c, "gathering", scan_percent(scan));
	}
	scan_free(scan);
	return found == STORE_ERROR ? -1 : 0;
}

static void
choose_mail(void *arg, const struct list *list, const struct row *row)
{
	struct gathering *g = arg;

	if (row->kind == ROW_WAITING && list_number(list, row, "blocked") != 0)
		g->blocked++;
	else if (row->kind == ROW_WAITING)
		add_object(g->chosen, list_number(list, row, "triplet"), ROW_WAITING)->first_s =
		    list_number(list, row, "first");
	if (row->kind != ROW_POOL)
		return;
	names_number(&g->domains, slice_of(list_text(list, row, "domain")));
	g->n = g->domains.n;
}

static void
ask_release(struct console *c, struct gathering *g)
{
	struct chosen *chosen = g->chosen;
	char question[256], but[64] = "";

	if (g->given_up) {
		console_say(c, "given up: nothing was released");
		chosen_free(chosen);
	} else if (chosen->n == 0 && g->blocked > 0) {
		console_warn(c, "a rule blocks it, released or not; 4 shows the rules");
		chosen_free(chosen);
	} else if (chosen->n == 0) {
		console_warn(c, "all of it is released already");
		chosen_free(chosen);
	} else if (chosen->n == 1) {
		do_release(c, chosen);
		chosen_free(chosen);
	} else {
		if (g->blocked > 0)
			snprintf(but, sizeof(but), ", without %zu that a rule blocks", g->blocked);
		snprintf(question, sizeof(question), "Release %zu waiting triplets%s%.100s%s%s?",
		    chosen->n, g->n == 1 ? " of " : "", g->n == 1 ? g->domains.texts[0] : "",
		    g->n > 1 ? " of several domains" : "", but);
		prompt_confirm(c, chosen->n, question, release_answered, chosen);
	}
}

void
change_release(struct console *c, const char *arg)
{
	struct gathering g = { .chosen = xcalloc(1, sizeof(*g.chosen)) };
	struct err err;

	(void)arg;
	list_each_chosen(&console_view(c)->list, choose_mail, &g);
	if (g.n > 0 && scan_pools(c, &g, &err) == -1) {
		console_fail(c, &err);
		chosen_free(g.chosen);
	} else {
		ask_release(c, &g);
	}
	names_clear(&g.domains);
}

/* ---- refresh ---- */

static int
refresh(struct edit *edit, const struct object *object, struct err *err)
{
	return edit_domain_refresh(edit, object->id, err);
}

static void
choose_domain(void *arg, const struct list *list, const struct row *row)
{
	(void)list;
	if (row->kind == ROW_DOMAIN)
		add_object(arg, row->key, row->kind);
}

void
change_refresh(struct console *c, const char *arg)
{
	struct view *view = console_view(c);
	struct chosen *chosen = xcalloc(1, sizeof(*chosen));

	(void)arg;
	if (view->type->id == VIEW_DOMAIN)
		add_object(chosen, view->key, ROW_DOMAIN);
	else
		list_each_chosen(&view->list, choose_domain, chosen);
	act(c, chosen, refresh, chosen->n == 1 ? "domain is refreshed" : "domains are refreshed",
	    c->server_alive ? " now" : " when greygated starts: no server runs");
	chosen_free(chosen);
}

/* ---- delete ---- */

static int
remove_rule(struct edit *edit, const struct object *object, struct err *err)
{
	return edit_rule_remove(edit, object->id, err);
}

static int
remove_policy(struct edit *edit, const struct object *object, struct err *err)
{
	return edit_policy_unset(edit, object->id, err);
}

static int
remove_domain(struct edit *edit, const struct object *object, struct err *err)
{
	return edit_domain_remove(edit, object->id, err);
}

static int
remove_client(struct edit *edit, const struct object *object, struct err *err)
{
	return edit_client_remove(edit, object->id, slice_of(object->address), err);
}

/* What can be deleted. */
static const struct {
	unsigned kind;
	const char *word;
	act_fn *remove;
	const char *what; /* the column that names it */
} removals[] = {
	{ ROW_RULE, "rule", remove_rule, "pattern" },
	{ ROW_POLICY, "policy", remove_policy, "scope" },
	{ ROW_DOMAIN, "domain", remove_domain, "domain" },
	{ ROW_CLIENT, "auto-whitelisted client", remove_client, "address" },
};
#define REMOVALS (sizeof(removals) / sizeof(removals[0]))

static int delete (struct edit *edit, const struct object *object, struct err *err)
{
	size_t i;

	for (i = 0; i < REMOVALS; i++)
		if (removals[i].kind == object->kind)
			return removals[i].remove(edit, object, err);
	return err_set(err, ERR_USAGE, "that cannot be deleted");
}

static void
choose_entry(void *arg, const struct list *list, const struct row *row)
{
	struct chosen *chosen = arg;
	struct object *object;
	int64_t id = list_number(list, row, "id");
	size_t i;

	for (i = 0; i < REMOVALS && removals[i].kind != row->kind; i++)
		;
	if (i == REMOVALS)
		return;
	if (chosen->n == 0)
		snprintf(chosen->first, sizeof(chosen->first), "%s %.200s", removals[i].word,
		    list_text(list, row, removals[i].what));
	object = add_object(chosen, id != 0 ? id : row->key, row->kind);
	if (row->kind == ROW_CLIENT)
		snprintf(object->address, sizeof(object->address), "%s",
		    list_text(list, row, "address"));
}

static void
delete_answered(struct console *c, void *arg, const char *text)
{
	if (text != NULL)
		act(c, arg, delete, "deleted", "; u takes it back");
	else
		console_say(c, "nothing was deleted");
	chosen_free(arg);
}

void
change_delete(struct console *c, const char *arg)
{
	struct chosen *chosen = xcalloc(1, sizeof(*chosen));
	char question[512];

	(void)arg;
	list_each_chosen(&console_view(c)->list, choose_entry, chosen);
	if (chosen->n == 1)
		snprintf(question, sizeof(question), "Delete %s?", chosen->first);
	else
		snprintf(question, sizeof(question), "Delete %zu entries, %s among them?",
		    chosen->n, chosen->first);
	if (chosen->n > 0)
		prompt_confirm(c, chosen->n, question, delete_answered, chosen);
	else
		chosen_free(chosen);
}
