/* test_store_edit.c - rules, policies and domains, and what an operator does to them: each change
 * leaves its audit with both images and moves the generation, each refusal leaves nothing. */
#include "tests/unit/store_fixture.h"

#include "common/store/change.h"
#include "common/store/db.h"
#include "common/store/edit.h"
#include "common/store/image.h"
#include "common/store/triplet.h"

static const struct rule rule_sample = {
	.scope = SLICE("@."),
	.pattern = SLICE("@example.com"),
	.action = RULE_ALLOW,
	.meta = { .comment = SLICE("say \"hi\""),
	    .author = SLICE("ann"),
	    .source = SLICE("manual"),
	    .created_s = 10,
	    .expires_s = 99 },
};

#define RULE_IMAGE                                                                                 \
	"{\"id\": 1, \"scope\": \"@.\", \"pattern\": \"@example.com\", \"action\": \"allow\", "    \
	"\"comment\": \"say \\\"hi\\\"\", \"author\": \"ann\", \"source\": \"manual\", "           \
	"\"created_s\": 10, \"expires_s\": 99, \"hits\": 0, \"last_hit_s\": 0}"

static const struct policy policy_sample = {
	.scope = SLICE("@example.org"),
	.sender = SLICE("@."),
	.greylist = 1,
	.training = POLICY_UNSET,
	.spf = POLICY_UNSET,
	.delay_s = 60,
	.window_s = 86400,
	.lifetime_s = POLICY_UNSET,
	.meta = { .author = SLICE("ann"), .source = SLICE("manual"), .created_s = 10 },
};

#define POLICY_IMAGE(delay)                                                                        \
	"{\"id\": 1, \"scope\": \"@example.org\", \"sender\": \"@.\", \"greylist\": 1, "           \
	"\"training\": null, \"spf\": null, \"delay_s\": " delay                                   \
	", \"window_s\": 86400, \"lifetime_s\": null, "                                            \
	"\"comment\": \"\", \"author\": \"ann\", \"source\": \"manual\", \"created_s\": 10, "      \
	"\"expires_s\": 0, \"hits\": 0, \"last_hit_s\": 0}"

static const struct triplet triplet_sample = {
	.key = { SLICE("192.0.2.0/24"), SLICE("a@b"), SLICE("c@d") },
	.sender = SLICE("A@b"),
	.recipient = SLICE("c@d"),
	.client_address = SLICE("192.0.2.1"),
	.helo = SLICE("h"),
	.state = { .first_s = 5, .last_s = 5, .attempts = 1 },
};

#define TRIPLET_IMAGE(released)                                                                    \
	"{\"id\": 1, \"net\": \"192.0.2.0/24\", \"sender_key\": \"a@b\", \"recipient_key\": "      \
	"\"c@d\", "                                                                                \
	"\"sender\": \"A@b\", \"recipient\": \"c@d\", \"client_address\": \"192.0.2.1\", "         \
	"\"client_name\": \"\", \"helo\": \"h\", \"first_s\": 5, \"last_s\": 5, \"attempts\": 1, " \
	"\"passes\": 0, \"passed_s\": 0, \"released_s\": " released                                \
	", \"spf\": null, \"spf_domain\": null}"

static struct edit
by_ann(struct store *store)
{
	return (struct edit){ .store = store, .author = SLICE("ann"), .now_s = 1000 };
}

struct audit {
	int64_t n;
	char verb[32], object[32];
	char before[512], after[512];
};

static bool
keep_newest(void *arg, const struct change *change)
{
	struct audit *audit = arg;

	audit->n = change->id;
	assert_slice(change->author, SLICE("ann"));
	assert_int_equal(change->time_s, 1000);
	assert_int_equal(change->object_id, 1);
	keep_text(audit->verb, sizeof(audit->verb), change->verb);
	keep_text(audit->object, sizeof(audit->object), change->object);
	keep_text(audit->before, sizeof(audit->before), change->before);
	keep_text(audit->after, sizeof(audit->after), change->after);
	return false;
}

/* The N-th change is the newest, and the generation has followed. */
static void
assert_audit(struct store *store, int64_t n, const char *verb, const char *object,
    const char *before, const char *after)
{
	struct audit audit = { .n = 0 };
	int64_t last, generation;
	struct err err;

	assert_int_equal(
	    store_change_page(store, INT64_MAX, 10, keep_newest, &audit, &last, &err), 0);
	assert_int_equal(audit.n, n);
	assert_string_equal(audit.verb, verb);
	assert_string_equal(audit.object, object);
	assert_string_equal(audit.before, before);
	assert_string_equal(audit.after, after);
	assert_int_equal(store_generation(store, &generation, &err), 0);
	assert_int_equal(generation, n + 1);
}

