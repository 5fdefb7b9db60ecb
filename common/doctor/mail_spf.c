/* mail_spf.c - the SPF record: whether our server passes by it, and what is weak about it. */
#include <string.h>

#include "common/doctor/mail_checks.h"
#include "common/spf/parse.h"

#define LOOKUPS_MANY 9 /* of SPF_LOOKUPS_MAX: an include that grows breaks the record */
#define LONG_BYTES 450 /* RFC 7208 3.4: with the rest of the answer it must fit 512 bytes */

#define RECORD_MAX 2048 /* text of a record that is proposed */

/* ---- records that are proposed ---- */

static void
add_ip(struct buf *out, const struct addr *addr)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(out, " %s:%s", addr->family == ADDR_V4 ? "ip4" : "ip6", addr_format(addr, text));
}

/* Whether one of our addresses receives, too. */
static bool
is_own_mx(const struct mail_facts *facts)
{
	const struct mail_fact *fact = NULL;
	size_t i;

	while ((fact = mail_next(facts, MAIL_MX_HOST, fact)) != NULL)
		for (i = 0; i < facts->addr_n; i++)
			if (mail_has_addr(fact, &facts->addrs[i]))
				return true;
	return false;
}

/* A whole record: our addresses, and what else receives where we do. */
static void
propose_record(const struct mail_facts *facts, struct buf *record)
{
	char text[RECORD_MAX];
	struct buf b;
	size_t i;

	buf_init(&b, text, sizeof(text));
	buf_add_text(&b, "v=spf1");
	if (is_own_mx(facts))
		buf_add_text(&b, " mx");
	for (i = 0; i < facts->addr_n; i++)
		add_ip(&b, &facts->addrs[i]);
	if (facts->addr_n == 0)
		buf_printf(&b, " a:%s", facts->subject->host);
	buf_add_text(&b, " ~all");
	record_add_txt(record, facts->subject->domain, buf_slice(&b));
}

/* The record at hand, with what is at PLACE, a part of it, replaced. */
static void
propose_change(const struct mail_facts *facts, struct slice old, struct slice place,
    struct slice replacement, struct buf *record)
{
	char text[RECORD_MAX];
	struct buf b;
	size_t before = (size_t)(place.ptr - old.ptr);

	buf_init(&b, text, sizeof(text));
	buf_add(&b, (struct slice){ old.ptr, before });
	buf_add(&b, replacement);
	buf_add(&b, (struct slice){ place.ptr + place.len, old.len - before - place.len });
	record_add_txt(record, facts->subject->domain, buf_slice(&b));
	record->cut |= b.cut;
}

/* ---- our own addresses ---- */

static void
say_not_passed(const struct mail_facts *facts, struct slice text, size_t of, struct verdicts *v)
{
	const struct spf_check *check = &facts->checks[of];
	struct slice version = { text.ptr, strlen("v=spf1") };
	char addr[ADDR_TEXT_MAX], inserted[128], storage[MAIL_RECORD_MAX];
	struct buf record, b;

	buf_init(&b, inserted, sizeof(inserted));
	buf_add(&b, version);
	add_ip(&b, &facts->addrs[of]);
	buf_init(&record, storage, sizeof(storage));
	propose_change(facts, text, version, buf_slice(&b), &record);
	verdict_say(v, VERDICT_ERROR, &record,
	    "our address %s gets %s (%s), so receivers refuse or distrust its mail",
	    addr_format(&facts->addrs[of], addr), spf_result_name(check->result),
	    strstr(check->matched, " > ") == NULL ? "no term fits" : check->matched);
}

/* Troubles of the record are told once, by the walk, where that met them too. */
static void
check_addr(const struct mail_facts *facts, struct slice text, size_t of, struct verdicts *v)
{
	const struct spf_check *check = &facts->checks[of];
	bool broken = check->result == SPF_PERMERROR || check->result == SPF_TEMPERROR;
	char addr[ADDR_TEXT_MAX];

	if (check->result == SPF_PASS)
		verdict_say(v, VERDICT_OK, NULL, "our address %s passes by %s",
		    addr_format(&facts->addrs[of], addr), check->matched);
	else if (!broken)
		say_not_passed(facts, text, of, v);
	else if (facts->walk.errors[facts->addrs[of].family] == NULL)
		verdict_say(v, check->result == SPF_TEMPERROR ? VERDICT_UNKNOWN : VERDICT_ERROR,
		    NULL, "our address %s gets %s: %s", addr_format(&facts->addrs[of], addr),
		    spf_result_name(check->result), check->error);
}

/* ---- the whole record ---- */

static bool
has_family(const struct mail_facts *facts, enum addr_family family)
{
	size_t i;

	for (i = 0; i < facts->addr_n; i++)
		if (facts->addrs[i].family == family)
			return true;
	return facts->addr_n == 0;
}

static void
say_walk_error(const struct mail_facts *facts, enum addr_family family, struct verdicts *v)
{
	const char *error = facts->walk.errors[family];

	if (strstr(error, "temperror") != NULL)
		verdict_say(
		    v, VERDICT_UNKNOWN, NULL, "%s; asked was %s", error, facts->subject->servers);
	else if (has_family(facts, family))
		verdict_say(
		    v, VERDICT_ERROR, NULL, "receivers cannot evaluate the record: %s", error);
	else if (facts->walk.errors[family == ADDR_V4 ? ADDR_V6 : ADDR_V4] == NULL)
		verdict_say(v, VERDICT_INFO, NULL,
		    "receivers could not evaluate the record for mail of a family that we do not "
		    "send by: %s",
		    error);
}

