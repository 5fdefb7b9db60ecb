/* test_store_domain.c - whitelisted domains and their networks: listed, due, replaced as a whole or
 * not at all, with the difference noted. */
#include "tests/unit/store_fixture.h"

#include <signal.h>

#include "common/store/db.h"
#include "common/store/domain.h"

#define MANY 100000

static struct domain
named(const char *name)
{
	return (struct domain){ .name = slice_of(name),
		.comment = SLICE("why \"not\""),
		.author = SLICE("ann"),
		.source = SLICE("manual"),
		.created_s = 10 };
}

static void
begin(struct store *store)
{
	struct err err;

	assert_int_equal(store_begin(store, &err), 0);
}

static void
commit(struct store *store)
{
	struct err err;

	assert_int_equal(store_commit(store, &err), 0);
}

static int64_t
add(struct store *store, const char *name)
{
	struct domain domain = named(name);
	struct err err = { .text = "" };
	int64_t id;

	if (store_domain_add(store, &domain, &id, &err) == -1)
		fail_msg("%s", err.text);
	return id;
}

static int64_t
generation_of(struct store *store)
{
	int64_t generation;

	assert_int_equal(store_generation(store, &generation, NULL), 0);
	return generation;
}

static int64_t
count(struct store *store, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t value;

	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* What callbacks handed out, as one text. */
struct seen {
	char text[1024];
	int n;
	int stop_after; /* 0: never */
};

static bool
note(struct seen *seen, const char *text)
{
	size_t len = strlen(seen->text);

	snprintf(seen->text + len, sizeof(seen->text) - len, "%s", text);
	return ++seen->n != seen->stop_after;
}

static bool
note_name(void *arg, const struct domain *domain)
{
	char text[300];

	snprintf(text, sizeof(text), "%.*s ", (int)domain->name.len, domain->name.ptr);
	return note(arg, text);
}

static bool
note_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	char text[300];

	snprintf(text, sizeof(text), "%d %.*s %.*s\n", (int)domain_id, (int)network->net.len,
	    network->net.ptr, (int)network->path.len, network->path.ptr);
	return note(arg, text);
}

static bool
note_difference(void *arg, const struct domain_difference *d)
{
	char text[300];

	snprintf(text, sizeof(text), "%d: at %d %.*s %d to %d, + %.*s - %.*s\n", (int)d->domain_id,
	    (int)d->time_s, (int)d->status.len, d->status.ptr, (int)d->before_n, (int)d->after_n,
	    (int)d->added.len, d->added.ptr, (int)d->removed.len, d->removed.ptr);
	return note(arg, text);
}

static void
assert_networks(struct store *store, int64_t id, const char *want)
{
	struct seen seen = { .text = "" };
	struct err err;

	assert_int_equal(store_domain_networks(store, id, note_network, &seen, &err), 0);
	assert_string_equal(seen.text, want);
}

static bool
take_count(void *arg, const struct domain *domain)
{
	*(int64_t *)arg = domain->networks;
	return true;
}

static int64_t
networks_of(struct store *store, int64_t id)
{
	int64_t n = -1;
	struct err err;

	assert_int_equal(store_domain_get(store, id, take_count, &n, &err), STORE_YES);
	return n;
}

/* Replaces by the networks of LIST: "net path, net path" with one word each. */
static int
try_replace(struct store *store, int64_t id, const char *list, int64_t now_s, int64_t *added_out,
    int64_t *removed_out, struct err *err)
{
	struct domain_network networks[16];
	char copy[512], *rest = copy, *word;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", list);
	while ((word = strsep(&rest, ",")) != NULL) {
		char *path;

		word += strspn(word, " ");
		if (*word == '\0')
			continue;
		path = strchr(word, ' ');
		assert_non_null(path);
		*path++ = '\0';
		networks[n++] = (struct domain_network){ slice_of(word), slice_of(path) };
	}
	return store_domain_replace(
	    store, id, networks, n, SLICE("ok"), now_s, added_out, removed_out, err);
}

static void
replace(struct store *store, int64_t id, const char *list, int64_t now_s)
{
	struct err err = { .text = "" };

	begin(store);
	if (try_replace(store, id, list, now_s, NULL, NULL, &err) == -1)
		fail_msg("%s", err.text);
	commit(store);
}

/* ---- domains ---- */

