/* test_store_undo.c - every change and its undo: the rows are as they were, the audit says so, and
 * what can not be taken back is refused as a whole. */
#include "tests/unit/store_fixture.h"

#include "common/store/db.h"
#include "common/store/image.h"
#include "common/store/undo.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct edit
by(struct store *store, const char *author)
{
	return (struct edit){ .store = store, .author = slice_of(author), .now_s = 1000 };
}

/* Another command of the same operator. */
static struct edit *
anew(struct edit *edit)
{
	edit->command_id = 0;
	return edit;
}

static int
take_back(struct edit *edit, int64_t id, struct err *err)
{
	struct undo_outcome outcome;

	return undo_apply(anew(edit), id, NULL, &outcome, err);
}

static void
must(int result, const struct err *err)
{
	if (result == -1)
		fail_msg("%s", err->text);
}

static void
refused(int result, const struct err *err, int want_code, const char *want_text)
{
	assert_int_equal(result, -1);
	if (err->code != want_code || strstr(err->text, want_text) == NULL)
		fail_msg(
		    "got %d \"%s\", want %d \"%s\"", err->code, err->text, want_code, want_text);
}

/* ---- the rows that changes are made of ---- */

static const struct rule rule_sample = {
	.id = 1,
	.scope = SLICE("@."),
	.pattern = SLICE("@partner.example"),
	.action = RULE_ALLOW,
	.meta = { .comment = SLICE("say \"hi\""),
	    .author = SLICE("eve"),
	    .source = SLICE("import"),
	    .created_s = 10,
	    .expires_s = 99 },
};

static const struct policy policy_sample = {
	.id = 1,
	.scope = SLICE("@example.org"),
	.sender = SLICE("@."),
	.greylist = 1,
	.training = POLICY_UNSET,
	.spf = 2,
	.delay_s = 60,
	.window_s = 86400,
	.lifetime_s = POLICY_UNSET,
	.meta = { .author = SLICE("eve"), .source = SLICE("manual"), .created_s = 10 },
};

static const struct domain domain_sample = {
	.name = SLICE("qq.com"),
	.comment = SLICE("pool"),
	.author = SLICE("eve"),
	.source = SLICE("suggested"),
	.created_s = 10,
};

static const struct triplet triplet_sample = {
	.key = { SLICE("192.0.2.0/24"), SLICE("a@qq.com"), SLICE("info@wode.com") },
	.sender = SLICE("A@qq.com"),
	.recipient = SLICE("info@wode.com"),
	.client_address = SLICE("192.0.2.1"),
	.helo = SLICE("h"),
	.state = { .first_s = 5, .last_s = 5, .attempts = 1 },
};

static const struct client client_sample = {
	.address = SLICE("192.0.2.1"),
	.name = SLICE("mx.example"),
	.state = { 5, 50, 7 },
};

static void
add_rule(struct store *store)
{
	struct err err;
	int64_t id;

	must(store_rule_add(store, &rule_sample, &id, &err), &err);
	must(store_rule_hit(store, id, 5, 700, &err), &err);
}

static void
add_policy(struct store *store)
{
	struct err err;
	int64_t id;

	must(store_policy_put(store, &policy_sample, &id, &err), &err);
	must(store_policy_hit(store, id, 3, 600, &err), &err);
}

static void
add_domain(struct store *store)
{
	struct err err;
	int64_t id;

	must(store_domain_add(store, &domain_sample, &id, &err), &err);
}

static void
add_triplet(struct store *store)
{
	struct err err;
	int64_t id;

	must(store_triplet_append(store, &triplet_sample, &id, &err), &err);
}

static void
add_bounce(struct store *store)
{
	struct triplet bounce = triplet_sample;
	struct err err;
	int64_t id;

	bounce.key.sender = bounce.sender = SLICE_NONE;
	must(store_triplet_append(store, &bounce, &id, &err), &err);
}

static void
add_client(struct store *store)
{
	struct err err;
	int64_t id;

	must(store_client_append(store, &client_sample, &id, &err), &err);
}

static void
add_nothing(struct store *store)
{
	(void)store;
}

/* ---- one of each change ---- */

static int
do_rule_add(struct edit *edit, struct err *err)
{
	int64_t id;

	return edit_rule_add(edit, &rule_sample, &id, err);
}

static int
do_rule_change(struct edit *edit, struct err *err)
{
	struct rule rule = { .id = 1,
		.scope = SLICE("@wode.com"),
		.pattern = SLICE("@partner.example"),
		.action = RULE_BLOCK,
		.meta = { .comment = SLICE("no more") } };

	return edit_rule_change(edit, &rule, err);
}

static int
do_rule_comment(struct edit *edit, struct err *err)
{
	struct rule rule = rule_sample;

	rule.meta.comment = SLICE("other");
	return edit_rule_change(edit, &rule, err);
}

static int
do_rule_remove(struct edit *edit, struct err *err)
{
	return edit_rule_remove(edit, 1, err);
}

static int
set_delay(struct edit *edit, int64_t delay_s, struct err *err)
{
	struct policy policy = policy_sample;
	int64_t id;

	policy.delay_s = delay_s;
	policy.spf = POLICY_UNSET;
	policy.meta.author = edit->author;
	return edit_policy_set(edit, &policy, &id, err);
}

static int
do_policy_set(struct edit *edit, struct err *err)
{
	return set_delay(edit, 120, err);
}

static int
do_policy_change(struct edit *edit, struct err *err)
{
	struct policy policy = { .id = 1,
		.scope = SLICE("@example.net"),
		.sender = SLICE("@qq.com"),
		.greylist = POLICY_UNSET,
		.training = 1,
		.spf = POLICY_UNSET,
		.delay_s = POLICY_UNSET,
		.window_s = POLICY_UNSET,
		.lifetime_s = 3600,
		.meta = { .comment = SLICE("why"), .expires_s = 7777 } };

	return edit_policy_change(edit, &policy, err);
}

static int
do_policy_unset(struct edit *edit, struct err *err)
{
	return edit_policy_unset(edit, 1, err);
}

static int
do_domain_add(struct edit *edit, struct err *err)
{
	int64_t id;

	return edit_domain_add(edit, &domain_sample, &id, err);
}

static int
do_domain_comment(struct edit *edit, struct err *err)
{
	return edit_domain_comment(edit, 1, SLICE("its hosts are many"), err);
}

static int
do_domain_remove(struct edit *edit, struct err *err)
{
	return edit_domain_remove(edit, 1, err);
}

static int
do_release(struct edit *edit, struct err *err)
{
	return edit_release(edit, 1, 0, err);
}

static int
do_client_remove(struct edit *edit, struct err *err)
{
	return edit_client_remove(edit, 1, SLICE_NONE, err);
}

struct scenario {
	const char *what;
	enum image_kind kind;
	void (*prepare)(struct store *store);
	int (*change)(struct edit *edit, struct err *err);
};

