/* test_doctor_mail.c - what is said of a mail domain, over zones in memory: a good one with one
 * line changed. What the DNS fails to say is never missing. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/base/err.h"
#include "common/doctor/mail.h"
#include "tests/fake/zone.h"

#define HOST_LINES                                                                                 \
	"mail.lab.example A 192.0.2.25\n"                                                          \
	"25.2.0.192.in-addr.arpa PTR mail.lab.example\n"
#define MX_LINE "d.example MX 10 mail.lab.example\n"
#define SPF_LINE "d.example TXT \"v=spf1 mx -all\"\n"
#define KEY                                                                                        \
	"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"       \
	"IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0"         \
	"fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
#define DKIM_LINE                                                                                  \
	"s1._domainkey.d.example TXT \"v=DKIM1; k=ed25519; p="                                     \
	"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
#define DMARC_LINE "_dmarc.d.example TXT \"v=DMARC1; p=reject; rua=mailto:a@d.example\"\n"
#define TLS_LINES                                                                                  \
	"_smtp._tls.d.example TXT \"v=TLSRPTv1; rua=mailto:a@d.example\"\n"                        \
	"_mta-sts.d.example TXT \"v=STSv1; id=1\"\n"

struct report {
	char text[32768];
	struct buf b;
};

/* What is better than ok is left out. "error mx: TEXT | RECORD". */
static void
note(void *arg, const struct verdict *verdict)
{
	struct report *report = arg;
	char text[VERDICT_TEXT_MAX];

	if (verdict->status == VERDICT_OK || strncmp(verdict->text, "tried were", 10) == 0)
		return;
	verdict_print(verdict, text);
	buf_printf(&report->b, "%s %s: %s | %s\n", verdict_status_name(verdict->status),
	    verdict->check, text, verdict->record);
}

static void
answer_missing(const struct zone *zone, struct spf_answers *answers)
{
	const struct spf_question *questions;
	size_t n = spf_answers_missing(answers, &questions), i;

	assert_true(n > 0);
	for (i = 0; i < n; i++) {
		struct spf_question question = questions[i];
		struct dns_answer *answer =
		    zone_answer(zone, slice_of(question.name), question.type);

		spf_answers_add(answers, slice_of(question.name), question.type, answer);
		dns_answer_unref(answer);
	}
}

static struct mail_subject
subject_of(const char *domain)
{
	struct mail_subject subject = { .host = "mail.lab.example",
		.servers = "192.0.2.53:53",
		.now_s = 1795000000,
		.limits = { 12, 29, 2, 10000 } };

	snprintf(subject.domain, sizeof(subject.domain), "%s", domain);
	return subject;
}

/* The report, and the worst in *WORST. */
static const char *
look(const char *text, const struct mail_subject *subject, enum verdict_status *worst)
{
	static struct report report;
	static struct mail_facts facts;
	struct zone *zone = zone_new(text);
	struct spf_answers *answers = spf_answers_new();
	struct verdicts v = { .fn = note, .arg = &report };

	buf_init(&report.b, report.text, sizeof(report.text));
	while (!mail_gather(answers, subject, &facts))
		answer_missing(zone, answers);
	mail_check(&facts, &v);
	mail_facts_clear(&facts);
	spf_answers_free(answers);
	zone_free(zone);
	*worst = v.worst;
	return report.text;
}

struct mail_case {
	const char *name, *zone;
	const char *found; /* a part of it; "": nothing is */
	enum verdict_status worst;
};

static void
run_cases(const struct mail_case *cases, size_t n, const struct mail_subject *subject)
{
	enum verdict_status worst;
	size_t i;

	for (i = 0; i < n; i++) {
		const char *got = look(cases[i].zone, subject, &worst);

		if (cases[i].found[0] == '\0' ? got[0] != '\0'
					      : strstr(got, cases[i].found) == NULL)
			want_text(cases[i].name, got, cases[i].found);
		want_int(cases[i].name, worst, cases[i].worst);
	}
	end_cases();
}

