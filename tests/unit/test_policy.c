/* test_policy.c - the parser of the policy protocol, fed at every split point. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "server/policy.h"

/* Feeds BYTES in two parts and writes what came out: one line for each request. */
static void
transcribe(const char *bytes, size_t len, size_t split, struct buf *out)
{
	struct policy_state state = { 0 };
	char *buffer = malloc(len + 1); /* exact, so that a sanitizer sees any byte too far */
	size_t have = 0, used, parts[2] = { split, len - split };
	struct request r;
	unsigned faults;
	int part;

	for (part = 0; part < 2; part++) {
		memcpy(buffer + have, bytes, parts[part]);
		bytes += parts[part];
		have += parts[part];
		for (;;) {
			enum policy_result result = policy_parse(
			    &state, (struct slice){ buffer, have }, &r, &used, &faults);

			if (result != POLICY_REQUEST) {
				if (result == POLICY_TOO_LONG)
					buf_add_text(out, "[too long]");
				break;
			}
			buf_printf(out, "[%.*s %.*s%s%s %u]", (int)r.sender.len, r.sender.ptr,
			    (int)r.recipient.len, r.recipient.ptr,
			    r.sender_present ? "" : " nosender", r.malformed ? " bad" : "", faults);
			memmove(buffer, buffer + used, have - used);
			have -= used;
		}
	}
	free(buffer);
}

#define R "request=smtpd_access_policy\n"

static const struct {
	const char *name, *bytes, *want;
} transcripts[] = {
	{ "one", R "sender=a\nrecipient=b\n\n", "[a b 0]" },
	{ "any order", "recipient=b\nsender=a\n" R "\n", "[a b 0]" },
	{ "two", R "sender=a\nrecipient=b\n\n" R "sender=c\nrecipient=d\n\n", "[a b 0][c d 0]" },
	{ "attributes do not stay", R "sender=a\nrecipient=b\n\n" R "recipient=d\n\n",
	    "[a b 0][ d nosender 0]" },
	{ "null sender", R "sender=\nrecipient=b\n\n", "[ b 0]" },
	{ "carriage returns", "request=smtpd_access_policy\r\nsender=a\r\nrecipient=b\r\n\r\n",
	    "[a b 0]" },
	{ "unknown attributes", R "x=y\nsender=a\nz=\nrecipient=b\n\n", "[a b 0]" },
	{ "first of two", R "sender=a\nsender=c\nrecipient=b\n\n", "[a b 0]" },
	{ "no equal sign", R "junk\nsender=a\nrecipient=b\n\n", "[a b 1]" },
	{ "no name", R "=x\nsender=a\nrecipient=b\n\n", "[a b 1]" },
	{ "equal signs in a value", R "sender=a=b=c\nrecipient=b\n\n", "[a=b=c b 0]" },
	{ "blank lines before", "\n\r\n\n" R "sender=a\nrecipient=b\n\n", "[a b 0]" },
	{ "only blank lines", "\n\n\n\r\n\n", "" },
	{ "another request", "request=junk\nsender=a\nrecipient=b\n\n", "[a b bad 4]" },
	{ "no request", "sender=a\nrecipient=b\n\n", "[a b bad 4]" },
	{ "binary", R "sender=\xff\x01\x1b\nrecipient=b\n\n", "[\xff\x01\x1b b 0]" },
	{ "unfinished", R "sender=a\nrecipient=b\n", "" },
	{ "empty", "", "" },
};

static void
every_split(void **state)
{
	char got[512];
	struct buf out;
	size_t i, split;

	(void)state;
	for (i = 0; i < COUNT(transcripts); i++) {
		size_t len = strlen(transcripts[i].bytes);

		for (split = 0; split <= len; split++) {
			buf_init(&out, got, sizeof(got));
			transcribe(transcripts[i].bytes, len, split, &out);
			want_text(transcripts[i].name, got, transcripts[i].want);
		}
	}
	end_cases();
}

static void
byte_by_byte(void **state)
{
	static const char bytes[] = R "sender=a\nrecipient=b\n\n";
	struct policy_state parser = { 0 };
	struct request r;
	unsigned faults;
	size_t used, n;

	(void)state;
	for (n = 0; n < sizeof(bytes) - 2; n++)
		assert_int_equal(
		    policy_parse(&parser, (struct slice){ bytes, n }, &r, &used, &faults),
		    POLICY_MORE);
	assert_int_equal(
	    policy_parse(&parser, (struct slice){ bytes, sizeof(bytes) - 1 }, &r, &used, &faults),
	    POLICY_REQUEST);
	assert_int_equal(used, sizeof(bytes) - 1);
}

static void
limits(void **state)
{
	size_t size = POLICY_REQUEST_MAX + 100, used;
	char *bytes = malloc(size);
	struct policy_state parser = { 0 };
	struct request r;
	unsigned faults;
	int n;

	(void)state;
	memset(bytes, 'x', size);
	assert_int_equal(policy_parse(&parser, (struct slice){ bytes, POLICY_REQUEST_MAX - 1 }, &r,
			     &used, &faults),
	    POLICY_MORE);
	assert_int_equal(
	    policy_parse(&parser, (struct slice){ bytes, POLICY_REQUEST_MAX }, &r, &used, &faults),
	    POLICY_TOO_LONG);
	parser = (struct policy_state){ 0 };
	memset(bytes, '\n', size);
	assert_int_equal(policy_parse(&parser, (struct slice){ bytes, size }, &r, &used, &faults),
	    POLICY_TOO_LONG);
	parser = (struct policy_state){ 0 };
	n = snprintf(bytes, size, R "sender=");
	memset(bytes + n, 'x', POLICY_VALUE_MAX);
	strcpy(bytes + n + POLICY_VALUE_MAX, "\n\n");
	assert_int_equal(
	    policy_parse(&parser, slice_of(bytes), &r, &used, &faults), POLICY_REQUEST);
	assert_int_equal(faults, 0);
	memset(bytes + n, 'x', POLICY_VALUE_MAX + 1);
	strcpy(bytes + n + POLICY_VALUE_MAX + 1, "\n\n");
	assert_int_equal(
	    policy_parse(&parser, slice_of(bytes), &r, &used, &faults), POLICY_REQUEST);
	assert_int_equal(faults, POLICY_FAULT_VALUE);
	assert_true(r.malformed);
	free(bytes);
}

static void
replies(void **state)
{
	char text[64];
	struct buf out;

	(void)state;
	buf_init(&out, text, sizeof(text));
	policy_reply(&out, "DUNNO");
	assert_string_equal(text, "action=DUNNO\n\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_split),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(limits),
		cmocka_unit_test(replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