#define RULE "allow @partner.example to @."
#define POLICY "@example.org from @."
static const struct scenario scenarios[] = {
	{ "rule add: " RULE, IMAGE_RULE, add_nothing, do_rule_add },
	{ "rule change: " RULE " -> block @partner.example to @wode.com", IMAGE_RULE, add_rule,
	    do_rule_change },
	{ "rule change: " RULE, IMAGE_RULE, add_rule, do_rule_comment },
	{ "rule remove: " RULE, IMAGE_RULE, add_rule, do_rule_remove },
	{ "policy set: " POLICY, IMAGE_POLICY, add_nothing, do_policy_set },
	{ "policy set: " POLICY, IMAGE_POLICY, add_policy, do_policy_set },
	{ "policy change: " POLICY " -> @example.net from @qq.com", IMAGE_POLICY, add_policy,
	    do_policy_change },
	{ "policy unset: " POLICY, IMAGE_POLICY, add_policy, do_policy_unset },
	{ "domain add: qq.com", IMAGE_DOMAIN, add_nothing, do_domain_add },
	{ "domain change: qq.com", IMAGE_DOMAIN, add_domain, do_domain_comment },
	{ "domain remove: qq.com", IMAGE_DOMAIN, add_domain, do_domain_remove },
	{ "release: A@qq.com to info@wode.com", IMAGE_TRIPLET, add_triplet, do_release },
	{ "release: <> to info@wode.com", IMAGE_TRIPLET, add_bounce, do_release },
};

/* ---- what is looked at ---- */

static char *
image(struct store *store, enum image_kind kind, int64_t id)
{
	struct err err;
	char *text;

	must(image_take(store, kind, id, &text, &err), &err);
	return text;
}

static int64_t
generation(struct store *store)
{
	struct err err;
	int64_t n;

	must(store_generation(store, &n, &err), &err);
	return n;
}

struct newest {
	int64_t id, object_id;
	char author[32], verb[32], object[32], before[1024], after[1024];
};

static bool
keep_change(void *arg, const struct change *change)
{
	struct newest *newest = arg;

	newest->id = change->id;
	newest->object_id = change->object_id;
	keep_text(newest->author, sizeof(newest->author), change->author);
	keep_text(newest->verb, sizeof(newest->verb), change->verb);
	keep_text(newest->object, sizeof(newest->object), change->object);
	keep_text(newest->before, sizeof(newest->before), change->before);
	keep_text(newest->after, sizeof(newest->after), change->after);
	return false;
}

static struct newest
newest_change(struct store *store)
{
	struct newest newest = { .id = 0 };
	int64_t last;
	struct err err;

	must(store_change_page(store, INT64_MAX, 1, keep_change, &newest, &last, &err), &err);
	return newest;
}

static struct undo
find(struct store *store, const char *author)
{
	struct undo undo = { .id = 0 };
	enum store_found found;
	struct err err;

	found = undo_find(store, slice_of(author), &undo, &err);
	if (found != STORE_YES)
		fail_msg("nothing found for %s", author);
	return undo;
}

static bool
finds_nothing(struct store *store, const char *author)
{
	struct undo undo;
	struct err err;

	return undo_find(store, slice_of(author), &undo, &err) == STORE_NO;
}

static void
assert_undo_audited(
    struct store *store, const char *author, int64_t change_id, const char *left, const char *was)
{
	struct newest newest = newest_change(store);

	assert_string_equal(newest.verb, "undo");
	assert_string_equal(newest.object, "change");
	assert_string_equal(newest.author, author);
	assert_int_equal(newest.object_id, change_id);
	assert_string_equal(newest.before, left);
	assert_string_equal(newest.after, was);
}

/* Twice is refused, and does nothing. */
static void
assert_undone(struct store *store, int64_t change_id)
{
	struct edit edit = by(store, "ann");
	int64_t last = newest_change(store).id;
	struct undo undo;
	struct err err;

	refused(take_back(&edit, change_id, &err), &err, ERR_DATA, "taken back already");
	assert_int_equal(newest_change(store).id, last);
	assert_int_equal(undo_look(store, change_id, &undo, &err), STORE_YES);
	assert_string_equal(undo.why_not, "it was taken back already");
}

static void
play(struct fixture *f, const struct scenario *scenario)
{
	struct edit edit = by(f->store, "ann");
	char *was, *left, *now;
	struct undo undo;
	struct err err;
	int64_t before;

	scenario->prepare(f->store);
	was = image(f->store, scenario->kind, 1);
	must(scenario->change(anew(&edit), &err), &err);
	left = image(f->store, scenario->kind, 1);
	assert_string_not_equal(was, left);
	undo = find(f->store, "ann");
	assert_string_equal(undo.what, scenario->what);
	assert_string_equal(undo.why_not, "");
	assert_int_equal(undo.time_s, 1000);
	before = generation(f->store);
	must(take_back(&edit, undo.id, &err), &err);
	assert_int_equal(generation(f->store), before + 1);
	now = image(f->store, scenario->kind, 1);
	assert_string_equal(now, was);
	assert_undo_audited(f->store, "ann", undo.id, left, was);
	assert_undone(f->store, undo.id);
	assert_true(finds_nothing(f->store, "ann"));
	free(was);
	free(left);
	free(now);
}

static void
reopen(struct fixture *f)
{
	store_close(f->store);
	f->store = must_open(f->path, STORE_SERVER);
}

static void
empty(struct fixture *f)
{
	store_close(f->store);
	unlink(f->path);
	f->store = must_open(f->path, STORE_SERVER);
}

static void
test_every_change(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < COUNT(scenarios); i++) {
		play(f, &scenarios[i]);
		empty(f);
	}
}

static void
test_across_handles(void **state)
{
	struct fixture *f = *state;
	struct edit edit;
	struct err err;
	char *was, *now;
	int64_t id;
	size_t i;

	for (i = 0; i < COUNT(scenarios); i++) {
		scenarios[i].prepare(f->store);
		was = image(f->store, scenarios[i].kind, 1);
		edit = by(f->store, "ann");
		must(scenarios[i].change(anew(&edit), &err), &err);
		reopen(f);
		edit = by(f->store, "ann");
		id = find(f->store, "ann").id;
		must(take_back(&edit, id, &err), &err);
		reopen(f);
		assert_undone(f->store, id);
		now = image(f->store, scenarios[i].kind, 1);
		assert_string_equal(now, was);
		free(was);
		free(now);
		empty(f);
	}
}

/* ---- hits and refreshes go on ---- */

static bool
keep_rule(void *arg, const struct rule *rule)
{
	*(struct rule *)arg = *rule;
	return true;
}

static bool
keep_policy(void *arg, const struct policy *policy)
{
	*(struct policy *)arg = *policy;
	return true;
}

static void
test_hits_are_no_change(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by(f->store, "ann");
	struct policy policy;
	struct rule rule;
	struct err err;

	add_rule(f->store);
	must(do_rule_change(anew(&edit), &err), &err);
	must(store_rule_hit(f->store, 1, 2, 900, &err), &err);
	must(take_back(&edit, 1, &err), &err);
	assert_int_equal(store_rule_get(f->store, 1, keep_rule, &rule, &err), STORE_YES);
	assert_int_equal(rule.meta.hits, 7);
	assert_int_equal(rule.meta.last_hit_s, 900);
	assert_int_equal(rule.action, RULE_ALLOW);
	add_policy(f->store);
	must(do_policy_set(anew(&edit), &err), &err);
	must(store_policy_hit(f->store, 1, 2, 900, &err), &err);
	must(take_back(&edit, newest_change(f->store).id, &err), &err);
	assert_int_equal(store_policy_get(f->store, 1, keep_policy, &policy, &err), STORE_YES);
	assert_int_equal(policy.meta.hits, 5);
	assert_int_equal(policy.delay_s, 60);
	assert_int_equal(policy.spf, 2);
}