static void
hosts(void **state)
{
#define REST                                                                                       \
	MX_LINE "d.example TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n" DKIM_LINE DMARC_LINE TLS_LINES
	static const struct mail_case cases[] = {
		{ "all is well", HOST_LINES REST, "", VERDICT_INFO },
		{ "no address", "x.example A 192.0.2.1\n" REST,
		    "error host: mail.lab.example, which our server says", VERDICT_ERROR },
		{ "no reverse name", "mail.lab.example A 192.0.2.25\n" REST,
		    "| 25.2.0.192.in-addr.arpa. 3600 IN PTR mail.lab.example.", VERDICT_ERROR },
		{ "a reverse name that is not confirmed",
		    "mail.lab.example A 192.0.2.25\n"
		    "25.2.0.192.in-addr.arpa PTR gone.example\n" REST,
		    "error ptr: 192.0.2.25 is called gone.example", VERDICT_ERROR },
		{ "another one that is",
		    "mail.lab.example A 192.0.2.25\nh.example A 192.0.2.25\n"
		    "25.2.0.192.in-addr.arpa PTR h.example\n" REST,
		    "info ptr: 192.0.2.25 is h.example, and back", VERDICT_INFO },
		{ "an address of this machine only, as some resolvers say of its own name",
		    "mail.lab.example A 127.0.1.1\n" REST,
		    "warning host: mail.lab.example has 127.0.1.1 where we asked, 192.0.2.53:53, "
		    "which "
		    "is no address that receivers see: ask elsewhere (--dns), or name it "
		    "(--address) "
		    "| \nnot checkable ptr: no address is known",
		    VERDICT_UNKNOWN },
		{ "and one that receivers see", "mail.lab.example A 10.0.0.25\n" HOST_LINES REST,
		    "warning host: mail.lab.example has 10.0.0.25 where we asked",
		    VERDICT_WARNING },
		{ "one of two", HOST_LINES "25.2.0.192.in-addr.arpa PTR gone.example\n" REST, "",
		    VERDICT_INFO },
		{ "an answer about the host that fails", "mail.lab.example A:FAIL\n" REST,
		    "not checkable host: A of mail.lab.example: server failure; asked was "
		    "192.0.2.53:53",
		    VERDICT_UNKNOWN },
		{ "no IPv6 known, but an address", "mail.lab.example AAAA:FAIL\n" HOST_LINES REST,
		    "not checkable host: AAAA of mail.lab.example", VERDICT_UNKNOWN },
		{ "a reverse name that fails",
		    "mail.lab.example A 192.0.2.25\n25.2.0.192.in-addr.arpa FAIL\n" REST,
		    "not checkable ptr: PTR of 25.2.0.192.in-addr.arpa", VERDICT_UNKNOWN },
		{ "its way back fails",
		    "mail.lab.example A 192.0.2.25\n"
		    "25.2.0.192.in-addr.arpa PTR h.example\nh.example FAIL\n" REST,
		    "not checkable ptr: A of h.example", VERDICT_UNKNOWN },
	};
#undef REST
	struct mail_subject subject = subject_of("d.example");

	(void)state;
	run_cases(cases, COUNT(cases), &subject);
}

static void
mail_exchangers(void **state)
{
#define REST                                                                                       \
	HOST_LINES "d.example TXT \"v=spf1 ip4:192.0.2.25 -all\"\n" DKIM_LINE DMARC_LINE TLS_LINES
	static const struct mail_case cases[] = {
		{ "none", REST, "| d.example. 3600 IN MX 10 mail.lab.example.", VERDICT_ERROR },
		{ "none, but an address", "d.example A 192.0.2.9\n" REST,
		    "warning mx: d.example has no MX record", VERDICT_WARNING },
		{ "none, the address fails", "d.example A:FAIL\n" REST,
		    "not checkable mx: A of d.example", VERDICT_UNKNOWN },
		{ "fails", "d.example MX:FAIL\n" REST, "not checkable mx: MX of d.example",
		    VERDICT_UNKNOWN },
		{ "null", "d.example MX 0 .\n" REST, "warning mx: d.example says that it takes no",
		    VERDICT_WARNING },
		{ "null and another", "d.example MX 0 .\n" MX_LINE REST, "others name hosts",
		    VERDICT_ERROR },
		{ "an address", "d.example MX 5 192.0.2.25\n" REST, "error mx: MX 192.0.2.25 is an",
		    VERDICT_ERROR },
		{ "an address in brackets", "d.example MX 5 [192.0.2.25]\n" REST,
		    "error mx: MX [192.0.2.25] is an", VERDICT_ERROR },
		{ "an alias", "d.example MX 5 w.example\nw.example CNAME mail.lab.example\n" REST,
		    "error mx: MX w.example is an alias", VERDICT_ERROR },
		{ "no address", "d.example MX 5 w.example\n" REST,
		    "error mx: MX w.example has no address", VERDICT_ERROR },
		{ "its address fails", "d.example MX 5 w.example\nw.example FAIL\n" REST,
		    "not checkable mx: A of w.example and 1 more: server failure",
		    VERDICT_UNKNOWN },
		{ "one of two is wrong", MX_LINE "d.example MX 5 w.example\n" REST,
		    "error mx: MX w.example has no address", VERDICT_ERROR },
	};
#undef REST
	struct mail_subject subject = subject_of("d.example");

	(void)state;
	run_cases(cases, COUNT(cases), &subject);
}

