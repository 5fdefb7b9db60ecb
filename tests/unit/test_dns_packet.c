/* test_dns_packet.c - DNS messages: questions that go out, answers of every kind that come in, and
 * the memory of answers. Packets are put together from parts, so that each can lie in its own way.
 */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/dns/cache.h"
#include "common/dns/packet.h"

#define NAME "a.example"
#define QNAME "\1a\7example"
#define OWNER "\xc0\x0c" /* the name of the question, by a pointer */

struct packet {
	uint8_t bytes[70000];
	size_t len;
	unsigned answers, authority;
};

static void
put(struct packet *p, const void *bytes, size_t len)
{
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static void
put16(struct packet *p, unsigned value)
{
	put(p, (uint8_t[2]){ (uint8_t)(value >> 8), (uint8_t)value }, 2);
}

static void
put32(struct packet *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p, value & 0xffff);
}

static void
begin(struct packet *p, unsigned flags, enum dns_type type)
{
	p->len = p->answers = p->authority = 0;
	put16(p, 0x1234);
	put16(p, flags);
	put16(p, 1);
	put(p, "\0\0\0\0\0\0", 6);
	put(p, QNAME, sizeof(QNAME));
	put16(p, type);
	put16(p, 1);
}

static void
rr(struct packet *p, const char *owner, size_t owner_len, unsigned type, uint32_t ttl_s,
    const void *data, size_t len)
{
	put(p, owner, owner_len);
	put16(p, type);
	put16(p, 1);
	put32(p, ttl_s);
	put16(p, (unsigned)len);
	put(p, data, len);
	p->answers++;
	p->bytes[6] = (uint8_t)(p->answers >> 8);
	p->bytes[7] = (uint8_t)p->answers;
}

#define RR(p, type, ttl_s, data) rr(p, OWNER, 2, type, ttl_s, data, sizeof(data) - 1)

/* "FOUND ttl=60 192.0.2.1 ..." or "FAILED: why". */
static const char *
outcome(const struct packet *p, enum dns_type type, char *out, size_t len)
{
	static const char *const names[] = { "FOUND", "NOTHING", "FAILED" };
	uint8_t *exact = malloc(p->len + 1);
	struct dns_answer *answer;
	char text[ADDR_TEXT_MAX];
	struct buf b;
	size_t i;

	memcpy(exact, p->bytes, p->len);
	answer = dns_packet_read(exact, p->len, SLICE(NAME), type);
	free(exact);
	buf_init(&b, out, len);
	buf_add_text(&b, names[answer->status]);
	if (answer->status == DNS_FAILED)
		buf_printf(&b, ": %s", answer->why);
	else
		buf_printf(&b, " ttl=%u%s%s", answer->ttl_s, answer->alias ? " alias" : "",
		    answer->authoritative ? " authoritative" : "");
	for (i = 0; i < answer->record_n && i < 4; i++) {
		const struct dns_record *r = &answer->records[i];

		buf_add_char(&b, ' ');
		if (type == DNS_TYPE_MX)
			buf_printf(&b, "%u:", r->preference);
		if (type == DNS_TYPE_A || type == DNS_TYPE_AAAA)
			buf_add_text(&b, addr_format(&r->addr, text));
		else
			str_escape(&b, r->text, ESCAPE_FIELD);
	}
	dns_answer_unref(answer);
	return out;
}

static void
want(const char *name, const struct packet *p, enum dns_type type, const char *wanted)
{
	char got[512];

	want_text(name, outcome(p, type, got, sizeof(got)), wanted);
}

static struct packet p;

