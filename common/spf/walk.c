/* walk.c - see walk.h.
 *
 * Each family is walked by itself with its own limits (RFC 7208 asks other questions for each),
 * over the same answers: term by term, into what each of them reaches (reach.h). */
#include "common/spf/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/spf/listable.h"
#include "common/spf/reach.h"
#include "common/spf/run.h"

struct walk {
	struct spf_run run;
	enum addr_family family;
	const struct spf_walk_limits *limits;
	struct spf_walk *out;
	size_t line;      /* the term at hand */
	size_t next_line; /* the place of the next one: the second family comes by the same */
	size_t network_n; /* listed and skipped so far, against hostile records */
};

static enum spf_found walk_record(struct walk *w, struct slice domain, struct spf_reach *reach);

/* Both families meet the same terms in the same order until one of them stops. */
static size_t
add_line(struct walk *w, size_t parent, struct slice text)
{
	size_t at = w->next_line++;

	spf_walk_add_line(w->out, at, parent, text);
	return at;
}

static void
skip_term(struct walk *w, struct slice term, const char *reason)
{
	spf_walk_skip(w->out, w->line, w->run.values.domain, term, reason);
}

static bool
may_list(struct walk *w, const struct spf_term *term, const struct addr_net *net)
{
	unsigned min = w->family == ADDR_V4 ? w->limits->min_prefix_v4 : w->limits->min_prefix_v6;
	char text[ADDR_NET_TEXT_MAX], reason[ADDR_NET_TEXT_MAX + 16];
	const char *why = spf_unlistable(net, min);

	if (why == NULL)
		return true;
	snprintf(reason, sizeof(reason), "%s %s", why, addr_net_format(net, text));
	skip_term(w, term->text, reason);
	return false;
}

/* ---- terms ---- */

/* NET is matched by the term at hand. */
static enum spf_found
reach_net(struct walk *w, const struct spf_term *term, const struct addr_net *net,
    struct spf_reach *reach)
{
	struct range range = range_of_net(net);

	ranges_add(&reach->passes, range);
	if (term->qualifier != SPF_PLUS)
		return SPF_YES;
	if (++w->network_n > w->limits->networks_max)
		return spf_run_stop(
		    &w->run, SPF_PERMERROR, "more than %zu networks", w->limits->networks_max);
	if (may_list(w, term, net))
		spf_reach_list(reach, range, w->line);
	return SPF_YES;
}

static enum spf_found
reach_addrs(struct walk *w, const struct spf_term *term, const struct spf_addrs *addrs,
    struct spf_reach *reach)
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
reach_record(struct walk *w, const char *verb, struct slice target, struct spf_reach *reach)
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
reach_asking(struct walk *w, const struct spf_term *term, struct spf_reach *reach)
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
		w->out->lines[w->line].voids++;
	if (found == SPF_YES)
		found = reach_addrs(w, term, &addrs, reach);
	free(addrs.items);
	return found;
}

static enum spf_found
reach_term(struct walk *w, const struct spf_term *term, struct spf_reach *reach)
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

/* Also what was reached before some trouble counts. */
static enum spf_found
walk_term(struct walk *w, const struct spf_term *term, struct spf_reach *record)
{
	struct spf_reach reach = { .listed = NULL };
	size_t parent = w->line;
	enum spf_found found;

	w->line = add_line(w, parent, term->text);
	found = reach_term(w, term, &reach);
	spf_reach_merge(record, term->qualifier, &reach);
	spf_reach_clear(&reach);
	w->line = parent;
	return found;
}

static enum spf_found
walk_redirect(struct walk *w, struct slice spec, struct spf_reach *record)
{
	char text[SPF_TEXT_MAX];
	struct spf_reach reach = { .listed = NULL };
	struct spf_name target;
	size_t parent = w->line;
	enum spf_found found = spf_run_count(&w->run);

	snprintf(text, sizeof(text), "redirect=%.*s", (int)spec.len, spec.ptr);
	w->line = add_line(w, parent, slice_of(text));
	if (found == SPF_YES && spf_macro_dynamic(spec)) {
		skip_term(w, slice_of(text), "dynamic");
	} else if (found == SPF_YES && spf_run_target(&w->run, spec, &target) == SPF_YES) {
		found = reach_record(w, "redirect to", spf_name_slice(&target), &reach);
		spf_reach_merge(record, SPF_PLUS, &reach);
	}
	spf_reach_clear(&reach);
	w->line = parent;
	return found;
}

static enum spf_found
walk_terms(struct walk *w, const struct spf_record *record, struct spf_reach *reach)
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
walk_record(struct walk *w, struct slice domain, struct spf_reach *reach)
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
walk_host(struct walk *w, const struct dns_record *host, struct spf_reach *reach)
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
walk_mx(struct walk *w, struct slice domain, struct spf_reach *reach)
{
	const struct dns_answer *answer;
	struct dns_record *hosts;
	struct spf_reach found_there = { .listed = NULL };
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
	spf_reach_merge(reach, SPF_PLUS, &found_there);
	spf_reach_clear(&found_there);
	return pending ? SPF_STOP : found;
}

/* ---- the result ---- */

struct taking {
	struct spf_walk *out;
	size_t line;
};

static void
take_net(void *arg, const struct addr_net *net)
{
	const struct taking *taking = arg;

	spf_walk_add_network(taking->out, taking->line, net);
}

static void
take_listed(struct walk *w, struct spf_reach *reach)
{
	size_t i;

	spf_reach_sort(reach);
	for (i = 0; i < reach->listed_n; i++) {
		struct taking taking = { w->out, reach->listed[i].line };

		range_each_net(reach->listed[i].range, w->family, take_net, &taking);
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
	struct spf_reach reach = { .listed = NULL };
	enum spf_found found;

	w.run.values.domain = w.run.values.sender_domain = domain;
	add_line(&w, 0, domain);
	found = walk_record(&w, domain, &reach);
	if (found == SPF_NO) {
		if (out->status == SPF_WALK_OK)
			out->status = SPF_WALK_NONE;
		found = walk_mx(&w, domain, &reach);
		if (reach.listed_n > 0)
			out->source = SPF_SOURCE_MX;
	} else if (w.next_line > 1 || w.run.trouble != SPF_TEMPERROR) {
		out->source = SPF_SOURCE_SPF; /* there is a record, whatever came of it */
	}
	if (!w.run.pending) {
		take_listed(&w, &reach);
		take_run(&w);
		if (found == SPF_STOP)
			take_trouble(&w);
	}
	spf_reach_clear(&reach);
	return !w.run.pending;
}

/* A host that has addresses of one family only is nothing special. */
static void
note_voids(struct spf_walk *walk)
{
	size_t i;

	for (i = 0; i < walk->line_n; i++)
		if (walk->lines[i].voids == 2)
			spf_walk_note(walk, i, "nothing found");
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
	note_voids(walk_out);
	if (walk_out->status == SPF_WALK_OK && walk_out->skip_n > 0)
		walk_out->status = SPF_WALK_PARTIAL;
	return true;
}