static bool
check_new(void *arg, const struct domain *got)
{
	struct domain want = named("example.com");

	*(int *)arg += 1;
	assert_int_equal(got->id, 1);
	assert_slice(got->name, want.name);
	assert_slice(got->comment, want.comment);
	assert_slice(got->author, want.author);
	assert_slice(got->source, want.source);
	assert_int_equal(got->created_s, want.created_s);
	assert_slice(got->status, SLICE("new"));
	assert_slice(got->from, SLICE("none"));
	assert_slice(got->error, SLICE(""));
	assert_slice(got->skipped, SLICE("[]"));
	assert_int_equal(got->refreshed_s, 0);
	assert_int_equal(got->good_s, 0);
	assert_int_equal(got->next_s, 0);
	assert_int_equal(got->failures, 0);
	assert_int_equal(got->lookups, 0);
	assert_int_equal(got->min_ttl_s, -1);
	assert_int_equal(got->networks, 0);
	return true;
}

static void
test_new_domain(void **state)
{
	struct fixture *f = *state;
	int calls = 0;
	struct err err;
	int64_t id;

	assert_int_equal(add(f->store, "example.com"), 1);
	assert_int_equal(store_domain_get(f->store, 1, check_new, &calls, &err), STORE_YES);
	assert_int_equal(store_domain_get(f->store, 2, check_new, &calls, &err), STORE_NO);
	assert_int_equal(calls, 1);
	assert_int_equal(store_domain_find(f->store, SLICE("example.com"), &id, &err), STORE_YES);
	assert_int_equal(id, 1);
	assert_int_equal(store_domain_find(f->store, SLICE("example.co"), &id, &err), STORE_NO);
}

