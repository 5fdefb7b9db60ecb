/* test_dkim.c - DKIM keys: what verifiers can read, how strong it is, and bytes that are no key. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/doctor/dkim.h"

/* Of ed25519, 32 bytes; and wrapped in DER. */
#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define ED_DER "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
/* Of RSA: a SubjectPublicKeyInfo of 1024 bits, in three parts. */
#define RSA_1 "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
#define RSA_2 "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0"
#define RSA_3 "fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"

/* "rsa 1024 testing", or what is wrong. */
static const char *
outcome(struct slice text, char *out, size_t len)
{
	char *exact = malloc(text.len + 1); /* its end is where a sanitizer sees it */
	struct dkim_key key;
	struct err err;
	int result;

	memcpy(exact, text.ptr, text.len);
	result = dkim_read((struct slice){ exact, text.len }, &key, &err);
	if (result == -1)
		snprintf(out, len, "%s", err.text);
	else
		snprintf(out, len, "%s %u%s%s", key.type == DKIM_RSA ? "rsa" : "ed25519", key.bits,
		    key.revoked ? " revoked" : "", key.testing ? " testing" : "");
	free(exact);
	return out;
}

static void
records(void **state)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{ "v=DKIM1; k=rsa; p=" RSA_1 RSA_2 RSA_3, "rsa 1024" },
		{ "p=" RSA_1 RSA_2 RSA_3, "rsa 1024" },
		{ "v=DKIM1; p=" RSA_1 " " RSA_2 "\t" RSA_3 ";", "rsa 1024" },
		{ " v = DKIM1 ; t = s : y ; p = " RSA_1 RSA_2 RSA_3, "rsa 1024 testing" },
		{ "v=DKIM1; t=s; n=a=p=b; p=" RSA_1 RSA_2 RSA_3, "rsa 1024" },
		{ "v=DKIM1; t=yes; p=" RSA_1 RSA_2 RSA_3, "rsa 1024" },
		{ "v=DKIM1; h=sha1:sha256; s=tlsrpt : email; p=" RSA_1 RSA_2 RSA_3, "rsa 1024" },
		{ "v=DKIM1; s=*; p=" RSA_1 RSA_2 RSA_3, "rsa 1024" },
		{ "v=DKIM1; h=sha1; p=" RSA_1 RSA_2 RSA_3, "h=sha1 leaves out sha256" },
		{ "v=DKIM1; h=sha1; p=", "rsa 0 revoked" },
		{ "v=DKIM1; s=tlsrpt; p=" RSA_1 RSA_2 RSA_3, "s=tlsrpt is not for mail" },
		{ "v=DKIM1; s=; p=" RSA_1 RSA_2 RSA_3, "s= is not for mail" },
		{ "v=DKIM1; k=ed25519; p=" ED, "ed25519 256" },
		{ "v=DKIM1; k=ed25519; p=" ED_DER, "the last 32 bytes are the key" },
		{ "v=DKIM1; k=ed25519; p=AAAA", "has 3 bytes, not 32" },
		{ "v=DKIM1; p=", "rsa 0 revoked" },
		{ "v=DKIM1; p=;", "rsa 0 revoked" },
		{ "v=DKIM1; k=rsa", "has no p=" },
		{ "v=DKIM1; k=dsa; p=AAAA", "k=dsa is a kind of key that nobody knows" },
		{ "v=DKIM1; k=RSA; p=AAAA", "nobody knows" },
		{ "v=dkim1; p=" RSA_1 RSA_2 RSA_3, "must be DKIM1" },
		{ "k=rsa; v=DKIM1; p=" RSA_1 RSA_2 RSA_3, "must come first" },
		{ "v=DKIM1; p=" RSA_1 RSA_2, "no RSA key, or only a part" },
		{ "v=DKIM1; p=" ED, "no RSA key, or only a part" },
		{ "v=DKIM1; p=A", "no base64" },
		{ "v=DKIM1; p=AA=A", "no base64" },
		{ "v=DKIM1; p====", "no base64" },
		{ "v=DKIM1; p=AAA", "no base64" },
		{ "v=DKIM1; p=AA-_", "no base64" },
		{ "v=DKIM1; k=rsap=AAAA", "the tag k runs into the next one" },
		{ "v=DKIM1k=rsa; p=AAAA", "the tag v runs into the next one" },
		{ "v=DKIM1; t=sk=rsa; p=AAAA", "the tag t runs into the next one" },
		{ "v=DKIM1; p=AAAA; p=AAAA", "the tag p is there twice" },
		{ "v=DKIM1; rsa; p=AAAA", "\"rsa\" is no tag: it has no =" },
		{ "v=DKIM1;; p=AAAA", "\"\" is no tag" },
		{ "v=DKIM1; 1k=rsa; p=AAAA", "its name is wrong" },
		{ "v=DKIM1; n=\x1b[2J; p=AAAA", "characters that none may hold" },
		{ "", "is no tag" },
		{ ";", "is no tag" },
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
what_is_a_key(void **state)
{
	static const struct {
		const char *text;
		bool is_key;
	} cases[] = {
		{ "v=DKIM1; p=AAAA", true },
		{ "v=dkim1", true },
		{ "p=AAAA", true },
		{ "k=rsa; p=", true },
		{ "v=spf1 mx -all", false },
		{ "v=DMARC1; p=none", false },
		{ "hello", false },
		{ "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		want_int(cases[i].text, dkim_is_key(slice_of(cases[i].text)), cases[i].is_key);
	end_cases();
}

static void
der(void **state)
{
	static const struct {
		const char *name;
		uint8_t bytes[40];
		size_t len;
		int bits; /* -1: none */
	} cases[] = {
		{ "bare", { 0x30, 7, 2, 2, 0, 0x80, 2, 1, 3 }, 9, 8 },
		{ "bare, more behind it", { 0x30, 7, 2, 2, 0, 0x80, 2, 1, 3, 9 }, 10, 8 },
		{ "leading zeros", { 0x30, 8, 2, 3, 0, 0, 0x01, 2, 1, 3 }, 10, 1 },
		{ "long form of a short length", { 0x30, 0x81, 7, 2, 2, 0, 0x80, 2, 1, 3 }, 10, 8 },
		{ "wrapped",
		    { 0x30, 17, 0x30, 3, 6, 1, 42, 3, 10, 0, 0x30, 7, 2, 2, 0, 0x80, 2, 1, 3 }, 19,
		    8 },
		{ "unused bits",
		    { 0x30, 17, 0x30, 3, 6, 1, 42, 3, 10, 1, 0x30, 7, 2, 2, 0, 0x80, 2, 1, 3 }, 19,
		    -1 },
		{ "a negative modulus", { 0x30, 6, 2, 1, 0x80, 2, 1, 3 }, 8, -1 },
		{ "modulus zero", { 0x30, 6, 2, 1, 0, 2, 1, 3 }, 8, -1 },
		{ "empty modulus", { 0x30, 5, 2, 0, 2, 1, 3 }, 7, -1 },
		{ "no exponent", { 0x30, 4, 2, 2, 0, 0x80 }, 6, -1 },
		{ "inner longer than outer", { 0x30, 4, 2, 9, 0, 0x80 }, 6, -1 },
		{ "outer longer than all", { 0x30, 90, 2, 2, 0, 0x80, 2, 1, 3 }, 9, -1 },
		{ "no length", { 0x30 }, 1, -1 },
		{ "endless length", { 0x30, 0x80, 2, 2, 0, 0x80, 2, 1, 3, 0, 0 }, 11, -1 },
		{ "length of three bytes", { 0x30, 0x83, 0, 0, 7, 2, 2, 0, 0x80, 2, 1, 3 }, 12,
		    -1 },
		{ "length cut off", { 0x30, 0x82, 1 }, 3, -1 },
		{ "length of 127 bytes", { 0x30, 0xff }, 2, -1 },
		{ "empty sequence", { 0x30, 0 }, 2, -1 },
		{ "empty bit string", { 0x30, 7, 0x30, 3, 6, 1, 42, 3, 0 }, 9, -1 },
		{ "another tag", { 0x31, 7, 2, 2, 0, 0x80, 2, 1, 3 }, 9, -1 },
		{ "nothing", { 0 }, 0, -1 },
	};
	unsigned bits;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		uint8_t *exact = malloc(cases[i].len + 1);
		int result;

		memcpy(exact + 1, cases[i].bytes, cases[i].len);
		result = dkim_rsa_bits(exact + 1, cases[i].len, &bits);
		want_int(cases[i].name, result == -1 ? -1 : (int)bits, cases[i].bits);
		free(exact);
	}
	end_cases();
}

/* Every cut and every changed byte of a good key: some answer, and no read beyond the end. */
static void
damaged_keys(void **state)
{
	static const char whole[] = "v=DKIM1; k=rsa; p=" RSA_1 RSA_2 RSA_3;
	char text[sizeof(whole)], got[ERR_TEXT_MAX];
	size_t len, i;
	int c;

	(void)state;
	for (len = 0; len < sizeof(whole) - 1; len++)
		outcome((struct slice){ whole, len }, got, sizeof(got));
	for (i = 0; i < sizeof(whole) - 1; i++)
		for (c = 0; c < 256; c += 5) {
			memcpy(text, whole, sizeof(whole));
			text[i] = (char)c;
			outcome((struct slice){ text, sizeof(whole) - 1 }, got, sizeof(got));
		}
}

static void
a_key_that_is_too_long(void **state)
{
	static char text[20000];
	char got[ERR_TEXT_MAX];

	(void)state;
	memset(text, 'A', sizeof(text));
	memcpy(text, "v=DKIM1; p=", strlen("v=DKIM1; p="));
	want_text("long", outcome((struct slice){ text, sizeof(text) }, got, sizeof(got)),
	    "p= is no base64, or too long for a key");
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(what_is_a_key),
		cmocka_unit_test(der),
		cmocka_unit_test(damaged_keys),
		cmocka_unit_test(a_key_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
