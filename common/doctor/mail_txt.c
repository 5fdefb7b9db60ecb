/* mail_txt.c - DKIM, DMARC, TLS reports and MTA-STS: what the TXT records below the domain say. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/doctor/dkim.h"
#include "common/doctor/dmarc.h"
#include "common/doctor/mail_checks.h"
#include "common/doctor/tags.h"

#define RSA_BITS_LEAST 1024 /* RFC 8301 3.2: verifiers refuse less */
#define RSA_BITS_GOOD 2048

/* ---- DKIM ---- */

static void
say_key(const char *selector, const struct dkim_key *key, struct verdicts *v)
{
	if (key->revoked)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "selector %s is revoked (p= is empty): what it signs is refused", selector);
	else if (key->type == DKIM_ED25519)
		verdict_say(v, VERDICT_OK, NULL, "selector %s: an ed25519 key", selector);
	else if (key->bits < RSA_BITS_LEAST)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "selector %s: an RSA key of %u bits; receivers refuse less than %d, make one "
		    "of "
		    "%d",
		    selector, key->bits, RSA_BITS_LEAST, RSA_BITS_GOOD);
	else if (key->bits < RSA_BITS_GOOD)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "selector %s: an RSA key of %u bits is weak; make one of %d", selector,
		    key->bits, RSA_BITS_GOOD);
	else
		verdict_say(
		    v, VERDICT_OK, NULL, "selector %s: an RSA key of %u bits", selector, key->bits);
	if (key->testing)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "selector %s is being tested (t=y): receivers take its signatures for none; "
		    "remove t=y",
		    selector);
}

static void
check_key(const char *selector, struct slice text, struct verdicts *v)
{
	struct dkim_key key;
	struct err err;

	if (dkim_read(text, &key, &err) == -1)
		verdict_say(v, VERDICT_ERROR, NULL, "selector %s: %s", selector, err.text);
	else
		say_key(selector, &key, v);
}

/* The records that are keys; of a selector that was named any text counts. */
static size_t
find_keys(const struct mail_fact *fact, bool named, struct slice *first_out)
{
	size_t n = 0, i;

	for (i = 0; i < fact->answer->record_n; i++)
		if ((named || dkim_is_key(fact->answer->records[i].text)) && n++ == 0)
			*first_out = fact->answer->records[i].text;
	return n;
}

/* Whether there is some key. */
static bool
check_selector(const struct mail_fact *fact, const char *selector, bool named, struct verdicts *v)
{
	struct slice text = SLICE_NONE;
	size_t n = find_keys(fact, named, &text);

	if (n > 1)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "selector %s has %zu records, and which one a receiver takes is chance",
		    selector, n);
	else if (n == 1)
		check_key(selector, text, v);
	else if (named && fact->answer->status == DNS_NOTHING)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "selector %s has no key: %s needs the TXT record that came with the key when "
		    "it "
		    "was made",
		    selector, fact->name);
	return n > 0;
}

static void
say_tried(const struct mail_facts *facts, bool found, struct verdicts *v)
{
	const char *const *selectors;
	size_t n = mail_selectors(facts->subject, &selectors), i;
	char list[256];
	struct buf b;

	buf_init(&b, list, sizeof(list));
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", selectors[i]);
	if (found)
		verdict_say(v, VERDICT_INFO, NULL,
		    "tried were the selectors %s; others cannot be known, --selector names them",
		    list);
	else if (!mail_failed(facts, MAIL_DKIM))
		verdict_say(v, VERDICT_WARNING, NULL,
		    "no key at the selectors %s; others cannot be known, --selector names them; "
		    "without DKIM large receivers refuse mail",
		    list);
}

void
mail_check_dkim(const struct mail_facts *facts, struct verdicts *v)
{
	bool named = facts->subject->selector_n > 0, found = false;
	const struct mail_fact *fact = NULL;
	const char *const *selectors;

	mail_selectors(facts->subject, &selectors);
	while ((fact = mail_next(facts, MAIL_DKIM, fact)) != NULL)
		found |= check_selector(fact, selectors[fact->of], named, v);
	if (!named)
		say_tried(facts, found, v);
}

/* ---- records of one kind ---- */

