/* test_refresh.c - what one refresh after another makes of a whitelisted domain. A zone stands for
 * the DNS of each, so that the walks are real ones. */
#include "tests/unit/store_fixture.h"

#include "common/greylist/refresh.h"
#include "tests/fake/zone.h"
#include "tests/unit/cases.h"

#define DAY 86400

static const char whole[] = "d.example TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.3 ip4:192.0.2.5 "
			    "ip4:192.0.2.7 ip4:192.0.2.9 -all\"\n";
static const char two[] = "d.example TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.3 -all\"\n";
static const char half[] = "d.example TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.3 "
			   "include:lost.example ip4:192.0.2.5 -all\"\nlost.example FAIL\n";
static const char third[] = "d.example TXT \"v=spf1 ip4:192.0.2.1 include:lost.example\"\n"
			    "lost.example FAIL\n";
static const char typo[] = "d.example TXT \"v=spf1 ipv4:192.0.2.1 -all\"\n";
static const char lost[] = "d.example FAIL\n";
static const char host[] = "d.example MX 1 m.example\nm.example A 192.0.2.1\n";
static const char nothing[] = "d.example A 192.0.2.1\n";

struct step {
	const char *zone;
	int64_t now_s;
	const char *want; /* "status from networks failures wait[: warning]" */
};

static bool
describe(void *arg, const struct domain *row)
{
	buf_printf(arg, "%.*s %.*s %lld %lld %lld", (int)row->status.len, row->status.ptr,
	    (int)row->from.len, row->from.ptr, (long long)row->networks, (long long)row->failures,
	    (long long)(row->next_s - row->refreshed_s));
	return true;
}

static void
take_step(struct store *store, int64_t id, const struct config *config, const struct step *step)
{
	struct spf_walk_limits limits = refresh_limits(config);
	struct zone *zone = zone_new(step->zone);
	struct refresh_report report;
	struct spf_walk walk;
	struct err err = { .text = "" };
	char text[1200], name[32];
	struct buf out;
	bool gone;

	zone_walk(zone, "d.example", &limits, &walk, NULL);
	assert_int_equal(refresh_apply(store, SLICE("d.example"), &walk, config, step->now_s, 0,
			     &report, &gone, &err),
	    0);
	buf_init(&out, text, sizeof(text));
	assert_int_equal(store_domain_get(store, id, describe, &out, &err), STORE_YES);
	if (report.warning[0] != '\0')
		buf_printf(&out, ": %s", report.warning);
	snprintf(name, sizeof(name), "at %lld", (long long)step->now_s);
	want_text(name, text, step->want);
	spf_walk_clear(&walk);
	zone_free(zone);
}

static void
take_steps(void **state, const struct step *steps, size_t n)
{
	struct fixture *f = *state;
	struct domain domain = { .name = SLICE("d.example"), .source = SLICE("manual") };
	struct config config;
	struct err err;
	int64_t id;
	size_t i;

	config_init(&config);
	assert_int_equal(store_domain_add(f->store, &domain, &id, &err), 0);
	for (i = 0; i < n; i++)
		take_step(f->store, id, &config, &steps[i]);
	config_clear(&config);
	end_cases();
}

static void
a_failure_takes_nothing(void **state)
{
	static const struct step steps[] = {
		{ whole, 1000, "ok spf 5 0 3600" },
		{ half, 2000,
		    "temperror spf 5 1 300: d.example cannot be refreshed: temperror: "
		    "TXT of lost.example: server failure; its 5 networks stay as they "
		    "are" },
		{ lost, 3000,
		    "temperror spf 5 2 900: d.example cannot be refreshed: temperror: "
		    "TXT of d.example: server failure; its 5 networks stay as they are" },
		{ typo, 4000,
		    "permerror spf 5 3 3600: d.example cannot be refreshed: permerror: "
		    "syntax: ipv4:192.0.2.1 (unknown mechanism); its 5 networks stay as "
		    "they are" },
		{ nothing, 5000,
		    "none spf 5 4 3600: d.example cannot be refreshed: the SPF record "
		    "is gone; its 5 networks stay as they are" },
		{ typo, 1000 + 7 * DAY,
		    "permerror spf 0 5 3600: d.example cannot be refreshed: "
		    "permerror: syntax: ipv4:192.0.2.1 (unknown mechanism); 0 "
		    "networks are listed" },
	};

	take_steps(state, steps, COUNT(steps));
}

/* Nor from a domain of which only a part was ever found. */
static void
a_failure_takes_nothing_from_a_part(void **state)
{
	static const struct step steps[] = {
		{ third, 1000,
		    "temperror spf 1 1 300: d.example cannot be refreshed: temperror: "
		    "TXT of lost.example: server failure; 1 networks are listed" },
		{ half, 2000,
		    "temperror spf 2 2 900: d.example cannot be refreshed: temperror: "
		    "TXT of lost.example: server failure; 2 networks are listed" },
		{ third, 3000,
		    "temperror spf 2 3 3600: d.example cannot be refreshed: temperror: "
		    "TXT of lost.example: server failure; its 2 networks stay as they "
		    "are" },
		{ lost, 4000,
		    "temperror spf 2 4 3600: d.example cannot be refreshed: temperror: "
		    "TXT of d.example: server failure; its 2 networks stay as they are" },
		{ whole, 5000, "ok spf 5 0 3600" },
	};

	take_steps(state, steps, COUNT(steps));
}

static void
where_networks_come_from(void **state)
{
	static const struct step none[] = {
		{ nothing, 1000,
		    "none none 0 0 3600: d.example has no network that could be "
		    "listed" },
		{ lost, 2000,
		    "temperror none 0 1 300: d.example cannot be refreshed: temperror: "
		    "TXT of d.example: server failure; its 0 networks stay as they are" },
		{ host, 3000, "none mx 1 0 3600" },
		{ lost, 4000,
		    "temperror mx 1 1 300: d.example cannot be refreshed: temperror: "
		    "TXT of d.example: server failure; its 1 networks stay as they are" },
		{ two, 5000, "ok spf 2 0 3600" },
	};

	take_steps(state, none, COUNT(none));
}

static void
a_great_change_is_told(void **state)
{
	static const struct step steps[] = {
		{ whole, 1000, "ok spf 5 0 3600" },
		{ two, 2000, "ok spf 2 0 3600: d.example had 5 networks and has 2 now" },
		{ whole, 3000, "ok spf 5 0 3600" },
	};

	take_steps(state, steps, COUNT(steps));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(a_failure_takes_nothing),
		TEST_WITH_STORE(a_failure_takes_nothing_from_a_part),
		TEST_WITH_STORE(where_networks_come_from),
		TEST_WITH_STORE(a_great_change_is_told),
	};

	return cmocka_run_group_tests_name("refresh", tests, NULL, NULL);
}
