/* mail.c - see mail.h. */
#include "common/doctor/mail.h"

#include <string.h>

#include "common/base/duration.h"
#include "common/doctor/mail_checks.h"

#define TTL_SHORT_S 300
#define TTL_LONG_S (7 * 86400)

/* Roles whose records are of the domain itself, or of its mail server. */
#define TTL_ROLES                                                                                  \
	(MAIL_HOST | MAIL_PTR | MAIL_MX | MAIL_TXT | MAIL_DKIM | MAIL_DMARC | MAIL_TLS_REPORT |    \
	    MAIL_STS)

static void
say_ttl(struct verdicts *v, const struct mail_fact *fact)
{
	const struct dns_answer *answer = fact->answer;
	const char *type = dns_type_name(fact->type);
	char ttl[DURATION_TEXT_MAX];

	duration_format_human(answer->ttl_s, ttl);
	if (answer->ttl_s > TTL_LONG_S)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "%s of %s is kept for %s: a mistake in it lasts as long; a day is enough", type,
		    fact->name, ttl);
	else if (answer->authoritative)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "%s of %s is kept for %s only, so every mail asks for it again, and a short "
		    "failure of the DNS is felt; 3600 is usual",
		    type, fact->name, ttl);
	else
		verdict_say(v, VERDICT_INFO, NULL,
		    "%s of %s is kept for %s, or that is what is left of it in the resolver asked; "
		    "--dns with a name server of the zone tells",
		    type, fact->name, ttl);
}

/* An alias leads into a zone of somebody else. */
static void
check_ttl(const struct mail_facts *facts, struct verdicts *v)
{
	bool found = false;
	size_t i;

	for (i = 0; i < facts->n; i++) {
		const struct mail_fact *fact = &facts->items[i];

		if ((fact->role & TTL_ROLES) == 0 || fact->answer->status != DNS_FOUND ||
		    fact->answer->alias ||
		    (fact->answer->ttl_s >= TTL_SHORT_S && fact->answer->ttl_s <= TTL_LONG_S))
			continue;
		say_ttl(v, fact);
		found = true;
	}
	if (!found && !mail_failed(facts, TTL_ROLES))
		verdict_say(v, VERDICT_OK, NULL, "all records are kept for 5 minutes to a week");
}

/* ---- all ---- */

static const struct check {
	const char *name;
	void (*run)(const struct mail_facts *facts, struct verdicts *v);
	unsigned needs; /* enum mail_role bits: what failed of these is told before */
} checks[] = {
	{ "host", mail_check_host, MAIL_HOST },
	{ "helo", mail_check_helo, 0 },
	{ "ptr", mail_check_ptr, MAIL_PTR | MAIL_FORWARD },
	{ "mx", mail_check_mx, MAIL_MX | MAIL_MX_HOST | MAIL_DOMAIN },
	{ "spf", mail_check_spf, MAIL_TXT },
	{ "dkim", mail_check_dkim, MAIL_DKIM },
	{ "dmarc", mail_check_dmarc, MAIL_DMARC | MAIL_DMARC_ABOVE },
	{ "tls-rpt", mail_check_tls_report, MAIL_TLS_REPORT },
	{ "mta-sts", mail_check_sts, MAIL_STS },
	{ "ttl", check_ttl, 0 },
};

/* One verdict for all that failed: where the DNS is silent, everything does. */
static void
say_failed(const struct mail_facts *facts, unsigned roles, struct verdicts *v)
{
	const struct mail_fact *first = NULL;
	char more[32] = "";
	size_t n = 0, i;
	struct buf b;

	for (i = 0; i < facts->n; i++) {
		const struct mail_fact *fact = &facts->items[i];

		if ((fact->role & roles) == 0 || fact->answer->status != DNS_FAILED)
			continue;
		if (n++ == 0)
			first = fact;
	}
	if (first == NULL)
		return;
	buf_init(&b, more, sizeof(more));
	if (n > 1)
		buf_printf(&b, " and %zu more", n - 1);
	verdict_say(v, VERDICT_UNKNOWN, NULL, "%s of %s%s: %s; asked was %s",
	    dns_type_name(first->type), first->name, more, first->answer->why,
	    facts->subject->servers);
}

void
mail_check(const struct mail_facts *facts, struct verdicts *v)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		v->check = checks[i].name;
		say_failed(facts, checks[i].needs, v);
		checks[i].run(facts, v);
	}
}
