/* test_pools.c - waiting mail by sender domain: what is counted, whose waiting hurts most. */
#include "tests/unit/cases.h"

#include "common/greylist/pools.h"

#define NOW_S 100000

#define BLOCKED (-1) /* as WAIT_LEFT_S */

/* A row as a scan hands it out; the slices are borrowed from the case. */
struct mail {
	const char *domain, *net, *client, *spf;
	int64_t first_s, last_s, released_s, wait_left_s;
	bool listed;
};

static void
add(struct pools *pools, const struct mail *mail)
{
	struct triplet triplet = { .key = { .net = slice_of(mail->net) },
		.client_address = slice_of(mail->client),
		.client_name = slice_of(mail->client[0] == '1' ? "" : "mx.example"),
		.state = { .first_s = mail->first_s,
		    .last_s = mail->last_s,
		    .released_s = mail->released_s },
		.spf = slice_of(mail->spf) };
	struct scan_row row = { .triplet = &triplet,
		.waiting = true,
		.next = mail->wait_left_s == BLOCKED ? ACTION_REJECT
			: mail->wait_left_s == 0     ? ACTION_PASS
						     : ACTION_DEFER,
		.reason = mail->wait_left_s == BLOCKED ? REASON_RULE_BLOCK
			  : mail->listed               ? REASON_DOMAIN_NETWORK
			  : mail->released_s != 0      ? REASON_RELEASED
			  : mail->wait_left_s == 0     ? REASON_RETRY
						       : REASON_EARLY,
		.wait_left_s = mail->wait_left_s == BLOCKED ? 0 : mail->wait_left_s,
		.sender_domain = slice_of(mail->domain) };

	assert_true(pools_add(pools, &row));
}

static void
mail_is_counted(void **state)
{
	static const struct mail mails[] = {
		{ "x.example", "n1", "192.0.2.1", "pass", 99000, 99900, 0, 200, false },
		{ "x.example", "n2", "2001:db8::1", "", 98000, 98500, 0, 0, true },
		{ "x.example", "n1", "192.0.2.3", "fail", 98500, 99950, 98600, 0, false },
		{ "y.example", "n1", "192.0.2.4", "", 99500, 99500, 0, 100, false },
		{ "x.example", "n3", "192.0.2.5", "softfail", 98600, 98600, 0, 50, false },
		{ "y.example", "n1", "192.0.2.6", "", 99400, 99400, 0, 150, false },
	};
	struct pools *pools = pools_new(NOW_S);
	const struct pool *p;
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mails); i++)
		add(pools, &mails[i]);
	want_int("pools", (long long)pools_rank(pools, &p), 2);
	want_text("domain", p[0].domain, "x.example");
	want_int("waiting", p[0].waiting, 4);
	want_int("nets", p[0].nets, 3);
	want_int("listed", p[0].listed, 1);
	want_int("released", p[0].released, 1);
	want_int("ready", p[0].ready, 2);
	want_int("oldest", p[0].oldest_s, 98000);
	want_int("newest", p[0].newest_s, 99950);
	want_int("open", p[0].open_s, 98500);
	want_int("may pass", p[0].may_pass_s, 0);
	want_text("client", p[0].client, "unknown[192.0.2.1]");
	want_text("spf", pool_spf_text(&p[0], text, sizeof(text)), "pass 1/4");
	want_int("pain", pool_pain(&p[0], NOW_S), 3 * 1501);
	want_text("domain", p[1].domain, "y.example");
	want_int("nets", p[1].nets, 1);
	want_int("may pass", p[1].may_pass_s, NOW_S + 100);
	want_text("spf", pool_spf_text(&p[1], text, sizeof(text)), "-");
	want_int("again", (long long)pools_rank(pools, &p), 2);
	want_text("same", p[0].domain, "x.example");
	pools_free(pools);
	end_cases();
}