/* How many of FACT's texts are records of that version; the first, or one that was meant so. */
static size_t
find_records(const struct mail_fact *fact, const char *version, struct slice *text_out)
{
	size_t n = 0, i;

	*text_out = SLICE_NONE;
	for (i = 0; i < fact->answer->record_n; i++) {
		struct slice text = fact->answer->records[i].text;
		bool is = tags_are(text, version);

		if ((is && n == 0) || (n == 0 && tags_seem(text, version)))
			*text_out = text;
		n += is;
	}
	return n;
}

/* Whether there is exactly one record to look at, which may still be wrong; else it is told. */
static bool
is_one(
    const struct mail_fact *fact, const char *version, struct slice *text_out, struct verdicts *v)
{
	size_t n = find_records(fact, version, text_out);

	if (n > 1)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "%s has %zu %s records, so receivers take none of them; keep one", fact->name,
		    n, version);
	return n <= 1 && text_out->len > 0;
}

/* The record NAME of the domain, to be added. */
static void
propose(const struct mail_fact *fact, const char *text, struct buf *record)
{
	record_add_txt(record, fact->name, slice_of(text));
}

/* ---- DMARC ---- */

static void
say_no_dmarc(const struct mail_facts *facts, const struct mail_fact *fact, struct verdicts *v)
{
	char text[DOMAIN_TEXT_MAX + 64], storage[MAIL_RECORD_MAX];
	struct buf record;

	snprintf(text, sizeof(text), "v=DMARC1; p=none; rua=mailto:postmaster@%s",
	    facts->subject->domain);
	buf_init(&record, storage, sizeof(storage));
	propose(fact, text, &record);
	verdict_say(v, VERDICT_WARNING, &record,
	    "%s has no DMARC record, which large receivers demand; begin with one that asks for "
	    "reports",
	    facts->subject->domain);
}

static void
say_no_rua(const struct mail_facts *facts, const struct mail_fact *fact, struct slice text,
    struct verdicts *v)
{
	char changed[1024], storage[MAIL_RECORD_MAX];
	struct buf record, b;

	while (text.len > 0 && memchr("; \t", text.ptr[text.len - 1], 3) != NULL)
		text.len--;
	buf_init(&b, changed, sizeof(changed));
	buf_add(&b, text);
	buf_printf(&b, "; rua=mailto:postmaster@%s", facts->subject->domain);
	buf_init(&record, storage, sizeof(storage));
	record_add_txt(&record, fact->name, buf_slice(&b));
	record.cut |= b.cut;
	verdict_say(v, VERDICT_WARNING, &record,
	    "DMARC sends reports to nobody (no rua=), so nobody hears of mail that fails");
}

static void
say_policy(const struct mail_facts *facts, const struct mail_fact *fact, struct slice text,
    const struct dmarc *dmarc, struct verdicts *v)
{
	const char *policy = dmarc_policy_name(dmarc->policy);

	if (dmarc->policy == DMARC_NONE)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "p=none asks receivers to let forged mail in; when the reports are clean, say "
		    "p=quarantine");
	else
		verdict_say(v, VERDICT_OK, NULL, "p=%s", policy);
	if (dmarc->is_late)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "p= must come right behind v= (RFC 7489 6.3), or some receivers see no policy");
	if (!dmarc->has_rua)
		say_no_rua(facts, fact, text, v);
	if (dmarc->percent < 100)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "pct=%d applies p=%s to a part of the mail only, and many receivers ignore it",
		    dmarc->percent, policy);
	if (dmarc->subdomains < dmarc->policy)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "sp=%s is weaker than p=%s: forged mail of subdomains comes through",
		    dmarc_policy_name(dmarc->subdomains), policy);
}

static void
check_dmarc_text(const struct mail_facts *facts, const struct mail_fact *fact, struct slice text,
    struct verdicts *v)
{
	struct dmarc dmarc;
	struct err err;

	if (dmarc_read(text, &dmarc, &err) == -1)
		verdict_say(v, VERDICT_ERROR, NULL, "the DMARC record is wrong: %s", err.text);
	else
		say_policy(facts, fact, text, &dmarc, v);
}

/* The record of a domain above, which holds for this one. */
static void
check_dmarc_held(const struct mail_facts *facts, const struct mail_fact *fact, struct slice text,
    struct verdicts *v)
{
	const char *domain = facts->subject->domain;
	struct dmarc dmarc;
	struct err err;