static void
spf(void **state)
{
#define REST HOST_LINES MX_LINE DKIM_LINE DMARC_LINE TLS_LINES
	static const struct mail_case cases[] = {
		{ "good", SPF_LINE REST, "", VERDICT_INFO },
		{ "none", REST, "\"v=spf1 mx ip4:192.0.2.25 ~all\"", VERDICT_ERROR },
		{ "fails", "d.example TXT:FAIL\n" REST, "not checkable spf: TXT of d.example",
		    VERDICT_UNKNOWN },
		{ "two", SPF_LINE SPF_LINE REST, "error spf: d.example has 2 SPF records",
		    VERDICT_ERROR },
		{ "syntax", "d.example TXT \"v=spf1 mx +all:x\"\n" REST,
		    "error spf: no receiver can read the record", VERDICT_ERROR },
		{ "meant", "d.example TXT \"v=spf2.0/pra mx\"\n" REST, "is no SPF record",
		    VERDICT_ERROR },
		{ "an include that fails",
		    "d.example TXT \"v=spf1 mx include:i.example -all\"\ni.example FAIL\n" REST,
		    "not checkable spf: v4 temperror: TXT of i.example: server failure; asked was",
		    VERDICT_UNKNOWN },
		{ "the same, before our address",
		    "d.example TXT \"v=spf1 include:i.example mx -all\"\ni.example FAIL\n" REST,
		    "not checkable spf: v4 temperror", VERDICT_UNKNOWN },
		{ "neutral without a term", "d.example TXT \"v=spf1\"\n" REST,
		    "gets neutral (no term fits)", VERDICT_ERROR },
		{ "a message-dependent term that cannot be asked",
		    "d.example TXT \"v=spf1 exists:%{i}.e.example -all\"\n"
		    "192.0.2.25.e.example FAIL\n" REST,
		    "not checkable spf: our address 192.0.2.25 gets temperror", VERDICT_UNKNOWN },
		{ "hostile bytes in a record to paste",
		    "d.example TXT \"v=spf1 a:\\033\\134.d.example -all\"\n" REST,
		    "(permerror): a byte that is no printable ASCII: 0x1b", VERDICT_ERROR },
		{ "void for IPv6, by which we do not send",
		    "d.example TXT \"v=spf1 mx a:x.example a:y.example a:z.example -all\"\n"
		    "x.example A 192.0.2.1\ny.example A 192.0.2.2\nz.example A 192.0.2.3\n" REST,
		    "info spf: receivers could not evaluate the record for mail of a family that "
		    "we do "
		    "not send by: v6",
		    VERDICT_INFO },
		{ "redirect needs no all",
		    "d.example TXT \"v=spf1 redirect=r.example\"\n"
		    "r.example TXT \"v=spf1 ip4:192.0.2.25 -all\"\n" REST,
		    "", VERDICT_INFO },
	};
#undef REST
	struct mail_subject subject = subject_of("d.example");

	(void)state;
	run_cases(cases, COUNT(cases), &subject);
}