/* A refused change leaves no audit, no generation and no open transaction. */
static void
assert_refused(
    struct store *store, int result, const struct err *err, int want_code, const char *want_text)
{
	int64_t generation;

	assert_int_equal(result, -1);
	assert_int_equal(err->code, want_code);
	if (strstr(err->text, want_text) == NULL)
		fail_msg("got \"%s\", want \"%s\"", err->text, want_text);
	assert_true(sqlite3_get_autocommit(store->db) != 0);
	assert_int_equal(store_generation(store, &generation, NULL), 0);
	assert_int_equal(generation, 2);
}

static void
test_rule_edits(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct rule block = rule_sample;
	struct err err;
	int64_t id;

	assert_int_equal(edit_rule_add(&edit, &rule_sample, &id, &err), 0);
	assert_int_equal(id, 1);
	assert_audit(f->store, 1, "rule add", "rule", "", RULE_IMAGE);
	block.action = RULE_BLOCK;
	assert_refused(
	    f->store, edit_rule_add(&edit, &block, &id, &err), &err, ERR_DATA, "rule 1 (allow)");
	assert_refused(f->store, edit_rule_remove(&edit, 7, &err), &err, ERR_NOINPUT, "no rule 7");
	assert_int_equal(edit_rule_remove(&edit, 1, &err), 0);
	assert_audit(f->store, 2, "rule remove", "rule", RULE_IMAGE, "");
	/* The audit names rules by their ids: a new rule does not get an old one. */
	assert_int_equal(edit_rule_add(&edit, &rule_sample, &id, &err), 0);
	assert_int_equal(id, 2);
}

#define RULE_CHANGED                                                                               \
	"{\"id\": 1, \"scope\": \"@a.example\", \"pattern\": \"b@c.example\", "                    \
	"\"action\": \"block\", \"comment\": \"\\u202e\", \"author\": \"ann\", "                   \
	"\"source\": \"manual\", \"created_s\": 10, \"expires_s\": 0, \"hits\": 0, "               \
	"\"last_hit_s\": 0}"

/* The id and where the rule came from stay; the pair is that of one rule alone. */
static void
test_rule_change(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct rule rule = { .id = 1,
		.scope = SLICE("@a.example"),
		.pattern = SLICE("b@c.example"),
		.action = RULE_BLOCK,
		.meta = { .comment = SLICE("\xe2\x80\xae"),
		    .author = SLICE("bob"),
		    .source = SLICE("import"),
		    .created_s = 77,
		    .hits = 5 } };
	struct err err;
	int64_t id;

	assert_int_equal(edit_rule_add(&edit, &rule_sample, &id, &err), 0);
	rule.id = 2;
	assert_refused(
	    f->store, edit_rule_change(&edit, &rule, &err), &err, ERR_NOINPUT, "no rule 2");
	rule.id = 1;
	assert_int_equal(store_rule_add(f->store, &rule, &id, &err), 0);
	assert_refused(
	    f->store, edit_rule_change(&edit, &rule, &err), &err, ERR_DATA, "rule 2 (block)");
	assert_int_equal(store_rule_remove(f->store, 2, &err), 0);
	assert_int_equal(edit_rule_change(&edit, &rule, &err), 0);
	assert_audit(f->store, 2, "rule change", "rule", RULE_IMAGE, RULE_CHANGED);
	assert_int_equal(edit_rule_change(&edit, &rule, &err), 0); /* its own pair */
}

static void
test_policy_edits(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct policy policy = policy_sample;
	struct err err;
	int64_t id;

	assert_int_equal(edit_policy_set(&edit, &policy, &id, &err), 0);
	assert_int_equal(id, 1);
	assert_audit(f->store, 1, "policy set", "policy", "", POLICY_IMAGE("60"));
	assert_refused(
	    f->store, edit_policy_unset(&edit, 3, &err), &err, ERR_NOINPUT, "no policy 3");
	policy.delay_s = 120;
	policy.meta.created_s = 500; /* stays as it was */
	assert_int_equal(edit_policy_set(&edit, &policy, &id, &err), 0);
	assert_int_equal(id, 1);
	assert_audit(f->store, 2, "policy set", "policy", POLICY_IMAGE("60"), POLICY_IMAGE("120"));
	assert_int_equal(edit_policy_unset(&edit, 1, &err), 0);
	assert_audit(f->store, 3, "policy unset", "policy", POLICY_IMAGE("120"), "");
}