static void
test_one_of_a_name(void **state)
{
	struct domain again = named("example.com");
	struct fixture *f = *state;
	struct err err;
	int64_t id;

	add(f->store, "other.example");
	add(f->store, "example.com");
	assert_int_equal(store_domain_add(f->store, &again, &id, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_non_null(strstr(err.text, "example.com"));
	assert_non_null(strstr(err.text, "domain 2"));
	/* The audit names domains by their ids: a new one does not get an old one. */
	assert_int_equal(store_domain_remove(f->store, 2, &err), 0);
	assert_int_equal(add(f->store, "example.com"), 3);
}

static const struct domain refreshed = {
	.name = SLICE("ignored"),
	.status = SLICE("partial"),
	.from = SLICE("spf"),
	.error = SLICE("v6 timeout"),
	.skipped = SLICE("[[\"example.com\", \"ptr\", \"dynamic\"]]"),
	.refreshed_s = 500,
	.good_s = 400,
	.next_s = 900,
	.failures = 3,
	.lookups = 7,
	.min_ttl_s = 0,
	.networks = 99, /* not taken */
};

static bool
check_refreshed(void *arg, const struct domain *got)
{
	const struct domain *want = arg;

	assert_slice(got->name, SLICE("example.com"));
	assert_slice(got->author, SLICE("ann"));
	assert_int_equal(got->created_s, 10);
	assert_slice(got->status, want->status);
	assert_slice(got->from, want->from);
	assert_slice(got->error, want->error);
	assert_slice(got->skipped, want->skipped);
	assert_int_equal(got->refreshed_s, want->refreshed_s);
	assert_int_equal(got->good_s, want->good_s);
	assert_int_equal(got->next_s, want->next_s);
	assert_int_equal(got->failures, want->failures);
	assert_int_equal(got->lookups, want->lookups);
	assert_int_equal(got->min_ttl_s, want->min_ttl_s);
	assert_int_equal(got->networks, 1);
	return true;
}

static void
test_refreshed(void **state)
{
	struct fixture *f = *state;
	struct domain row = refreshed;
	int64_t generation;
	struct err err;

	row.id = add(f->store, "example.com");
	replace(f->store, row.id, "192.0.2.0/24 p", 100);
	generation = generation_of(f->store);
	assert_int_equal(store_domain_refreshed(f->store, &row, &err), 0);
	assert_int_equal(
	    store_domain_get(f->store, row.id, check_refreshed, &row, &err), STORE_YES);
	row.good_s = 0;
	row.min_ttl_s = -1;
	row.error = SLICE("");
	assert_int_equal(store_domain_refreshed(f->store, &row, &err), 0);
	assert_int_equal(
	    store_domain_get(f->store, row.id, check_refreshed, &row, &err), STORE_YES);
	row.next_s = 0;
	assert_int_equal(store_domain_want(f->store, row.id, &err), 0);
	assert_int_equal(
	    store_domain_get(f->store, row.id, check_refreshed, &row, &err), STORE_YES);
	assert_int_equal(generation_of(f->store), generation); /* no network has changed */
}

/* Pages by name while rows come and go, the one where a page ended among them. */
static void
test_pages(void **state)
{
	struct seen seen = { .text = "" }, stopped = { .text = "", .stop_after = 1 };
	struct fixture *f = *state;
	struct err err;

	add(f->store, "d.example");
	add(f->store, "b.example");
	add(f->store, "a.example");
	add(f->store, "c.example");
	assert_int_equal(store_domain_each(f->store, SLICE(""), 2, note_name, &seen, &err), 0);
	assert_string_equal(seen.text, "a.example b.example ");
	assert_int_equal(store_domain_remove(f->store, 2, &err), 0);
	assert_int_equal(
	    store_domain_each(f->store, SLICE("b.example"), 2, note_name, &seen, &err), 0);
	assert_int_equal(
	    store_domain_each(f->store, SLICE("d.example"), 2, note_name, &seen, &err), 0);
	assert_string_equal(seen.text, "a.example b.example c.example d.example ");
	assert_int_equal(
	    store_domain_each(f->store, SLICE_NONE, INT64_MAX, note_name, &stopped, &err), 0);
	assert_string_equal(stopped.text, "a.example ");
}

static void
test_due(void **state)
{
	static const struct {
		const char *name;
		int64_t next_s;
	} domains[] = { { "late.example", 300 }, { "later.example", 1001 }, { "wanted.example", 0 },
		{ "now.example", 1000 }, { "new.example", 0 } };
	struct fixture *f = *state;
	struct seen seen = { .text = "" }, few = { .text = "" };
	struct domain row = refreshed;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
		row.id = add(f->store, domains[i].name);
		row.next_s = domains[i].next_s;
		assert_int_equal(store_domain_refreshed(f->store, &row, &err), 0);
	}
	assert_int_equal(store_domain_due(f->store, 1000, 9, note_name, &seen, &err), 0);
	assert_string_equal(seen.text, "wanted.example new.example late.example now.example ");
	assert_int_equal(store_domain_due(f->store, 1000, 2, note_name, &few, &err), 0);
	assert_string_equal(few.text, "wanted.example new.example ");
	assert_int_equal(store_domain_want(f->store, 2, &err), 0);
	assert_int_equal(store_domain_due(f->store, 0, 1, note_name, &few, &err), 0);
	assert_string_equal(few.text, "wanted.example new.example later.example ");
}

/* A clock that was days ahead when it was refreshed does not put it off for days. */
static void
test_due_after_a_wrong_clock(void **state)
{
	struct fixture *f = *state;
	struct seen seen = { .text = "" };
	struct domain row = refreshed;
	struct err err;

	row.id = add(f->store, "ahead.example");
	row.refreshed_s = 1000000;
	row.next_s = 1003600;
	assert_int_equal(store_domain_refreshed(f->store, &row, &err), 0);
	assert_int_equal(store_domain_due(f->store, 1000000, 9, note_name, &seen, &err), 0);
	assert_string_equal(seen.text, "");
	assert_int_equal(store_domain_due(f->store, 999999, 9, note_name, &seen, &err), 0);
	assert_string_equal(seen.text, "ahead.example ");
}

/* ---- networks ---- */

static void
test_replace(void **state)
{
	static const struct {
		const char *name, *list;
		int64_t added, removed;
		const char *networks, *difference; /* "" for none */
	} cases[] = {
		{ "first, not in order", "192.0.2.0/24 b, 10.1.0.0/16 a", 2, 0,
		    "1 10.1.0.0/16 a\n1 192.0.2.0/24 b\n",
		    "1: at 0 ok 0 to 2, + [\"10.1.0.0/16\", \"192.0.2.0/24\"] - []\n" },
		{ "the same", "10.1.0.0/16 a, 192.0.2.0/24 b", 0, 0,
		    "1 10.1.0.0/16 a\n1 192.0.2.0/24 b\n", "" },
		{ "another path", "10.1.0.0/16 a, 192.0.2.0/24 c", 0, 0,
		    "1 10.1.0.0/16 a\n1 192.0.2.0/24 c\n", "" },
		{ "some of each", "2001:db8::/32 d, 192.0.2.0/24 c, 192.0.2.0/25 e", 2, 1,
		    "1 192.0.2.0/24 c\n1 192.0.2.0/25 e\n1 2001:db8::/32 d\n",
		    "1: at 3 ok 2 to 3, + [\"192.0.2.0/25\", \"2001:db8::/32\"] - "
		    "[\"10.1.0.0/16\"]\n" },
		{ "one of them twice", "192.0.2.0/24 z, 192.0.2.0/24 c, 192.0.2.0/25 e", 0, 1,
		    "1 192.0.2.0/24 c\n1 192.0.2.0/25 e\n",
		    "1: at 4 ok 3 to 2, + [] - [\"2001:db8::/32\"]\n" },
		{ "a new one twice",
		    "192.0.2.0/25 e, 192.0.2.0/24 c, 198.51.100.0/24 g, "
		    "198.51.100.0/24 f",
		    1, 0, "1 192.0.2.0/24 c\n1 192.0.2.0/25 e\n1 198.51.100.0/24 f\n",
		    "1: at 5 ok 2 to 3, + [\"198.51.100.0/24\"] - []\n" },
		{ "none", "", 0, 3, "",
		    "1: at 6 ok 3 to 0, + [] - [\"192.0.2.0/24\", \"192.0.2.0/25\", "
		    "\"198.51.100.0/24\"]\n" },
		{ "none again", "", 0, 0, "", "" },
	};
	struct fixture *f = *state;
	int64_t id = add(f->store, "example.com"), added, removed, last, generation;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen newest = { .text = "" };
		bool changes = cases[i].difference[0] != '\0';

		print_message("# %s\n", cases[i].name);
		generation = generation_of(f->store);
		begin(f->store);
		assert_int_equal(
		    try_replace(f->store, id, cases[i].list, (int64_t)i, &added, &removed, &err),
		    0);
		commit(f->store);
		assert_int_equal(added, cases[i].added);
		assert_int_equal(removed, cases[i].removed);
		assert_networks(f->store, id, cases[i].networks);
		assert_int_equal(
		    networks_of(f->store, id), count(f->store, "SELECT count(*) FROM network"));
		assert_int_equal(generation_of(f->store), generation + changes);
		if (!changes)
			continue;
		assert_int_equal(store_domain_differences(f->store, id, INT64_MAX, 1,
				     note_difference, &newest, &last, &err),
		    0);
		assert_string_equal(newest.text, cases[i].difference);
	}
	assert_int_equal(count(f->store, "SELECT count(*) FROM difference"), 5);
}

