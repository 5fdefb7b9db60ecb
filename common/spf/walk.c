/* walk.c - see walk.h.
 *
 * Each family is walked by itself with its own limits (RFC 7208 asks other questions for each),
 * over the same answers. Of a record two things are kept: exactly what check_host() would decide,
 * and what may be listed. They differ by what is skipped: a skipped term lists nothing and hides
 * nothing of what later terms list, but where the same record stands behind a "-include" it hides
 * all that check_host() would have refused. */
#include "common/spf/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/ranges.h"
#include "common/spf/run.h"

static const char *const status_names[] = {
	[SPF_WALK_OK] = "ok",
	[SPF_WALK_PARTIAL] = "partial",
	[SPF_WALK_NONE] = "none",
	[SPF_WALK_PERMERROR] = "permerror",
	[SPF_WALK_TEMPERROR] = "temperror",
};

static const char *const source_names[] = {
	[SPF_SOURCE_NONE] = "none",
	[SPF_SOURCE_SPF] = "spf",
	[SPF_SOURCE_MX] = "mx",
};

/* Never listed: no mail comes from there over the Internet (RFC 6890 and its like). */
static const char *const special_use[] = { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10",
	"127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",
	"240.0.0.0/4", "::/8", "fc00::/7", "fe80::/10", "ff00::/8" };

const char *
spf_walk_status_name(enum spf_walk_status status)
{
	return status_names[status];
}

const char *
spf_walk_source_name(enum spf_walk_source source)
{
	return source_names[source];
}

/* A part of the result with the term it comes from. */
struct piece {
	struct range range;
	size_t line;
};

struct pieces {
	struct piece *items;
	size_t n;
};

/* What a record, or one term, amounts to. */
struct reach {
	struct ranges passes;  /* check_host() passes these */
	struct ranges decided; /* some term has matched these */
	struct ranges hidden;  /* later terms list none of these */
	struct pieces listed;
};

struct walk {
	struct spf_run run;
	enum addr_family family;
	const struct spf_walk_limits *limits;
	struct spf_walk *out;
	size_t line;      /* the term at hand */
	size_t next_line; /* the place of the next one: the second family comes by the same */
	size_t network_n; /* listed and skipped so far, against hostile records */
};

static enum spf_found walk_record(struct walk *w, struct slice domain, struct reach *reach);

static void
reach_clear(struct reach *reach)
{
	ranges_clear(&reach->passes);
	ranges_clear(&reach->decided);
	ranges_clear(&reach->hidden);
	free(reach->listed.items);
}

static char *
copy(struct slice text)
{
	char *out = xcalloc(1, text.len + 1);

	memcpy(out, text.ptr, text.len);
	return out;
}

/* ---- the tree ---- */

/* Both families meet the same terms in the same order until one of them stops. */
static size_t
add_line(struct walk *w, size_t parent, struct slice text)
{
	struct spf_walk *out = w->out;
	size_t at = w->next_line++;

	if (at < out->line_n)
		return at;
	out->lines = xreallocarray(out->lines, out->line_n + 1, sizeof(*out->lines));
	out->lines[at] = (struct spf_walk_line){ .parent = parent,
		.depth = at == 0 ? 0 : out->lines[parent].depth + 1,
		.text = copy(text),
		.note = xstrdup("") };
	out->line_n++;
	return at;
}

static void
set_note(struct walk *w, const char *note)
{
	char **place = &w->out->lines[w->line].note;

	free(*place);
	*place = xstrdup(note);
}

/* ---- what is not listed ---- */

static void
skip_term(struct walk *w, struct slice term, const char *reason)
{
	struct spf_walk *out = w->out;
	struct slice domain = w->run.values.domain;
	char note[128];
	size_t i;

	for (i = 0; i < out->skip_n; i++)
		if (slice_equal(slice_of(out->skips[i].domain), domain) &&
		    slice_equal(slice_of(out->skips[i].term), term) &&
		    strcmp(out->skips[i].reason, reason) == 0)
			return;
	out->skips = xreallocarray(out->skips, out->skip_n + 1, sizeof(*out->skips));
	out->skips[out->skip_n++] =
	    (struct spf_walk_skip){ copy(domain), copy(term), xstrdup(reason) };
	snprintf(note, sizeof(note), "skipped: %s", reason);
	set_note(w, note);
}