static void
refresh(struct store *store)
{
	static const struct domain_network network = { SLICE("192.0.2.0/24"), SLICE("path") };
	struct domain row = { .id = 1,
		.status = SLICE("ok"),
		.from = SLICE("spf"),
		.skipped = SLICE("[]"),
		.refreshed_s = 800,
		.good_s = 800,
		.next_s = 9000,
		.min_ttl_s = 60 };
	struct err err;

	must(store_begin(store, &err), &err);
	must(store_domain_replace(store, 1, &network, 1, SLICE("ok"), 800, NULL, NULL, &err), &err);
	must(store_domain_refreshed(store, &row, &err), &err);
	must(store_commit(store, &err), &err);
}

static bool
keep_domain(void *arg, const struct domain *domain)
{
	*(struct domain *)arg = *domain;
	return true;
}

static bool
count_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	(void)domain_id;
	(void)network;
	++*(int *)arg;
	return true;
}

static void
assert_domain(struct store *store, int64_t next_s, int64_t networks)
{
	struct domain domain;
	struct err err;
	int n = 0;

	assert_int_equal(store_domain_get(store, 1, keep_domain, &domain, &err), STORE_YES);
	assert_int_equal(domain.next_s, next_s);
	assert_int_equal(domain.networks, networks);
	must(store_domain_networks(store, 1, count_network, &n, &err), &err);
	assert_int_equal(n, networks);
}

/* A comment goes back and leaves the networks alone; a domain that comes back is due at once. */
static void
test_domain_with_networks(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by(f->store, "ann");
	struct err err;

	add_domain(f->store);
	must(do_domain_comment(anew(&edit), &err), &err);
	refresh(f->store);
	must(take_back(&edit, 1, &err), &err);
	assert_domain(f->store, 9000, 1);
	must(do_domain_remove(anew(&edit), &err), &err);
	must(take_back(&edit, newest_change(f->store).id, &err), &err);
	assert_domain(f->store, 0, 0);
	/* A refresh that was asked for is nothing to take back. */
	must(edit_domain_refresh(anew(&edit), 1, &err), &err);
	assert_true(finds_nothing(f->store, "ann"));
	refused(take_back(&edit, newest_change(f->store).id, &err), &err, ERR_DATA,
	    "\"domain refresh\" is nothing that can be taken back");
}

/* A domain that was added takes the networks of its refreshes along. */
static void
test_added_domain_with_networks(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by(f->store, "ann");
	struct err err;
	int n = 0;

	must(do_domain_add(anew(&edit), &err), &err);
	refresh(f->store);
	must(take_back(&edit, 1, &err), &err);
	must(store_domain_networks(f->store, 0, count_network, &n, &err), &err);
	assert_int_equal(n, 0);
}

/* ---- clients ---- */

struct clients {
	int64_t n;
	int64_t id;
	struct client_state state;
	char address[64], name[64];
};

static bool
keep_client(void *arg, const struct client *client)
{
	struct clients *clients = arg;

	clients->n++;
	clients->id = client->id;
	clients->state = client->state;
	keep_text(clients->address, sizeof(clients->address), client->address);
	keep_text(clients->name, sizeof(clients->name), client->name);
	return true;
}

static struct clients
clients_after(struct store *store, int64_t after_id)
{
	struct clients clients = { .n = 0 };
	struct err err;
	int64_t last;

	must(store_client_keys(store, after_id, 100, keep_client, &clients, &last, &err), &err);
	return clients;
}

static void
assert_client_back(const struct clients *clients)
{
	assert_string_equal(clients->address, "192.0.2.1");
	assert_string_equal(clients->name, "mx.example");
	assert_int_equal(clients->state.first_s, 5);
	assert_int_equal(clients->state.last_s, 50);
	assert_int_equal(clients->state.passes, 7);
}

/* Whatever ids a server has seen, that of the row that came back is greater. */
static void
test_client(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by(f->store, "ann");
	struct clients clients;
	struct undo undo;
	struct err err;
	int64_t seen;

	add_client(f->store);
	must(do_client_remove(anew(&edit), &err), &err);
	assert_int_equal(clients_after(f->store, 0).n, 0);
	refused(
	    edit_client_remove(anew(&edit), 1, SLICE_NONE, &err), &err, ERR_NOINPUT, "no client 1");
	undo = find(f->store, "ann");
	assert_string_equal(undo.what, "client remove: 192.0.2.1");
	must(take_back(&edit, undo.id, &err), &err);
	clients = clients_after(f->store, 1);
	assert_int_equal(clients.n, 1);
	assert_client_back(&clients);
	assert_undone(f->store, undo.id);
	seen = clients.id;
	must(edit_client_remove(anew(&edit), seen, SLICE_NONE, &err), &err);
	undo = find(f->store, "ann");
	must(take_back(&edit, undo.id, &err), &err);
	clients = clients_after(f->store, seen);
	assert_int_equal(clients.n, 1);
	assert_client_back(&clients);
}

/* Ids of removed clients may be another's by now; what it earned meanwhile adds up. */
static void
test_client_that_began_again(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by(f->store, "ann");
	struct client again = client_sample, other = client_sample;
	struct clients clients;
	struct err err;
	int64_t id;

	add_client(f->store);
	must(do_client_remove(anew(&edit), &err), &err);
	other.address = SLICE("2001:db8::1");
	must(store_client_append(f->store, &other, &id, &err), &err);
	assert_int_equal(id, 1);
	again.name = SLICE_NONE;
	again.state = (struct client_state){ 900, 950, 1 };
	must(store_client_append(f->store, &again, &id, &err), &err);
	must(take_back(&edit, 1, &err), &err);
	clients = clients_after(f->store, 1);
	assert_int_equal(clients.n, 1);
	assert_int_equal(clients.id, id);
	assert_int_equal(clients.state.first_s, 5);
	assert_int_equal(clients.state.last_s, 950);
	assert_int_equal(clients.state.passes, 8);
	clients = clients_after(f->store, 0);
	assert_int_equal(clients.n, 2);
}

/* ---- refusals ---- */

/* Nothing has happened: no row of the audit, no generation, no open transaction. */
static void
assert_refused(struct store *store, int64_t change_id, const char *why)
{
	struct edit edit = by(store, "ann");
	int64_t last = newest_change(store).id, before = generation(store);
	struct undo undo = { .id = 0 };
	struct err err;

	assert_int_equal(undo_look(store, change_id, &undo, &err), STORE_YES);
	assert_string_equal(undo.why_not, why);
	refused(take_back(&edit, change_id, &err), &err, ERR_DATA, why);
	assert_int_equal(newest_change(store).id, last);
	assert_int_equal(generation(store), before);
	assert_true(sqlite3_get_autocommit(store->db) != 0);
}