/* A pool that two domains include is listed for both, and stays with the one that is left. */
static void
test_shared_network(void **state)
{
	struct seen seen = { .text = "" };
	struct fixture *f = *state;
	struct err err;
	int64_t last;

	add(f->store, "one.example");
	add(f->store, "two.example");
	replace(f->store, 1, "192.0.2.0/24 include, 198.51.100.0/24 own", 100);
	replace(f->store, 2, "192.0.2.0/24 redirect", 100);
	assert_networks(f->store, 0,
	    "1 192.0.2.0/24 include\n1 198.51.100.0/24 own\n2 192.0.2.0/24 redirect\n");
	assert_int_equal(store_domain_remove(f->store, 1, &err), 0);
	assert_networks(f->store, 0, "2 192.0.2.0/24 redirect\n");
	assert_int_equal(networks_of(f->store, 2), 1);
	assert_int_equal(store_domain_differences(
			     f->store, 1, INT64_MAX, 9, note_difference, &seen, &last, &err),
	    0);
	assert_int_equal(seen.n, 0);
	assert_int_equal(last, 0);
	assert_int_equal(store_domain_differences(
			     f->store, 2, INT64_MAX, 9, note_difference, &seen, &last, &err),
	    0);
	assert_int_equal(seen.n, 1);
}

