/* test_net.c - addresses, domains, mailboxes, patterns, trie. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/net/addr.h"
#include "common/net/domain.h"
#include "common/net/email.h"
#include "common/net/pattern.h"
#include "common/net/trie.h"

static void
address_forms(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "::FFFF:c000:0201", "192.0.2.1" },
		{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1" },
		{ "fe80::1%eth0", "fe80::1" },
		{ "::", "::" },
		{ "1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a" },
		{ "010.1.1.1", NULL },
		{ "1.2.3", NULL },
		{ "1.2.3.4.5", NULL },
		{ "1.2.3.256", NULL },
		{ "1.2.3.", NULL },
		{ ".1.2.3", NULL },
		{ "1.2..3", NULL },
		{ "unknown", NULL },
		{ "", NULL },
		{ ":::", NULL },
		{ "1:2:3:4:5:6:7:8:9", NULL },
		{ "1.2.3.4 ", NULL },
	};
	char out[ADDR_TEXT_MAX];
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		bool good = addr_parse(slice_of(cases[i].text), &addr) == 0;

		want_text(cases[i].text, good ? addr_format(&addr, out) : "refused",
		    cases[i].want == NULL ? "refused" : cases[i].want);
	}
	end_cases();
}

static void
network_forms(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
		bool masked;
	} cases[] = {
		{ "192.0.2.0/24", "192.0.2.0/24", false },
		{ "192.0.2.129/25", "192.0.2.128/25", true },
		{ "192.0.2.128/25", "192.0.2.128/25", false },
		{ "10.1.2.3/7", "10.0.0.0/7", true },
		{ "0.0.0.0/0", "0.0.0.0/0", false },
		{ "1.2.3.4/32", "1.2.3.4", false },
		{ "1.2.3.4/33", NULL, false },
		{ "1.2.3.4/", NULL, false },
		{ "1.2.3.4/08", NULL, false },
		{ "1.2.3.4/-1", NULL, false },
		{ "2001:db8:0:0:0:0:0:0/32", "2001:db8::/32", false },
		{ "2001:db8::1/64", "2001:db8::/64", true },
		{ "::/0", "::/0", false },
		{ "::1/128", "::1", false },
		{ "::1/129", NULL, false },
		{ "::ffff:192.0.2.0/120", "192.0.2.0/24", false },
		{ "::ffff:0:0/96", "0.0.0.0/0", false },
	};
	char out[ADDR_NET_TEXT_MAX], text[64];
	struct addr_net net;
	unsigned prefix;
	size_t i;
	bool masked;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		bool good = addr_net_parse(slice_of(cases[i].text), &net, &masked, NULL) == 0;

		want_text(cases[i].text, good ? addr_net_format(&net, out) : "refused",
		    cases[i].want == NULL ? "refused" : cases[i].want);
		if (good)
			want_int(cases[i].text, masked, cases[i].masked);
	}
	for (prefix = 0; prefix <= 128; prefix++) {
		struct addr first;

		snprintf(text, sizeof(text), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/%u", prefix);
		assert_int_equal(addr_net_parse(slice_of(text), &net, &masked, NULL), 0);
		want_int(text, net.prefix, prefix);
		want_int(text, masked, prefix < 128);
		first = net.addr;
		want_int(text, addr_net_contains(&net, &first), true);
	}
	end_cases();
}

static void
domain_forms(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "Example.ORG.", "example.org" },
		{ "b\xc3\xbc"
		  "cher.example",
		    "xn--bcher-kva.example" },
		{ "_dmarc.example.org", "_dmarc.example.org" },
		{ "localhost", "localhost" },
		{ "", "refused" },
		{ ".", "refused" },
		{ "a..b", "refused" },
		{ ".a", "refused" },
		{ "a b", "refused" },
		{ "[192.0.2.1]", "refused" },
		{ "\xff.example", "refused" },
	};
	char out[DOMAIN_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		want_text(cases[i].text,
		    domain_normalise(slice_of(cases[i].text), out) == 0 ? out : "refused",
		    cases[i].want);
	want_int("whole label", domain_is_at_or_below(SLICE("notqq.com"), SLICE("qq.com")), false);
	want_int("below", domain_is_at_or_below(SLICE("a.qq.com"), SLICE("qq.com")), true);
	want_int("equal", domain_is_at_or_below(SLICE("qq.com"), SLICE("qq.com")), true);
	end_cases();
}

static void
sender_keys(void **state)
{
	static const struct {
		const char *text, *normal, *key;
	} cases[] = {
		{ "", "", "" },
		{ "Anna@Example.ORG", "anna@example.org", "anna@example.org" },
		{ "anna+list@example.org", "anna+list@example.org", "anna@example.org" },
		{ "+odd@example.org", "+odd@example.org", "+odd@example.org" },
		{ "a@b@c.example", "a@b@c.example", "a@b@c.example" },
		{ "o'hara!%~{}@x.example", "o'hara!%~{}@x.example", "o'hara!%~{}@x.example" },
		{ "a b;c@x.example", "a b;c@x.example", "a b;c@x.example" },
		{ "user@[192.0.2.1]", "user@[192.0.2.1]", "user@[192.0.2.1]" },
		{ "no-at", "no-at", "no-at" },
		{ "prvs=0123456789=user@x.example", "prvs=0123456789=user@x.example",
		    "user@x.example" },
		{ "prvs=user=0123456789@x.example", "prvs=user=0123456789@x.example",
		    "user@x.example" },
		{ "SRS0=abcd=TT=orig.example=user@fwd.example",
		    "srs0=abcd=tt=orig.example=user@fwd.example",
		    "srs0=#=orig.example=user@fwd.example" },
		{ "bounce-17-bob=d.example@list.example", "bounce-17-bob=d.example@list.example",
		    "bounce-#-#@list.example" },
		{ "news-20261124@x.example", "news-20261124@x.example", "news-#@x.example" },
		{ "id-0a1b2c3d4e@x.example", "id-0a1b2c3d4e@x.example", "id-#@x.example" },
		{ "user2@x.example", "user2@x.example", "user2@x.example" },
		{ "2850017349@qq.com", "2850017349@qq.com", "#@qq.com" },
		{ "\xe4\xbe\x8b@b\xc3\xbc"
		  "cher.example",
		    "\xe4\xbe\x8b@xn--bcher-kva.example", "\xe4\xbe\x8b@xn--bcher-kva.example" },
	};
	char storage[EMAIL_TEXT_MAX];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&b, storage, sizeof(storage));
		email_normalise(&b, slice_of(cases[i].text));
		want_text(cases[i].text, storage, cases[i].normal);
		buf_reset(&b);
		email_key(&b, slice_of(cases[i].normal), EMAIL_FOLD_ALL);
		want_text(cases[i].text, storage, cases[i].key);
		buf_reset(&b);
		email_key(&b, slice_of(cases[i].normal), 0);
		want_text(cases[i].text, storage, cases[i].normal);
	}
	end_cases();
}

static void
pattern_forms(void **state)
{
	static const struct {
		const char *text;
		enum pattern_side side;
		const char *want; /* NULL: refused */
		enum pattern_kind kind;
	} cases[] = {
		{ "User@Example.org", PATTERN_SENDER, "user@example.org", PATTERN_MAILBOX },
		{ "o'hara!%~{}@x.example", PATTERN_SCOPE, "o'hara!%~{}@x.example",
		    PATTERN_MAILBOX },
		{ "a@b@x.example", PATTERN_SENDER, "a@b@x.example", PATTERN_MAILBOX },
		{ "user@[192.0.2.1]", PATTERN_SENDER, "user@[192.0.2.1]", PATTERN_MAILBOX },
		{ "<>", PATTERN_SENDER, "<>", PATTERN_MAILBOX },
		{ "<>", PATTERN_SCOPE, NULL, 0 },
		{ "User@*", PATTERN_SENDER, "user@*", PATTERN_LOCAL },
		{ "192.0.2.7", PATTERN_SENDER, "192.0.2.7", PATTERN_ADDR },
		{ "192.0.2.7", PATTERN_SCOPE, NULL, 0 },
		{ "2001:DB8:0::7", PATTERN_SENDER, "2001:db8::7", PATTERN_ADDR },
		{ "192.0.2.*", PATTERN_SENDER, "192.0.2.*", PATTERN_WILDCARD },
		{ "*.0.2.7", PATTERN_SENDER, "*.0.2.7", PATTERN_WILDCARD },
		{ "192.*.2.*", PATTERN_SENDER, "192.*.2.*", PATTERN_WILDCARD },
		{ "*.*.*.*", PATTERN_SENDER, "*.*.*.*", PATTERN_WILDCARD },
		{ "192.0.*", PATTERN_SENDER, NULL, 0 },
		{ "192.0.2.1*", PATTERN_SENDER, NULL, 0 },
		{ "192.0.2.0/24", PATTERN_SENDER, "192.0.2.0/24", PATTERN_NET },
		{ "192.0.2.9/24", PATTERN_SENDER, "192.0.2.0/24", PATTERN_NET },
		{ "2001:db8::/32", PATTERN_SENDER, "2001:db8::/32", PATTERN_NET },
		{ "2001:db8::/64", PATTERN_SENDER, "2001:db8::/64", PATTERN_NET },
		{ "0.0.0.0/0", PATTERN_SENDER, "0.0.0.0/0", PATTERN_NET },
		{ ".Mail.Example.org", PATTERN_SENDER, "mail.example.org", PATTERN_HOST },
		{ "localhost", PATTERN_SENDER, NULL, 0 },
		{ "@example.org", PATTERN_SCOPE, "@example.org", PATTERN_DOMAIN },
		{ "@.example.org", PATTERN_SCOPE, "@.example.org", PATTERN_SUBDOMAINS },
		{ "@.org", PATTERN_SCOPE, "@.org", PATTERN_TLD },
		{ "@.", PATTERN_SCOPE, "@.", PATTERN_ANYONE },
		{ "@", PATTERN_SCOPE, NULL, 0 },
		{ "", PATTERN_SCOPE, NULL, 0 },
		{ "example.org", PATTERN_SCOPE, NULL, 0 },
		{ "010.1.1.1", PATTERN_SENDER, NULL, 0 },
		{ "1.2.3", PATTERN_SENDER, NULL, 0 },
	};
	struct pattern p;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		bool good = pattern_parse(slice_of(cases[i].text), cases[i].side, &p, NULL, &err) ==
			    0;

		want_text(cases[i].text, good ? p.text : "refused",
		    cases[i].want == NULL ? "refused" : cases[i].want);
		if (good)
			want_int(cases[i].text, p.kind, cases[i].kind);
		else
			want_int(cases[i].text, strstr(err.text, "possible here") != NULL, true);
	}
	end_cases();
}

