/* facts.c - see facts.h. */
#include "common/doctor/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/doctor/tags.h"
#include "common/spf/listable.h"
#include "common/spf/macro.h"
#include "common/spf/parse.h"

#define ABOVE_MAX 4 /* domains above that may have a DMARC record */

static const char *const common_selectors[] = { "default", "dkim", "mail", "s1", "s2", "selector1",
	"selector2", "google", "k1" };

size_t
mail_selectors(const struct mail_subject *subject, const char *const **selectors_out)
{
	if (subject->selector_n > 0) {
		*selectors_out = subject->selectors;
		return subject->selector_n;
	}
	*selectors_out = common_selectors;
	return sizeof(common_selectors) / sizeof(common_selectors[0]);
}

/* ---- looking at facts ---- */

const struct mail_fact *
mail_next(const struct mail_facts *facts, enum mail_role role, const struct mail_fact *after)
{
	size_t i = after == NULL ? 0 : (size_t)(after - facts->items) + 1;

	for (; i < facts->n; i++)
		if (facts->items[i].role == role)
			return &facts->items[i];
	return NULL;
}

bool
mail_failed(const struct mail_facts *facts, unsigned roles)
{
	size_t i;

	for (i = 0; i < facts->n; i++)
		if ((facts->items[i].role & roles) != 0 &&
		    facts->items[i].answer->status == DNS_FAILED)
			return true;
	return false;
}

bool
mail_has_addr(const struct mail_fact *fact, const struct addr *addr)
{
	size_t i;

	if (fact->type != DNS_TYPE_A && fact->type != DNS_TYPE_AAAA)
		return false;
	for (i = 0; i < fact->answer->record_n; i++)
		if (addr_equal(&fact->answer->records[i].addr, addr))
			return true;
	return false;
}

size_t
mail_spf_records(const struct mail_fact *txt, struct slice *first_out)
{
	size_t n = 0, i;

	*first_out = SLICE_NONE;
	for (i = 0; i < txt->answer->record_n; i++)
		if (spf_is_record(txt->answer->records[i].text) && n++ == 0)
			*first_out = txt->answer->records[i].text;
	return n;
}

bool
mail_is_null_mx(const struct mail_fact *mx)
{
	return mx->answer->record_n == 1 && mx->answer->records[0].text.len == 0;
}

bool
mail_is_inside(const struct addr *addr)
{
	struct addr_net net = { *addr, addr_bits(addr->family) };

	return spf_is_special(&net);
}

void
mail_reverse_name(const struct addr *addr, char out[DNS_NAME_MAX + 1])
{
	struct spf_macro_values values = { .ip = *addr };
	struct buf b;

	buf_init(&b, out, DNS_NAME_MAX + 1);
	spf_macro_expand(&b, SLICE("%{ir}.%{v}.arpa"), &values, SPF_MACRO_DOMAIN);
}

/* ---- gathering ---- */

struct gathering {
	struct spf_answers *answers;
	struct mail_facts *facts;
};

/* Its answer, or NULL: it must be asked for, or nobody can have that name. */
static const struct dns_answer *
want(struct gathering *g, enum mail_role role, enum dns_type type, size_t of, struct slice name)
{
	struct mail_facts *facts = g->facts;
	const struct dns_answer *answer = spf_answers_get(g->answers, name, type);
	struct mail_fact *fact;

	if (answer == NULL) {
		facts->missing = true;
		return NULL;
	}
	facts->items = xreallocarray(facts->items, facts->n + 1, sizeof(*facts->items));
	fact = &facts->items[facts->n++];
	*fact = (struct mail_fact){ .role = role, .type = type, .of = of, .answer = answer };
	memcpy(fact->name, name.ptr, name.len > DNS_NAME_MAX ? DNS_NAME_MAX : name.len);
	return answer;
}

static const struct dns_answer *
want_txt(struct gathering *g, enum mail_role role, size_t of, const char *prefix, const char *name)
{
	char text[3 * DOMAIN_TEXT_MAX]; /* over 253 it is no name, and has nothing */

	snprintf(text, sizeof(text), "%s%s", prefix, name);
	return want(g, role, DNS_TYPE_TXT, of, slice_of(text));
}

static void
take_addrs(struct mail_facts *facts, const struct dns_answer *answer)
{
	size_t i;

	for (i = 0; answer != NULL && i < answer->record_n && facts->addr_n < MAIL_ADDRS_MAX; i++)
		if (!mail_is_inside(&answer->records[i].addr))
			facts->addrs[facts->addr_n++] = answer->records[i].addr;
}

static void
gather_host(struct gathering *g)
{
	const struct mail_subject *subject = g->facts->subject;
	struct slice host = slice_of(subject->host);
	const struct dns_answer *v4 = want(g, MAIL_HOST, DNS_TYPE_A, 0, host),
				*v6 = want(g, MAIL_HOST, DNS_TYPE_AAAA, 0, host);

	if (subject->addr_n > 0) {
		memcpy(g->facts->addrs, subject->addrs, sizeof(subject->addrs));
		g->facts->addr_n = subject->addr_n;
	} else {
		take_addrs(g->facts, v4);
		take_addrs(g->facts, v6);
	}
}