/* The domain was removed while its record was looked up: nothing may stay behind. */
static void
test_replace_without_domain(void **state)
{
	struct fixture *f = *state;
	int64_t generation = generation_of(f->store);
	struct err err;

	begin(f->store);
	assert_int_equal(try_replace(f->store, 7, "192.0.2.0/24 p", 1, NULL, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOINPUT);
	assert_non_null(strstr(err.text, "no domain 7"));
	store_rollback(f->store);
	assert_networks(f->store, 0, "");
	assert_int_equal(generation_of(f->store), generation);
}

/* Newest first, of one domain; the last ones are kept. */
static void
test_differences(void **state)
{
	enum { KEPT = 50, CHANGES = 60 };
	struct seen page = { .text = "" }, rest = { .text = "" };
	struct fixture *f = *state;
	struct err err;
	int64_t last;
	int i;

	add(f->store, "one.example");
	add(f->store, "two.example");
	replace(f->store, 2, "192.0.2.0/24 p", 1);
	for (i = 0; i < CHANGES; i++)
		replace(f->store, 1, i % 2 == 0 ? "192.0.2.0/24 p" : "", i);
	assert_int_equal(store_domain_differences(
			     f->store, 1, INT64_MAX, 2, note_difference, &page, &last, &err),
	    0);
	assert_string_equal(page.text, "1: at 59 ok 1 to 0, + [] - [\"192.0.2.0/24\"]\n"
				       "1: at 58 ok 0 to 1, + [\"192.0.2.0/24\"] - []\n");
	assert_int_equal(store_domain_differences(
			     f->store, 1, last, INT64_MAX, note_difference, &rest, &last, &err),
	    0);
	assert_int_equal(rest.n, KEPT - 2);
	assert_int_equal(count(f->store, "SELECT count(*) FROM difference WHERE domain_id = 2"), 1);
	assert_int_equal(count(f->store, "SELECT min(time_s) FROM difference WHERE domain_id = 1"),
	    CHANGES - KEPT);
}

/* ---- whole or not at all ---- */

static void
assert_as_it_was(struct store *store)
{
	assert_networks(store, 1, "1 192.0.2.0/24 a\n1 198.51.100.0/24 b\n");
	assert_int_equal(networks_of(store, 1), 2);
	assert_int_equal(count(store, "SELECT count(*) FROM difference"), 1);
	assert_int_equal(generation_of(store), 2);
}

static void
make_first_set(struct store *store)
{
	add(store, "example.com");
	replace(store, 1, "192.0.2.0/24 a, 198.51.100.0/24 b", 1);
	assert_as_it_was(store);
}

static void
test_rolled_back(void **state)
{
	struct fixture *f = *state;
	struct err err;

	make_first_set(f->store);
	begin(f->store);
	assert_int_equal(
	    try_replace(f->store, 1, "192.0.2.0/24 c, 203.0.113.0/24 d", 2, NULL, NULL, &err), 0);
	assert_int_equal(generation_of(f->store), 3);
	store_rollback(f->store);
	assert_as_it_was(f->store);
}

static int
replace_and_die(void *arg)
{
	struct store *store = open_mode(arg, STORE_SERVER, NULL);

	if (store == NULL || store_begin(store, NULL) == -1 ||
	    try_replace(store, 1, "203.0.113.0/24 d", 2, NULL, NULL, NULL) == -1)
		return 1;
	sqlite3_db_cacheflush(store->db);
	kill(getpid(), SIGKILL);
	return 2;
}

static void
test_killed(void **state)
{
	struct fixture *f = *state;
	struct store *store = must_open(f->path, STORE_SERVER);
	struct err err;

	make_first_set(store);
	store_close(store);
	assert_int_equal(child_run(replace_and_die, f->path), -SIGKILL);
	f->store = must_open(f->path, STORE_SERVER);
	assert_as_it_was(f->store);
	assert_int_equal(store_quick_check(f->store, &err), STORE_YES);
}

/* N networks whose third number is a multiple of STEP. */
struct many {
	struct domain_network *networks;
	char (*texts)[24];
	size_t n;
};

static struct many
make_many(size_t n, unsigned first, unsigned step)
{
	struct many many = { calloc(n, sizeof(*many.networks)), calloc(n, sizeof(*many.texts)), n };
	size_t i;

	assert_non_null(many.networks);
	assert_non_null(many.texts);
	for (i = 0; i < n; i++) {
		unsigned number = first + step * (unsigned)i;

		snprintf(many.texts[i], sizeof(many.texts[i]), "%u.%u.%u.0/24",
		    11 + (number >> 16) % 100, number >> 8 & 255, number & 255);
		many.networks[i] = (struct domain_network){ slice_of(many.texts[i]),
			SLICE("example.com > include:_spf.example.com > ip4") };
	}
	return many;
}

static void
free_many(struct many *many)
{
	free(many->networks);
	free(many->texts);
}

static void
test_disk_full(void **state)
{
	struct many many = make_many(20000, 0, 1);
	struct fixture *f = *state;
	struct err err;
	char sql[80];

	make_first_set(f->store);
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d",
	    (int)count(f->store, "PRAGMA page_count") + 20);
	assert_int_equal(sqlite3_exec(f->store->db, sql, NULL, NULL, NULL), SQLITE_OK);
	begin(f->store);
	assert_int_equal(store_domain_replace(
			     f->store, 1, many.networks, many.n, SLICE("ok"), 2, NULL, NULL, &err),
	    -1);
	assert_int_equal(err.code, ERR_IO);
	store_rollback(f->store);
	assert_as_it_was(f->store);
	free_many(&many);
}