static void
keys_and_policies(void **state)
{
#define REST HOST_LINES MX_LINE SPF_LINE
	static const struct mail_case cases[] = {
		{ "good", DKIM_LINE DMARC_LINE TLS_LINES REST, "", VERDICT_INFO },
		{ "a weak key",
		    "dkim._domainkey.d.example TXT \"" KEY "\"\n" DMARC_LINE TLS_LINES REST,
		    "warning dkim: selector dkim: an RSA key of 1024 bits", VERDICT_WARNING },
		{ "a wildcard is no key",
		    "mail._domainkey.d.example TXT \"v=spf1 -all\"\n" DMARC_LINE TLS_LINES REST,
		    "warning dkim: no key at the selectors", VERDICT_WARNING },
		{ "one selector fails",
		    "mail._domainkey.d.example FAIL\n" DKIM_LINE DMARC_LINE TLS_LINES REST,
		    "not checkable dkim: TXT of mail._domainkey.d.example: server",
		    VERDICT_UNKNOWN },
		{ "none is known while one fails",
		    "mail._domainkey.d.example FAIL\n" DMARC_LINE TLS_LINES REST,
		    "not checkable dkim", VERDICT_UNKNOWN },
		{ "no DMARC", DKIM_LINE TLS_LINES REST,
		    "| _dmarc.d.example. 3600 IN TXT \"v=DMARC1; p=none; rua=mailto:"
		    "postmaster@d.example\"",
		    VERDICT_WARNING },
		{ "DMARC, p= is not where it must be",
		    "_dmarc.d.example TXT \"v=DMARC1; rua=mailto:a@d.example; "
		    "p=reject\"\n" DKIM_LINE TLS_LINES REST,
		    "warning dmarc: p= must come right behind v=", VERDICT_WARNING },
		{ "DMARC fails", "_dmarc.d.example FAIL\n" DKIM_LINE TLS_LINES REST,
		    "not checkable dmarc", VERDICT_UNKNOWN },
		{ "DMARC in small letters",
		    "_dmarc.d.example TXT \"v=dmarc1; p=none\"\n" DKIM_LINE TLS_LINES REST,
		    "error dmarc: the DMARC record is wrong: it must begin with v=DMARC1",
		    VERDICT_ERROR },
		{ "another record beside DMARC",
		    "_dmarc.d.example TXT \"v=spf1 -all\"\n" DMARC_LINE DKIM_LINE TLS_LINES REST,
		    "", VERDICT_INFO },
		{ "TLS reports fail", "_smtp._tls.d.example FAIL\n" DKIM_LINE DMARC_LINE REST,
		    "not checkable tls-rpt", VERDICT_UNKNOWN },
		{ "an id from the clock", DKIM_LINE DMARC_LINE REST,
		    "| _mta-sts.d.example. 3600 IN TXT \"v=STSv1; id=20261118110640\"",
		    VERDICT_INFO },
		{ "a short TTL",
		    "_dmarc.d.example 60 TXT \"v=DMARC1; p=reject; "
		    "rua=mailto:a@d.example\"\n" DKIM_LINE TLS_LINES REST,
		    "warning ttl: TXT of _dmarc.d.example is kept for 1m only", VERDICT_WARNING },
		{ "a short TTL of somebody else",
		    "s1._domainkey.d.example 3600 CNAME k.example\n"
		    "k.example 60 TXT \"v=DKIM1; k=ed25519; p="
		    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n" DMARC_LINE TLS_LINES REST,
		    "", VERDICT_INFO },
	};
#undef REST
	struct mail_subject subject = subject_of("d.example");

	(void)state;
	run_cases(cases, COUNT(cases), &subject);
}