static bool
overlap(const struct addr_net *a, const struct addr_net *b)
{
	return addr_net_contains(a, &b->addr) || addr_net_contains(b, &a->addr);
}

static bool
is_special(const struct addr_net *net)
{
	struct addr_net special;
	size_t i;

	for (i = 0; i < sizeof(special_use) / sizeof(special_use[0]); i++)
		if (addr_net_parse(slice_of(special_use[i]), &special, NULL, NULL) == 0 &&
		    overlap(&special, net))
			return true;
	return false;
}

static bool
may_list(struct walk *w, const struct spf_term *term, const struct addr_net *net)
{
	unsigned min = w->family == ADDR_V4 ? w->limits->min_prefix_v4 : w->limits->min_prefix_v6;
	char text[ADDR_NET_TEXT_MAX], reason[ADDR_NET_TEXT_MAX + 16];
	const char *why = NULL;

	if (net->prefix < min)
		why = "too-broad";
	else if (is_special(net))
		why = "special-use";
	else
		return true;
	addr_net_format(net, text);
	snprintf(reason, sizeof(reason), "%s %s", why, text);
	skip_term(w, term->text, reason);
	return false;
}

/* ---- terms ---- */

static void
add_piece(struct pieces *pieces, struct range range, size_t line)
{
	pieces->items = xreallocarray(pieces->items, pieces->n + 1, sizeof(*pieces->items));
	pieces->items[pieces->n++] = (struct piece){ range, line };
}

/* NET is matched by the term at hand. */
static enum spf_found
reach_net(
    struct walk *w, const struct spf_term *term, const struct addr_net *net, struct reach *reach)
{
	struct range range = range_of_net(net);

	ranges_add(&reach->passes, range);
	if (term->qualifier != SPF_PLUS)
		return SPF_YES;
	if (++w->network_n > w->limits->networks_max)
		return spf_run_stop(
		    &w->run, SPF_PERMERROR, "more than %zu networks", w->limits->networks_max);
	if (may_list(w, term, net))
		add_piece(&reach->listed, range, w->line);
	return SPF_YES;
}

static enum spf_found
reach_addrs(
    struct walk *w, const struct spf_term *term, const struct spf_addrs *addrs, struct reach *reach)
{
	enum spf_found found = SPF_YES;
	size_t i;

	for (i = 0; i < addrs->n && found == SPF_YES; i++) {
		struct addr_net net =
		    addr_net_of(&addrs->items[i], term->prefix_v4, term->prefix_v6);

		found = reach_net(w, term, &net, reach);
	}
	return found;
}

static enum spf_found
reach_record(struct walk *w, const char *verb, struct slice target, struct reach *reach)
{
	enum spf_found found = walk_record(w, target, reach);

	if (found == SPF_NO)
		return spf_run_stop(
		    &w->run, SPF_PERMERROR, "%s %.*s: no SPF", verb, (int)target.len, target.ptr);
	return found;
}

/* Terms that cannot be turned into networks; a refusing one cannot be subtracted either. */
static const char *
dynamic_reason(const struct spf_term *term)
{
	if (term->mechanism == SPF_EXISTS)
		return "exists";
	if (term->mechanism == SPF_PTR)
		return "ptr";
	return spf_macro_dynamic(term->domain) ? "dynamic" : NULL;
}

static enum spf_found
reach_asking(struct walk *w, const struct spf_term *term, struct reach *reach)
{
	const char *reason = dynamic_reason(term);
	struct spf_addrs addrs = { NULL, 0 };
	struct spf_name target;
	enum spf_found found;

	if (spf_run_count(&w->run) == SPF_STOP)
		return SPF_STOP;
	if (reason != NULL) {
		skip_term(w, term->text, reason);
		return SPF_NO;
	}
	if (spf_run_target(&w->run, term->domain, &target) == SPF_STOP)
		return SPF_STOP;
	if (term->mechanism == SPF_INCLUDE)
		return reach_record(w, "include of", spf_name_slice(&target), reach);
	if (term->mechanism == SPF_MX)
		found = spf_run_mx(&w->run, spf_name_slice(&target), w->family, &addrs);
	else
		found = spf_run_a(&w->run, spf_name_slice(&target), w->family, &addrs);
	if (found == SPF_NO)
		set_note(w, "nothing found");
	if (found == SPF_YES)
		found = reach_addrs(w, term, &addrs, reach);
	free(addrs.items);
	return found;
}