static void
test_policy_change(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct policy policy = policy_sample;
	struct err err;
	int64_t id;

	assert_int_equal(edit_policy_set(&edit, &policy, &id, &err), 0);
	policy.id = 9;
	assert_refused(
	    f->store, edit_policy_change(&edit, &policy, &err), &err, ERR_NOINPUT, "no policy 9");
	policy.scope = SLICE("@other.example");
	assert_int_equal(store_policy_put(f->store, &policy, &id, &err), 0);
	policy.id = 1;
	assert_refused(f->store, edit_policy_change(&edit, &policy, &err), &err, ERR_DATA,
	    "policy 2 is for these recipients and senders already");
	policy.scope = policy_sample.scope;
	policy.delay_s = 120;
	policy.meta = (struct entry_meta){ .author = SLICE("bob"), .created_s = 77, .hits = 5 };
	assert_int_equal(edit_policy_change(&edit, &policy, &err), 0);
	assert_audit(
	    f->store, 2, "policy change", "policy", POLICY_IMAGE("60"), POLICY_IMAGE("120"));
}

#define CLIENT_IMAGE                                                                               \
	"{\"id\": 1, \"address\": \"192.0.2.1\", \"name\": \"mx.example\", \"first_s\": 5, "       \
	"\"last_s\": 50, \"passes\": 7}"

static void
test_client_remove(void **state)
{
	struct client client = {
		.address = SLICE("192.0.2.1"), .name = SLICE("mx.example"), .state = { 5, 50, 7 }
	};
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct err err;
	int64_t id;

	assert_int_equal(store_client_append(f->store, &client, &id, &err), 0);
	assert_int_equal(edit_client_remove(&edit, id, SLICE_NONE, &err), 0);
	assert_audit(f->store, 1, "client remove", "client", CLIENT_IMAGE, "");
	assert_refused(f->store, edit_client_remove(&edit, id, SLICE_NONE, &err), &err, ERR_NOINPUT,
	    "no client 1");
}

/* The newest row goes and another client comes: the id is the same. */
static void
test_client_remove_another(void **state)
{
	struct client old = { .address = SLICE("192.0.2.1"), .state = { 5, 50, 7 } };
	struct client new = { .address = SLICE("192.0.2.11"), .state = { 60, 60, 1 } };
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct err err;
	int64_t id;

	assert_int_equal(store_client_append(f->store, &old, &id, &err), 0);
	assert_int_equal(edit_client_remove(&edit, id, old.address, &err), 0);
	assert_int_equal(store_client_append(f->store, &new, &id, &err), 0);
	assert_int_equal(id, 1);
	assert_refused(f->store, edit_client_remove(&edit, 1, old.address, &err), &err, ERR_NOINPUT,
	    "client 1 is another one by now");
	assert_refused(f->store, edit_client_remove(&edit, 2, old.address, &err), &err, ERR_NOINPUT,
	    "no client 2");
	assert_int_equal(edit_client_remove(&edit, 1, new.address, &err), 0);
}

static const struct domain domain_sample = {
	.name = SLICE("example.com"),
	.comment = SLICE("say \"hi\""),
	.author = SLICE("ann"),
	.source = SLICE("suggested"),
	.created_s = 10,
};

#define DOMAIN_IMAGE(status, from, next, networks)                                                 \
	"{\"id\": 1, \"name\": \"example.com\", \"comment\": \"say \\\"hi\\\"\", "                 \
	"\"author\": \"ann\", \"source\": \"suggested\", \"created_s\": 10, \"status\": \"" status \
	"\", \"from\": \"" from "\", \"error\": \"\", \"refreshed_s\": " next                      \
	", \"good_s\": " next ", \"next_s\": " next                                                \
	", \"failures\": 0, \"lookups\": 0, \"min_ttl_s\": -1, "                                   \
	"\"networks\": " networks "}"
#define DOMAIN_NEW DOMAIN_IMAGE("new", "none", "0", "0")

static const struct domain_network network_sample = { SLICE("192.0.2.0/24"),
	SLICE("example.com > ip4:192.0.2.0/24") };