static void
pattern_matches(void **state)
{
	static const struct {
		const char *pattern, *mailbox, *host, *addr;
		bool want;
	} cases[] = {
		{ "a@x.example", "a@x.example", "", "192.0.2.1", true },
		{ "a@x.example", "a+ext@x.example", "", "192.0.2.1", true },
		{ "a+ext@x.example", "a@x.example", "", "192.0.2.1", false },
		{ "a@x.example", "b@x.example", "", "192.0.2.1", false },
		{ "<>", "", "", "192.0.2.1", true },
		{ "<>", "a@x.example", "", "192.0.2.1", false },
		{ "@.", "", "", "192.0.2.1", true },
		{ "a@*", "a@y.example", "", "192.0.2.1", true },
		{ "@x.example", "a@sub.x.example", "", "192.0.2.1", false },
		{ "@.x.example", "a@sub.x.example", "", "192.0.2.1", true },
		{ "@.x.example", "a@x.example", "", "192.0.2.1", true },
		{ "@.example", "a@notexample", "", "192.0.2.1", false },
		{ "@.example", "a@x.example", "", "192.0.2.1", true },
		{ "qq.com", "a@b", "smtpbg329.qq.com", "192.0.2.1", true },
		{ "qq.com", "a@b", "notqq.com", "192.0.2.1", false },
		{ "qq.com", "a@qq.com", "", "192.0.2.1", false },
		{ "192.0.2.*", "a@b", "", "192.0.2.200", true },
		{ "192.*.2.1", "a@b", "", "192.9.2.1", true },
		{ "192.*.2.1", "a@b", "", "192.9.3.1", false },
		{ "*.0.2.1", "a@b", "", "2001:db8::1", false },
		{ "192.0.2.128/25", "a@b", "", "192.0.2.129", true },
		{ "192.0.2.128/25", "a@b", "", "192.0.2.127", false },
		{ "2001:db8:0:0:0:0:0:0/32", "a@b", "", "2001:db8:ffff::1", true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct pattern_subject subject = { .mailbox = slice_of(cases[i].mailbox),
			.host = slice_of(cases[i].host) };
		struct pattern p;
		struct addr addr;

		assert_int_equal(
		    pattern_parse(slice_of(cases[i].pattern), PATTERN_SENDER, &p, NULL, NULL), 0);
		assert_int_equal(addr_parse(slice_of(cases[i].addr), &addr), 0);
		subject.addr = &addr;
		want_int(cases[i].pattern, pattern_match(&p, &subject), cases[i].want);
	}
	end_cases();
}

static void
host_bits_are_noticed(void **state)
{
	char notice[PATTERN_NOTICE_MAX];
	struct pattern p;

	(void)state;
	assert_int_equal(pattern_parse(SLICE("192.0.2.9/24"), PATTERN_SENDER, &p, notice, NULL), 0);
	assert_string_equal(notice, "192.0.2.9/24 has host bits set; taken as 192.0.2.0/24");
}

/* Random nested networks: the trie finds what a search through all of them finds. */
static void
trie_agrees_with_linear_search(void **state)
{
	enum { NETS = 400, PROBES = 20000 };
	static struct addr_net nets[NETS];
	struct trie *t = trie_new();
	int i, j;

	(void)state;
	srand(7);
	for (i = 0; i < NETS; i++) {
		struct addr addr = { .family = i % 3 == 0 ? ADDR_V6 : ADDR_V4 };
		unsigned bits = addr_bits(addr.family);

		for (j = 0; j < (int)bits / 8; j++)
			addr.bytes[j] = (uint8_t)(rand() % 3);
		nets[i] = addr_net_of(&addr, (unsigned)rand() % 33, (unsigned)rand() % 129);
		trie_add(t, &nets[i], (uint32_t)i);
	}
	trie_seal(t);
	for (i = 0; i < PROBES; i++) {
		struct addr addr = { .family = i % 3 == 0 ? ADDR_V6 : ADDR_V4 };
		uint32_t value = 0;
		int best = -1;

		for (j = 0; j < (int)addr_bits(addr.family) / 8; j++)
			addr.bytes[j] = (uint8_t)(rand() % 3);
		for (j = 0; j < NETS; j++)
			if (addr_net_contains(&nets[j], &addr) &&
			    (best == -1 || nets[j].prefix >= nets[best].prefix))
				best = j;
		want_int("found", trie_find(t, &addr, &value), best != -1);
		if (best != -1)
			want_int("value", value, best);
	}
	trie_free(t);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_forms),
		cmocka_unit_test(network_forms),
		cmocka_unit_test(domain_forms),
		cmocka_unit_test(sender_keys),
		cmocka_unit_test(pattern_forms),
		cmocka_unit_test(pattern_matches),
		cmocka_unit_test(host_bits_are_noticed),
		cmocka_unit_test(trie_agrees_with_linear_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
