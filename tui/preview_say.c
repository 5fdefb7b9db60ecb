/* preview_say.c - see preview.h. */
#include <inttypes.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/spf/check.h"
#include "common/spf/words.h"
#include "tui/app.h"
#include "tui/preview.h"

#define ROOMY_ROWS 16 /* with fewer no line stays empty */
#define POOLS_SHOWN 20

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

static void
sentence(struct view *view, enum element element, const struct buf *b)
{
	view_sentence(view, element, 0, buf_slice(b));
}

/* Nothing was read: what it says of the networks means nothing. */
static bool
is_unknown(const struct preview *p)
{
	return p->walk.status == SPF_WALK_TEMPERROR && p->nets.n == 0;
}

/* ---- what may be chosen ---- */

static void
choice(struct view *view, const char *verb, const char *name, const char *after)
{
	bool readonly = view->console->options->readonly != NULL;

	view_line(view, readonly ? ELEMENT_DIM : ELEMENT_KEY, "%s%s%s", verb, name, after);
	view->list.filling[view->list.filling_n - 1]->mark = '>';
}

static void
say_choices(struct view *view, const struct preview *p)
{
	if (p->id != 0) {
		choice(view, "Read ", p->name, " again: it is whitelisted already");
		choice(view, "Close", "", "");
	} else {
		choice(view, "Whitelist ", p->name,
		    is_unknown(p)    ? " all the same"
		    : p->nets.n == 0 ? ", though it lets nothing pass now"
				     : "");
		choice(view, "Cancel", "", "");
	}
	if (term_rows(view->console->term) >= ROOMY_ROWS)
		view_line(view, ELEMENT_NORMAL, "%s", "");
}

/* ---- what matters ---- */

static void
add_networks(struct buf *b, const struct preview *p)
{
	uint64_t v4_addresses = p->walk.v4_addresses;
	char number[GROUPED_MAX];
	size_t v6 = 0, i;

	for (i = 0; i < p->nets.n; i++)
		v6 += p->nets.items[i].net.addr.family == ADDR_V6;
	buf_printf(b, "%s let pass %zu network%s (",
	    p->id != 0 ? "Its record as it is now would" : "Would", p->nets.n,
	    plural((int64_t)p->nets.n));
	if (v4_addresses == 0)
		buf_add_text(b, "IPv6");
	else
		buf_printf(b, "%s IPv4 address%s%s", number_grouped(v4_addresses, number),
		    v4_addresses == 1 ? "" : "es", v6 > 0 ? ", " : "");
	if (v4_addresses > 0 && v6 > 0)
		buf_printf(b, "%zu IPv6 network%s", v6, plural((int64_t)v6));
	buf_add_text(b, ").");
}

static void
say_networks(struct view *view, const struct preview *p)
{
	char text[512];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	if (is_unknown(p))
		buf_add_text(&b, "The DNS failed: nothing is known of its networks.");
	else if (p->nets.n == 0)
		buf_add_text(&b, "Would let nothing pass: there is no network to list.");
	else
		add_networks(&b, p);
	sentence(view, p->nets.n == 0 ? ELEMENT_NOTICE : ELEMENT_NORMAL, &b);
}

static void
say_waiting(struct view *view, const struct preview *p)
{
	const struct preview_waiting *w = &p->waiting;
	const struct pool *pools;
	char text[512];
	struct buf b;
	size_t n;

	buf_init(&b, text, sizeof(text));
	if (!p->counted) {
		buf_add_text(&b, "What waits now is being counted ...");
	} else if (w->freed == 0) {
		buf_add_text(&b, "Of what waits now it would free nothing.");
	} else {
		n = pools_rank(w->pools, &pools);
		buf_printf(&b,
		    "Of what waits now it would free %" PRId64 " triplet%s of %zu domain%s.",
		    w->freed, plural(w->freed), n, plural((int64_t)n));
	}
	if (p->counted && w->outside > 0)
		buf_printf(&b,
		    " %" PRId64
		    " triplet%s of %s wait%s from other addresses and would not be freed.",
		    w->outside, plural(w->outside), p->name, w->outside == 1 ? "s" : "");
	if (p->counted && w->blocked > 0)
		buf_printf(&b, " %" PRId64 " triplet%s from these networks %s blocked by a rule.",
		    w->blocked, plural(w->blocked), w->blocked == 1 ? "is" : "are");
	if (!is_unknown(p))
		sentence(view, p->counted && w->freed > 0 ? ELEMENT_GOOD : ELEMENT_NORMAL, &b);
}

/* What the state of the record means for one who wants to whitelist the domain. */
static const char *
advice(const struct preview *p)
{
	switch (p->walk.status) {
	case SPF_WALK_NONE:
		return p->walk.source == SPF_SOURCE_MX
			   ? "It has no SPF record. These are its MX hosts, which need not be "
			     "those "
			     "that send."
			   : "It has neither an SPF record nor MX hosts: whitelist an address or a "
			     "network instead.";
	case SPF_WALK_PERMERROR:
		return p->nets.n == 0 ? "Its SPF record is wrong and its owner must correct it."
				      : "Its SPF record is wrong and its owner must correct it. "
					"This is what can "
					"be read of it.";
	case SPF_WALK_TEMPERROR:
		return is_unknown(p) ? "It may be whitelisted all the same: the server reads its "
				       "record again "
				       "until it succeeds."
				     : "The DNS failed, so this is not all. It may be whitelisted "
				       "all the same: "
				       "the server reads its record again until it succeeds.";
	default: return "";
	}
}

