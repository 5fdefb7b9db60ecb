/* test_cli_domain.c - JSON that is read, suggested domains, a setting from the command line, a walk
 * as JSON and in words. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "cli/walk_text.h"
#include "common/config/config.h"
#include "common/greylist/suggested.h"
#include "common/net/domain.h"
#include "common/store/json_read.h"

static bool
note_leaf(void *arg, const struct json_leaf *leaf)
{
	buf_printf(arg, "%.*s %.*s=%.*s%s;", (int)leaf->path.len, leaf->path.ptr,
	    (int)leaf->key.len, leaf->key.ptr, (int)leaf->text.len,
	    leaf->text.ptr == NULL ? "" : leaf->text.ptr, leaf->is_string ? "" : "!");
	return true;
}

static void
json_leaves(void **state)
{
	static const struct {
		const char *text, *want; /* want NULL: an error */
	} cases[] = {
		{ "{\"ip\":\"192.0.2.1\",\"n\":5,\"no\":null}", "$ ip=192.0.2.1;$ n=5!;$ no=!;" },
		{ "[[\"a\",\"b\"],[\"c\"]]", "$[0] 0=a;$[0] 1=b;$[1] 0=c;" },
		{ "{\"s\":\"\\u00e9 \\ud83d\\ude00 \\\"\\\\\\/\"}",
		    "$ s=\xc3\xa9 \xf0\x9f\x98\x80 \"\\/;" },
		{ "{\"s\":\"\x7f\"}", "$ s=\x7f;" },
		{ "[]", "" },
		{ "", NULL },
		{ "{", NULL },
		{ "{a: b}", NULL },
		{ "[1] 2", NULL },
	};
	struct json_reader *reader = json_reader_new();
	char got[256];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct err err;
		int result;

		buf_init(&b, got, sizeof(got));
		result = json_read(reader, slice_of(cases[i].text), note_leaf, &b, &err);
		want_int(cases[i].text, result, cases[i].want == NULL ? -1 : 0);
		if (result == 0 && cases[i].want != NULL)
			want_text(cases[i].text, got, cases[i].want);
		else
			want_int(cases[i].text, err.code, ERR_DATA);
	}
	json_reader_free(reader);
	end_cases();
}

/* Every suggestion is a name as it is stored, once, with a reason and a date. */
static void
suggestions(void **state)
{
	char name[DOMAIN_TEXT_MAX];
	size_t i;

	(void)state;
	want_int("some", suggested_n >= 40, true);
	for (i = 0; i < suggested_n; i++) {
		const struct suggested *row = &suggested[i];

		want_int(row->name, domain_normalise(slice_of(row->name), name), 0);
		want_text(row->name, name, row->name);
		want_int(row->name, suggested_find(slice_of(row->name)) == row, true);
		want_int(row->name, strlen(row->reason) > 3, true);
		want_int(row->name, (int)strlen(row->date), 10);
	}
	want_int("unknown", suggested_find(SLICE("nowhere.example")) == NULL, true);
	end_cases();
}

static void
a_setting_alone(void **state)
{
	struct config config;
	struct err err;

	(void)state;
	config_init(&config);
	want_int("server", config_set(&config, "dns.servers", "[::1]:5353", &err), 0);
	want_int("one", (int)config.dns_servers_n, 1);
	want_int("port", config.dns_servers[0].port, 5353);
	want_int("without port", config_set(&config, "dns.servers", "192.0.2.1", &err), 0);
	want_int("default port", config.dns_servers[0].port, 53);
	want_int("a name", config_set(&config, "dns.servers", "localhost:53", &err), -1);
	want_text("a name", err.text, "expected an address, not a name");
	want_int("unknown", config_set(&config, "dns.server", "x", &err), -1);
	config_clear(&config);
	end_cases();
}

/* bigmail.example, which includes a pool whose exists: is skipped, and then errs. */
static void
fill(struct spf_walk *walk)
{
	static struct spf_walk_line lines[] = { { 0, 0, (char *)"big.example", (char *)"", 3, 0 },
		{ 0, 1, (char *)"ip4:192.0.2.0/25", (char *)"", 2, 0 },
		{ 0, 1, (char *)"exists:\x1b[2J%{i}", (char *)"skipped: exists", 0, 0 } };
	static struct spf_walk_skip skips[] = { { (char *)"big.example",
	    (char *)"exists:\x1b[2J%{i}", (char *)"exists" } };
	static struct spf_walk_network nets[3];

	addr_net_parse(SLICE("192.0.2.0/26"), &nets[0].net, NULL, NULL);
	addr_net_parse(SLICE("192.0.2.64/26"), &nets[1].net, NULL, NULL);
	addr_net_parse(SLICE("2001:db8::1"), &nets[2].net, NULL, NULL);
	*walk = (struct spf_walk){ .source = SPF_SOURCE_SPF,
		.status = SPF_WALK_PERMERROR,
		.networks = nets,
		.network_n = 3,
		.lines = lines,
		.line_n = 3,
		.skips = skips,
		.skip_n = 1,
		.errors = { NULL, (char *)"v6 permerror: \xe2\x80\xae" },
		.ttl_known = true,
		.min_ttl_s = 600,
		.lookups = 1,
		.v4_addresses = 128 };
}

static char *
printed(const struct spf_walk *walk, bool json)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct json j;

	json_init(&j, out);
	if (json)
		walk_put_json(&j, walk);
	else
		walk_put_text(out, walk);
	fclose(out);
	return text;
}

static void
a_walk_printed(void **state)
{
	struct spf_walk walk;
	char *text;

	(void)state;
	fill(&walk);
	text = printed(&walk, true);
	want_text("json", text,
	    "{\"source\": \"spf\", \"status\": \"permerror\", \"v4\": [\"192.0.2.0/25\"], "
	    "\"v6\": [\"2001:db8::1/128\"], \"skipped\": [[\"big.example\", "
	    "\"exists:\\u001b[2J%{i}\", \"exists\"]], \"errors\": [\"v6 permerror: "
	    "\\u202e\"], \"min_ttl\": 600, \"lookup_terms\": 1}\n");
	free(text);
	text = printed(&walk, false);
	want_text("text", text,
	    "Networks  Term\n"
	    "       3  big.example\n"
	    "       2    ip4:192.0.2.0/25\n"
	    "       0    exists:\\x1b[2J%{i}  (skipped: exists)\n\n"
	    "Status    permerror: the record is wrong; its owner must correct it\n"
	    "Networks  2 IPv4 (128 addresses) and 1 IPv6, from the SPF record\n"
	    "Lookups   1 of 10; smallest TTL 10m\n"
	    "Skipped   big.example: exists:\\x1b[2J%{i} (exists): depends on the message, it has "
	    "no networks\n"
	    "Error     v6 permerror: \\u{202e}\n");
	free(text);
	walk = (struct spf_walk){ .status = SPF_WALK_NONE };
	text = printed(&walk, true);
	want_text("nothing", text,
	    "{\"source\": \"none\", \"status\": \"none\", \"v4\": [], \"v6\": [], \"skipped\": [], "
	    "\"errors\": [], \"min_ttl\": null, \"lookup_terms\": 0}\n");
	free(text);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_leaves),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(a_setting_alone),
		cmocka_unit_test(a_walk_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