static bool
take_next(void *arg, const struct domain *domain)
{
	*(int64_t *)arg = domain->next_s;
	assert_int_equal(domain->networks, 1);
	return true;
}

static bool
no_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	(void)arg;
	fail_msg(
	    "domain %d still has %.*s", (int)domain_id, (int)network->net.len, network->net.ptr);
	return false;
}

static void
test_domain_edits(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct err err;
	int64_t id;

	assert_int_equal(edit_domain_add(&edit, &domain_sample, &id, &err), 0);
	assert_int_equal(id, 1);
	assert_audit(f->store, 1, "domain add", "domain", "", DOMAIN_NEW);
	assert_refused(f->store, edit_domain_add(&edit, &domain_sample, &id, &err), &err, ERR_DATA,
	    "example.com is whitelisted already (domain 1)");
	assert_refused(
	    f->store, edit_domain_remove(&edit, 7, &err), &err, ERR_NOINPUT, "no domain 7");
	assert_refused(
	    f->store, edit_domain_refresh(&edit, 7, &err), &err, ERR_NOINPUT, "no domain 7");
	assert_int_equal(edit_domain_remove(&edit, 1, &err), 0);
	assert_audit(f->store, 2, "domain remove", "domain", DOMAIN_NEW, "");
}

static void
test_domain_comment(void **state)
{
	struct domain domain = domain_sample;
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	struct err err;
	int64_t id;

	domain.comment = SLICE("");
	assert_int_equal(edit_domain_add(&edit, &domain, &id, &err), 0);
	assert_refused(f->store, edit_domain_comment(&edit, 7, SLICE("x"), &err), &err, ERR_NOINPUT,
	    "no domain 7");
	assert_int_equal(edit_domain_comment(&edit, id, domain_sample.comment, &err), 0);
	assert_audit(f->store, 2, "domain change", "domain",
	    "{\"id\": 1, \"name\": \"example.com\", \"comment\": \"\", "
	    "\"author\": \"ann\", \"source\": \"suggested\", \"created_s\": 10, \"status\": "
	    "\"new\", \"from\": \"none\", \"error\": \"\", \"refreshed_s\": 0, \"good_s\": 0, "
	    "\"next_s\": 0, \"failures\": 0, \"lookups\": 0, \"min_ttl_s\": -1, "
	    "\"networks\": 0}",
	    DOMAIN_NEW);
}

/* A refresh that is wanted leaves the networks alone; a removal takes them along. */
static void
test_domain_with_networks(void **state)
{
	struct domain row = { .id = 1,
		.status = SLICE("ok"),
		.from = SLICE("spf"),
		.skipped = SLICE("[]"),
		.refreshed_s = 800,
		.good_s = 800,
		.next_s = 800,
		.min_ttl_s = -1 };
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	int64_t id, generation, next_s = -1;
	struct audit audit = { .n = 0 };
	struct err err;

	assert_int_equal(edit_domain_add(&edit, &domain_sample, &id, &err), 0);
	assert_int_equal(store_begin(f->store, &err), 0);
	assert_int_equal(store_domain_replace(
			     f->store, id, &network_sample, 1, SLICE("ok"), 800, NULL, NULL, &err),
	    0);
	assert_int_equal(store_domain_refreshed(f->store, &row, &err), 0);
	assert_int_equal(store_commit(f->store, &err), 0);
	assert_int_equal(edit_domain_refresh(&edit, id, &err), 0);
	assert_int_equal(store_domain_get(f->store, id, take_next, &next_s, &err), STORE_YES);
	assert_int_equal(next_s, 0);
	assert_int_equal(
	    store_change_page(f->store, INT64_MAX, 1, keep_newest, &audit, &id, &err), 0);
	assert_string_equal(audit.verb, "domain refresh");
	assert_string_equal(audit.before, DOMAIN_IMAGE("ok", "spf", "800", "1"));
	assert_int_equal(store_generation(f->store, &generation, &err), 0);
	assert_int_equal(edit_domain_remove(&edit, 1, &err), 0);
	assert_int_equal(store_generation(f->store, &id, &err), 0);
	assert_int_equal(id, generation + 1);
	assert_int_equal(store_domain_networks(f->store, 0, no_network, NULL, &err), 0);
}

static int64_t
append_triplet(struct store *store, int64_t passed_s)
{
	struct triplet row = triplet_sample;
	struct err err;
	int64_t id;

	row.state.passed_s = passed_s;
	assert_int_equal(store_triplet_append(store, &row, &id, &err), 0);
	return id;
}

