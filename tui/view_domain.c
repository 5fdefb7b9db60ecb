/* view_domain.c - all about one whitelisted domain: how it stands, what of its record is not listed
 * and why, its networks with the terms that led to them, and how they changed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/net/domain.h"
#include "common/spf/check.h"
#include "common/spf/words.h"
#include "common/store/json_read.h"
#include "tui/app.h"
#include "tui/domain_words.h"
#include "tui/walk_lines.h"

#define NETWORK_COLS 22 /* of one in a list of those that came or went */

/* One change; what came and what went as JSON. */
struct difference {
	int64_t time_s, before_n, after_n;
	char *status, *added, *removed;
};

struct detail {
	bool found;
	char name[DOMAIN_TEXT_MAX];
	struct domain_state state;
	int64_t networks, lookups, min_ttl_s, next_s;
	struct walk_nets nets;
	struct difference *differences; /* newest first */
	size_t difference_n;
	struct json_reader *reader;
	/* of a list that is read from JSON */
	char parts[2][1024];
	int part;
	struct buf *some;
	size_t some_n, some_max;
};

/* ---- its row ---- */

/* A failing DNS may fail for ever; a record that is wrong, or gone, is believed after spf.grace. */
static void
say_kept(struct view *view, const struct domain *d)
{
	const struct detail *detail = view->state;
	int64_t grace_s = view->console->config->spf_grace_s;
	char good[CALENDAR_TEXT_MAX], end[CALENDAR_TEXT_MAX];

	if (slice_equal(d->status, SLICE("temperror")))
		walk_fact(view, detail->state.element, "Kept",
		    "the networks of %s stay in force until the DNS answers",
		    domain_date(d->good_s, good));
	else
		walk_fact(view, detail->state.element, "Kept",
		    "the networks of %s stay in force until %s (spf.grace), or until the record is "
		    "right again",
		    domain_date(d->good_s, good), domain_date(d->good_s + grace_s, end));
}

static void
say_status(struct view *view, const struct domain *d)
{
	struct detail *detail = view->state;
	const struct domain_state *state = &detail->state;

	walk_fact(view, state->element, "Status", "%s%.*s: %s", state->troubled ? "! " : "",
	    (int)d->status.len, d->status.ptr, spf_status_meaning(d->status));
	if (d->error.len > 0)
		walk_fact(view, state->element, "Error", "%.*s", (int)d->error.len, d->error.ptr);
	if (state->kept)
		say_kept(view, d);
	else if (d->networks == 0 && d->refreshed_s != 0)
		walk_fact(view, state->element, "Effect",
		    "none: no network is listed, its mail is greylisted as any other");
}

static void
say_times(struct view *view, const struct domain *d)
{
	int64_t now_s = view->console->now_s;
	char text[DURATION_TEXT_MAX], next[DURATION_TEXT_MAX + 8];

	if (d->next_s > now_s)
		snprintf(next, sizeof(next), "again in %s",
		    duration_format_human(d->next_s - now_s, text));
	else
		snprintf(next, sizeof(next), "%s",
		    view->console->server_alive ? "being read now" : "due when greygated runs");
	if (d->refreshed_s == 0)
		walk_fact(view, ELEMENT_NORMAL, "Read", "never; %s", next);
	else if (d->failures == 0)
		walk_fact(view, ELEMENT_NORMAL, "Read", "%s ago; %s",
		    duration_format_human(now_s - d->refreshed_s, text), next);
	else
		walk_fact(view, ELEMENT_NORMAL, "Read",
		    "%s ago, in vain (%" PRId64 " in a row); %s",
		    duration_format_human(now_s - d->refreshed_s, text), d->failures, next);
}

static void
say_source(struct view *view, const struct domain *d)
{
	char date[CALENDAR_TEXT_MAX];

	walk_fact(view, ELEMENT_NORMAL, "Added", "%s by %.*s (%.*s)",
	    domain_date(d->created_s, date), (int)d->author.len, d->author.ptr, (int)d->source.len,
	    d->source.ptr);
	if (d->comment.len > 0)
		walk_fact(
		    view, ELEMENT_NORMAL, "Comment", "%.*s", (int)d->comment.len, d->comment.ptr);
}