static void
good_answers(void **state)
{
	(void)state;
	begin(&p, 0x8180, DNS_TYPE_A);
	RR(&p, 1, 60, "\xc0\0\2\1");
	RR(&p, 1, 50, "\xc0\0\2\2");
	want("A", &p, DNS_TYPE_A, "FOUND ttl=50 192.0.2.1 192.0.2.2");
	begin(&p, 0x8180, DNS_TYPE_AAAA);
	RR(&p, 28, 60, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1");
	want("AAAA", &p, DNS_TYPE_AAAA, "FOUND ttl=60 2001:db8::1");
	begin(&p, 0x8180, DNS_TYPE_MX);
	RR(&p, 15, 60, "\0\x0a\2MX\xc0\x0c");
	RR(&p, 15, 60, "\0\0\0");
	want("MX", &p, DNS_TYPE_MX, "FOUND ttl=60 10:mx.a.example 0:");
	begin(&p, 0x8180, DNS_TYPE_PTR);
	RR(&p, 12, 60, "\4host\xc0\x0c");
	want("PTR", &p, DNS_TYPE_PTR, "FOUND ttl=60 host.a.example");
	begin(&p, 0x8180, DNS_TYPE_TXT);
	RR(&p, 16, 60, "\6v=spf1\5 -all");
	RR(&p, 16, 60, "\3\0\xff\x1b");
	RR(&p, 16, 60, "\0");
	want("TXT", &p, DNS_TYPE_TXT, "FOUND ttl=60 v\\x3dspf1\\x20-all \\x00\\xff\\x1b ");
	begin(&p, 0x8180, DNS_TYPE_A);
	RR(&p, 5, 30, "\1B\xc0\x0e");
	rr(&p, "\1b\xc0\x0e", 4, 1, 60, "\xc0\0\2\3", 4);
	want("alias", &p, DNS_TYPE_A, "FOUND ttl=30 alias 192.0.2.3");
	begin(&p, 0x8180, DNS_TYPE_A);
	rr(&p, "\1b\xc0\x0e", 4, 1, 60, "\xc0\0\2\3", 4);
	RR(&p, 5, 30, "\1b\xc0\x0e");
	want("alias after its target", &p, DNS_TYPE_A, "FOUND ttl=30 alias 192.0.2.3");
	begin(&p, 0x8580, DNS_TYPE_A);
	RR(&p, DNS_TYPE_A, 60, "\xc0\x00\x02\x03");
	want("of the zone's own server", &p, DNS_TYPE_A, "FOUND ttl=60 authoritative 192.0.2.3");
	begin(&p, 0x8180, DNS_TYPE_A);
	RR(&p, 1, 0x80000001, "\xc0\0\2\1");
	want("top bit of the TTL", &p, DNS_TYPE_A, "FOUND ttl=0 192.0.2.1");
	begin(&p, 0x8180, DNS_TYPE_A);
	rr(&p, "\5other\0", 7, 1, 60, "\xc0\0\2\3", 4);
	RR(&p, 16, 60, "\1x");
	want("another owner, another type", &p, DNS_TYPE_A, "NOTHING ttl=60");
	end_cases();
}

static void
nothing_and_errors(void **state)
{
	static const char soa[] = "\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\x78";
	static const struct {
		const char *name;
		unsigned flags;
		const char *want;
	} cases[] = {
		{ "no error", 0x8180, "NOTHING ttl=60" },
		{ "NXDOMAIN", 0x8183, "NOTHING ttl=60" },
		{ "SERVFAIL", 0x8182, "FAILED: server failure" },
		{ "REFUSED", 0x8185, "FAILED: refused" },
		{ "FORMERR", 0x8181, "FAILED: an error of the server" },
		{ "NOTIMP", 0x8184, "FAILED: an error of the server" },
		{ "a question that came back", 0x0100, "FAILED: a broken answer" },
		{ "truncated, even over TCP", 0x8380, "FAILED: a truncated answer" },
		{ "NXDOMAIN, truncated", 0x8383, "FAILED: a truncated answer" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		begin(&p, cases[i].flags, DNS_TYPE_A);
		want(cases[i].name, &p, DNS_TYPE_A, cases[i].want);
	}
	begin(&p, 0x8183, DNS_TYPE_A);
	rr(&p, "\xc0\x0e", 2, 6, 900, soa, sizeof(soa) - 1);
	p.bytes[7] = 0;
	p.bytes[9] = 1; /* in the authority section */
	want("the SOA says how long", &p, DNS_TYPE_A, "NOTHING ttl=120");
	end_cases();
}

/* An answer section of aliases only, then an authority section. */
static void
no_recursion(void **state)
{
	enum { NS = 1, SOA = 2, ALIAS = 4 };
	static const char soa[] = "\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\x78";
	static const char refers[] = "FAILED: not recursive, the server only refers to others";
	static const struct {
		const char *name;
		unsigned flags; /* 0x80: RA, 0x400: AA */
		int records;
		const char *want;
	} cases[] = {
		{ "a referral", 0x8100, NS, refers },
		{ "by a recursive server", 0x8180, NS, "NOTHING ttl=60" },
		{ "the zone itself has nothing", 0x8500, NS, "NOTHING ttl=60 authoritative" },
		{ "NODATA with both", 0x8100, NS | SOA, "NOTHING ttl=120" },
		{ "NODATA without a section", 0x8100, 0, "NOTHING ttl=60" },
		{ "NXDOMAIN", 0x8103, NS, "NOTHING ttl=60" },
		{ "an alias whose target is elsewhere", 0x8500, ALIAS, refers },
		{ "the same with a referral", 0x8500, ALIAS | NS, refers },
		{ "an alias to nothing", 0x8500, ALIAS | SOA,
		    "NOTHING ttl=120 alias authoritative" },
		{ "an alias to nothing, recursive", 0x8180, ALIAS, "NOTHING ttl=60 alias" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		unsigned answers, all;

		begin(&p, cases[i].flags, DNS_TYPE_A);
		if (cases[i].records & ALIAS)
			RR(&p, 5, 60, "\1b\7example\0");
		answers = p.answers;
		if (cases[i].records & NS)
			RR(&p, 2, 60, "\2ns\7example");
		if (cases[i].records & SOA)
			rr(&p, "\xc0\x0e", 2, 6, 900, soa, sizeof(soa) - 1);
		all = p.answers;
		p.bytes[7] = (uint8_t)answers;
		p.bytes[9] = (uint8_t)(all - answers);
		want(cases[i].name, &p, DNS_TYPE_A, cases[i].want);
		want_int(cases[i].name, dns_packet_refers(p.bytes, p.len),
		    answers == 0 && strcmp(cases[i].want, refers) == 0);
	}
	end_cases();
}

static void
hostile_answers(void **state)
{
	static const struct {
		const char *name;
		enum dns_type type;
		const char *data;
		size_t len;
	} cases[] = {
		{ "A of three bytes", DNS_TYPE_A, "\xc0\0\2", 3 },
		{ "A of five bytes", DNS_TYPE_A, "\xc0\0\2\1\1", 5 },
		{ "AAAA of four", DNS_TYPE_AAAA, "\xc0\0\2\1", 4 },
		{ "MX of two bytes", DNS_TYPE_MX, "\0\x0a", 2 },
		{ "MX with more behind", DNS_TYPE_MX, "\0\x0a\1m\0x", 6 },
		{ "a pointer to itself", DNS_TYPE_PTR, "\xc0\x27", 2 },
		{ "a pointer ahead", DNS_TYPE_PTR, "\xc0\xff", 2 },
		{ "half a pointer", DNS_TYPE_PTR, "\xc0", 1 },
		{ "a label of an unknown kind", DNS_TYPE_PTR,
		    "\x40"
		    "a\0",
		    3 },
		{ "another of them", DNS_TYPE_PTR,
		    "\x80"
		    "a\0",
		    3 },
		{ "a label with a dot", DNS_TYPE_PTR, "\3a.b\0", 5 },
		{ "a label with a NUL", DNS_TYPE_PTR, "\3a\0b\0", 5 },
		{ "a label over the end", DNS_TYPE_PTR,
		    "\x3f"
		    "a\0",
		    3 },
		{ "a string over the end", DNS_TYPE_TXT, "\5abc", 4 },
	};
	char long_name[300];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		begin(&p, 0x8180, cases[i].type);
		rr(&p, OWNER, 2, cases[i].type, 60, cases[i].data, cases[i].len);
		want(cases[i].name, &p, cases[i].type, "FAILED: a broken answer");
	}
	for (i = 0; i < 256; i += 2)
		memcpy(long_name + i, "\1x", 2);
	long_name[256] = '\0';
	begin(&p, 0x8180, DNS_TYPE_PTR);
	rr(&p, OWNER, 2, DNS_TYPE_PTR, 60, long_name, 257);
	want("a name over 253", &p, DNS_TYPE_PTR, "FAILED: a broken answer");
	begin(&p, 0x8180, DNS_TYPE_A);
	RR(&p, 5, 60, "\1b\xc0\x0e");
	rr(&p, "\1b\xc0\x0e", 4, 5, 60, "\xc0\x0c", 2);
	want("aliases in a ring", &p, DNS_TYPE_A, "FAILED: a chain of aliases without end");
	begin(&p, 0x8180, DNS_TYPE_A);
	RR(&p, 1, 60, "\xc0\0\2\1");
	p.bytes[7] = 2; /* one more is promised */
	want("a record missing", &p, DNS_TYPE_A, "FAILED: a broken answer");
	begin(&p, 0x8180, DNS_TYPE_A);
	p.bytes[5] = 2;
	want("two questions", &p, DNS_TYPE_A, "FAILED: a broken answer");
	begin(&p, 0x8180, DNS_TYPE_AAAA);
	want("another question", &p, DNS_TYPE_A, "FAILED: a broken answer");
	end_cases();
}

/* However a good answer is cut, it is never taken for a whole one with less in it. */
static void
cut_answers(void **state)
{
	size_t whole;
	char got[512];

	(void)state;
	begin(&p, 0x8180, DNS_TYPE_TXT);
	RR(&p, 16, 60, "\6v=spf1\5 -all");
	RR(&p, 16, 60, "\4more");
	for (whole = p.len; p.len > 0; p.len--) {
		const char *result = outcome(&p, DNS_TYPE_TXT, got, sizeof(got));

		want_int("found only when whole", strncmp(result, "FOUND", 5) == 0, p.len == whole);
		if (p.len < whole)
			want_text("cut", result, "FAILED: a broken answer");
	}
	end_cases();
}

static void
great_answers(void **state)
{
	struct dns_answer *answer;
	char text[101] = "\x63";
	unsigned i;

	(void)state;
	memset(text + 1, 't', 99);
	begin(&p, 0x8180, DNS_TYPE_TXT);
	for (i = 0; i < 500; i++)
		rr(&p, OWNER, 2, 16, 60, text, 100);
	answer = dns_packet_read(p.bytes, p.len, SLICE(NAME), DNS_TYPE_TXT);
	assert_int_equal(answer->record_n, 500);
	dns_answer_unref(answer);
	begin(&p, 0x8180, DNS_TYPE_A);
	for (i = 0; i <= DNS_PACKET_RECORDS_MAX; i++)
		RR(&p, 1, 60, "\xc0\0\2\1");
	want("more than is taken", &p, DNS_TYPE_A, "FAILED: a broken answer");
	end_cases();
}

static void
questions(void **state)
{
	static const char query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\1" QNAME "\0\0\x10\0\1"
				    "\0\0\x29\4\xd0\0\0\0\0\0\0";
	uint8_t out[DNS_PACKET_QUERY_MAX];
	size_t len = dns_packet_query(out, 0x1234, SLICE(NAME), DNS_TYPE_TXT, 1232);

	(void)state;
	assert_int_equal(len, sizeof(query) - 1);
	assert_memory_equal(out, query, len);
	assert_int_equal(dns_packet_query(out, 1, SLICE("a..b"), DNS_TYPE_A, 0), 0);
	begin(&p, 0x8180, DNS_TYPE_A);
	assert_true(dns_packet_answers(p.bytes, p.len, 0x1234, SLICE("A.Example"), DNS_TYPE_A));
	assert_false(dns_packet_answers(p.bytes, p.len, 0x1235, SLICE(NAME), DNS_TYPE_A));
	assert_false(dns_packet_answers(p.bytes, p.len, 0x1234, SLICE("b.example"), DNS_TYPE_A));
	assert_false(dns_packet_answers(p.bytes, p.len, 0x1234, SLICE(NAME), DNS_TYPE_MX));
	assert_false(dns_packet_answers(p.bytes, 11, 0x1234, SLICE(NAME), DNS_TYPE_A));
	assert_false(dns_packet_truncated(p.bytes, p.len));
	begin(&p, 0x0100, DNS_TYPE_A);
	assert_false(dns_packet_answers(p.bytes, p.len, 0x1234, SLICE(NAME), DNS_TYPE_A));
	begin(&p, 0x8380, DNS_TYPE_A);
	assert_true(dns_packet_truncated(p.bytes, p.len));
}

static void
names(void **state)
{
	static const char label63[] =
	    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123";
	char text[300];

	(void)state;
	assert_true(dns_name_valid(SLICE("a")));
	assert_true(dns_name_valid(SLICE("a b.\xff.example")));
	assert_false(dns_name_valid(SLICE("")));
	assert_false(dns_name_valid(SLICE(".")));
	assert_false(dns_name_valid(SLICE("a.")));
	assert_false(dns_name_valid(SLICE(".a")));
	assert_true(dns_name_valid(slice_of(label63)));
	snprintf(text, sizeof(text), "%sx", label63);
	assert_false(dns_name_valid(slice_of(text)));
	snprintf(text, sizeof(text), "%s.%s.%s.%.61s", label63, label63, label63, label63);
	assert_int_equal(strlen(text), 253);
	assert_true(dns_name_valid(slice_of(text)));
	snprintf(text, sizeof(text), "%s.%s.%s.%.62s", label63, label63, label63, label63);
	assert_false(dns_name_valid(slice_of(text)));
}

/* ---- the cache ---- */

static struct dns_answer *
answer_of(uint32_t ttl_s, size_t len)
{
	static char text[4096];
	struct dns_record record = { .text = { text, len } };

	return dns_answer_new(DNS_FOUND, ttl_s, "", &record, 1);
}

static void
keep(struct dns_cache *cache, const char *name, enum dns_type type, struct dns_answer *answer,
    int64_t now_ms)
{
	dns_cache_put(cache, slice_of(name), type, answer, now_ms);
	dns_answer_unref(answer);
}

static void
what_is_kept(void **state)
{
	struct dns_cache *cache = dns_cache_new(1 << 20);

	(void)state;
	keep(cache, "x", DNS_TYPE_A, answer_of(10, 1), 1000);
	assert_non_null(dns_cache_get(cache, SLICE("x"), DNS_TYPE_A, 10999));
	assert_null(dns_cache_get(cache, SLICE("x"), DNS_TYPE_MX, 1000));
	assert_null(dns_cache_get(cache, SLICE("y"), DNS_TYPE_A, 1000));
	assert_null(dns_cache_get(cache, SLICE("x"), DNS_TYPE_A, 11000));
	assert_int_equal(dns_cache_count(cache), 0);
	keep(cache, "x", DNS_TYPE_A, answer_of(0, 1), 1000);
	keep(cache, "y", DNS_TYPE_A, dns_answer_new(DNS_FAILED, 60, "why", NULL, 0), 1000);
	assert_int_equal(dns_cache_count(cache), 0);
	keep(cache, "x", DNS_TYPE_A, answer_of(10, 1), 1000);
	keep(cache, "x", DNS_TYPE_A, answer_of(20, 2), 1000);
	assert_int_equal(dns_cache_count(cache), 1);
	assert_int_equal(
	    dns_cache_get(cache, SLICE("x"), DNS_TYPE_A, 1000)->records[0].text.len, 2);
	keep(cache, "long", DNS_TYPE_A, answer_of(INT32_MAX, 2), 0);
	assert_null(dns_cache_get(cache, SLICE("long"), DNS_TYPE_A, 86400000));
	dns_cache_free(cache);
}

static void
what_goes_first(void **state)
{
	struct dns_cache *cache = dns_cache_new(20000);
	char name[16];
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		keep(cache, name, DNS_TYPE_A, answer_of(60, 2000), 0);
		assert_true(dns_cache_bytes(cache) <= 20000);
		/* In use all the time. */
		if (i > 0)
			assert_non_null(dns_cache_get(cache, SLICE("n0"), DNS_TYPE_A, 0));
	}
	assert_non_null(dns_cache_get(cache, SLICE("n99"), DNS_TYPE_A, 0));
	assert_null(dns_cache_get(cache, SLICE("n50"), DNS_TYPE_A, 0));
	keep(cache, "great", DNS_TYPE_A, answer_of(60, 4000), 0);
	dns_cache_free(cache);
	cache = dns_cache_new(100);
	keep(cache, "greater than all", DNS_TYPE_A, answer_of(60, 4000), 0);
	assert_int_equal(dns_cache_count(cache), 0);
	dns_cache_free(cache);
	dns_cache_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_answers),
		cmocka_unit_test(nothing_and_errors),
		cmocka_unit_test(no_recursion),
		cmocka_unit_test(hostile_answers),
		cmocka_unit_test(cut_answers),
		cmocka_unit_test(great_answers),
		cmocka_unit_test(questions),
		cmocka_unit_test(names),
		cmocka_unit_test(what_is_kept),
		cmocka_unit_test(what_goes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
