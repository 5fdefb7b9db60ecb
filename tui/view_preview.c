/* view_preview.c - what whitelisting a domain by SPF would do, before anything is changed: the
 * networks it would let pass now, what of the record is not listed, and which of the mail that
 * waits would be freed.
 *
 * The record is read in the background. Then the view looks through what waits, in slices, and
 * again when the database has changed; what the last scan found is shown until the next has ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/greylist/refresh.h"
#include "tui/app.h"
#include "tui/preview.h"

/* ---- the record ---- */

static void
keep_networks(struct preview *p, const struct spf_walk *walk)
{
	char path[2048];
	struct buf b;
	size_t i;

	p->trie = trie_new();
	for (i = 0; i < walk->network_n; i++) {
		buf_init(&b, path, sizeof(path));
		spf_walk_path(walk, walk->networks[i].line, &b);
		walk_nets_add(&p->nets, &walk->networks[i].net, buf_slice(&b));
		trie_add(p->trie, &walk->networks[i].net, 0);
	}
	trie_seal(p->trie);
	walk_nets_sort(&p->nets);
}

/* The result is gone when this returns. */
static void
keep_walk(struct preview *p, const struct spf_walk *walk)
{
	size_t i;

	keep_networks(p, walk);
	p->walk = *walk;
	p->walk.networks = NULL;
	p->walk.lines = NULL;
	p->walk.network_n = p->walk.line_n = 0;
	p->walk.skips = xcalloc(walk->skip_n + 1, sizeof(*p->walk.skips));
	for (i = 0; i < walk->skip_n; i++)
		p->walk.skips[i] = (struct spf_walk_skip){ xstrdup(walk->skips[i].domain),
			xstrdup(walk->skips[i].term), xstrdup(walk->skips[i].reason) };
	for (i = 0; i < 2; i++)
		p->walk.errors[i] = walk->errors[i] == NULL ? NULL : xstrdup(walk->errors[i]);
}

static void
walked(void *arg, const struct spf_walk *walk)
{
	struct view *view = arg;
	struct preview *p = view->state;

	p->lookup = NULL;
	ev_timer_stop(view->console->loop, &p->second);
	keep_walk(p, walk);
	view_answered(view);
	view->console->dirty = true;
}

/* So that it is seen that something is being waited for. */
static void
every_second(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct view *view = timer->data;

	(void)loop;
	(void)events;
	view_answered(view);
	view->console->dirty = true;
}

static int
open_preview(struct view *view, struct err *err)
{
	struct console *c = view->console;
	struct spf_walk_limits limits = refresh_limits(c->config);
	struct dns *dns = console_dns(c, err);
	struct preview *p;

	if (dns == NULL)
		return -1;
	p = xcalloc(1, sizeof(*p));
	view->state = p;
	if (domain_normalise(slice_of(view->arg), p->name) == -1)
		return err_set(
		    err, ERR_USAGE, "%s is not a domain: it has no SPF record", view->arg);
	p->began_ms = c->now_ms;
	p->lookup = spf_lookup_walk(
	    dns, slice_of(p->name), &limits, c->config->spf_timeout_s * 1000, walked, view);
	ev_timer_init(&p->second, every_second, 1, 1);
	p->second.data = view;
	ev_timer_start(c->loop, &p->second);
	return 0;
}

/* ---- what waits ---- */

static void
forget_waiting(struct preview_waiting *w)
{
	size_t i;

	for (i = 0; i < w->mail_n; i++)
		free(w->mails[i]);
	pools_free(w->pools);
	*w = (struct preview_waiting){ 0 };
}

static void
note_mail(struct preview_waiting *w, const struct triplet *t)
{
	char client[512], text[2048];

	if (w->mail_n == PREVIEW_MAILS)
		return;
	snprintf(text, sizeof(text), "%.*s -> %.*s, %s",
	    t->sender.len == 0 ? 2 : (int)t->sender.len, t->sender.len == 0 ? "<>" : t->sender.ptr,
	    (int)t->recipient.len, t->recipient.ptr, pool_client_text(t, client, sizeof(client)));
	w->mails[w->mail_n++] = xstrdup(text);
}

/* What passes already is not freed by these networks, and what a rule blocks is not either: rules
 * come first. */
static bool
look_at(void *arg, const struct scan_row *mail)
{
	struct preview *p = arg;
	struct preview_waiting *w = &p->fresh;
	struct addr addr;
	uint32_t value;
	bool blocked = mail->next == ACTION_REJECT, inside;

	if ((scan_row_settled(mail) && !blocked) ||
	    addr_parse(mail->triplet->client_address, &addr) == -1)
		return true;
	inside = trie_find(p->trie, &addr, &value);
	if (inside && blocked) {
		w->blocked++;
	} else if (inside) {
		w->freed++;
		pools_add(w->pools, mail);
		note_mail(w, mail->triplet);
	} else if (slice_equal(mail->sender_domain, slice_of(p->name))) {
		w->outside++;
	}
	return true;
}

static enum view_read
count_waiting(struct view *view, bool begin, struct err *err)
{
	struct preview *p = view->state;
	int begun = mail_scan_begin(&p->scan, view, begin, err);
	enum view_read result;

	if (begun == -1)
		return VIEW_ERROR;
	if (begun == 1) {
		forget_waiting(&p->fresh);
		p->fresh.pools = pools_new(view->console->now_s);
	}
	result = mail_scan_step(&p->scan, view, look_at, p, err);
	if (result != VIEW_DONE)
		return result;
	forget_waiting(&p->waiting);
	p->waiting = p->fresh;
	p->fresh = (struct preview_waiting){ 0 };
	p->counted = true;
	return VIEW_DONE;
}