static enum spf_found
reach_term(struct walk *w, const struct spf_term *term, struct reach *reach)
{
	switch (term->mechanism) {
	case SPF_ALL:
		ranges_add(&reach->passes, range_of_family(w->family));
		if (term->qualifier == SPF_PLUS)
			skip_term(w, term->text, "all");
		return SPF_YES;
	case SPF_IP4:
	case SPF_IP6:
		if (term->net.addr.family != w->family)
			return SPF_NO;
		return reach_net(w, term, &term->net, reach);
	default: return reach_asking(w, term, reach);
	}
}

/* ---- records ---- */

static void
list_pieces(const struct pieces *pieces, struct reach *record)
{
	struct ranges fresh = { NULL, 0, 0 };
	size_t i, j;

	for (i = 0; i < pieces->n; i++) {
		const struct piece *piece = &pieces->items[i];

		fresh.n = 0;
		ranges_subtract(&record->hidden, piece->range, &fresh);
		for (j = 0; j < fresh.n; j++)
			add_piece(&record->listed, fresh.items[j], piece->line);
		ranges_add(&record->hidden, piece->range);
	}
	ranges_clear(&fresh);
}

/* What TERM reaches, less what earlier terms have decided, becomes part of RECORD. */
static void
merge(enum spf_qualifier qualifier, const struct reach *term, struct reach *record)
{
	size_t i;

	if (qualifier == SPF_PLUS) {
		for (i = 0; i < term->passes.n; i++)
			ranges_subtract(&record->decided, term->passes.items[i], &record->passes);
		list_pieces(&term->listed, record);
	} else {
		ranges_add_all(&record->hidden, &term->passes);
	}
	ranges_add_all(&record->decided, &term->passes);
}

/* Also what was reached before some trouble counts. */
static enum spf_found
walk_term(struct walk *w, const struct spf_term *term, struct reach *record)
{
	struct reach reach = { .listed = { NULL, 0 } };
	size_t parent = w->line;
	enum spf_found found;

	w->line = add_line(w, parent, term->text);
	found = reach_term(w, term, &reach);
	merge(term->qualifier, &reach, record);
	reach_clear(&reach);
	w->line = parent;
	return found;
}

static enum spf_found
walk_redirect(struct walk *w, struct slice spec, struct reach *record)
{
	char text[SPF_TEXT_MAX];
	struct reach reach = { .listed = { NULL, 0 } };
	struct spf_name target;
	size_t parent = w->line;
	enum spf_found found = spf_run_count(&w->run);

	snprintf(text, sizeof(text), "redirect=%.*s", (int)spec.len, spec.ptr);
	w->line = add_line(w, parent, slice_of(text));
	if (found == SPF_YES && spf_macro_dynamic(spec)) {
		skip_term(w, slice_of(text), "dynamic");
	} else if (found == SPF_YES && spf_run_target(&w->run, spec, &target) == SPF_YES) {
		found = reach_record(w, "redirect to", spf_name_slice(&target), &reach);
		merge(SPF_PLUS, &reach, record);
	}
	reach_clear(&reach);
	w->line = parent;
	return found;
}

static enum spf_found
walk_terms(struct walk *w, const struct spf_record *record, struct reach *reach)
{
	size_t i;

	for (i = 0; i < record->term_n; i++) {
		if (walk_term(w, &record->terms[i], reach) == SPF_STOP)
			return SPF_STOP;
		if (record->terms[i].mechanism == SPF_ALL)
			return SPF_YES;
	}
	if (record->redirect.len > 0)
		return walk_redirect(w, record->redirect, reach);
	return SPF_YES;
}

static enum spf_found
walk_record(struct walk *w, struct slice domain, struct reach *reach)
{
	struct slice outer = w->run.values.domain;
	struct spf_record record;
	enum spf_found found = spf_run_record(&w->run, domain, &record);

	if (found == SPF_YES) {
		w->run.values.domain = domain;
		found = walk_terms(w, &record, reach);
		w->run.values.domain = outer;
	}
	spf_record_clear(&record);
	return found;
}

