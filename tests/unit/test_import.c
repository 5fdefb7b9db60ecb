/* test_import.c - each source: its fixtures give exactly the rows and complaints of the .want file;
 * twice is once; the undo leaves what was there before. Fixtures live at 1700000000. */
#include "tests/unit/cases.h"
#include "tests/unit/scratch.h"

#include <unistd.h>

#include "common/base/gzip.h"
#include "common/base/xalloc.h"
#include "common/greylist/scan.h"
#include "common/import/record_export.h"
#include "common/import/import.h"
#include "common/store/db.h"
#include "common/store/import_undo.h"
#include "common/store/undo.h"

#define NOW 1700000000
#define FOLDER "tests/fixtures/import/"

/* A database with a little in it, and what is told of imports into it. */
struct world {
	struct scratch scratch;
	struct store *store;
	struct config config;
	FILE *told;
	char *told_text;
	size_t told_len;
};

static int
make_world(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct err err;

	scratch_make(&w->scratch);
	config_init(&w->config);
	w->store = scratch_open(&w->scratch, STORE_SERVER, &err);
	*state = w;
	return w->store == NULL ? -1 : 0;
}

static int
remove_world(void **state)
{
	struct world *w = *state;

	store_close(w->store);
	config_clear(&w->config);
	scratch_remove(&w->scratch);
	free(w->told_text);
	free(w);
	return 0;
}

static void
must(int result, const struct err *err)
{
	if (result == -1)
		fail_msg("%s", err->text);
}

static void
tell(void *arg, enum import_told what, const char *place, const char *text)
{
	static const char *const words[] = { "refused", "note", "hint" };
	const char *slash = strrchr(place, '/');
	struct world *w = arg;

	fprintf(w->told, "%s %s: %s\n", words[what], slash == NULL ? place : slash + 1, text);
}

static bool
no_progress(void *arg, int64_t rows)
{
	(void)arg;
	(void)rows;
	return true;
}

static int
read_path(struct import *import, const char *path, struct err *err)
{
	int fd = import_open(path, err), result;

	if (fd == -1)
		return -1;
	result = import_read(import, path, fd, err);
	close(fd);
	return result;
}

static struct import_options
options_for(struct world *w, const char *source)
{
	return (struct import_options){ .source = source,
		.store = w->store,
		.config = &w->config,
		.author = SLICE("ann"),
		.now_s = NOW,
		.delay_s = -1,
		.window_s = -1,
		.told = tell,
		.progress = no_progress,
		.arg = w };
}

/* Reads FILES (blanks between them). The report; what is told goes to told_text. */
static struct import *
begin(struct world *w, const char *source, const char *files, struct import_report *report)
{
	struct import_options options = options_for(w, source);
	char copy[400], path[200], *file, *rest = copy;
	struct import *import;
	struct err err;

	free(w->told_text);
	w->told = open_memstream(&w->told_text, &w->told_len);
	import = import_new(&options, &err);
	if (import == NULL)
		fail_msg("%s", err.text);
	snprintf(copy, sizeof(copy), "%s", files);
	while ((file = strtok_r(rest, " ", &rest)) != NULL) {
		snprintf(path, sizeof(path), "%s%s", file[0] == '/' ? "" : FOLDER, file);
		must(read_path(import, path, &err), &err);
	}
	must(import_plan(import, report, &err), &err);
	fclose(w->told);
	return import;
}

static struct import_report
apply(struct world *w, const char *source, const char *files)
{
	struct import_report report;
	struct import *import = begin(w, source, files, &report);
	int64_t change_id;
	struct err err;

	if (report.changes)
		must(import_apply(import, &report, no_progress, &change_id, &err), &err);
	import_free(import);
	return report;
}

/* Everything that is kept. The caller frees it. */
static char *
export_all(struct store *store)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct err err;
	int kind;

	for (kind = 0; kind < STAGING_N; kind++)
		must(record_export(store, (enum staging_kind)kind, RECORD_JSONL, NOW, out, &err),
		    &err);
	fclose(out);
	return text;
}