/* ---- size ---- */

static bool
count_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	(void)domain_id;
	assert_true(network->net.len > 0);
	*(int64_t *)arg += 1;
	return true;
}

/* What costs the square of this does not end within the limit of the runner. */
static void
test_many_networks(void **state)
{
	struct many odd = make_many(MANY, 1, 2), both = make_many(MANY, MANY, 1);
	struct fixture *f = *state;
	int64_t id = add(f->store, "example.com"), added, removed, n = 0;
	struct err err;

	begin(f->store);
	assert_int_equal(store_domain_replace(f->store, id, odd.networks, MANY, SLICE("ok"), 1,
			     &added, &removed, &err),
	    0);
	commit(f->store);
	assert_int_equal(added, MANY);
	assert_int_equal(removed, 0);
	begin(f->store);
	assert_int_equal(store_domain_replace(f->store, id, both.networks, MANY, SLICE("ok"), 2,
			     &added, &removed, &err),
	    0);
	commit(f->store);
	/* The odd ones from MANY to 2 MANY stay. */
	assert_int_equal(added, MANY / 2);
	assert_int_equal(removed, MANY / 2);
	assert_int_equal(store_domain_networks(f->store, id, count_network, &n, &err), 0);
	assert_int_equal(n, MANY);
	assert_int_equal(networks_of(f->store, id), MANY);
	assert_int_equal(store_domain_networks(f->store, 0, count_network, &n, &err), 0);
	assert_int_equal(n, 2 * MANY);
	free_many(&odd);
	free_many(&both);
}

/* What may be asked often goes straight to its rows, in their order. */
static void
test_plans(void **state)
{
	static const enum sql_id ids[] = { SQL_DOMAIN_FIND, SQL_DOMAIN_GET, SQL_DOMAIN_EACH,
		SQL_NETWORK_OF_DOMAIN, SQL_NETWORK_REMOVE, SQL_NETWORK_REMOVE_ALL,
		SQL_DIFFERENCE_PAGE, SQL_DIFFERENCE_TRIM, SQL_DIFFERENCE_REMOVE_ALL };
	struct fixture *f = *state;
	sqlite3_stmt *stmt;
	char sql[1024];
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", sql_text(ids[i]));
		assert_int_equal(sqlite3_prepare_v2(f->store->db, sql, -1, &stmt, NULL), SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(stmt, 3);

			if (strstr(step, "SCAN") != NULL || strstr(step, "TEMP B-TREE") != NULL)
				fail_msg("%s: %s", sql_text(ids[i]), step);
		}
		sqlite3_finalize(stmt);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_new_domain),
		TEST_WITH_STORE(test_one_of_a_name),
		TEST_WITH_STORE(test_refreshed),
		TEST_WITH_STORE(test_pages),
		TEST_WITH_STORE(test_due),
		TEST_WITH_STORE(test_due_after_a_wrong_clock),
		TEST_WITH_STORE(test_replace),
		TEST_WITH_STORE(test_shared_network),
		TEST_WITH_STORE(test_replace_without_domain),
		TEST_WITH_STORE(test_differences),
		TEST_WITH_STORE(test_rolled_back),
		TEST_IN_FOLDER(test_killed),
		TEST_WITH_STORE(test_disk_full),
		TEST_WITH_STORE(test_many_networks),
		TEST_WITH_STORE(test_plans),
	};

	return cmocka_run_group_tests_name("store_domain", tests, NULL, NULL);
}
