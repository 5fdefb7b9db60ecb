/* test_change_fields.c - the images of a change, field by field. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "tui/change_fields.h"

/* "name=before>after*", a star where they differ. */
static const char *
read_fields(const char *before, const char *after, int *result_out)
{
	static char out[4096];
	struct json_reader *reader = json_reader_new();
	struct change change = { .before = slice_of(before), .after = slice_of(after) };
	struct change_fields fields;
	struct err err;
	struct buf b;
	size_t i;

	buf_init(&b, out, sizeof(out));
	*result_out = change_fields_read(reader, &change, &fields, &err);
	for (i = 0; i < fields.n; i++) {
		const struct change_field *field = &fields.items[i];

		buf_printf(&b, "%s%s=%s>%s%s", i == 0 ? "" : " ", field->name,
		    field->before == NULL ? "" : field->before,
		    field->after == NULL ? "" : field->after, field->differs ? "*" : "");
	}
	change_fields_clear(&fields);
	json_reader_free(reader);
	return out;
}

static void
fields(void **state)
{
	static const struct {
		const char *name, *before, *after, *want;
		int result;
	} cases[] = {
		{ "nothing", "", "", "", 0 },
		{ "added", "", "{\"id\":3,\"comment\":\"x\"}", "id=>3 comment=>x", 0 },
		{ "removed", "{\"id\":3,\"comment\":\"\"}", "", "id=3> comment=none>", 0 },
		{ "the same", "{\"id\":3}", "{\"id\":3}", "id=3>3", 0 },
		{ "changed", "{\"a\":\"x\",\"b\":1}", "{\"a\":\"y\",\"b\":1}", "a=x>y* b=1>1", 0 },
		{ "a field more", "{\"a\":1}", "{\"a\":1,\"b\":2}", "a=1>1 b=>2*", 0 },
		{ "a field less", "{\"a\":1,\"b\":2}", "{\"a\":1}", "a=1>1 b=2>*", 0 },
		{ "not set", "{\"delay_s\":null}", "{\"delay_s\":300}", "delay=not set>5m*", 0 },
		{ "seconds count", "{\"delay_s\":90061}", "{\"delay_s\":90062}",
		    "delay=90061s>90062s*", 0 },
		{ "switch", "{\"greylist\":0}", "{\"greylist\":1}", "greylist=off>on*", 0 },
		{ "mode", "{\"spf\":0}", "{\"spf\":2}", "spf=key>ignore*", 0 },
		{ "mode beyond", "{\"spf\":7}", "{\"spf\":-1}", "spf=7>-1*", 0 },
		{ "result of SPF", "{\"spf\":\"pass\"}", "{\"spf\":\"fail\"}", "spf=pass>fail*",
		    0 },
		{ "time", "{\"expires_s\":0}", "{\"last_hit_s\":0}",
		    "expires=never>* last hit=>never*", 0 },
		{ "unknown TTL", "{\"min_ttl_s\":-1}", "", "min ttl=unknown>", 0 },
		{ "text that looks like a number", "{\"comment\":\"1\"}", "{\"comment\":\"01\"}",
		    "comment=1>01*", 0 },
		{ "hostile", "", "{\"comment\":\"\\u001b[2J\"}", "comment=>\033[2J", 0 },
		{ "no JSON", "{\"a\":", "{\"a\":1}", "", -1 },
		{ "no JSON after", "{\"a\":1}", "nonsense", "a=1>*", -1 },
	};
	size_t i;
	int result;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		want_text(cases[i].name, read_fields(cases[i].before, cases[i].after, &result),
		    cases[i].want);
		want_int(cases[i].name, result, cases[i].result);
	}
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