static void
test_release(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	int64_t waiting = append_triplet(f->store, 0), passed = append_triplet(f->store, 9);
	struct err err;

	assert_int_equal(edit_release(&edit, waiting, 0, &err), 0);
	assert_audit(f->store, 1, "release", "triplet", TRIPLET_IMAGE("0"), TRIPLET_IMAGE("1000"));
	assert_refused(f->store, edit_release(&edit, waiting, 0, &err), &err, ERR_DATA, "already");
	assert_refused(
	    f->store, edit_release(&edit, passed, 0, &err), &err, ERR_DATA, "has passed");
	assert_refused(
	    f->store, edit_release(&edit, 99, 0, &err), &err, ERR_NOINPUT, "no triplet 99");
}

static int64_t
append_seen(struct store *store, int64_t first_s)
{
	struct triplet row = triplet_sample;
	struct err err;
	int64_t id;

	row.state.first_s = first_s;
	assert_int_equal(store_triplet_append(store, &row, &id, &err), 0);
	return id;
}

/* The newest row goes and another mail comes: the id is the same. */
static void
test_release_another(void **state)
{
	struct fixture *f = *state;
	struct edit edit = by_ann(f->store);
	int64_t other = append_seen(f->store, 50), id = append_seen(f->store, 100);
	struct err err;

	assert_int_equal(edit_release(&edit, other, 50, &err), 0);
	assert_int_equal(store_triplet_delete(f->store, id, &err), 0);
	assert_int_equal(append_seen(f->store, 200), id);
	assert_refused(f->store, edit_release(&edit, id, 100, &err), &err, ERR_NOINPUT,
	    "triplet 2 is another mail by now");
	assert_refused(
	    f->store, edit_release(&edit, 3, 100, &err), &err, ERR_NOINPUT, "no triplet 3");
	assert_int_equal(edit_release(&edit, id, 200, &err), 0);
}

static void
test_image_with_spf(void **state)
{
	static const char want[] = "\"spf\": \"pass\", \"spf_domain\": \"example.com\"}";
	struct fixture *f = *state;
	int64_t id = append_triplet(f->store, 0);
	struct err err;
	char *image;

	assert_int_equal(
	    store_triplet_spf(f->store, id, SLICE("pass"), SLICE("example.com"), &err), 0);
	assert_int_equal(image_take(f->store, IMAGE_TRIPLET, id, &image, &err), 0);
	assert_true(slice_ends_with(slice_of(image), slice_of(want)));
	free(image);
	assert_int_equal(image_take(f->store, IMAGE_DOMAIN, id, &image, &err), 0);
	assert_string_equal(image, "");
	free(image);
}