static void
test_rule_changed_since(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann"), bob = by(f->store, "bob");
	struct rule rule = rule_sample;
	struct err err;
	int64_t id;

	must(do_rule_add(anew(&ann), &err), &err);
	must(do_rule_change(anew(&bob), &err), &err);
	assert_refused(f->store, 1, "rule 1 was changed since (scope)");
	rule.id = 1;
	rule.meta.expires_s = 100;
	must(edit_rule_change(anew(&bob), &rule, &err), &err);
	assert_refused(f->store, 1, "rule 1 was changed since (expires_s)");
	/* The same again is as it was left, whoever did it. */
	must(edit_rule_change(anew(&bob), &rule_sample, &err), &err);
	must(take_back(&ann, 1, &err), &err);
	assert_refused(f->store, 2, "rule 1 is gone");
	/* Its pair is taken. */
	must(edit_rule_add(anew(&ann), &rule_sample, &id, &err), &err);
	must(edit_rule_remove(anew(&ann), id, &err), &err);
	must(edit_rule_add(anew(&bob), &rule_sample, &id, &err), &err);
	assert_refused(f->store, newest_change(f->store).id - 1,
	    "rule 3 has this pattern for this scope by now");
}

static void
test_pair_of_a_change_taken(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct policy policy = policy_sample;
	struct err err;
	int64_t id;

	add_rule(f->store);
	add_policy(f->store);
	must(do_rule_change(anew(&ann), &err), &err);
	must(do_policy_change(anew(&ann), &err), &err);
	must(edit_rule_add(anew(&ann), &rule_sample, &id, &err), &err);
	must(edit_policy_set(anew(&ann), &policy, &id, &err), &err);
	assert_refused(f->store, 1, "rule 2 has this pattern for this scope by now");
	assert_refused(f->store, 2, "policy 2 is for these recipients and senders by now");
	must(take_back(&ann, 4, &err), &err);
	must(take_back(&ann, 2, &err), &err);
	must(take_back(&ann, 3, &err), &err);
	must(take_back(&ann, 1, &err), &err);
}

static void
test_policy_and_domain_changed_since(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann"), bob = by(f->store, "bob");
	struct err err;

	must(set_delay(anew(&ann), 60, &err), &err);
	must(set_delay(anew(&bob), 90, &err), &err);
	assert_refused(f->store, 1, "policy 1 was changed since (delay_s)");
	must(set_delay(anew(&bob), 60, &err), &err);
	assert_refused(f->store, 1, "policy 1 was changed since (author)");
	must(do_domain_add(anew(&ann), &err), &err);
	must(do_domain_comment(anew(&bob), &err), &err);
	assert_refused(f->store, 4, "domain 1 was changed since (comment)");
	must(do_domain_remove(anew(&ann), &err), &err);
	must(do_domain_add(anew(&bob), &err), &err);
	assert_refused(f->store, 6, "it is whitelisted again (domain 2)");
	assert_refused(f->store, 5, "domain 1 is gone");
}

static void
test_released_mail(void **state)
{
	static const struct triplet_delta passed = { 5, 2000, 0, 1, 2000 };
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct err err;

	add_triplet(f->store);
	must(do_release(anew(&ann), &err), &err);
	must(store_triplet_merge(f->store, 1, &passed, NULL, &err), &err);
	assert_refused(f->store, 1, "the mail has passed meanwhile");
	assert_string_equal(find(f->store, "ann").why_not, "the mail has passed meanwhile");
	must(store_triplet_delete(f->store, 1, &err), &err);
	assert_refused(f->store, 1, "triplet 1 is gone");
	add_bounce(f->store); /* which gets the same id */
	assert_refused(f->store, 1, "triplet 1 was changed since (sender_key)");
}

static void
test_no_such_change(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct undo undo;
	struct err err;

	assert_true(finds_nothing(f->store, "ann"));
	assert_int_equal(undo_look(f->store, 1, &undo, &err), STORE_NO);
	refused(take_back(&ann, 1, &err), &err, ERR_NOINPUT, "there is no change 1");
	must(do_rule_add(anew(&ann), &err), &err);
	must(take_back(&ann, 1, &err), &err);
	assert_refused(f->store, 2, "\"undo\" is nothing that can be taken back");
}

/* ---- who ---- */

static void
test_two_authors(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann"), bob = by(f->store, "bob");
	struct err err;

	must(do_rule_add(anew(&ann), &err), &err);   /* 1 */
	must(do_domain_add(anew(&bob), &err), &err); /* 2 */
	must(set_delay(anew(&ann), 60, &err), &err); /* 3 */
	assert_int_equal(find(f->store, "ann").id, 3);
	assert_int_equal(find(f->store, "bob").id, 2);
	assert_true(finds_nothing(f->store, "eve"));
	/* Who is told which change may take back another's. */
	must(take_back(&bob, 3, &err), &err);
	assert_int_equal(find(f->store, "ann").id, 1);
	assert_int_equal(find(f->store, "bob").id, 2);
	must(take_back(&ann, 1, &err), &err);
	assert_true(finds_nothing(f->store, "ann"));
	assert_int_equal(find(f->store, "bob").id, 2);
}

static int64_t
append_change(struct store *store, const char *verb, const char *before, const char *after)
{
	struct change change = { .time_s = 1,
		.author = SLICE("ann"),
		.verb = slice_of(verb),
		.object = SLICE("rule"),
		.object_id = 1,
		.before = slice_of(before),
		.after = slice_of(after) };
	struct err err;
	int64_t id;

	must(store_change_append(store, &change, &id, &err), &err);
	return id;
}

static void
test_look_back_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct err err;
	int i;

	must(do_rule_add(anew(&ann), &err), &err);
	must(store_begin(f->store, &err), &err);
	for (i = 0; i < UNDO_LOOK_BACK - 1; i++)
		append_change(f->store, "domain refresh", "", "");
	assert_int_equal(find(f->store, "ann").id, 1);
	append_change(f->store, "domain refresh", "", "");
	assert_true(finds_nothing(f->store, "ann"));
	must(store_commit(f->store, &err), &err);
	must(take_back(&ann, 1, &err), &err); /* by its id all the same */
}

/* An audit that something else has written to is refused, and never crashes. */
static void
test_damaged_audit(void **state)
{
	static const char *const images[] = { "{", "[]", "null", "\"\\u12\"", "{\"id\": 1}",
		"{\"id\": 1, \"scope\": 2}", "{\"id\": 99999999999999999999}",
		"{\"scope\": 1e15, \"pattern\": 1e15, \"comment\": 1e15, \"author\": 1e15}",
		"{\"id\": [1], \"scope\": {\"scope\": \"@.\"}}" };
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct undo undo;
	struct err err;
	int64_t id;
	size_t i;

	for (i = 0; i < COUNT(images); i++) {
		id = append_change(f->store, "rule remove", images[i], "");
		assert_int_equal(undo_look(f->store, id, &undo, &err), STORE_YES);
		assert_string_equal(undo.what, "rule remove: rule 1");
		refused(take_back(&ann, id, &err), &err, ERR_DATA, "its audit is damaged");
	}
	id = append_change(f->store, "release", "", "");
	assert_refused(f->store, id, "its audit is damaged: an image is missing");
	id = append_change(f->store, "", "", "");
	assert_refused(f->store, id, "\"\" is nothing that can be taken back");
}