static bool
is_open(const struct spf_walk *walk)
{
	size_t i;

	for (i = 0; i < walk->skip_n; i++)
		if (strcmp(walk->skips[i].reason, "all") == 0)
			return true;
	return false;
}

static void
say_advice(struct view *view, const struct preview *p)
{
	const char *text = advice(p);

	if (*text != '\0')
		view_sentence(view, ELEMENT_NOTICE, 0, slice_of(text));
	if (is_open(&p->walk))
		view_sentence(view, ELEMENT_NOTICE, 0,
		    SLICE(
			"Its record lets everybody pass (+all). That is never listed, for it would "
			"end greylisting; only networks that it names are."));
	if (p->id != 0)
		walk_fact(view, p->state.element, "Now", "%s%s, %" PRId64 " network%s in force",
		    p->state.troubled ? "! " : "", p->state.status, p->networks,
		    plural(p->networks));
}

/* Each family has its own error; it is told once where both have the same. */
static void
say_errors(struct view *view, char *const errors[2])
{
	bool same = errors[0] != NULL && errors[1] != NULL &&
		    strcmp(errors[0] + 3, errors[1] + 3) == 0; /* but for "v4 " */
	size_t i;

	if (same)
		walk_fact(view, ELEMENT_BAD, "Error", "%s", errors[0] + 3);
	for (i = 0; i < 2 && !same; i++)
		if (errors[i] != NULL)
			walk_fact(view, ELEMENT_BAD, "Error", "%s", errors[i]);
}

static void
say_record(struct view *view, const struct preview *p)
{
	const char *status = spf_walk_status_name(p->walk.status);
	bool good = p->walk.status == SPF_WALK_OK || p->walk.status == SPF_WALK_PARTIAL;
	char ttl[DURATION_TEXT_MAX];
	size_t i;

	walk_fact(view, good ? ELEMENT_NORMAL : ELEMENT_NOTICE, "Status", "%s: %s", status,
	    spf_status_meaning(slice_of(status)));
	say_errors(view, p->walk.errors);
	if (p->walk.ttl_known)
		walk_fact(view, ELEMENT_NORMAL, "Lookups", "%u of %d, smallest TTL %s",
		    p->walk.lookups, SPF_LOOKUPS_MAX,
		    duration_format_human(p->walk.min_ttl_s, ttl));
	for (i = 0; i < p->walk.skip_n; i++)
		walk_skip(view, slice_of(p->walk.skips[i].domain), slice_of(p->walk.skips[i].term),
		    slice_of(p->walk.skips[i].reason));
}

/* ---- lists ---- */

static void
say_pool(struct view *view, const struct pool *pool)
{
	char oldest[DURATION_TEXT_MAX], text[512];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	buf_printf(&b, "%s: %" PRId64 " triplet%s, the oldest waits %s", pool->domain,
	    pool->waiting, plural(pool->waiting),
	    duration_format_human(view->console->now_s - pool->oldest_s, oldest));
	sentence(view, ELEMENT_NORMAL, &b);
}

static void
say_freed(struct view *view, const struct preview *p)
{
	const struct preview_waiting *w = &p->waiting;
	const struct pool *pools;
	size_t n, i;

	if (!p->counted || w->freed == 0)
		return;
	n = pools_rank(w->pools, &pools);
	walk_title(view, "Would be freed");
	for (i = 0; i < n && i < POOLS_SHOWN; i++)
		say_pool(view, &pools[i]);
	if (n > POOLS_SHOWN)
		view_line(view, ELEMENT_NORMAL, "and %zu domains more", n - POOLS_SHOWN);
	for (i = 0; i < w->mail_n; i++)
		view_sentence(view, ELEMENT_NORMAL, 2, slice_of(w->mails[i]));
	if (w->freed > (int64_t)w->mail_n)
		view_line(view, ELEMENT_NORMAL, "  and %" PRId64 " triplets more",
		    w->freed - (int64_t)w->mail_n);
}

static void
say_running(struct view *view, const struct preview *p)
{
	char text[512];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	buf_printf(&b, "Reading the SPF record of %s ... %" PRId64 " s", p->name,
	    (view->console->now_ms - p->began_ms) / 1000);
	sentence(view, ELEMENT_NORMAL, &b);
	view_sentence(view, ELEMENT_DIM, 0, SLICE("Esc gives up. Nothing has been changed yet."));
}

/* Enter is for the choice wherever the selection is; only its own row leaves it. */
static void
dress_rows(struct view *view, const struct preview *p)
{
	size_t i;

	for (i = 0; i < view->list.filling_n; i++) {
		view->list.filling[i]->kind |= ROW_CHOICE;
		row_text(view->list.filling[i], WALK_DOMAIN, slice_of(p->name));
	}
}

static void
say_found(struct view *view, const struct preview *p)
{
	say_choices(view, p);
	say_networks(view, p);
	say_waiting(view, p);
	say_advice(view, p);
	say_record(view, p);
	say_freed(view, p);
	if (p->nets.n > 0) {
		walk_title(view, WALK_NETWORKS_TITLE);
		walk_networks(view, &p->nets, ROW_CHOICE);
	}
}

void
preview_say(struct view *view, const struct preview *p)
{
	if (p->lookup != NULL)
		say_running(view, p);
	else
		say_found(view, p);
	dress_rows(view, p);
}