/* Each family is walked by itself, as receivers ask by the address that they see; trouble of one
 * that we do not send by harms nobody. */
static void
check_walk(const struct mail_facts *facts, struct verdicts *v)
{
	enum addr_family family;

	for (family = ADDR_V4; family <= ADDR_V6; family++)
		if (facts->walk.errors[family] != NULL)
			say_walk_error(facts, family, v);
	if (facts->walk.lookups >= LOOKUPS_MANY && facts->walk.lookups <= SPF_LOOKUPS_MAX)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "the record needs %u of the %d lookups that receivers do; one include that "
		    "grows breaks it",
		    facts->walk.lookups, SPF_LOOKUPS_MAX);
}

static void
check_length(struct slice text, struct verdicts *v)
{
	if (text.len > LONG_BYTES)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "the record has %zu bytes; over %d an answer does not fit a small packet",
		    text.len, LONG_BYTES);
}

/* ---- terms ---- */

static const struct spf_term *
find_term(const struct spf_record *parsed, enum spf_mechanism mechanism)
{
	size_t i;

	for (i = 0; i < parsed->term_n; i++)
		if (parsed->terms[i].mechanism == mechanism)
			return &parsed->terms[i];
	return NULL;
}

/* What is at the end decides about all others. */
static void
check_end(const struct mail_facts *facts, struct slice text, const struct spf_record *parsed,
    struct verdicts *v)
{
	const struct spf_term *all = find_term(parsed, SPF_ALL);
	struct slice end = { text.ptr + text.len, 0 };
	char storage[MAIL_RECORD_MAX];
	struct buf record;

	buf_init(&record, storage, sizeof(storage));
	if (all == NULL && parsed->redirect.len == 0) {
		propose_change(facts, text, end, SLICE(" ~all"), &record);
		verdict_say(v, VERDICT_WARNING, &record,
		    "the record has no all at its end, so it says nothing of anybody else");
	} else if (all != NULL && all->qualifier == SPF_PLUS) {
		propose_change(facts, text, all->text, SLICE("~all"), &record);
		verdict_say(v, VERDICT_WARNING, &record,
		    "+all lets everybody send in the name of the domain; such a record counts for "
		    "nothing");
	} else if (all != NULL && all->qualifier == SPF_QUESTION) {
		propose_change(facts, text, all->text, SLICE("~all"), &record);
		verdict_say(v, VERDICT_WARNING, &record, "?all says nothing of anybody else");
	}
}

static void
check_ptr_term(const struct spf_record *parsed, struct verdicts *v)
{
	const struct spf_term *ptr = find_term(parsed, SPF_PTR);

	if (ptr != NULL)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "%.*s is slow and not reliable, and RFC 7208 5.5 says not to use it; list "
		    "addresses instead",
		    (int)(ptr->text.len > 100 ? 100 : ptr->text.len), ptr->text.ptr);
}

static void
check_record(const struct mail_facts *facts, struct slice text, struct verdicts *v)
{
	struct spf_record parsed;
	struct err err;
	size_t i;

	if (spf_parse(text, &parsed, &err) == -1) {
		verdict_say(v, VERDICT_ERROR, NULL,
		    "no receiver can read the record (permerror): %s", err.text);
		return;
	}
	for (i = 0; i < facts->addr_n; i++)
		check_addr(facts, text, i, v);
	check_walk(facts, v);
	check_end(facts, text, &parsed, v);
	check_ptr_term(&parsed, v);
	check_length(text, v);
	spf_record_clear(&parsed);
}

/* ---- none, or many ---- */

/* A text that was meant as a record, "v=spf1;a -all"; the empty slice when there is none. */
static struct slice
meant_as_record(const struct mail_fact *txt)
{
	size_t i;

	for (i = 0; i < txt->answer->record_n; i++) {
		struct slice text = txt->answer->records[i].text;

		if (text.len >= 5 &&
		    slice_equal_nocase((struct slice){ text.ptr, 5 }, SLICE("v=spf")))
			return text;
	}
	return SLICE_NONE;
}

static void
say_none(const struct mail_facts *facts, const struct mail_fact *txt, struct verdicts *v)
{
	struct slice meant = meant_as_record(txt);
	char storage[MAIL_RECORD_MAX];
	struct buf record;
	const struct buf *proposed;

	buf_init(&record, storage, sizeof(storage));
	proposed = facts->addr_n > 0 || mail_host_is_public(facts) ? &record : NULL;
	propose_record(facts, &record);
	if (meant.len > 0)
		verdict_say(v, VERDICT_ERROR, proposed,
		    "\"%.*s\" is no SPF record: it must begin with v=spf1 and a blank",
		    (int)(meant.len > 60 ? 60 : meant.len), meant.ptr);
	else
		verdict_say(v, VERDICT_ERROR, proposed,
		    "%s has no SPF record, so anybody can send in its name, and large receivers "
		    "refuse its mail",
		    facts->subject->domain);
}

void
mail_check_spf(const struct mail_facts *facts, struct verdicts *v)
{
	const struct mail_fact *txt = mail_next(facts, MAIL_TXT, NULL);
	struct slice text;
	size_t n = mail_spf_records(txt, &text);

	if (txt->answer->status == DNS_FAILED)
		return;
	if (n == 0)
		say_none(facts, txt, v);
	else if (n > 1)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "%s has %zu SPF records, which receivers take for an error; make one of them",
		    facts->subject->domain, n);
	else
		check_record(facts, text, v);
}
