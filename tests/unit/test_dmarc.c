/* test_dmarc.c - DMARC, TLS-RPT and MTA-STS records, and the tag lists that they are. */
#include "tests/unit/cases.h"

#include "common/doctor/dmarc.h"
#include "common/doctor/tags.h"

/* "reject none 50 rua", or what is wrong. */
static const char *
outcome(struct slice text, char *out, size_t len)
{
	struct dmarc dmarc;
	struct err err;

	if (dmarc_read(text, &dmarc, &err) == -1)
		snprintf(out, len, "%s", err.text);
	else
		snprintf(out, len, "%s %s %d%s", dmarc_policy_name(dmarc.policy),
		    dmarc_policy_name(dmarc.subdomains), dmarc.percent,
		    dmarc.has_rua ? " rua" : "");
	return out;
}

static void
dmarc(void **state)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{ "v=DMARC1; p=none", "none none 100" },
		{ "v=DMARC1;p=reject;", "reject reject 100" },
		{ "v=DMARC1; p=Quarantine; sp=none; pct=50; adkim=s; aspf=R",
		    "quarantine none 50" },
		{ "v=DMARC1; p=none; rua=mailto:a@b.example, mailto:c@d.example!10m",
		    "none none 100 rua" },
		{ "v=DMARC1; p=none; fo=1; rf=afrf; ri=86400; np=reject", "none none 100" },
		{ "v = DMARC1 ; p = none ; pct = 0", "none none 0" },
		{ "v=DMARC1", "has no p=" },
		{ "v=DMARC1; sp=none", "has no p=" },
		{ "v=DMARC1; p=refuse", "p=refuse is no policy" },
		{ "v=DMARC1; p=", "p= is no policy" },
		{ "v=DMARC1; p=none; sp=all", "sp=all is no policy" },
		{ "v=DMARC1; p=none; pct=101", "pct=101 is no number" },
		{ "v=DMARC1; p=none; pct=", "pct= is no number" },
		{ "v=DMARC1; p=none; pct=-1", "pct=-1 is no number" },
		{ "v=DMARC1; p=none; pct=99999999999999999999", "is no number" },
		{ "v=DMARC1; p=none; adkim=x", "adkim=x is neither" },
		{ "v=DMARC1; p=none; aspf=strict", "aspf=strict is neither" },
		{ "v=DMARC1; p=none; rua=a@b.example", "rua=a@b.example is no address" },
		{ "v=DMARC1; p=none; rua=mailto:nobody", "is no address" },
		{ "v=DMARC1; p=none; rua=", "is no address" },
		{ "v=DMARC1; p=none; rua=mailto:a@b.example,", "is no address" },
		{ "v=DMARC1; p=none; rua=mailto:a@b.example mailto:c@d.example", "is no address" },
		{ "v=DMARC1; p=none; ruf=https://b.example/",
		    "ruf=https://b.example/ is no address" },
		{ "v=DMARC1; p=nonerua=mailto:a@b.example", "the tag p runs into the next one" },
		{ "v=DMARC1p=none", "the tag v runs into the next one" },
		{ "v=dmarc1; p=none", "must begin with v=DMARC1" },
		{ "p=none; v=DMARC1", "must begin with v=DMARC1" },
		{ "v=DMARC1; p=none; p=reject", "the tag p is there twice" },
		{ "v=DMARC1; none", "has no =" },
		{ "v=DMARC1, p=none", "the tag v runs into the next one: a semicolon" },
		{ "v=DMARC1; p=none; x=\x1b]52;c", "characters that none may hold" },
		{ "", "is no tag" },
	};
	char got[ERR_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (strstr(outcome(slice_of(cases[i].text), got, sizeof(got)), cases[i].part) ==
		    NULL)
			want_text(cases[i].text, got, cases[i].part);
	end_cases();
}

static void
tls(void **state)
{
	static const struct {
		int (*check)(struct slice text, struct err *err);
		const char *text, *part; /* "": good */
	} cases[] = {
		{ tls_report_check, "v=TLSRPTv1; rua=mailto:a@b.example", "" },
		{ tls_report_check, "v=TLSRPTv1;rua=https://b.example/report,mailto:a@b.example;",
		    "" },
		{ tls_report_check, "v=TLSRPTv1", "has no rua=" },
		{ tls_report_check, "v=TLSRPTv1; rua=a@b.example", "or https://" },
		{ tls_report_check, "v=TLSRPTv1; rua=http://b.example/", "is no address" },
		{ tls_report_check, "v=TLSRPTv2; rua=mailto:a@b.example",
		    "must begin with v=TLSRPTv1" },
		{ mta_sts_check, "v=STSv1; id=20261124T000000;", "" },
		{ mta_sts_check, "v=STSv1; id=a", "" },
		{ mta_sts_check, "v=STSv1; id=12345678901234567890123456789012", "" },
		{ mta_sts_check, "v=STSv1; id=123456789012345678901234567890123", "1 to 32" },
		{ mta_sts_check, "v=STSv1; id=", "1 to 32" },
		{ mta_sts_check, "v=STSv1; id=2026-11-24", "1 to 32" },
		{ mta_sts_check, "v=STSv1;", "has no id=" },
		{ mta_sts_check, "v=STSv1id=1;", "runs into the next one" },
		{ mta_sts_check, "v=stsv1; id=1;", "must begin with v=STSv1" },
	};
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		err.text[0] = '\0';
		want_int(cases[i].text, cases[i].check(slice_of(cases[i].text), &err),
		    cases[i].part[0] == '\0' ? 0 : -1);
		if (strstr(err.text, cases[i].part) == NULL)
			want_text(cases[i].text, err.text, cases[i].part);
	}
	end_cases();
}

static void
kinds(void **state)
{
	static const struct {
		const char *text;
		bool is, seems;
	} cases[] = {
		{ "v=DMARC1", true, true },
		{ "v=DMARC1;", true, true },
		{ " v = DMARC1 ; p=none", true, false },
		{ "v=DMARC1 p=none", false, true },
		{ "v=DMARC11; p=none", false, true },
		{ "V=dmarc1; p=none", false, true },
		{ "v=DMARC", false, false },
		{ "DMARC1", false, false },
		{ "v=spf1 -all", false, false },
		{ "", false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		want_int(cases[i].text, tags_are(slice_of(cases[i].text), "DMARC1"), cases[i].is);
		want_int(
		    cases[i].text, tags_seem(slice_of(cases[i].text), "DMARC1"), cases[i].seems);
	}
	end_cases();
}

/* As many tags as there is room for, and one more. */
static void
many_tags(void **state)
{
	char text[1024];
	struct tags tags;
	struct err err;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, text, sizeof(text));
	for (i = 0; i < TAGS_MAX; i++)
		buf_printf(&b, "t%d=%d;", i, i);
	want_int("full", tags_read(buf_slice(&b), &tags, &err), 0);
	want_int("how many", (long long)tags.n, TAGS_MAX);
	want_int("value", slice_equal(*tags_get(&tags, "t31"), SLICE("31")), true);
	want_int("missing", tags_get(&tags, "t32") == NULL, true);
	buf_add_text(&b, "more=1");
	want_int("one more", tags_read(buf_slice(&b), &tags, &err), -1);
	want_text("why", err.text, "it has more than 32 tags");
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dmarc),
		cmocka_unit_test(tls),
		cmocka_unit_test(kinds),
		cmocka_unit_test(many_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