static void
undo_newest(struct store *store)
{
	struct edit edit = { .store = store, .author = SLICE("ann"), .now_s = NOW };
	struct undo_outcome outcome;
	struct undo undo;
	struct err err;

	if (undo_find(store, SLICE("ann"), &undo, &err) != STORE_YES)
		fail_msg("nothing to take back");
	must(undo_apply(&edit, undo.id, NULL, &outcome, &err), &err);
}

/* ---- one case for each source ---- */

static const struct source_case {
	const char *want, *source, *files;
} source_cases[] = {
	{ "postgrey", "postgrey", "postgrey.txt" },
	{ "postgrey-cut", "postgrey", "postgrey-cut.txt" },
	{ "postgrey-whitelists", "postgrey", "whitelist_clients whitelist_recipients" },
	{ "sqlgrey-mysql", "sqlgrey", "sqlgrey.mysql" },
	{ "sqlgrey-pgsql", "sqlgrey", "sqlgrey.pgsql" },
	{ "sqlgrey-whitelists", "sqlgrey", "clients_ip_whitelist clients_fqdn_whitelist" },
	{ "iredapd-mysql", "iredapd", "iredapd.mysql" },
	{ "iredapd-pgsql", "iredapd", "iredapd.pgsql" },
	{ "iredapd-records", "iredapd", "iredapd.tsv iredapd-whitelists.csv" },
	{ "iredapd-amavisd", "iredapd", "amavisd.mysql" },
	{ "iredapd-settings", "iredapd", "settings.py" },
	{ "milter", "milter-greylist", "milter.txt" },
	{ "spamdb", "spamdb", "spamdb.txt" },
	{ "cidr", "cidr", "postscreen.cidr" },
	{ "greygate", "greygate", "greygate.jsonl" },
};