/* DMARC of a domain above holds; a key that was named and is not there is an error. */
static void
subdomains(void **state)
{
#define REST                                                                                       \
	HOST_LINES                                                                                 \
	"sub.d.example MX 10 mail.lab.example\nsub.d.example TXT \"v=spf1 mx -all\"\n"             \
	"_smtp._tls.sub.d.example TXT \"v=TLSRPTv1; rua=mailto:a@d.example\"\n"                    \
	"_mta-sts.sub.d.example TXT \"v=STSv1; id=1\"\n"
	static const struct mail_case cases[] = {
		{ "above", DMARC_LINE REST, "error dkim: selector gone has no key", VERDICT_ERROR },
		{ "nowhere", REST, "warning dmarc: sub.d.example has no DMARC record",
		    VERDICT_ERROR },
		{ "above fails, but there is one here",
		    "_dmarc.d.example FAIL\n_dmarc.sub.d.example TXT \"v=DMARC1; p=none\"\n" REST,
		    "warning dmarc: p=none", VERDICT_ERROR },
		{ "above, for subdomains only",
		    "_dmarc.d.example TXT \"v=DMARC1; p=reject; sp=none\"\n" REST,
		    "warning dmarc: the record at _dmarc.d.example holds for sub.d.example, too, "
		    "and asks receivers to let forged mail in (sp=none)",
		    VERDICT_ERROR },
		{ "above, which lets all in", "_dmarc.d.example TXT \"v=DMARC1; p=none\"\n" REST,
		    "mail in (p=none)", VERDICT_ERROR },
		{ "above, and wrong", "_dmarc.d.example TXT \"v=DMARC1; p=all\"\n" REST,
		    "error dmarc: the DMARC record at _dmarc.d.example, which holds for "
		    "sub.d.example, too, is wrong: p=all is no policy",
		    VERDICT_ERROR },
		{ "above, twice",
		    "_dmarc.d.example TXT \"v=DMARC1; p=none; fo=1\"\n" DMARC_LINE REST,
		    "error dmarc: _dmarc.d.example has 2 DMARC1 records", VERDICT_ERROR },
		{ "above, something else", "_dmarc.d.example TXT \"v=spf1 -all\"\n" REST,
		    "warning dmarc: sub.d.example has no DMARC record", VERDICT_ERROR },
		{ "above fails", "_dmarc.d.example FAIL\n" REST,
		    "not checkable dmarc: TXT of _dmarc.d.example", VERDICT_ERROR },
	};
#undef REST
	struct mail_subject subject = subject_of("sub.d.example");
	enum verdict_status worst;

	(void)state;
	subject.selectors[0] = "gone";
	subject.selector_n = 1;
	if (strstr(look(cases[0].zone, &subject, &worst), "dmarc") != NULL)
		want_text("above", "dmarc is told", "nothing of dmarc");
	run_cases(cases, COUNT(cases), &subject);
}

/* A name that others do not know, or none at all, comes into no record. */
static void
no_record_of_a_host_without_name(void **state)
{
	static const char *const hosts[] = { "localhost", "mail.lan", "a b.example",
		"x\x1b[2J.example", "192.0.2.25" };
	struct mail_subject subject = subject_of("d.example");
	enum verdict_status worst;
	const char *got, *at;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(hosts); i++) {
		subject.host = hosts[i];
		subject.addr_n = i % 2;
		addr_parse(SLICE("192.0.2.25"), &subject.addrs[0]);
		got = look("e.example A 192.0.2.1\n", &subject, &worst);
		want_int(hosts[i], worst, VERDICT_ERROR);
		for (at = got; (at = strstr(at, " | ")) != NULL; at += 3)
			if (strstr(at, hosts[i]) != NULL &&
			    strstr(at, hosts[i]) < at + strcspn(at, "\n"))
				want_text(hosts[i], at, "no record with it");
	}
	end_cases();
}

static void
zone_form(void **state)
{
	char text[1024], long_text[301], want[1024];
	struct buf b;

	(void)state;
	buf_init(&b, text, sizeof(text));
	record_add_txt(&b, "a b.example", (struct slice){ "q\"\\\x1b\xff", 5 });
	want_text("odd bytes", text, "a\\032b.example. 3600 IN TXT \"q\\\"\\\\\\027\\255\"");
	memset(long_text, 'x', 300);
	long_text[300] = '\0';
	snprintf(want, sizeof(want), "l.example. 3600 IN TXT \"%.255s\" \"%.45s\"", long_text,
	    long_text);
	buf_init(&b, text, sizeof(text));
	record_add_txt(&b, "l.example", slice_of(long_text));
	want_text("two strings", text, want);
	end_cases();
}

static void
exit_statuses(void **state)
{
	(void)state;
	want_int("ok", verdict_exit(VERDICT_OK), 0);
	want_int("info", verdict_exit(VERDICT_INFO), 0);
	want_int("warning", verdict_exit(VERDICT_WARNING), 0);
	want_int("unknown", verdict_exit(VERDICT_UNKNOWN), ERR_TEMP);
	want_int("error", verdict_exit(VERDICT_ERROR), ERR_DATA);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts),
		cmocka_unit_test(mail_exchangers),
		cmocka_unit_test(spf),
		cmocka_unit_test(keys_and_policies),
		cmocka_unit_test(subdomains),
		cmocka_unit_test(no_record_of_a_host_without_name),
		cmocka_unit_test(zone_form),
		cmocka_unit_test(exit_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