static bool
say_skipped(void *arg, const struct json_leaf *leaf)
{
	struct view *view = arg;
	struct detail *detail = view->state;

	if (detail->part < 2) {
		snprintf(detail->parts[detail->part++], sizeof(detail->parts[0]), "%.*s",
		    (int)leaf->text.len, leaf->text.ptr);
		return true;
	}
	walk_skip(view, slice_of(detail->parts[0]), slice_of(detail->parts[1]), leaf->text);
	detail->part = 0;
	return true;
}

static bool
take_domain(void *arg, const struct domain *d)
{
	struct view *view = arg;
	struct detail *detail = view->state;

	snprintf(detail->name, sizeof(detail->name), "%.*s", (int)d->name.len, d->name.ptr);
	detail->networks = d->networks;
	detail->lookups = d->lookups;
	detail->min_ttl_s = d->min_ttl_s;
	detail->next_s = d->next_s;
	domain_state(d, view->console->config->spf_grace_s, view->console->now_s, &detail->state);
	say_status(view, d);
	say_times(view, d);
	say_source(view, d);
	detail->part = 0;
	json_read(detail->reader, d->skipped, say_skipped, view, NULL);
	return true;
}

/* ---- how it changed ---- */

static bool
take_difference(void *arg, const struct domain_difference *d)
{
	struct detail *detail = arg;

	detail->differences = xreallocarray(
	    detail->differences, detail->difference_n + 1, sizeof(*detail->differences));
	detail->differences[detail->difference_n++] = (struct difference){ d->time_s, d->before_n,
		d->after_n, xslicedup(d->status), xslicedup(d->added), xslicedup(d->removed) };
	return true;
}

static bool
add_some(void *arg, const struct json_leaf *leaf)
{
	struct detail *detail = arg;

	if (detail->some_n++ < detail->some_max)
		buf_printf(detail->some, "%s%.*s", detail->some_n == 1 ? "" : ", ",
		    (int)leaf->text.len, leaf->text.ptr);
	return true;
}

/* The first MAX of a list to OUT; some_n is how many it has. */
static void
read_some(struct detail *detail, const char *json, size_t max, struct buf *out)
{
	detail->some = out;
	detail->some_n = 0;
	detail->some_max = max;
	json_read(detail->reader, slice_of(json), add_some, detail, NULL);
}

/* "+ 198.51.100.0/27, 198.51.100.40 and 3 more" */
static void
say_some(struct view *view, char sign, const char *json)
{
	struct detail *detail = view->state;
	int cols = term_cols(view->console->term);
	char text[2048];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	read_some(detail, json, cols < 2 * NETWORK_COLS ? 1 : (size_t)(cols / NETWORK_COLS), &b);
	if (detail->some_n > detail->some_max)
		buf_printf(&b, " and %zu more", detail->some_n - detail->some_max);
	if (detail->some_n > 0)
		view_line(view, ELEMENT_NORMAL, "  %c %s", sign, text);
}

static void
say_differences(struct view *view)
{
	struct detail *detail = view->state;
	char date[CALENDAR_TEXT_MAX];
	size_t i;

	walk_title(view, "Changes of the networks, newest first");
	for (i = 0; i < detail->difference_n; i++) {
		const struct difference *d = &detail->differences[i];

		view_line(view, ELEMENT_NORMAL, "%s  %" PRId64 " -> %" PRId64 " network%s (%s)",
		    domain_date(d->time_s, date), d->before_n, d->after_n,
		    d->after_n == 1 ? "" : "s", d->status);
		say_some(view, '+', d->added);
		say_some(view, '-', d->removed);
	}
	if (detail->difference_n == 0)
		view_line(view, ELEMENT_DIM, "none yet");
}

/* Told at once: the list of networks between may be long. */
static void
say_last_change(struct view *view)
{
	struct detail *detail = view->state;
	const struct difference *last = detail->differences;
	char text[DURATION_TEXT_MAX];
	size_t added;

	if (detail->difference_n < 2) /* the first only says that it was read */
		return;
	read_some(detail, last->added, 0, NULL);
	added = detail->some_n;
	read_some(detail, last->removed, 0, NULL);
	walk_fact(view, ELEMENT_NORMAL, "Changed",
	    "%s ago: %zu network%s came, %zu went; G shows all changes",
	    duration_format_human(view->console->now_s - last->time_s, text), added,
	    added == 1 ? "" : "s", detail->some_n);
}