static char *
slurp(const char *path)
{
	char *text = xcalloc(1, 1 << 18);
	FILE *file = fopen(path, "r");
	size_t len = 0;

	if (file != NULL) {
		len = fread(text, 1, (1 << 18) - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	return text;
}

/* What an import told and left, as the .want files have it; GREYGATE_WANT writes them anew. */
static void
compare(const struct source_case *c, const struct world *w, const struct import_report *report,
    const char *left)
{
	char path[200], *got, *want;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	fprintf(out, "%s%lld read, %lld expired, %lld refused\n%s", w->told_text,
	    (long long)report->read, (long long)report->expired, (long long)report->refused, left);
	fclose(out);
	snprintf(path, sizeof(path), FOLDER "%s.want", c->want);
	if (getenv("GREYGATE_WANT") != NULL) {
		out = fopen(path, "w");
		assert_non_null(out);
		fputs(got, out);
		fclose(out);
	}
	want = slurp(path);
	want_text(c->want, got, want);
	free(want);
	free(got);
}

static void
run_source(const struct source_case *c)
{
	struct import_report report;
	char *before, *left, *again;
	void *state;
	struct world *w;

	assert_int_equal(make_world(&state), 0);
	w = state;
	before = export_all(w->store);
	report = apply(w, c->source, c->files);
	left = export_all(w->store);
	compare(c, w, &report, left);
	want_int(c->want, apply(w, c->source, c->files).changes, false);
	again = export_all(w->store);
	want_text(c->want, again, left);
	free(again);
	if (report.changes) {
		undo_newest(w->store);
		again = export_all(w->store);
		want_text(c->want, again, before);
		free(again);
	}
	free(before);
	free(left);
	remove_world(&state);
}

static void
test_sources(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(source_cases); i++)
		run_source(&source_cases[i]);
	end_cases();
}

/* ---- into a database that has rows ---- */

static void
write_file(const struct world *w, const char *name, const char *text, size_t len, char path[200])
{
	FILE *file;

	snprintf(path, 200, "%s/%s", w->scratch.dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fclose(file);
}

/* A dump of one triplet of postgrey's. */
static void
write_dump(const struct world *w, int64_t first_s, int64_t last_s, char path[200])
{
	char text[400];

	snprintf(text, sizeof(text),
	    "VERSION=3\nformat=print\nHEADER=END\n 192.0.2.0/a@b.example/c@example.org\n "
	    "%lld,%lld\nDATA=END\n",
	    (long long)first_s, (long long)last_s);
	write_file(w, "dump", text, strlen(text), path);
}

static int64_t
add_triplet(struct store *store, struct triplet_state state)
{
	struct triplet row = { .key = { SLICE("192.0.2.0/24"), SLICE("a@b.example"),
				   SLICE("c@example.org") },
		.sender = SLICE("A@b.example"),
		.recipient = SLICE("c@example.org"),
		.client_address = SLICE("192.0.2.9"),
		.state = state };
	struct err err;
	int64_t id;

	must(store_triplet_append(store, &row, &id, &err), &err);
	return id;
}

static bool
keep_state(void *arg, const struct triplet *triplet)
{
	*(struct triplet_state *)arg = triplet->state;
	return false;
}

static struct triplet_state
state_of(struct store *store, int64_t id)
{
	struct triplet_state state;
	struct err err;

	assert_int_equal(store_triplet_get(store, id, keep_state, &state, &err), STORE_YES);
	return state;
}

static void
want_state(const char *name, struct triplet_state got, struct triplet_state want)
{
	want_int(name, got.first_s, want.first_s);
	want_int(name, got.last_s, want.last_s);
	want_int(name, got.attempts, want.attempts);
	want_int(name, got.passes, want.passes);
	want_int(name, got.passed_s, want.passed_s);
	want_int(name, got.released_s, want.released_s);
}

static void
test_merge(void **arg)
{
	static const struct {
		const char *name;
		struct triplet_state before;
		int64_t first_s, last_s;
		struct triplet_state after;
	} cases[] = {
		{ "waits longer already", { NOW - 500, NOW - 400, 2, 0, 0, 0 }, NOW - 100,
		    NOW - 100, { NOW - 500, NOW - 100, 2, 0, 0, 0 } },
		{ "waited longer there", { NOW - 50, NOW - 40, 1, 0, 0, 0 }, NOW - 900, NOW - 890,
		    { NOW - 900, NOW - 40, 1, 0, 0, 0 } },
		{ "passed there", { NOW - 50, NOW - 40, 3, 0, 0, 0 }, NOW - 900, NOW - 100,
		    { NOW - 900, NOW - 40, 3, 1, NOW - 600, 0 } },
		{ "passed here", { NOW - 5000, NOW - 40, 3, 7, NOW - 4000, 0 }, NOW - 900,
		    NOW - 900, { NOW - 5000, NOW - 40, 3, 7, NOW - 4000, 0 } },
		{ "released here", { NOW - 50, NOW - 40, 1, 0, 0, NOW - 5 }, NOW - 60, NOW - 60,
		    { NOW - 60, NOW - 40, 1, 0, 0, NOW - 5 } },
	};
	struct world *w = *arg;
	char path[200];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		int64_t id = add_triplet(w->store, cases[i].before);
		struct err err;

		write_dump(w, cases[i].first_s, cases[i].last_s, path);
		if (apply(w, "postgrey", path).changes) {
			want_state(cases[i].name, state_of(w->store, id), cases[i].after);
			want_int(cases[i].name, apply(w, "postgrey", path).changes, false);
			undo_newest(w->store);
		}
		want_state(cases[i].name, state_of(w->store, id), cases[i].before);
		must(store_triplet_delete(w->store, id, &err), &err);
	}
	end_cases();
}

/* What mail did since stays when the import goes. */
static void
test_undo_keeps_later_mail(void **arg)
{
	static const struct triplet_delta pass = { NOW + 10, NOW + 10, 0, 1, NOW + 10 };
	struct world *w = *arg;
	int64_t id =
	    add_triplet(w->store, (struct triplet_state){ NOW - 50, NOW - 40, 1, 0, 0, 0 });
	char path[200];
	struct err err;

	write_dump(w, NOW - 900, NOW - 100, path);
	assert_true(apply(w, "postgrey", path).changes);
	must(store_triplet_merge(w->store, id, &pass, NULL, &err), &err);
	undo_newest(w->store);
	want_state("passed since", state_of(w->store, id),
	    (struct triplet_state){ NOW - 50, NOW + 10, 1, 1, NOW + 10, 0 });
	end_cases();
}

/* A row that has expired is replaced, as by a contact: ids that a server has not seen. */
static void
test_expired_is_replaced(void **arg)
{
	struct world *w = *arg;
	int64_t old = add_triplet(w->store, (struct triplet_state){ 1, 1, 1, 0, 0, 0 }), newest;
	char path[200];
	struct err err;

	write_dump(w, NOW - 900, NOW - 100, path);
	assert_int_equal(apply(w, "postgrey", path).counts[STAGING_TRIPLET].fresh, 1);
	must(store_triplet_max_id(w->store, &newest, &err), &err);
	assert_true(newest > old + 1000);
	assert_int_equal(state_of(w->store, newest).passed_s, NOW - 600);
	assert_false(apply(w, "postgrey", path).changes);
	undo_newest(w->store);
	must(store_triplet_max_id(w->store, &newest, &err), &err);
	assert_int_equal(newest, old);
}

/* A rule that says otherwise stays, and what operators changed since stays, too. */
static void
test_rules(void **arg)
{
	struct world *w = *arg;
	struct edit edit = { .store = w->store, .author = SLICE("bob"), .now_s = NOW };
	struct rule rule = {
		.scope = SLICE("@."), .pattern = SLICE("192.0.2.0/24"), .action = RULE_BLOCK
	};
	struct import_report report;
	char *before, *after;
	int64_t id, found;
	struct err err;

	must(edit_rule_add(&edit, &rule, &id, &err), &err);
	before = export_all(w->store);
	report = apply(w, "cidr", "postscreen.cidr");
	assert_non_null(strstr(w->told_text, "refused postscreen.cidr:2: allow 192.0.2.0/24 to @.: "
					     "number 1 is there and says block"));
	assert_int_equal(report.counts[STAGING_RULE].fresh, 3);
	assert_int_equal(
	    store_rule_find(w->store, SLICE("@."), SLICE("203.0.113.9"), &found, &err), STORE_YES);
	rule.id = found;
	rule.pattern = SLICE("203.0.113.10");
	must(edit_rule_change(&edit, &rule, &err), &err);
	undo_newest(w->store);
	assert_int_equal(
	    store_rule_find(w->store, SLICE("@."), SLICE("203.0.113.10"), &found, &err), STORE_YES);
	must(edit_rule_remove(&edit, found, &err), &err);
	after = export_all(w->store);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* A server that was quick has rows where those of the import were to begin. */
static bool
overtake(void *arg, int64_t rows)
{
	struct world *w = arg;
	struct err err;

	(void)rows;
	must(db_script(w->store,
		 "INSERT OR IGNORE INTO triplet (id, net, sender_key, recipient_key, "
		 "client_address, first_s, last_s, attempts) VALUES (1001, '198.51.100.0/24', "
		 "'a', 'b', '198.51.100.1', 1700000000, 1700000000, 1); "
		 "INSERT OR IGNORE INTO client (id, address, first_s, last_s, passes) "
		 "VALUES (1001, '198.51.100.1', 1700000000, 1700000000, 1)",
		 &err),
	    &err);
	return true;
}

static void
test_overtaken(void **arg)
{
	struct world *w = *arg;
	struct import_report report;
	struct import *import = begin(w, "greygate", "greygate.jsonl", &report);
	int64_t change_id, newest;
	struct err err;

	must(import_apply(import, &report, overtake, &change_id, &err), &err);
	import_free(import);
	must(store_triplet_max_id(w->store, &newest, &err), &err);
	assert_int_equal(newest, 1001 + report.counts[STAGING_TRIPLET].fresh);
	undo_newest(w->store);
	must(store_triplet_max_id(w->store, &newest, &err), &err);
	assert_int_equal(newest, 1001);
}

/* What is kept of an import goes a few rows at a time once it is old enough, and then it says so,
 * from the first row on. */
static void
test_trimmed(void **arg)
{
	static const char why[] = "how its rows were before it is kept for as long as a triplet "
				  "lives, and that is over";
	struct world *w = *arg;
	struct edit edit = { .store = w->store, .author = SLICE("ann"), .now_s = NOW };
	struct undo_outcome outcome;
	char *left, *now;
	struct undo undo;
	struct err err;

	apply(w, "cidr", "postscreen.cidr");
	assert_int_equal(undo_find(w->store, SLICE("ann"), &undo, &err), STORE_YES);
	must(import_undo_trim(w->store, NOW, 1, &err), &err);
	assert_int_equal(undo_look(w->store, undo.id, &undo, &err), STORE_YES);
	assert_string_equal(undo.why_not, "");
	must(import_undo_trim(w->store, NOW + 1, 1, &err), &err);
	assert_int_equal(undo_look(w->store, undo.id, &undo, &err), STORE_YES);
	assert_string_equal(undo.why_not, why);
	left = export_all(w->store);
	assert_int_equal(undo_apply(&edit, undo.id, NULL, &outcome, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_non_null(strstr(err.text, why));
	now = export_all(w->store);
	assert_string_equal(now, left);
	must(import_undo_trim(w->store, NOW + 1, 100, &err), &err);
	must(import_undo_trim(w->store, NOW + 1, 100, &err), &err);
	/* The next import is another matter. */
	must(edit_rule_remove(&edit, 1, &err), &err);
	apply(w, "cidr", "postscreen.cidr");
	undo_newest(w->store);
	free(left);
	free(now);
}

/* The second import owns what both touched: each goes back by itself. */
static void
test_two_imports(void **arg)
{
	struct world *w = *arg;
	char *empty = export_all(w->store), *first, *now;
	char path[200];

	write_dump(w, NOW - 900, NOW - 890, path);
	apply(w, "postgrey", path);
	first = export_all(w->store);
	write_dump(w, NOW - 900, NOW - 100, path);
	assert_int_equal(apply(w, "postgrey", path).counts[STAGING_TRIPLET].changed, 1);
	undo_newest(w->store);
	now = export_all(w->store);
	assert_string_equal(now, first);
	free(now);
	undo_newest(w->store);
	now = export_all(w->store);
	assert_string_equal(now, empty);
	free(now);
	free(first);
	free(empty);
}

static bool
count_row(void *arg, const struct scan_row *row)
{
	(void)row;
	++*(int *)arg;
	return true;
}

/* Old rows that came with an import do not hide what waited before. */
static void
test_waiting_is_still_found(void **arg)
{
	struct world *w = *arg;
	struct rules *rules;
	struct scan *scan;
	char path[200];
	struct err err;
	int n = 0;

	add_triplet(w->store, (struct triplet_state){ NOW - 50, NOW - 50, 1, 0, 0, 0 });
	write_file(w, "dump",
	    "VERSION=3\nformat=print\nHEADER=END\n 192.0.2.0/old@b.example/c@example.org\n "
	    "1698000000,1699000000\nDATA=END\n",
	    105, path);
	assert_int_equal(apply(w, "postgrey", path).counts[STAGING_TRIPLET].fresh, 1);
	rules = rules_load(w->store, NULL, &err);
	scan = scan_new(w->store, &w->config, rules, NOW, SCAN_WAITING, &err);
	assert_non_null(scan);
	assert_int_equal(scan_step(scan, 100, count_row, &n, &err), STORE_NO);
	assert_int_equal(n, 1);
	scan_free(scan);
	rules_free(rules);
}

/* The generation moves, and the audit tells. */
static void
test_audit(void **arg)
{
	struct world *w = *arg;
	int64_t before, after;
	struct undo undo;
	struct err err;

	must(store_generation(w->store, &before, &err), &err);
	apply(w, "cidr", "postscreen.cidr");
	must(store_generation(w->store, &after, &err), &err);
	assert_true(after > before);
	assert_int_equal(undo_find(w->store, SLICE("ann"), &undo, &err), STORE_YES);
	assert_string_equal(undo.what, "import: cidr, 4 rules");
	assert_string_equal(undo.why_not, "");
	undo_newest(w->store);
	assert_int_equal(undo_look(w->store, undo.id, &undo, &err), STORE_YES);
	assert_string_equal(undo.why_not, "it was taken back already");
}

/* ---- our own export ---- */

static void
test_round_trip(void **arg)
{
	static const char *const sources[][2] = { { "postgrey", "postgrey.txt" },
		{ "iredapd", "iredapd.mysql" }, { "cidr", "postscreen.cidr" },
		{ "greygate", "greygate.jsonl" } };
	struct world *w = *arg, *other;
	char *text, *again, path[200];
	void *state;
	size_t i;

	for (i = 0; i < COUNT(sources); i++)
		apply(w, sources[i][0], sources[i][1]);
	text = export_all(w->store);
	assert_int_equal(make_world(&state), 0);
	other = state;
	write_file(other, "export", text, strlen(text), path);
	assert_int_equal(apply(other, "greygate", path).refused, 0);
	again = export_all(other->store);
	assert_string_equal(again, text);
	free(text);
	free(again);
	remove_world(&state);
}

static char *
export_one(struct world *w, enum staging_kind kind, enum record_format format)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct err err;

	must(record_export(w->store, kind, format, NOW, out, &err), &err);
	fclose(out);
	return text;
}

static void
test_formats(void **arg)
{
	struct world *w = *arg;
	struct rule rule = { .scope = SLICE("@."),
		.pattern = SLICE("@a.example"),
		.meta = { .comment = SLICE("=1+1"),
		    .author = SLICE("say \"x\""),
		    .source = SLICE("\x1b[2J"),
		    .created_s = 1 } };
	struct err err;
	int64_t id;
	char *text;

	must(store_rule_add(w->store, &rule, &id, &err), &err);
	text = export_one(w, STAGING_RULE, RECORD_CSV);
	want_text("csv", text,
	    "scope,pattern,action,comment,author,source,created_s,expires_s,hits,last_hit_s\r\n"
	    "\"'@.\",\"'@a.example\",allow,\"'=1+1\",\"say \"\"x\"\"\","
	    "\"\\x1b[2J\",1,0,0,0\r\n");
	free(text);
	apply(w, "cidr", "postscreen.cidr");
	text = export_one(w, STAGING_RULE, RECORD_CIDR);
	want_text("cidr of rules", text,
	    "203.0.113.9\treject\n2001:db8::/32\tpermit\n192.0.2.0/24\tpermit\n"
	    "198.51.100.0/24\tpermit\n");
	free(text);
	apply(w, "greygate", "greygate.jsonl");
	text = export_one(w, STAGING_NETWORK, RECORD_CIDR);
	want_text("cidr of networks", text, "192.0.2.0/24\tpermit\n");
	free(text);
	end_cases();
}

/* Postfix takes the first line that matches; here the longest network counts. */
static void
test_cidr_order(void **arg)
{
	static const struct rule rules[] = {
		{ .action = RULE_ALLOW, .pattern = { "10.0.0.0/8", 10 } },
		{ .action = RULE_BLOCK, .pattern = { "10.1.1.1", 8 } },
		{ .action = RULE_ALLOW, .pattern = { "2001:db8::/32", 13 } },
		{ .action = RULE_BLOCK, .pattern = { "10.1.0.0/16", 11 } },
	};
	struct world *w = *arg;
	struct err err;
	int64_t id;
	char *text;
	size_t i;

	for (i = 0; i < COUNT(rules); i++) {
		struct rule rule = rules[i];

		rule.scope = SLICE("@.");
		must(store_rule_add(w->store, &rule, &id, &err), &err);
	}
	text = export_one(w, STAGING_RULE, RECORD_CIDR);
	assert_string_equal(text, "10.1.1.1\treject\n2001:db8::/32\tpermit\n"
				  "10.1.0.0/16\treject\n10.0.0.0/8\tpermit\n");
	free(text);
}

/* ---- what files are ---- */

static void
write_packed(struct world *w, const char *file, size_t less, char path[200])
{
	char *bytes = xcalloc(1, 100000), from[200];
	struct gzip_writer *packer;
	size_t len;
	FILE *in, *out;
	struct err err;

	snprintf(from, sizeof(from), FOLDER "%s", file);
	in = fopen(from, "r");
	assert_non_null(in);
	len = fread(bytes, 1, 100000, in);
	fclose(in);
	write_file(w, "packed", "", 0, path);
	out = fopen(path, "r+");
	assert_non_null(out);
	packer = gzip_writer_open(fileno(out), path, &err);
	must(gzip_write(packer, bytes, len, &err), &err);
	must(gzip_writer_close(packer, &err), &err);
	fseek(out, 0, SEEK_END);
	if (ftruncate(fileno(out), ftell(out) - (long)less) == -1)
		fail();
	fclose(out);
	free(bytes);
}

static void
test_packed(void **arg)
{
	struct world *w = *arg;
	struct import_options options = options_for(w, "postgrey");
	struct import_report plain = apply(w, "postgrey", "postgrey.txt"), packed;
	struct import *import;
	struct err err = { .text = "" };
	char path[200];

	write_packed(w, "postgrey.txt", 0, path);
	packed = apply(w, "postgrey", path);
	assert_int_equal(packed.read, plain.read);
	assert_int_equal(
	    packed.counts[STAGING_TRIPLET].staged, plain.counts[STAGING_TRIPLET].staged);
	assert_false(packed.changes);
	write_packed(w, "postgrey.txt", 20, path);
	free(w->told_text);
	w->told = open_memstream(&w->told_text, &w->told_len);
	import = import_new(&options, &err);
	assert_int_equal(read_path(import, path, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_non_null(strstr(err.text, "ends in the middle of its compressed data"));
	assert_non_null(strstr(err.text, "(after line "));
	import_free(import);
	fclose(w->told);
}

static void
test_binary(void **arg)
{
	static const struct {
		const char *source, *bytes;
		size_t len;
		const char *want;
	} cases[] = {
		{ "postgrey", "SQLite format 3\0..", 18,
		    "is an SQLite database; give its text: sqlite3 " },
		{ "postgrey", "............\x62\x31\x05\0....", 20,
		    "is a Berkeley database; give its text: db_dump -p " },
		{ "iredapd", "\xfd\x37zXZ\0..", 8, "is compressed with xz; give its text: xzcat " },
		{ "spamdb", "WHITE|\0|", 8, "is a binary file, which no source has" },
	};
	struct world *w = *arg;
	char path[200];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct import_options options = options_for(w, cases[i].source);
		struct err err = { .text = "" };
		struct import *import = import_new(&options, &err);

		write_file(w, "binary", cases[i].bytes, cases[i].len, path);
		want_int(cases[i].want, read_path(import, path, &err), -1);
		want_int(cases[i].want, err.code, ERR_DATA);
		if (strstr(err.text, cases[i].want) == NULL)
			want_text("binary", err.text, cases[i].want);
		import_free(import);
	}
	end_cases();
}

/* Where the delay is not the default one, known mail would wait again, and nobody would know why.
 */
static void
test_delay(void **arg)
{
	static const struct {
		const char *name;
		int waited_s;
		bool want;
	} cases[] = {
		{ "came again, too early for the default", 100, true },
		{ "came again and passed", 400, false },
		{ "never came again", 0, false },
	};
	struct world *w = *arg;
	char text[200], path[200];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof(text),
		    "VERSION=3\nHEADER=END\n 192.0.2.0/a@b.example/c@d.example\n %d,%d\nDATA=END\n",
		    NOW - 1000, NOW - 1000 + cases[i].waited_s);
		write_file(w, "dump", text, strlen(text), path);
		apply(w, "postgrey", path);
		want_int(
		    cases[i].name, strstr(w->told_text, "shorter --delay") != NULL, cases[i].want);
	}
	end_cases();
}

/* ---- an import that is stopped ---- */

static bool
stop_soon(void *arg, int64_t rows)
{
	(void)arg;
	return rows < 1000;
}

/* What came is a change of its own, and the same once more brings the rest. */
static void
test_stopped(void **arg)
{
	struct world *w = *arg;
	char *text, path[200], *all, *before = export_all(w->store);
	struct import_report report;
	struct import *import;
	int64_t change_id = 0, generation, later;
	struct undo undo;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct err err;
	int i;

	for (i = 0; i < 50000; i++)
		fprintf(out, "WHITE|10.%d.%d.%d|||%d|%d|%d|1|1\n", i >> 16, i >> 8 & 255, i & 255,
		    NOW - 50, NOW - 40, NOW + 86400);
	fclose(out);
	write_file(w, "many", text, len, path);
	free(text);
	must(store_generation(w->store, &generation, &err), &err);
	import = begin(w, "spamdb", path, &report);
	assert_int_equal(import_apply(import, &report, stop_soon, &change_id, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	assert_true(change_id > 0);
	import_free(import);
	assert_int_equal(undo_find(w->store, SLICE("ann"), &undo, &err), STORE_YES);
	assert_string_equal(undo.what, "import: spamdb, 50000 clients (not finished)");
	must(store_generation(w->store, &later, &err), &err);
	assert_true(later > generation);

	import = begin(w, "spamdb", path, &report);
	assert_true(report.counts[STAGING_CLIENT].fresh > 0);
	assert_true(report.counts[STAGING_CLIENT].fresh < 50000);
	must(import_apply(import, &report, no_progress, &change_id, &err), &err);
	import_free(import);
	assert_false(apply(w, "spamdb", path).changes);
	undo_newest(w->store);
	undo_newest(w->store);
	all = export_all(w->store);
	assert_string_equal(all, before);
	free(all);
	free(before);
}

/* ---- hostile files ---- */

/* Every source gets it: nothing is taken, nothing breaks, nothing is executed. */
static void
test_hostile(void **arg)
{
	struct world *w = *arg;
	size_t i, j, len = 300000;
	char *bytes = xcalloc(1, len), path[200], *before = export_all(w->store), *after;
	static const char *const texts[] = {
		"'; DROP TABLE rule; --\n\033[2J\t|\0|\n",
		"INSERT INTO `greylisting` VALUES ('",
		"INSERT INTO greylisting_tracking VALUES (1,(((((((,,,,'\\",
		"COPY connect FROM stdin;\n\t\t\t\t\\x\\\\\\7",
		"VERSION=3\nformat=print\nHEADER=END\n \\\n \\5\n",
		"\"\"\"\"\",\"",
		"{\"kind\": \"triplet\", \"net\": {\"a\": [",
	};

	for (i = 0; i < import_source_n; i++)
		for (j = 0; j < COUNT(texts) + 1; j++) {
			struct import_options options = options_for(w, import_sources[i].name);
			struct import_report report;
			struct import *import;
			struct err err;

			memset(bytes, j == COUNT(texts) ? 'x' : '\177', len);
			if (j < COUNT(texts))
				memcpy(bytes, texts[j], strlen(texts[j]));
			write_file(w, "hostile", bytes, len, path);
			free(w->told_text);
			w->told = open_memstream(&w->told_text, &w->told_len);
			import = import_new(&options, &err);
			assert_non_null(import);
			if (read_path(import, path, &err) == 0) {
				must(import_plan(import, &report, &err), &err);
				want_int(texts[j % COUNT(texts)], report.changes, false);
			}
			import_free(import);
			fclose(w->told);
		}
	after = export_all(w->store);
	assert_string_equal(after, before);
	free(before);
	free(after);
	free(bytes);
	end_cases();
}

static void
test_usage(void **arg)
{
	static const struct {
		const char *source, *file, *want;
	} cases[] = {
		{ "postgray", NULL, "postgray: unknown source; did you mean postgrey" },
		{ "postgrey", "nowhere", "nowhere: No such file or directory" },
		{ "postgrey", "../import", "import is a folder; name the files in it" },
		{ "postgrey", "postscreen.cidr", "neither the text of db_dump" },
		{ "iredapd", "whitelist_recipients", "names no columns of a table" },
	};
	struct world *w = *arg;
	char path[200];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct import_options options = options_for(w, cases[i].source);
		struct err err = { .text = "" };
		struct import *import = import_new(&options, &err);

		if (import != NULL) {
			snprintf(path, sizeof(path), FOLDER "%s", cases[i].file);
			want_int(cases[i].file, read_path(import, path, &err), -1);
		}
		if (strstr(err.text, cases[i].want) == NULL)
			want_text(cases[i].source, err.text, cases[i].want);
		import_free(import);
	}
	end_cases();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test_setup_teardown(test_merge, make_world, remove_world),
		cmocka_unit_test_setup_teardown(
		    test_undo_keeps_later_mail, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_expired_is_replaced, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_rules, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_two_imports, make_world, remove_world),
		cmocka_unit_test_setup_teardown(
		    test_waiting_is_still_found, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_overtaken, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_trimmed, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_audit, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_round_trip, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_formats, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_cidr_order, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_packed, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_binary, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_delay, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_stopped, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_hostile, make_world, remove_world),
		cmocka_unit_test_setup_teardown(test_usage, make_world, remove_world),
	};

	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