/* ---- MX hosts, where there is no record ---- */

static int
by_preference(const void *a, const void *b)
{
	const struct dns_record *left = a, *right = b;

	return (left->preference > right->preference) - (left->preference < right->preference);
}

static enum spf_found
walk_host(struct walk *w, const struct dns_record *host, struct reach *reach)
{
	static const struct spf_term term = {
		.qualifier = SPF_PLUS, .mechanism = SPF_A, .prefix_v4 = 32, .prefix_v6 = 128
	};
	struct spf_term named = term;
	struct spf_addrs addrs;
	enum spf_found found;

	named.text = host->text;
	w->line = add_line(w, 0, host->text);
	found = spf_run_a(&w->run, host->text, w->family, &addrs);
	if (found == SPF_YES)
		found = reach_addrs(w, &named, &addrs, reach);
	free(addrs.items);
	w->line = 0;
	return found;
}

static enum spf_found
walk_mx(struct walk *w, struct slice domain, struct reach *reach)
{
	const struct dns_answer *answer;
	struct dns_record *hosts;
	struct reach found_there = { .listed = { NULL, 0 } };
	enum spf_found found = spf_run_ask(&w->run, domain, DNS_TYPE_MX, &answer);
	bool pending = false;
	size_t i;

	if (found != SPF_YES)
		return found;
	w->run.voids_max =
	    SPF_MX_MAX; /* a host without one family's addresses is nothing special */
	hosts = xreallocarray(NULL, answer->record_n, sizeof(*hosts));
	memcpy(hosts, answer->records, answer->record_n * sizeof(*hosts));
	qsort(hosts, answer->record_n, sizeof(*hosts), by_preference);
	for (i = 0; i < answer->record_n && i < SPF_MX_MAX && found != SPF_STOP; i++) {
		if (hosts[i].text.len == 0) /* MX 0 . (RFC 7505) */
			continue;
		found = walk_host(w, &hosts[i], &found_there);
		if (found == SPF_STOP && w->run.pending) {
			pending = true;
			found = SPF_NO;
		}
	}
	free(hosts);
	w->run.pending = pending;
	merge(SPF_PLUS, &found_there, reach);
	reach_clear(&found_there);
	return pending ? SPF_STOP : found;
}

/* ---- the result ---- */

static int
by_address(const void *a, const void *b)
{
	const struct piece *left = a, *right = b;
	struct address_number x = left->range.first, y = right->range.first;

	if (x.high != y.high)
		return x.high < y.high ? -1 : 1;
	return x.low < y.low ? -1 : x.low > y.low;
}

struct taking {
	struct spf_walk *out;
	size_t line;
};

static void
take_net(void *arg, const struct addr_net *net)
{
	const struct taking *taking = arg;
	struct spf_walk *out = taking->out;
	size_t line = taking->line;

	out->networks = xreallocarray(out->networks, out->network_n + 1, sizeof(*out->networks));
	out->networks[out->network_n++] = (struct spf_walk_network){ *net, line };
	if (net->addr.family == ADDR_V4)
		out->v4_addresses += UINT64_C(1) << (32 - net->prefix);
	for (; out->lines[line].parent != line; line = out->lines[line].parent)
		out->lines[line].networks++;
	out->lines[line].networks++;
}

static void
take_pieces(struct walk *w, const struct pieces *pieces)
{
	size_t i;

	if (pieces->n > 0)
		qsort(pieces->items, pieces->n, sizeof(*pieces->items), by_address);
	for (i = 0; i < pieces->n; i++) {
		struct taking taking = { w->out, pieces->items[i].line };

		range_each_net(pieces->items[i].range, w->family, take_net, &taking);
	}
}

static void
take_run(struct walk *w)
{
	struct spf_walk *out = w->out;
	const struct spf_run *run = &w->run;

	if (run->ttl_known && (!out->ttl_known || run->min_ttl_s < out->min_ttl_s))
		out->min_ttl_s = run->min_ttl_s;
	out->ttl_known = out->ttl_known || run->ttl_known;
	if (run->lookups > out->lookups)
		out->lookups = run->lookups;
}