static void
gather_reverse(struct gathering *g, size_t of)
{
	const struct addr *addr = &g->facts->addrs[of];
	const struct dns_answer *names;
	char name[DNS_NAME_MAX + 1];
	size_t i;

	mail_reverse_name(addr, name);
	names = want(g, MAIL_PTR, DNS_TYPE_PTR, of, slice_of(name));
	for (i = 0; names != NULL && i < names->record_n && i < MAIL_PTR_MAX; i++)
		want(g, MAIL_FORWARD, addr->family == ADDR_V4 ? DNS_TYPE_A : DNS_TYPE_AAAA, of,
		    names->records[i].text);
}

static void
gather_mx(struct gathering *g)
{
	struct slice domain = slice_of(g->facts->subject->domain);
	const struct dns_answer *mx = want(g, MAIL_MX, DNS_TYPE_MX, 0, domain);
	size_t i;

	if (mx != NULL && mx->status == DNS_NOTHING) {
		want(g, MAIL_DOMAIN, DNS_TYPE_A, 0, domain);
		want(g, MAIL_DOMAIN, DNS_TYPE_AAAA, 0, domain);
	}
	for (i = 0; mx != NULL && i < mx->record_n && i < MAIL_MX_MAX; i++) {
		want(g, MAIL_MX_HOST, DNS_TYPE_A, i, mx->records[i].text);
		want(g, MAIL_MX_HOST, DNS_TYPE_AAAA, i, mx->records[i].text);
	}
}

static void
gather_keys(struct gathering *g)
{
	const struct mail_subject *subject = g->facts->subject;
	const char *const *selectors;
	size_t n = mail_selectors(subject, &selectors), i;
	char prefix[DOMAIN_TEXT_MAX + 16];

	for (i = 0; i < n; i++) {
		snprintf(prefix, sizeof(prefix), "%s._domainkey.", selectors[i]);
		want_txt(g, MAIL_DKIM, i, prefix, subject->domain);
	}
}

static bool
has_dmarc(const struct dns_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->record_n; i++)
		if (tags_are(answer->records[i].text, "DMARC1"))
			return true;
	return false;
}

/* Those of the domains above hold where the domain has none of its own. */
static void
gather_dmarc(struct gathering *g)
{
	const char *domain = g->facts->subject->domain;
	const struct dns_answer *own = want_txt(g, MAIL_DMARC, 0, "_dmarc.", domain);
	struct slice above = domain_parent(slice_of(domain));
	size_t i;

	if (own == NULL || own->status == DNS_FAILED || has_dmarc(own))
		return;
	for (i = 0; i < ABOVE_MAX && above.len > 0 && memchr(above.ptr, '.', above.len) != NULL;
	     i++) {
		want_txt(g, MAIL_DMARC_ABOVE, i, "_dmarc.", above.ptr);
		above = domain_parent(above);
	}
}

/* Whether it is evaluated to its end. */
static bool
evaluate_spf(struct gathering *g)
{
	struct mail_facts *facts = g->facts;
	const struct mail_subject *subject = facts->subject;
	char sender[DOMAIN_TEXT_MAX + 16];
	struct spf_identity identity = { .helo = slice_of(subject->host),
		.now_s = subject->now_s,
		.voids_max = subject->limits.voids_max };
	size_t i;

	snprintf(sender, sizeof(sender), "postmaster@%s", subject->domain);
	identity.sender = slice_of(sender);
	for (i = 0; i < facts->addr_n; i++) {
		identity.ip = facts->addrs[i];
		if (!spf_check(g->answers, &identity, &facts->checks[i]))
			return false;
	}
	return spf_walk(g->answers, slice_of(subject->domain), &subject->limits, &facts->walk);
}

bool
mail_gather(
    struct spf_answers *answers, const struct mail_subject *subject, struct mail_facts *facts)
{
	struct gathering g = { answers, facts };
	struct slice record;
	size_t i;

	mail_facts_clear(facts);
	facts->subject = subject;
	spf_answers_begin(answers);
	gather_host(&g);
	for (i = 0; i < facts->addr_n; i++)
		gather_reverse(&g, i);
	gather_mx(&g);
	want_txt(&g, MAIL_TXT, 0, "", subject->domain);
	gather_keys(&g);
	gather_dmarc(&g);
	want_txt(&g, MAIL_TLS_REPORT, 0, "_smtp._tls.", subject->domain);
	want_txt(&g, MAIL_STS, 0, "_mta-sts.", subject->domain);
	if (facts->missing)
		return false;
	facts->has_spf = mail_spf_records(mail_next(facts, MAIL_TXT, NULL), &record) == 1;
	return !facts->has_spf || evaluate_spf(&g);
}

void
mail_facts_clear(struct mail_facts *facts)
{
	free(facts->items);
	spf_walk_clear(&facts->walk);
	*facts = (struct mail_facts){ .subject = NULL };
}