/* ---- texts ---- */

struct texts {
	struct slice want;
	bool same;
};

static bool
compare_texts(void *arg, const struct rule *rule)
{
	struct texts *texts = arg;

	texts->same = slice_equal(rule->meta.comment, texts->want) &&
		      slice_equal(rule->pattern, texts->want);
	return true;
}

/* Removes a rule with such texts and undoes that. Whether it came back, byte for byte. */
static bool
survives(struct store *store, struct slice text)
{
	struct edit ann = by(store, "ann");
	struct rule rule = { .scope = SLICE("@."), .pattern = text, .meta.comment = text };
	struct texts texts = { text, false };
	struct err err;
	int64_t id;

	must(edit_rule_add(anew(&ann), &rule, &id, &err), &err);
	must(edit_rule_remove(anew(&ann), id, &err), &err);
	if (take_back(&ann, newest_change(store).id, &err) == -1) {
		refused(-1, &err, ERR_DATA, "no valid UTF-8");
		return false;
	}
	assert_int_equal(store_rule_get(store, id, compare_texts, &texts, &err), STORE_YES);
	assert_true(texts.same);
	must(edit_rule_remove(anew(&ann), id, &err), &err);
	return true;
}

static void
test_hostile_texts(void **state)
{
	static const struct {
		struct slice text;
		bool survives;
	} cases[] = {
		{ SLICE("\"'); DROP TABLE rule; --"), true }, { SLICE("\\"), true },
		{ SLICE("\\u0000"), true }, { SLICE("\\\\u0000\\\""), true },
		{ SLICE("\x01\x02\t\n\r\x1b[2J\x1f\x7f"), true },
		{ SLICE("\xe2\x80\xae"
			"drow\xe2\x80\xac"),
		    true },
		{ SLICE("\xef\xbb\xbf\xc2\x85\xe2\x80\xa8"), true },
		{ SLICE("\xf0\x9f\x93\xa7\xf4\x8f\xbf\xbf\xf3\xa0\x80\x81"), true },
		{ SLICE("%s%n$x"), true }, { SLICE("{\"id\": 7}"), true }, { SLICE("\xff"), false },
		{ SLICE("caf\xe9"), false }, { SLICE("\xc0\xaf\xed\xa0\x80"), false },
		{ SLICE("a\0b"), false }, { SLICE("\\\0"), false },
		{ SLICE("\xef\xbf\xbd"), false }, /* what invalid bytes become looks the same */
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		if (survives(f->store, cases[i].text) != cases[i].survives)
			fail_msg("case %zu", i);
}

/* Any bytes: the same again, or refused; and what is valid is not refused. */
static void
test_random_texts(void **state)
{
	static const char alphabet[] = "ab\"\\u0{}\x01\x7f\xc3\xa9\xe2\x80\xae\xf0\x9f\x93\xa7\xff";
	struct fixture *f = *state;
	char text[12];
	size_t len, i;
	int round;

	srandom(4711);
	for (round = 0; round < 400; round++) {
		len = 1 + (size_t)random() % sizeof(text);
		for (i = 0; i < len; i++)
			text[i] = alphabet[(size_t)random() % (sizeof(alphabet) - 1)];
		if (survives(f->store, (struct slice){ text, len }) !=
		    str_is_utf8((struct slice){ text, len }))
			fail_msg("round %d", round);
	}
}

/* Long texts are cut in what is said of them, and whole in the row. */
static void
test_long_texts(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	static char text[5000];
	struct rule rule = { .scope = SLICE("@."), .pattern = { text, sizeof(text) } };
	struct undo undo;
	struct err err;
	int64_t id;

	memset(text, '\x1b', sizeof(text));
	assert_true(survives(f->store, rule.pattern));
	must(edit_rule_add(anew(&ann), &rule, &id, &err), &err);
	undo = find(f->store, "ann");
	assert_int_equal(strlen(undo.what), UNDO_TEXT_MAX - 1);
	must(take_back(&ann, undo.id, &err), &err);
}

/* What is only taken away need not survive. */
static void
test_bad_texts_are_taken_away(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct rule rule = { .scope = SLICE("@."), .pattern = SLICE("\xff\xfe") };
	struct triplet triplet = triplet_sample;
	struct err err;
	int64_t id;

	must(edit_rule_add(anew(&ann), &rule, &id, &err), &err);
	must(take_back(&ann, 1, &err), &err);
	triplet.key.sender = triplet.sender = SLICE("\xe9\x1b@x\0y");
	must(store_triplet_append(f->store, &triplet, &id, &err), &err);
	must(edit_release(anew(&ann), id, 0, &err), &err);
	must(take_back(&ann, newest_change(f->store).id, &err), &err);
	assert_true(finds_nothing(f->store, "ann"));
}

/* ---- all or nothing ---- */

static void
test_while_locked(void **state)
{
	struct store_options options = { .mode = STORE_WRITE, .busy_ms = 20 };
	struct fixture *f = *state;
	struct store *console;
	char *left, *now;
	struct edit ann;
	struct err err;

	add_rule(f->store);
	options.path = f->path;
	console = store_open(&options, NULL, &err);
	assert_non_null(console);
	ann = by(console, "ann");
	must(do_rule_change(anew(&ann), &err), &err);
	left = image(console, IMAGE_RULE, 1);
	must(store_begin(f->store, &err), &err);
	refused(take_back(&ann, 1, &err), &err, ERR_TEMP, "");
	refused(do_rule_change(anew(&ann), &err), &err, ERR_TEMP, "");
	assert_string_equal(find(console, "ann").why_not, ""); /* reading goes on */
	store_rollback(f->store);
	now = image(console, IMAGE_RULE, 1);
	assert_string_equal(now, left);
	assert_int_equal(newest_change(console).id, 1);
	must(take_back(&ann, 1, &err), &err);
	store_close(console);
	free(left);
	free(now);
}

/* The last step, the generation, fails: the row that was written before is as it was. */
static void
test_failure_in_the_middle(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	char *left, *now;
	struct err err;
	size_t i;

	for (i = 0; i < COUNT(scenarios); i++) {
		scenarios[i].prepare(f->store);
		must(scenarios[i].change(anew(&ann), &err), &err);
		must(db_script(f->store, "ALTER TABLE meta RENAME TO elsewhere", &err), &err);
		left = image(f->store, scenarios[i].kind, 1);
		refused(take_back(&ann, 1, &err), &err, ERR_DATA, "no such table");
		now = image(f->store, scenarios[i].kind, 1);
		assert_string_equal(now, left);
		assert_int_equal(newest_change(f->store).id, 1);
		must(db_script(f->store, "ALTER TABLE elsewhere RENAME TO meta", &err), &err);
		must(take_back(&ann, 1, &err), &err);
		free(left);
		free(now);
		empty(f);
		ann = by(f->store, "ann");
	}
}

/* ---- many changes, and all the way back ---- */

#define STEPS 120

static char *
dump(struct store *store)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);
	struct json json;
	struct err err;

	assert_non_null(stream);
	json_init(&json, stream);
	must(store_rule_each(store, 0, 1000, image_put_rule, &json, &err), &err);
	must(store_policy_each(store, 0, 1000, image_put_policy, &json, &err), &err);
	must(store_domain_each(store, SLICE_NONE, 1000, image_put_domain, &json, &err), &err);
	fclose(stream);
	return text;
}