/* ---- reading ---- */

static bool
take_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	struct detail *detail = arg;
	struct addr_net net;

	(void)domain_id;
	if (addr_net_parse(network->net, &net, NULL, NULL) == 0)
		walk_nets_add(&detail->nets, &net, network->path);
	return true;
}

static void
forget(struct detail *detail)
{
	size_t i;

	walk_nets_clear(&detail->nets);
	for (i = 0; i < detail->difference_n; i++) {
		free(detail->differences[i].status);
		free(detail->differences[i].added);
		free(detail->differences[i].removed);
	}
	free(detail->differences);
	detail->differences = NULL;
	detail->difference_n = 0;
}

static int
gather(struct view *view, struct err *err)
{
	struct detail *detail = view->state;
	struct store *store = view->console->store;
	enum store_found found;
	int64_t last_id;

	forget(detail);
	found = store_domain_get(store, view->key, take_domain, view, err);
	detail->found = found == STORE_YES;
	if (found != STORE_YES)
		return found == STORE_NO ? 0 : -1;
	if (store_domain_networks(store, view->key, take_network, detail, err) == -1)
		return -1;
	walk_nets_sort(&detail->nets);
	return store_domain_differences(
	    store, view->key, INT64_MAX, INT64_MAX, take_difference, detail, &last_id, err);
}

/* Every line is about the domain, so that it can be refreshed wherever the screen is. */
static void
dress_rows(struct view *view)
{
	const struct detail *detail = view->state;
	size_t i;

	for (i = 0; i < view->list.filling_n; i++) {
		view->list.filling[i]->kind |= ROW_NETWORK;
		row_text(view->list.filling[i], WALK_DOMAIN, slice_of(detail->name));
	}
}

static enum view_read
read_domain(struct view *view, bool begin, struct err *err)
{
	struct detail *detail = view->state;

	(void)begin;
	list_begin(&view->list);
	if (gather(view, err) == -1) {
		list_abandon(&view->list);
		return VIEW_ERROR;
	}
	if (detail->found) {
		say_last_change(view);
		walk_title(view, WALK_NETWORKS_TITLE);
		walk_networks(view, &detail->nets, ROW_NETWORK);
		if (detail->nets.n == 0)
			view_line(view, ELEMENT_DIM, "none");
		say_differences(view);
		dress_rows(view);
	}
	list_end(&view->list);
	return VIEW_DONE;
}

/* ---- the view ---- */

static int
open_domain(struct view *view, struct err *err)
{
	struct detail *detail = xcalloc(1, sizeof(*detail));

	(void)err;
	detail->reader = json_reader_new();
	view->state = detail;
	return 0;
}

static void
close_domain(struct view *view)
{
	struct detail *detail = view->state;

	forget(detail);
	json_reader_free(detail->reader);
	free(detail);
}

static void
summarise(struct view *view, struct buf *out)
{
	const struct detail *detail = view->state;
	int64_t now_s = view->console->now_s;
	char text[DURATION_TEXT_MAX];

	if (!detail->found)
		return;
	buf_printf(out, "%s, %" PRId64 " network%s", detail->state.status, detail->networks,
	    detail->networks == 1 ? "" : "s");
	buf_printf(out, ", %" PRId64 "/%d lookups", detail->lookups, SPF_LOOKUPS_MAX);
	if (detail->min_ttl_s >= 0)
		buf_printf(out, ", TTL %s", duration_format_human(detail->min_ttl_s, text));
	if (detail->next_s > now_s)
		buf_printf(
		    out, ", next in %s", duration_format_human(detail->next_s - now_s, text));
}

const struct view_type view_domain = {
	.id = VIEW_DOMAIN,
	.name = "domain",
	.title = "Domain",
	.about =
	    "One whitelisted domain: how its last reading went, what of its SPF record cannot be "
	    "listed and why, the networks that are let pass with the terms that led to them, and "
	    "how they changed. r reads the record again; f 203.205. finds a network.",
	.empty = "This domain is not whitelisted any more.",
	.columns = walk_columns,
	.column_n = WALK_COLUMN_N,
	.flags = VIEW_IS_TEXT,
	.sort = -1,
	.open = open_domain,
	.close = close_domain,
	.read = read_domain,
	.summary = summarise,
};