/* ---- reading ---- */

static bool
take_domain(void *arg, const struct domain *d)
{
	struct view *view = arg;
	struct preview *p = view->state;

	domain_state(d, view->console->config->spf_grace_s, view->console->now_s, &p->state);
	p->networks = d->networks;
	return true;
}

static int
find_domain(struct view *view, struct err *err)
{
	struct preview *p = view->state;
	struct store *store = view->console->store;
	enum store_found found = store_domain_find(store, slice_of(p->name), &p->id, err);

	if (found == STORE_YES)
		found = store_domain_get(store, p->id, take_domain, view, err);
	if (found == STORE_NO)
		p->id = 0;
	return found == STORE_ERROR ? -1 : 0;
}

/* Enter does what is shown: the domain is looked up for each page, and not in between. */
static int
show(struct view *view, struct err *err)
{
	struct preview *p = view->state;

	if (find_domain(view, err) == -1)
		return -1;
	list_begin(&view->list);
	preview_say(view, p);
	list_end(&view->list);
	p->offered = p->lookup == NULL;
	return 0;
}

static enum view_read
read_preview(struct view *view, bool begin, struct err *err)
{
	struct preview *p = view->state;
	enum view_read result;

	if (begin && !p->counted && show(view, err) == -1)
		return VIEW_ERROR;
	if (p->lookup != NULL)
		return VIEW_DONE;
	result = count_waiting(view, begin, err);
	return result == VIEW_DONE && show(view, err) == -1 ? VIEW_ERROR : result;
}

static void
close_preview(struct view *view)
{
	struct preview *p = view->state;

	if (p == NULL)
		return;
	spf_lookup_cancel(p->lookup);
	ev_timer_stop(view->console->loop, &p->second);
	spf_walk_clear(&p->walk);
	walk_nets_clear(&p->nets);
	trie_free(p->trie);
	mail_scan_clear(&p->scan);
	forget_waiting(&p->waiting);
	forget_waiting(&p->fresh);
	free(p);
}

/* ---- taking it ---- */

/* Back to where the mail was seen that made one think of it. */
static void
leave(struct console *c)
{
	enum view_id id;

	do {
		console_pop(c);
		id = console_view(c)->type->id;
	} while (c->depth > 1 && (id == VIEW_WHITELIST || id == VIEW_PREVIEW));
	list_untag(&console_view(c)->list);
	console_changed(c);
}

static void
take(struct console *c, const struct preview *p)
{
	struct edit edit = console_edit(c);
	struct domain domain = { .name = slice_of(p->name),
		.author = edit.author,
		.source = SLICE("manual"),
		.created_s = c->now_s };
	char name[DOMAIN_TEXT_MAX];
	struct err err;
	bool is_empty;
	int64_t id;

	if (edit_domain_add(&edit, &domain, &id, &err) == -1) {
		console_fail(c, &err);
		return;
	}
	memcpy(name, p->name, sizeof(name));
	is_empty = p->nets.n == 0;
	leave(c); /* P is gone */
	if (!c->server_alive)
		console_warn(c,
		    "%s is whitelisted, in force when greygated runs, or after greygate domain "
		    "refresh --now; u takes it back",
		    name);
	else if (is_empty)
		console_warn(c,
		    "%s is whitelisted, but nothing passes by it yet: its record is read again; "
		    "u takes it back",
		    name);
	else
		console_say(
		    c, "%s is whitelisted, in force within a second; u takes it back", name);
}

static void
read_again(struct console *c, const struct preview *p)
{
	struct edit edit = console_edit(c);
	char name[DOMAIN_TEXT_MAX];
	struct err err;

	if (edit_domain_refresh(&edit, p->id, &err) == -1) {
		console_fail(c, &err);
		return;
	}
	memcpy(name, p->name, sizeof(name));
	leave(c);
	console_say(c, "%s is read again %s", name,
	    c->server_alive ? "within a second" : "when greygated runs");
}

static void
enter(struct view *view, const struct row *row)
{
	struct console *c = view->console;
	const struct preview *p = view->state;

	if (!p->offered)
		console_warn(c, "the record is still being read; Esc gives up");
	else if (row->key == PREVIEW_LEAVE)
		console_pop(c);
	else if (console_may_write(c) && p->id != 0)
		read_again(c, p);
	else if (c->options->readonly == NULL)
		take(c, p);
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct preview *p = view->state;

	if (!p->offered)
		buf_add_text(out, "reading its SPF record");
	else if (view->console->options->readonly != NULL)
		buf_add_text(out, "what it would do; read-only, Esc closes");
	else if (p->id != 0)
		buf_add_text(out, "whitelisted already; Enter reads it again, Esc closes");
	else
		buf_add_text(out, "nothing is changed yet; Enter whitelists, Esc does not");
}

const struct view_type view_preview = {
	.id = VIEW_PREVIEW,
	.name = "preview",
	.title = "Preview",
	.about =
	    "What whitelisting a domain by SPF would do, before anything is changed: the networks "
	    "that it would let pass now, what of its record cannot be listed and why, and which "
	    "of the mail that waits would be freed. Enter whitelists it, Esc changes nothing.",
	.empty = "",
	.columns = walk_columns,
	.column_n = WALK_COLUMN_N,
	.flags = VIEW_HAS_ORDER,
	.sort = -1,
	.open = open_preview,
	.close = close_preview,
	.read = read_preview,
	.summary = summarise,
	.enter = enter,
};