static struct slice
one_of_a_few(void)
{
	static const char *const names[] = { "@.", "@a.example", "@b.example", "c@d.example" };

	return slice_of(names[random() % 4]);
}

static struct rule
random_rule(void)
{
	return (struct rule){ .id = 1 + random() % 8,
		.scope = one_of_a_few(),
		.pattern = one_of_a_few(),
		.action = (enum rule_action)(random() % 3),
		.meta = { .comment = one_of_a_few(),
		    .author = SLICE("ann"),
		    .created_s = random() % 100,
		    .expires_s = random() % 3 } };
}

static struct policy
random_policy(void)
{
	return (struct policy){ .id = 1 + random() % 8,
		.scope = one_of_a_few(),
		.sender = one_of_a_few(),
		.greylist = random() % 3 - 1,
		.training = random() % 3 - 1,
		.spf = random() % 3 - 1,
		.delay_s = random() % 100 - 1,
		.window_s = POLICY_UNSET,
		.lifetime_s = random() % 100 - 1,
		.meta = { .author = one_of_a_few(), .created_s = random() % 100 } };
}

static int
random_change(struct edit *edit, struct err *err)
{
	struct rule rule = random_rule();
	struct policy policy = random_policy();
	struct domain domain = { .name = one_of_a_few(), .comment = one_of_a_few() };
	int64_t id;

	switch (random() % 9) {
	case 0: return edit_rule_add(edit, &rule, &id, err);
	case 1: return edit_rule_change(edit, &rule, err);
	case 2: return edit_rule_remove(edit, rule.id, err);
	case 3: return edit_policy_set(edit, &policy, &id, err);
	case 4: return edit_policy_change(edit, &policy, err);
	case 5: return edit_policy_unset(edit, policy.id, err);
	case 6: return edit_domain_add(edit, &domain, &id, err);
	case 7: return edit_domain_comment(edit, rule.id, domain.comment, err);
	default: return edit_domain_remove(edit, rule.id, err);
	}
}

static void
test_all_the_way_back(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	char *states[STEPS + 1], *now;
	struct undo undo;
	struct err err;
	int n = 0;

	srandom(99);
	states[0] = dump(f->store);
	while (n < STEPS)
		if (random_change(anew(&ann), &err) == 0)
			states[++n] = dump(f->store);
		else
			assert_true(err.code == ERR_DATA || err.code == ERR_NOINPUT);
	while (n > 0) {
		free(states[n--]);
		undo = find(f->store, "ann");
		assert_string_equal(undo.why_not, "");
		must(take_back(&ann, undo.id, &err), &err);
		now = dump(f->store);
		assert_string_equal(now, states[n]);
		free(now);
	}
	assert_true(finds_nothing(f->store, "ann"));
	free(states[0]);
}

/* ---- commands ---- */

struct commands {
	size_t n;
	char text[8][96];
};

static bool
keep_command(void *arg, const struct undo_entry *entry)
{
	struct commands *commands = arg;

	snprintf(commands->text[commands->n++], sizeof(commands->text[0]), "%d %.*s %s (%d of %d)",
	    (int)entry->change->command_id, (int)entry->change->author.len,
	    entry->change->author.ptr, entry->what, (int)entry->undone_n, (int)entry->change_n);
	return commands->n < 8;
}

static void
assert_commands(struct store *store, const char *const *want, size_t want_n)
{
	struct commands got = { .n = 0 };
	int64_t last = INT64_MAX;
	struct err err;
	size_t i;

	/* By ones: pages are exact at any size. */
	while (last != 0)
		must(undo_page(store, last, 1, keep_command, &got, &last, &err), &err);
	for (i = 0; i < got.n && i < want_n; i++)
		assert_string_equal(got.text[i], want[i]);
	assert_int_equal(got.n, want_n);
	got.n = 0;
	must(undo_page(store, INT64_MAX, 8, keep_command, &got, &last, &err), &err);
	assert_int_equal(got.n, want_n);
}

static int64_t
add_named(struct edit *edit, const char *name)
{
	struct domain domain = domain_sample;
	struct err err;
	int64_t id;

	domain.name = slice_of(name);
	must(edit_domain_add(edit, &domain, &id, &err), &err);
	return id;
}

static int64_t
add_mail(struct store *store, const char *sender)
{
	struct triplet triplet = triplet_sample;
	struct err err;
	int64_t id;

	triplet.key.sender = triplet.sender = slice_of(sender);
	must(store_triplet_append(store, &triplet, &id, &err), &err);
	return id;
}

/* Two operators at the same moment with the same verb, each change between those of the other; and
 * one that fails in between. */
static void
test_commands_are_exact(void **state)
{
	static const char *const before[] = { "3 ann domain add: b.example (0 of 1)",
		"2 bob domain add: x.example and 1 more (0 of 2)",
		"1 ann domain add: a.example and 2 more (0 of 3)" };
	static const char *const after[] = {
		"7 bob undo: domain add: d.example and 2 more (0 of 3)",
		"3 ann domain add: b.example (0 of 1)",
		"2 bob domain add: x.example and 1 more (0 of 2)",
		"1 ann domain add: a.example and 2 more (3 of 3)"
	};
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann"), later = ann, bob = by(f->store, "bob");
	struct undo_outcome outcome;
	struct undo undo;
	struct err err;
	int64_t id;

	add_named(&ann, "a.example");
	add_named(&bob, "x.example");
	add_named(&later, "b.example");
	add_named(&ann, "c.example");
	refused(edit_domain_remove(&ann, 99, &err), &err, ERR_NOINPUT, "no domain 99");
	add_named(&bob, "y.example");
	add_named(&ann, "d.example");
	assert_commands(f->store, before, COUNT(before));
	assert_int_equal(find(f->store, "ann").id, 3);
	assert_int_equal(find(f->store, "bob").id, 2);
	assert_int_equal(undo_look(f->store, 6, &undo, &err), STORE_OTHER);
	assert_int_equal(undo.id, 1);
	refused(take_back(&bob, 6, &err), &err, ERR_NOINPUT,
	    "change 6 was made together with change 1");
	anew(&bob);
	must(undo_apply(&bob, 1, NULL, &outcome, &err), &err);
	assert_int_equal(outcome.taken_n, 3);
	assert_int_equal(outcome.refused_n, 0);
	assert_int_equal(bob.command_id, 7);
	assert_commands(f->store, after, COUNT(after));
	assert_int_equal(store_domain_find(f->store, SLICE("d.example"), &id, &err), STORE_NO);
	assert_int_equal(store_domain_find(f->store, SLICE("b.example"), &id, &err), STORE_YES);
	assert_int_equal(undo_look_change(f->store, 4, &undo, &err), STORE_YES);
	assert_string_equal(undo.what, "domain add: c.example");
	assert_string_equal(undo.why_not, "it was taken back already");
	assert_int_equal(undo.id, 1);
	assert_int_equal(undo.change_n, 3);
	refused(take_back(&bob, 1, &err), &err, ERR_DATA, "taken back already");
	refused(take_back(&bob, 7, &err), &err, ERR_DATA, "\"undo\" is nothing");
}