	if (dmarc_read(text, &dmarc, &err) == -1)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "the DMARC record at %s, which holds for %s, too, is wrong: %s", fact->name,
		    domain, err.text);
	else if (dmarc.subdomains == DMARC_NONE)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "the record at %s holds for %s, too, and asks receivers to let forged mail in "
		    "(%s=none)",
		    fact->name, domain, dmarc.policy == DMARC_NONE ? "p" : "sp");
	else
		verdict_say(v, VERDICT_OK, NULL, "the record at %s holds for %s, too: %s",
		    fact->name, domain, dmarc_policy_name(dmarc.subdomains));
}

/* Whether some domain above has records, or may have. */
static bool
check_dmarc_above(const struct mail_facts *facts, struct verdicts *v)
{
	const struct mail_fact *fact = NULL;
	struct slice text;

	while ((fact = mail_next(facts, MAIL_DMARC_ABOVE, fact)) != NULL) {
		if (fact->answer->status == DNS_FAILED)
			return true;
		if (find_records(fact, "DMARC1", &text) == 0)
			continue;
		if (is_one(fact, "DMARC1", &text, v))
			check_dmarc_held(facts, fact, text, v);
		return true;
	}
	return false;
}

void
mail_check_dmarc(const struct mail_facts *facts, struct verdicts *v)
{
	const struct mail_fact *fact = mail_next(facts, MAIL_DMARC, NULL);
	struct slice text;

	if (fact->answer->status == DNS_FAILED)
		return;
	if (is_one(fact, "DMARC1", &text, v))
		check_dmarc_text(facts, fact, text, v);
	else if (text.len == 0 && !check_dmarc_above(facts, v))
		say_no_dmarc(facts, fact, v);
}

/* ---- TLS ---- */

/* What the checks of both records do; PROPOSED is the text of a record where there is none. */
struct tls_kind {
	enum mail_role role;
	const char *version, *what, *without;
	int (*check)(struct slice text, struct err *err);
};

static void
check_tls(const struct mail_facts *facts, const struct tls_kind *kind, const char *proposed,
    struct verdicts *v)
{
	const struct mail_fact *fact = mail_next(facts, kind->role, NULL);
	char storage[MAIL_RECORD_MAX];
	struct slice text;
	struct buf record;
	struct err err;

	if (fact->answer->status == DNS_FAILED)
		return;
	if (is_one(fact, kind->version, &text, v)) {
		if (kind->check(text, &err) == -1)
			verdict_say(v, VERDICT_ERROR, NULL, "the %s record is wrong: %s",
			    kind->what, err.text);
		else
			verdict_say(
			    v, VERDICT_OK, NULL, "the %s record is well-formed", kind->what);
	} else if (text.len == 0) {
		buf_init(&record, storage, sizeof(storage));
		propose(fact, proposed, &record);
		verdict_say(
		    v, VERDICT_INFO, &record, "no %s record: %s", kind->what, kind->without);
	}
}

void
mail_check_tls_report(const struct mail_facts *facts, struct verdicts *v)
{
	static const struct tls_kind kind = { MAIL_TLS_REPORT, "TLSRPTv1", "TLS-RPT",
		"nobody tells you when encryption to your server fails", tls_report_check };
	char proposed[DOMAIN_TEXT_MAX + 64];

	snprintf(proposed, sizeof(proposed), "v=TLSRPTv1; rua=mailto:postmaster@%s",
	    facts->subject->domain);
	check_tls(facts, &kind, proposed, v);
}

void
mail_check_sts(const struct mail_facts *facts, struct verdicts *v)
{
	static const struct tls_kind kind = { MAIL_STS, "STSv1", "MTA-STS",
		"senders may deliver without encryption; it also needs a policy at "
		"https://mta-sts.DOMAIN/.well-known/mta-sts.txt, which is not looked at here",
		mta_sts_check };
	time_t now = (time_t)facts->subject->now_s;
	char proposed[64];
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL ||
	    strftime(proposed, sizeof(proposed), "v=STSv1; id=%Y%m%d%H%M%S", &tm) == 0)
		proposed[0] = '\0';
	check_tls(facts, &kind, proposed, v);
}