/* Another program holds the lock: nothing has happened, and the next try works. */
static void
test_edit_while_locked(void **state)
{
	struct store_options options = { .mode = STORE_WRITE, .busy_ms = 20 };
	struct fixture *f = *state;
	struct edit edit;
	struct store *console;
	struct err err;
	int64_t id;

	options.path = f->path;
	console = store_open(&options, NULL, &err);
	assert_non_null(console);
	edit = by_ann(console);
	assert_int_equal(store_begin(f->store, &err), 0);
	assert_int_equal(edit_rule_add(&edit, &rule_sample, &id, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	store_rollback(f->store);
	assert_int_equal(edit_rule_add(&edit, &rule_sample, &id, &err), 0);
	assert_true(store_changed(f->store));
	assert_false(store_changed(f->store));
	store_close(console);
}

struct rules_seen {
	int64_t n, hits, last_hit_s;
};

static bool
see_rule(void *arg, const struct rule *rule)
{
	struct rules_seen *seen = arg;

	seen->n++;
	seen->hits = rule->meta.hits;
	seen->last_hit_s = rule->meta.last_hit_s;
	assert_slice(rule->pattern, rule_sample.pattern);
	assert_slice(rule->meta.comment, rule_sample.meta.comment);
	return true;
}

static void
test_rule_rows(void **state)
{
	static const char *const scopes[] = { "@.", "@a.example", "@b.example" };
	struct fixture *f = *state;
	struct rules_seen seen = { 0 };
	struct rule rule = rule_sample;
	struct err err;
	int64_t id;
	size_t i;

	for (i = 0; i < 3; i++) {
		rule.scope = slice_of(scopes[i]);
		rule.action = (enum rule_action)i;
		assert_int_equal(store_rule_add(f->store, &rule, &id, &err), 0);
	}
	assert_int_equal(store_rule_add(f->store, &rule, &id, &err), -1);
	assert_int_equal(err.code, ERR_INTERNAL); /* callers look first */
	assert_int_equal(store_rule_each(f->store, 0, -1, see_rule, &seen, &err), 0);
	assert_int_equal(seen.n, 3);
	assert_int_equal(store_rule_each(f->store, 1, 1, see_rule, &seen, &err), 0);
	assert_int_equal(seen.n, 4);
	assert_int_equal(
	    store_rule_find(f->store, SLICE("@b.example"), rule.pattern, &id, &err), STORE_YES);
	assert_int_equal(store_rule_hit(f->store, id, 5, 700, &err), 0);
	assert_int_equal(store_rule_hit(f->store, id, 2, 600, &err), 0);
	assert_int_equal(store_rule_get(f->store, id, see_rule, &seen, &err), STORE_YES);
	assert_int_equal(seen.hits, 7);
	assert_int_equal(seen.last_hit_s, 700);
	assert_int_equal(store_rule_remove(f->store, id, &err), 0);
	assert_int_equal(store_rule_get(f->store, id, see_rule, &seen, &err), STORE_NO);
}

static void
test_rule_action_names(void **state)
{
	enum rule_action action;
	int i;

	(void)state;
	for (i = 0; i < RULE_ACTION_N; i++) {
		assert_int_equal(
		    rule_action_parse(slice_of(rule_action_name((enum rule_action)i)), &action), 0);
		assert_int_equal(action, i);
	}
	assert_int_equal(rule_action_parse(SLICE("Allow"), &action), -1);
	assert_int_equal(rule_action_parse(SLICE(""), &action), -1);
}

static bool
count_policy(void *arg, const struct policy *policy)
{
	*(int64_t *)arg += policy->meta.hits;
	assert_int_equal(policy->training, POLICY_UNSET);
	assert_int_equal(policy->greylist, 1);
	return true;
}

static void
test_policy_rows(void **state)
{
	struct fixture *f = *state;
	struct policy policy = policy_sample;
	int64_t id, hits = 0, window_s, lifetime_s;
	struct err err;

	assert_int_equal(store_policy_longest(f->store, &window_s, &lifetime_s, &err), 0);
	assert_int_equal(window_s, 0);
	assert_int_equal(store_policy_put(f->store, &policy, &id, &err), 0);
	policy.scope = SLICE("@other.example");
	policy.window_s = 3600;
	policy.lifetime_s = 7200;
	assert_int_equal(store_policy_put(f->store, &policy, &id, &err), 0);
	assert_int_equal(store_policy_longest(f->store, &window_s, &lifetime_s, &err), 0);
	assert_int_equal(window_s, 86400);
	assert_int_equal(lifetime_s, 7200);
	assert_int_equal(store_policy_hit(f->store, id, 4, 50, &err), 0);
	assert_int_equal(store_policy_put(f->store, &policy, &id, &err), 0); /* hits stay */
	assert_int_equal(store_policy_each(f->store, 0, -1, count_policy, &hits, &err), 0);
	assert_int_equal(hits, 4);
	assert_int_equal(store_policy_remove(f->store, id, &err), 0);
	assert_int_equal(
	    store_policy_find(f->store, policy.scope, policy.sender, &id, &err), STORE_NO);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_rule_edits),
		TEST_WITH_STORE(test_rule_change),
		TEST_WITH_STORE(test_policy_edits),
		TEST_WITH_STORE(test_policy_change),
		TEST_WITH_STORE(test_client_remove),
		TEST_WITH_STORE(test_client_remove_another),
		TEST_WITH_STORE(test_domain_edits),
		TEST_WITH_STORE(test_domain_comment),
		TEST_WITH_STORE(test_domain_with_networks),
		TEST_WITH_STORE(test_release),
		TEST_WITH_STORE(test_release_another),
		TEST_WITH_STORE(test_image_with_spf),
		TEST_WITH_STORE(test_edit_while_locked),
		TEST_WITH_STORE(test_rule_rows),
		cmocka_unit_test(test_rule_action_names),
		TEST_WITH_STORE(test_policy_rows),
	};

	return cmocka_run_group_tests_name("store_edit", tests, NULL, NULL);
}