/* What failed first makes no command, and does not join the next one to it. */
static void
test_a_failure_begins_no_command(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct err err;

	must(db_script(f->store, "ALTER TABLE meta RENAME TO elsewhere", &err), &err);
	refused(do_rule_add(&ann, &err), &err, ERR_DATA, "no such table");
	assert_int_equal(ann.command_id, 0);
	must(db_script(f->store, "ALTER TABLE elsewhere RENAME TO meta", &err), &err);
	must(do_rule_add(&ann, &err), &err);
	assert_int_equal(ann.command_id, 1);
}

/* The same row twice by one command: its newest change goes first. */
static void
test_newest_first(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	char *was, *now;
	struct err err;

	add_rule(f->store);
	was = image(f->store, IMAGE_RULE, 1);
	must(do_rule_comment(&ann, &err), &err);
	must(do_rule_change(&ann, &err), &err);
	must(do_rule_remove(&ann, &err), &err);
	must(take_back(&ann, 1, &err), &err);
	now = image(f->store, IMAGE_RULE, 1);
	assert_string_equal(now, was);
	free(was);
	free(now);
}

struct told {
	size_t n;
	char text[4][160];
	int64_t done_n, all_n, stop_at;
};

static void
keep_refusal(void *arg, int64_t change_id, const char *what, const char *why)
{
	struct told *told = arg;

	snprintf(told->text[told->n++ % 4], sizeof(told->text[0]), "%d %s: %s", (int)change_id,
	    what, why);
}

static bool
keep_progress(void *arg, int64_t done_n, int64_t all_n)
{
	struct told *told = arg;

	assert_true(done_n > told->done_n && done_n < all_n);
	told->done_n = done_n;
	told->all_n = all_n;
	return done_n < told->stop_at;
}

/* What cannot be taken back keeps nothing else from it, and is told; then it is not in the way of
 * what was done before. */
static void
test_a_part_that_cannot_be(void **state)
{
	static const struct triplet_delta passed = { 5, 2000, 0, 1, 2000 };
	static const char *const lines[] = {
		"5 ann undo: release: c@x.example to info@wode.com and 1 more (0 of 2)",
		"2 ann release: a@x.example to info@wode.com and 2 more (2 of 3)",
		"1 ann rule add: allow @partner.example to @. (0 of 1)"
	};
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct told told = { .n = 0 };
	struct undo_watch watch = { &told, keep_refusal, NULL };
	struct undo_outcome outcome;
	struct undo undo;
	struct err err;
	int64_t id;

	must(do_rule_add(&ann, &err), &err);
	anew(&ann);
	must(edit_release(&ann, add_mail(f->store, "a@x.example"), 0, &err), &err);
	must(edit_release(&ann, id = add_mail(f->store, "b@x.example"), 0, &err), &err);
	must(edit_release(&ann, add_mail(f->store, "c@x.example"), 0, &err), &err);
	must(store_triplet_merge(f->store, id, &passed, NULL, &err), &err);
	undo = find(f->store, "ann");
	assert_string_equal(undo.what, "release: a@x.example to info@wode.com and 2 more");
	assert_string_equal(undo.why_not, "");
	must(undo_apply(anew(&ann), undo.id, &watch, &outcome, &err), &err);
	assert_int_equal(outcome.taken_n, 2);
	assert_int_equal(outcome.refused_n, 1);
	assert_string_equal(outcome.why, "the mail has passed meanwhile");
	assert_int_equal(told.n, 1);
	assert_string_equal(
	    told.text[0], "3 release: b@x.example to info@wode.com: the mail has passed meanwhile");
	assert_commands(f->store, lines, COUNT(lines));
	refused(take_back(&ann, 2, &err), &err, ERR_DATA, "the mail has passed meanwhile");
	assert_int_equal(find(f->store, "ann").id, 1);
	/* As soon as it can be, it is. */
	must(store_triplet_delete(f->store, id, &err), &err);
	assert_string_equal(find(f->store, "ann").what, "rule add: allow @partner.example to @.");
	assert_int_equal(undo_look(f->store, 2, &undo, &err), STORE_YES);
	assert_string_equal(undo.why_not, "triplet 2 is gone");
}

static int64_t
count_rows(struct store *store, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

#define MANY 3000
#define RELEASED "SELECT count(*) FROM triplet WHERE released_s IS NOT NULL"

static void
release_many(struct store *store)
{
	struct edit ann = by(store, "ann");
	char sender[32];
	struct err err;
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(sender, sizeof(sender), "%d@x.example", i);
		must(edit_release(&ann, add_mail(store, sender), 0, &err), &err);
	}
}

/* Many are taken back in several transactions: each leaves the audit true, one may give up between
 * two, and the same again does the rest. */
static void
test_given_up_and_gone_on(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct told told = { .stop_at = 1 };
	struct undo_watch watch = { &told, keep_refusal, keep_progress };
	struct undo_outcome outcome;
	struct undo undo;
	struct err err;
	int64_t done;

	release_many(f->store);
	assert_int_equal(count_rows(f->store, RELEASED), MANY);
	must(undo_apply(&ann, 1, &watch, &outcome, &err), &err);
	assert_true(outcome.given_up);
	done = outcome.taken_n;
	assert_true(done > 0 && done < MANY);
	assert_int_equal(told.all_n, MANY);
	assert_int_equal(count_rows(f->store, RELEASED), MANY - done);
	undo = find(f->store, "ann");
	assert_int_equal(undo.id, 1);
	assert_int_equal(undo.change_n, MANY);
	assert_int_equal(undo.undone_n, done);
	told = (struct told){ .stop_at = MANY };
	must(undo_apply(anew(&ann), 1, &watch, &outcome, &err), &err);
	assert_int_equal(outcome.taken_n, MANY - done);
	assert_int_equal(told.all_n, MANY - done);
	assert_false(outcome.given_up);
	assert_int_equal(count_rows(f->store, RELEASED), 0);
	assert_true(finds_nothing(f->store, "ann"));
	/* Two undos, whatever the number of transactions. */
	assert_int_equal(count_rows(f->store, "SELECT count(DISTINCT coalesce(command_id, id)) "
					      "FROM change WHERE verb = 'undo'"),
	    2);
}

/* However many they are, they are not in the way of what was done before. */
static void
test_many_that_cannot_be(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct undo_outcome outcome;
	struct undo undo;
	struct err err;

	must(do_rule_add(&ann, &err), &err);
	release_many(f->store);
	must(db_script(f->store, "UPDATE triplet SET passed_s = 2000 WHERE id > 10", &err), &err);
	undo = find(f->store, "ann");
	assert_string_equal(undo.why_not, ""); /* not all are looked at beforehand */
	must(undo_apply(&ann, undo.id, NULL, &outcome, &err), &err);
	assert_int_equal(outcome.taken_n, 10);
	assert_int_equal(outcome.refused_n, MANY - 10);
	assert_int_equal(find(f->store, "ann").id, 1);
	refused(take_back(&ann, undo.id, &err), &err, ERR_DATA, "the mail has passed meanwhile");
}