static void
take_trouble(struct walk *w)
{
	struct spf_walk *out = w->out;
	char text[SPF_TEXT_MAX + 32];

	snprintf(text, sizeof(text), "%s %s: %s", w->family == ADDR_V4 ? "v4" : "v6",
	    spf_result_name(w->run.trouble), w->run.trouble_text);
	out->errors[w->family] = xstrdup(text);
	if (w->run.trouble == SPF_TEMPERROR)
		out->status = SPF_WALK_TEMPERROR;
	else if (out->status != SPF_WALK_TEMPERROR)
		out->status = SPF_WALK_PERMERROR;
}

/* False when answers are missing. */
static bool
walk_family(struct spf_answers *answers, struct slice domain, const struct spf_walk_limits *limits,
    enum addr_family family, struct spf_walk *out)
{
	struct walk w = { .run = { .answers = answers, .voids_max = limits->voids_max },
		.family = family,
		.limits = limits,
		.out = out };
	struct reach reach = { .listed = { NULL, 0 } };
	enum spf_found found;

	w.run.values.domain = w.run.values.sender_domain = domain;
	add_line(&w, 0, domain);
	found = walk_record(&w, domain, &reach);
	if (found == SPF_NO) {
		if (out->status == SPF_WALK_OK)
			out->status = SPF_WALK_NONE;
		found = walk_mx(&w, domain, &reach);
		if (reach.listed.n > 0)
			out->source = SPF_SOURCE_MX;
	} else if (w.next_line > 1 || w.run.trouble != SPF_TEMPERROR) {
		out->source = SPF_SOURCE_SPF; /* there is a record, whatever came of it */
	}
	if (!w.run.pending) {
		take_pieces(&w, &reach.listed);
		take_run(&w);
		if (found == SPF_STOP)
			take_trouble(&w);
	}
	reach_clear(&reach);
	return !w.run.pending;
}

bool
spf_walk(struct spf_answers *answers, struct slice domain, const struct spf_walk_limits *limits,
    struct spf_walk *walk_out)
{
	bool v4, v6;

	memset(walk_out, 0, sizeof(*walk_out));
	spf_answers_begin(answers);
	v4 = walk_family(answers, domain, limits, ADDR_V4, walk_out);
	v6 = walk_family(answers, domain, limits, ADDR_V6, walk_out);
	if (!v4 || !v6) {
		spf_walk_clear(walk_out);
		return false;
	}
	if (walk_out->status == SPF_WALK_OK && walk_out->skip_n > 0)
		walk_out->status = SPF_WALK_PARTIAL;
	return true;
}

void
spf_walk_clear(struct spf_walk *walk)
{
	size_t i;

	for (i = 0; i < walk->line_n; i++) {
		free(walk->lines[i].text);
		free(walk->lines[i].note);
	}
	for (i = 0; i < walk->skip_n; i++) {
		free(walk->skips[i].domain);
		free(walk->skips[i].term);
		free(walk->skips[i].reason);
	}
	free(walk->lines);
	free(walk->skips);
	free(walk->networks);
	free(walk->errors[0]);
	free(walk->errors[1]);
	memset(walk, 0, sizeof(*walk));
}

void
spf_walk_path(const struct spf_walk *walk, size_t line, struct buf *out)
{
	const struct spf_walk_line *at = &walk->lines[line];

	if (at->parent != line) {
		spf_walk_path(walk, at->parent, out);
		buf_add_text(out, " > ");
	}
	buf_add_text(out, at->text);
}

struct merged {
	struct addr_net *nets;
	size_t n;
};

static void
add_merged(void *arg, const struct addr_net *net)
{
	struct merged *merged = arg;

	merged->nets = xreallocarray(merged->nets, merged->n + 1, sizeof(*merged->nets));
	merged->nets[merged->n++] = *net;
}

size_t
spf_walk_merged(const struct spf_walk *walk, enum addr_family family, struct addr_net **nets_out)
{
	struct ranges ranges = { NULL, 0, 0 };
	struct merged merged = { NULL, 0 };
	size_t i;

	for (i = 0; i < walk->network_n; i++)
		if (walk->networks[i].net.addr.family == family)
			ranges_add(&ranges, range_of_net(&walk->networks[i].net));
	for (i = 0; i < ranges.n; i++)
		range_each_net(ranges.items[i], family, add_merged, &merged);
	ranges_clear(&ranges);
	*nets_out = merged.nets;
	return merged.n;
}