/* What a rule blocks is not ready, hurts nobody and does not say when the rest may pass. */
static void
blocked_mail(void **state)
{
	static const struct mail mails[] = {
		{ "x.example", "n1", "192.0.2.1", "", 98000, 98000, 0, BLOCKED, false },
		{ "x.example", "n1", "192.0.2.1", "", 99000, 99000, 0, 100, false },
		{ "y.example", "n1", "192.0.2.2", "", 98000, 98000, 98100, BLOCKED, false },
	};
	struct pools *pools = pools_new(NOW_S);
	const struct pool *p;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mails); i++)
		add(pools, &mails[i]);
	want_int("pools", (long long)pools_rank(pools, &p), 2);
	want_text("domain", p[0].domain, "x.example");
	want_int("waiting", p[0].waiting, 2);
	want_int("blocked", p[0].blocked, 1);
	want_int("settled", p[0].settled, 1);
	want_int("ready", p[0].ready, 0);
	want_int("may pass", p[0].may_pass_s, NOW_S + 100);
	want_int("pain", pool_pain(&p[0], NOW_S), 1001);
	want_int("all blocked", p[1].blocked, 1);
	want_int("never", p[1].may_pass_s == INT64_MAX, true);
	want_int("no pain", pool_pain(&p[1], NOW_S), 0);
	pools_free(pools);
	end_cases();
}

static void
spf_in_words(void **state)
{
	static const struct {
		const char *spf[3], *want;
	} cases[] = {
		{ { "", "", "" }, "-" },
		{ { "pass", "pass", "pass" }, "pass" },
		{ { "pass", "", "pass" }, "pass 2/3" },
		{ { "fail", "", "fail" }, "fail" },
		{ { "fail", "none", "fail" }, "mixed" },
		{ { "fail", "none", "pass" }, "pass 1/3" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct pools *pools = pools_new(NOW_S);
		const struct pool *pool;
		char text[32];

		for (j = 0; j < 3; j++)
			add(pools, &(struct mail){ "x.example", "n", "192.0.2.1", cases[i].spf[j],
				       NOW_S, NOW_S, 0, 1, false });
		pools_rank(pools, &pool);
		want_text(cases[i].want, pool_spf_text(pool, text, sizeof(text)), cases[i].want);
		pools_free(pools);
	}
	end_cases();
}

static void
order_of_pain(void **state)
{
	static const char *const want[] = { "many.example", "old.example", "a.example", "b.example",
		"listed.example" };
	struct pools *pools = pools_new(NOW_S);
	const struct pool *pool;
	size_t i;

	(void)state;
	for (i = 0; i < 500; i++)
		add(pools,
		    &(struct mail){ "listed.example", "n", "192.0.2.1", "", 10, 10, 0, 0, true });
	add(pools, &(struct mail){ "b.example", "n", "192.0.2.1", "", 99999, 99999, 0, 9, false });
	add(pools, &(struct mail){ "a.example", "n", "192.0.2.1", "", 99999, 99999, 0, 9, false });
	for (i = 0; i < 50; i++)
		add(pools, &(struct mail){
			       "many.example", "n", "192.0.2.1", "", 99000, 99000, 0, 9, false });
	add(pools,
	    &(struct mail){ "old.example", "n", "192.0.2.1", "", 60000, 60000, 0, 0, false });
	want_int("pools", (long long)pools_rank(pools, &pool), (long long)COUNT(want));
	for (i = 0; i < COUNT(want); i++)
		want_text("order", pool[i].domain, want[i]);
	want_int("no pain", pool_pain(&pool[4], NOW_S), 0);
	pools_free(pools);
	end_cases();
}

static void
many_domains_and_networks(void **state)
{
	enum { DOMAINS = 3000, NETS = 20 };
	struct pools *pools = pools_new(NOW_S);
	const struct pool *pool;
	char domain[32], net[32];
	size_t i, n;

	(void)state;
	for (i = 0; i < (size_t)DOMAINS * NETS * 2; i++) {
		snprintf(domain, sizeof(domain), "d%zu.example", i % DOMAINS);
		snprintf(net, sizeof(net), "n%zu", i / DOMAINS % NETS);
		add(pools,
		    &(struct mail){ domain, net, "192.0.2.1", "", 99000, 99000, 0, 9, false });
	}
	n = pools_rank(pools, &pool);
	want_int("pools", (long long)n, DOMAINS);
	for (i = 0; i < n; i++)
		if (pool[i].waiting != (int64_t)NETS * 2 || pool[i].nets != NETS)
			want_text("counts", pool[i].domain, "");
	pools_free(pools);
	end_cases();
}

static void
no_mail(void **state)
{
	struct pools *pools = pools_new(NOW_S);
	const struct pool *pool;

	(void)state;
	want_int("none", (long long)pools_rank(pools, &pool), 0);
	pools_free(pools);
	pools_free(NULL);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_is_counted),
		cmocka_unit_test(blocked_mail),
		cmocka_unit_test(spf_in_words),
		cmocka_unit_test(order_of_pain),
		cmocka_unit_test(many_domains_and_networks),
		cmocka_unit_test(no_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