static bool
break_store(void *arg, int64_t done_n, int64_t all_n)
{
	struct err err;

	assert_true(done_n < all_n);
	must(db_script(arg, "ALTER TABLE meta RENAME TO elsewhere", &err), &err);
	return true;
}

/* The transaction that fails is rolled back as a whole, and those before it are counted. */
static void
test_failure_among_many(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	struct undo_watch watch = { .arg = f->store, .goes_on = break_store };
	struct undo_outcome outcome;
	struct err err;

	release_many(f->store);
	refused(undo_apply(&ann, 1, &watch, &outcome, &err), &err, ERR_DATA, "no such table");
	assert_true(outcome.taken_n > 0);
	assert_true(outcome.taken_n < MANY);
	assert_int_equal(count_rows(f->store, RELEASED), MANY - outcome.taken_n);
	assert_int_equal(count_rows(f->store, "SELECT count(*) FROM change WHERE verb = 'undo'"),
	    outcome.taken_n);
	assert_true(sqlite3_get_autocommit(f->store->db) != 0);
	must(db_script(f->store, "ALTER TABLE elsewhere RENAME TO meta", &err), &err);
	must(take_back(&ann, 1, &err), &err);
	assert_int_equal(count_rows(f->store, RELEASED), 0);
}

/* The number of the others is seen whatever the first is called. */
static void
test_long_texts_of_many(void **state)
{
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann");
	static char text[5000];
	struct rule rule = { .scope = SLICE("@."), .pattern = { text, sizeof(text) } };
	struct undo undo;
	struct err err;
	int64_t id;

	memset(text, 'x', sizeof(text));
	must(edit_rule_add(&ann, &rule, &id, &err), &err);
	add_named(&ann, "a.example");
	undo = find(f->store, "ann");
	assert_true(slice_ends_with(slice_of(undo.what), SLICE("xxx and 1 more")));
}

/* ---- how long it is kept ---- */

static void
test_trim(void **state)
{
	static const char *const left[] = { "2 ann domain add: b.example (0 of 1)",
		"1 ann domain add: c.example (0 of 1)" };
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann"), other = ann;
	struct err err;

	add_named(&ann, "a.example");
	add_named(&other, "b.example");
	add_named(&ann, "c.example");
	must(store_change_trim(f->store, 3, 100, &err), &err);
	assert_int_equal(count_rows(f->store, "SELECT count(*) FROM change"), 3);
	must(store_change_trim(f->store, 1, 1, &err), &err);
	assert_commands(f->store, left, COUNT(left));
	/* What is left of a command keeps its id. */
	must(take_back(&ann, 1, &err), &err);
	assert_int_equal(count_rows(f->store, "SELECT count(*) FROM domain"), 2);
	must(store_change_trim(f->store, 0, 100, &err), &err);
	add_named(anew(&ann), "d.example");
	assert_true(newest_change(f->store).id > 4);
}

/* ---- the audit for people ---- */

struct lines {
	size_t n;
	char text[8][64];
};

static bool
keep_line(void *arg, const struct undo_entry *entry)
{
	struct lines *lines = arg;

	snprintf(lines->text[lines->n++], sizeof(lines->text[0]), "%d %.*s %s%s",
	    (int)entry->change->id, (int)entry->change->author.len, entry->change->author.ptr,
	    entry->what, entry->undone_n == entry->change_n ? " (undone)" : "");
	return lines->n < 8;
}

static void
test_list(void **state)
{
	static const char *const want[] = { "4 bob undo: domain add: qq.com",
		"3 bob domain refresh: qq.com", "2 ann domain add: qq.com (undone)",
		"1 bob rule add: allow @partner.example to @." };
	struct fixture *f = *state;
	struct edit ann = by(f->store, "ann"), bob = by(f->store, "bob");
	struct lines lines = { .n = 0 };
	struct err err;
	int64_t last;
	size_t i;

	must(do_rule_add(anew(&bob), &err), &err);
	must(do_domain_add(anew(&ann), &err), &err);
	must(edit_domain_refresh(anew(&bob), 1, &err), &err);
	must(take_back(&bob, 2, &err), &err);
	must(undo_changes_page(f->store, INT64_MAX, 3, keep_line, &lines, &last, &err), &err);
	assert_int_equal(last, 2);
	must(undo_changes_page(f->store, last, 3, keep_line, &lines, &last, &err), &err);
	assert_int_equal(lines.n, COUNT(want));
	for (i = 0; i < COUNT(want); i++)
		assert_string_equal(lines.text[i], want[i]);
	lines.n = 0;
	must(undo_changes_after(f->store, 2, 1, keep_line, &lines, &last, &err), &err);
	assert_string_equal(lines.text[0], want[1]);
	assert_int_equal(last, 3);
	lines.n = 0;
	must(undo_changes_of(f->store, SLICE("domain"), 1, 8, keep_line, &lines, &err), &err);
	assert_int_equal(lines.n, 2);
	assert_string_equal(lines.text[0], want[1]);
	assert_string_equal(lines.text[1], want[2]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_every_change),
		TEST_WITH_STORE(test_across_handles),
		TEST_WITH_STORE(test_hits_are_no_change),
		TEST_WITH_STORE(test_domain_with_networks),
		TEST_WITH_STORE(test_added_domain_with_networks),
		TEST_WITH_STORE(test_client),
		TEST_WITH_STORE(test_client_that_began_again),
		TEST_WITH_STORE(test_rule_changed_since),
		TEST_WITH_STORE(test_pair_of_a_change_taken),
		TEST_WITH_STORE(test_policy_and_domain_changed_since),
		TEST_WITH_STORE(test_released_mail),
		TEST_WITH_STORE(test_no_such_change),
		TEST_WITH_STORE(test_two_authors),
		TEST_WITH_STORE(test_look_back_is_bounded),
		TEST_WITH_STORE(test_damaged_audit),
		TEST_WITH_STORE(test_hostile_texts),
		TEST_WITH_STORE(test_random_texts),
		TEST_WITH_STORE(test_long_texts),
		TEST_WITH_STORE(test_bad_texts_are_taken_away),
		TEST_WITH_STORE(test_while_locked),
		TEST_WITH_STORE(test_failure_in_the_middle),
		TEST_WITH_STORE(test_all_the_way_back),
		TEST_WITH_STORE(test_commands_are_exact),
		TEST_WITH_STORE(test_a_failure_begins_no_command),
		TEST_WITH_STORE(test_newest_first),
		TEST_WITH_STORE(test_a_part_that_cannot_be),
		TEST_WITH_STORE(test_given_up_and_gone_on),
		TEST_WITH_STORE(test_many_that_cannot_be),
		TEST_WITH_STORE(test_failure_among_many),
		TEST_WITH_STORE(test_long_texts_of_many),
		TEST_WITH_STORE(test_trim),
		TEST_WITH_STORE(test_list),
	};

	return cmocka_run_group_tests_name("store_undo", tests, NULL, NULL);
}
