/* check.c - see check.h. */
#include "common/spf/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/net/domain.h"
#include "common/net/email.h"
#include "common/spf/run.h"

static const char *const result_names[] = {
	[SPF_NONE] = "none",
	[SPF_NEUTRAL] = "neutral",
	[SPF_PASS] = "pass",
	[SPF_FAIL] = "fail",
	[SPF_SOFTFAIL] = "softfail",
	[SPF_TEMPERROR] = "temperror",
	[SPF_PERMERROR] = "permerror",
};

const char *
spf_result_name(enum spf_result result)
{
	return result_names[result];
}

int
spf_result_parse(struct slice name, enum spf_result *result_out)
{
	int i;

	for (i = SPF_NONE; i <= SPF_PERMERROR; i++) {
		if (!slice_equal(name, slice_of(result_names[i])))
			continue;
		*result_out = (enum spf_result)i;
		return 0;
	}
	return -1;
}

struct check {
	struct spf_run run;
	struct spf_check *out;
	struct buf path; /* of the term at hand; stays where something matched */
};

static enum spf_found check_record(
    struct check *c, struct slice domain, bool is_top, enum spf_result *result_out);

static enum spf_found
has_client(const struct check *c, const struct spf_term *term, const struct spf_addrs *addrs)
{
	const struct addr *ip = &c->run.values.ip;
	size_t i;

	for (i = 0; i < addrs->n; i++) {
		struct addr_net net =
		    addr_net_of(&addrs->items[i], term->prefix_v4, term->prefix_v6);

		if (addr_net_contains(&net, ip))
			return SPF_YES;
	}
	return SPF_NO;
}

/* RFC 7208 5.2: only a pass of the other record is a match. */
static enum spf_found
match_include(struct check *c, struct slice target)
{
	enum spf_result result;
	enum spf_found found = check_record(c, target, false, &result);

	if (found == SPF_NO)
		return spf_run_stop(
		    &c->run, SPF_PERMERROR, "include of %.*s: no SPF", (int)target.len, target.ptr);
	return found == SPF_STOP ? found : (enum spf_found)(result == SPF_PASS);
}

static enum spf_found
match_asking(struct check *c, const struct spf_term *term)
{
	struct spf_run *run = &c->run;
	enum addr_family family = run->values.ip.family;
	struct spf_addrs addrs = { NULL, 0 };
	struct spf_name target, validated;
	enum spf_found found;

	if (spf_run_count(run) == SPF_STOP ||
	    spf_run_target(run, term->domain, &target) == SPF_STOP)
		return SPF_STOP;
	switch (term->mechanism) {
	case SPF_INCLUDE: return match_include(c, spf_name_slice(&target));
	case SPF_EXISTS: return spf_run_exists(run, spf_name_slice(&target));
	case SPF_PTR: return spf_run_validated(run, spf_name_slice(&target), false, &validated);
	case SPF_MX: found = spf_run_mx(run, spf_name_slice(&target), family, &addrs); break;
	default: found = spf_run_a(run, spf_name_slice(&target), family, &addrs); break;
	}
	if (found == SPF_YES)
		found = has_client(c, term, &addrs);
	free(addrs.items);
	return found;
}

static enum spf_found
match_term(struct check *c, const struct spf_term *term)
{
	switch (term->mechanism) {
	case SPF_ALL: return SPF_YES;
	case SPF_IP4:
	case SPF_IP6: return (enum spf_found)addr_net_contains(&term->net, &c->run.values.ip);
	default: return match_asking(c, term);
	}
}

/* exp= (RFC 7208 6.2): whatever goes wrong here only means that there is no explanation. */
static enum spf_found
explain(struct check *c, struct slice spec)
{
	const struct dns_answer *answer;
	struct spf_name name, validated;
	struct spf_macro_values values;
	struct slice text;
	struct buf out;

	if (spf_run_target(&c->run, spec, &name) == SPF_STOP)
		return SPF_STOP;
	answer = spf_answers_get(c->run.answers, spf_name_slice(&name), DNS_TYPE_TXT);
	if (answer == NULL) {
		c->run.pending = true;
		return SPF_STOP;
	}
	if (answer->record_n != 1)
		return SPF_NO;
	text = answer->records[0].text;
	values = c->run.values;
	if (!spf_macro_valid(text, SPF_MACRO_EXPLANATION))
		return SPF_NO;
	if (spf_macro_needs_validated(text)) {
		if (spf_run_validated(&c->run, values.domain, true, &validated) == SPF_STOP)
			return SPF_STOP;
		values.validated = spf_name_slice(&validated);
	}
	buf_init(&out, c->out->explanation, sizeof(c->out->explanation));
	spf_macro_expand(&out, text, &values, SPF_MACRO_EXPLANATION);
	return SPF_YES;
}

static enum spf_found
check_redirect(struct check *c, struct slice spec, bool is_top, enum spf_result *result_out)
{
	struct spf_name target;
	enum spf_found found;

	buf_printf(&c->path, " > redirect=%.*s", (int)spec.len, spec.ptr);
	if (spf_run_count(&c->run) == SPF_STOP ||
	    spf_run_target(&c->run, spec, &target) == SPF_STOP)
		return SPF_STOP;
	found = check_record(c, spf_name_slice(&target), is_top, result_out);
	if (found == SPF_NO)
		return spf_run_stop(&c->run, SPF_PERMERROR, "redirect to %s: no SPF", target.text);
	return found;
}

static void
cut_path(struct check *c, size_t len)
{
	c->path.len = len;
	c->path.ptr[len] = '\0';
}

/* Terms in order; the first that matches decides (RFC 7208 4.6.2). */
static enum spf_found
check_terms(
    struct check *c, const struct spf_record *record, bool is_top, enum spf_result *result_out)
{
	static const enum spf_result results[] = {
		[SPF_PLUS] = SPF_PASS,
		[SPF_MINUS] = SPF_FAIL,
		[SPF_TILDE] = SPF_SOFTFAIL,
		[SPF_QUESTION] = SPF_NEUTRAL,
	};
	size_t before = c->path.len, i;

	for (i = 0; i < record->term_n; i++) {
		const struct spf_term *term = &record->terms[i];
		enum spf_found found;

		buf_printf(&c->path, " > %.*s", (int)term->text.len, term->text.ptr);
		found = match_term(c, term);
		if (found == SPF_STOP)
			return SPF_STOP;
		if (found == SPF_YES) {
			*result_out = results[term->qualifier];
			if (is_top && *result_out == SPF_FAIL && record->exp.len > 0 &&
			    explain(c, record->exp) == SPF_STOP && c->run.pending)
				return SPF_STOP;
			return SPF_YES;
		}
		cut_path(c, before);
	}
	if (record->redirect.len > 0)
		return check_redirect(c, record->redirect, is_top, result_out);
	*result_out = SPF_NEUTRAL;
	return SPF_YES;
}

/* check_host() for DOMAIN: NO when it has no record. */
static enum spf_found
check_record(struct check *c, struct slice domain, bool is_top, enum spf_result *result_out)
{
	struct slice outer = c->run.values.domain;
	struct spf_record record;
	enum spf_found found = spf_run_record(&c->run, domain, &record);

	if (found == SPF_YES) {
		c->run.values.domain = domain;
		found = check_terms(c, &record, is_top, result_out);
		c->run.values.domain = outer;
	}
	spf_record_clear(&record);
	return found;
}

/* RFC 7208 2.4, 4.3: whose record is asked for, and the parts of the sender. SENDER_TEXT is room
 * for a sender made up. False when there is no domain to ask for. */
static bool
begin(struct check *c, const struct spf_identity *identity, char *sender_text, size_t len)
{
	struct spf_macro_values *values = &c->run.values;
	struct slice helo = identity->helo;
	struct email parts = email_split(identity->sender);
	char domain[DOMAIN_TEXT_MAX];

	if (identity->sender.len == 0)
		parts = (struct email){ SLICE("postmaster"), helo };
	else if (parts.domain.ptr == NULL) /* a name alone */
		parts = (struct email){ SLICE("postmaster"), identity->sender };
	if (parts.local.len == 0)
		parts.local = SLICE("postmaster");
	if (domain_normalise(parts.domain, domain) == -1 || strchr(domain, '.') == NULL)
		return false;
	memcpy(c->out->domain, domain, strnlen(domain, DNS_NAME_MAX) + 1);
	snprintf(sender_text, len, "%.*s@%s", (int)parts.local.len, parts.local.ptr, domain);
	*values = (struct spf_macro_values){ .sender = slice_of(sender_text),
		.local = parts.local,
		.sender_domain = slice_of(c->out->domain),
		.domain = slice_of(c->out->domain),
		.helo = helo,
		.ip = identity->ip,
		.validated = SLICE("unknown"),
		.receiver = identity->receiver.len > 0 ? identity->receiver : SLICE("unknown"),
		.now_s = identity->now_s };
	return true;
}

static void
finish(struct check *c, enum spf_found found)
{
	struct spf_check *out = c->out;

	out->lookups = c->run.lookups;
	out->voids = c->run.voids;
	if (found == SPF_STOP) {
		out->result = c->run.trouble;
		snprintf(out->error, sizeof(out->error), "%s", c->run.trouble_text);
	}
	if (found != SPF_YES)
		cut_path(c, 0);
}

bool
spf_check(
    struct spf_answers *answers, const struct spf_identity *identity, struct spf_check *check_out)
{
	struct check c = { .run = { .answers = answers, .voids_max = identity->voids_max },
		.out = check_out };
	char sender_text[4096];
	enum spf_found found;

	memset(check_out, 0, sizeof(*check_out));
	buf_init(&c.path, check_out->matched, sizeof(check_out->matched));
	spf_answers_begin(answers);
	if (!begin(&c, identity, sender_text, sizeof(sender_text)))
		return true;
	buf_add(&c.path, c.run.values.domain);
	found = check_record(&c, c.run.values.domain, true, &check_out->result);
	if (c.run.pending)
		return false;
	finish(&c, found);
	return true;
}
