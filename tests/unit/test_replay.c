/* test_replay.c - recordings read and written, mails cut from tries, retries, and whole runs whose
 * numbers were computed by hand. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/base/xalloc.h"
#include "common/replay/record.h"
#include "common/replay/run.h"
#include "common/replay/source.h"
#include "common/store/domain.h"
#include "common/store/edit.h"
#include "tests/unit/scratch.h"

#define T0 1795500000 /* 2026-11-24 05:20 UTC */
#define X1 "192.0.2.1"
#define Z1 "198.51.100.1"

/* ---- recordings ---- */

static void
what_is_written_is_read(void **state)
{
	static const struct engine_item item = { .request = { .client_address = SLICE("192.0.2.7"),
						     .client_name = SLICE("mx.a.example"),
						     .sender =
							 SLICE("x\t\x1b[2J\\\xff\xe2\x80\xae@b"),
						     .recipient = SLICE("c@d"),
						     .instance = SLICE("1a.2b") },
		.spf = { ENGINE_SPF_KNOWN, true, "pass" },
		.decision = { .action = ACTION_DEFER, .reason = REASON_NEW } };
	char text[1024], storage[1024];
	struct record record;
	struct buf out;
	struct err err;

	(void)state;
	buf_init(&out, text, sizeof(text));
	record_put_request(&out, &item, T0);
	want_text("line", text,
	    "time=1795500000\tclient_address=192.0.2.7\tclient_name=mx.a.example\t"
	    "sender=x\\x09\\x1b[2J\\\\\\xff\\u{202e}@b\trecipient=c@d\tinstance=1a.2b\t"
	    "action=greylist\treason=new\tspf=pass\n");
	want_int(
	    "read", record_read((struct slice){ text, out.len - 1 }, storage, &record, &err), 0);
	want_int("time", record.time_s, T0);
	want_int("sender", slice_equal(record.request.sender, item.request.sender), 1);
	want_int("instance", slice_equal(record.request.instance, item.request.instance), 1);
	want_int("spf", slice_equal(record.spf, SLICE("pass")), 1);
	buf_reset(&out);
	record_put_spf(&out, SLICE("192.0.2.7"), SLICE("b.example"), "fail", T0);
	want_text("spf line", text,
	    "time=1795500000\tclient_address=192.0.2.7\tspf=fail\tspf_domain=b.example\n");
	end_cases();
}

static void
a_line_without_room_is_left_out(void **state)
{
	char text[64];
	struct buf out;

	(void)state;
	buf_init(&out, text, sizeof(text));
	record_put_spf(&out, SLICE("192.0.2.7"), SLICE("b.example"), "fail", T0);
	want_text("nothing", text, "");
	want_int("not cut", out.cut, 0);
	end_cases();
}

static void
broken_lines(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "client_address=192.0.2.1\trecipient=b@y", "there is no time" },
		{ "time=12\trecipient=b@y", "there is no client_address" },
		{ "time=12\tclient_address=192.0.2.1", "there is no recipient" },
		{ "time=\tclient_address=1\trecipient=b@y", "time is not in seconds since 1970" },
		{ "time=99999999999999999999\tclient_address=1\trecipient=b@y",
		    "time is not in seconds since 1970" },
		{ "time=12\tclient_address=1\trecipient=b\\q", "a backslash that escapes nothing" },
		{ "time=12\tclient_address=1\trecipient=b\\", "a backslash that escapes nothing" },
		{ "time=12\tclient_address=1\trecipient=b\\u{20",
		    "a backslash that escapes nothing" },
		{ "time=12\tclient_address=1\trecipient=b\\x00",
		    "a value that no policy request can hold" },
		{ "time=12\tclient_address=1\trecipient=b\\x0a",
		    "a value that no policy request can hold" },
		{ "time=12\t\trecipient=b", "a field that is not NAME=VALUE" },
		{ "=12", "a field that is not NAME=VALUE" },
		{ "", "a field that is not NAME=VALUE" },
	};
	struct record record;
	char storage[256];
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		want_int(cases[i].line,
		    record_read(slice_of(cases[i].line), storage, &record, &err), -1);
		want_text(cases[i].line, err.text, cases[i].want);
	}
	want_int("fraction",
	    record_read(SLICE("time=12.9\tclient_address=1\trecipient=b"), storage, &record, &err),
	    0);
	want_int("fraction", record.time_s, 12);
	end_cases();
}

/* ---- mails ---- */

struct step {
	int64_t at_s;
	enum mail_answer answer;
	const char *address, *sender, *recipient;
	enum mail_origin origin;
};

static const struct addr_net loopback = { { ADDR_V4, { 127 } }, 8 };

static struct mails *
mails_of(const struct step *steps, size_t n)
{
	struct mails *m = mails_new();
	size_t i;

	for (i = 0; i < n; i++) {
		struct mail_contact contact = { .time_s = T0 + steps[i].at_s,
			.address = slice_of(steps[i].address),
			.sender = slice_of(steps[i].sender),
			.recipient = slice_of(steps[i].recipient),
			.answer = steps[i].answer,
			.answer_known = true,
			.origin = steps[i].origin };

		mails_add(m, &contact);
	}
	mails_end(m, &loopback, 1);
	return m;
}

static void
tries_become_mails(void **state)
{
	static const struct step steps[] = {
		{ 0, MAIL_REFUSED, X1, "a@x", "b@y", MAIL_BY_POSTFIX },
		{ 1, MAIL_REFUSED, X1, "A@X", "b@y", MAIL_BY_POLICY }, /* the same try */
		{ 400, MAIL_ACCEPTED, X1, "a@x", "b@y", MAIL_BY_POLICY },
		{ 400, MAIL_ACCEPTED, X1, "a@x", "b@y", MAIL_BY_POSTFIX },
		{ 400, MAIL_ACCEPTED, X1, "a@x", "b@y", MAIL_BY_POSTFIX }, /* delivered again */
		{ 500, MAIL_ACCEPTED, X1, "a@x", "b@y", MAIL_BY_POSTFIX }, /* another mail */
		{ 600, MAIL_REFUSED, Z1, "bot@z", "b@y", MAIL_BY_POSTFIX },
		{ 600 + MAIL_PAUSE_S, MAIL_REFUSED, Z1, "bot@z", "b@y", MAIL_BY_POSTFIX },
		{ 601 + 2 * MAIL_PAUSE_S, MAIL_REFUSED, Z1, "bot@z", "b@y", MAIL_BY_POSTFIX },
		{ 700, MAIL_REJECTED, Z1, "bad@z", "b@y", MAIL_RECORDED },
		{ 800, MAIL_ACCEPTED, Z1, "", "b@y", MAIL_RECORDED },
		{ 800, MAIL_ACCEPTED, Z1, "", "b@y", MAIL_RECORDED }, /* nothing is an echo */
	};
	struct mails *m = mails_of(steps, COUNT(steps));
	size_t i, real = 0;

	(void)state;
	want_int("mails", (long long)m->mail_n, 7);
	want_int("tries", (long long)m->try_n, 9);
	for (i = 0; i < m->mail_n; i++)
		real += m->mails[i].real;
	want_int("real", (long long)real, 5);
	want_int("tries of the first", m->mails[0].try_n, 2);
	want_int("accepted", m->mails[0].accepted, 1);
	want_text("domain", mails_domain(m, &m->mails[0]), "x");
	want_int("the bot came again", m->mails[2].try_n, 2);
	want_text("null sender", mails_domain(m, &m->mails[4]), "<>");
	want_int("and is another mail after a pause", m->mails[6].real, 0);
	want_int("first", m->first_s, T0);
	want_int("last", m->last_s, T0 + 601 + 2 * MAIL_PAUSE_S);
	mails_free(m);
	end_cases();
}

static void
schedules(void **state)
{
	static const struct {
		const char *text;
		int n, repeats, last_s;
	} cases[] = {
		{ "5m,10m,20m,40m,1h...", 5, 1, 3600 },
		{ "5m,10m", 2, 0, 600 },
		{ "300,...", 1, 1, 300 },
		{ "1h", 1, 0, 3600 },
		{ "", -1, 0, 0 },
		{ "5m,", -1, 0, 0 },
		{ "...", -1, 0, 0 },
		{ "5m...,10m", -1, 0, 0 },
		{ "0s", -1, 0, 0 },
		{ "soon", -1, 0, 0 },
	};
	struct schedule s;
	struct err err;
	size_t i;
	int result;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		result = schedule_parse(cases[i].text, &s, &err);
		want_int(cases[i].text, result == 0 ? (int)s.n : -1, cases[i].n);
		if (result == -1)
			continue;
		want_int(cases[i].text, s.repeats, cases[i].repeats);
		want_int(cases[i].text, s.pauses[s.n - 1], cases[i].last_s);
	}
	end_cases();
}

/* All times of a mail that is always deferred, relative to its first. */
static void
put_times(const struct mails *m, const struct schedule *schedule, char *out, size_t len)
{
	const struct mail *mail = &m->mails[0];
	int64_t first_s = m->tries[mail->first].time_s, last_s = first_s;
	struct mail_try try;
	uint32_t made;
	struct buf b;

	buf_init(&b, out, len);
	for (made = 1; made < 8 && mails_next(m, mail, schedule, made, last_s, &try); made++) {
		last_s = try.time_s;
		buf_printf(&b, "%lld ", (long long)(last_s - first_s));
	}
}

static void
retries(void **state)
{
	static const struct step once[] = { { 0, MAIL_REFUSED, X1, "a@x", "b@y", MAIL_RECORDED } },
				 taken[] = { { 0, MAIL_ACCEPTED, X1, "a@x", "b@y",
				     MAIL_RECORDED } },
				 thrice[] = { { 0, MAIL_REFUSED, X1, "a@x", "b@y", MAIL_RECORDED },
					 { 100, MAIL_REFUSED, X1, "a@x", "b@y", MAIL_RECORDED },
					 { 150, MAIL_REFUSED, X1, "a@x", "b@y", MAIL_RECORDED } };
	static const struct {
		const char *name;
		const struct step *steps;
		size_t n;
		const char *schedule, *want;
	} cases[] = {
		{ "a bot", once, 1, NULL, "" },
		{ "accepted at once", taken, 1, NULL, "300 900 2100 4500 8500 12500 16500 " },
		{ "real ones first", thrice, 3, NULL, "100 150 1350 3750 7750 11750 15750 " },
		{ "no dots", taken, 1, "1m,2m", "60 180 " },
		{ "five days", taken, 1, "2d...", "172800 345600 " },
	};
	char times[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct mails *m = mails_of(cases[i].steps, cases[i].n);
		struct schedule s = schedule_default();

		if (cases[i].schedule != NULL)
			assert_int_equal(schedule_parse(cases[i].schedule, &s, NULL), 0);
		put_times(m, &s, times, sizeof(times));
		want_text(cases[i].name, times, cases[i].want);
		mails_free(m);
	}
	end_cases();
}

static void
pools_are_known_by_their_networks(void **state)
{
	static const struct step steps[] = {
		/* moves */
		{ 0, MAIL_REFUSED, "192.0.2.1", "a@moves", "b@y", MAIL_RECORDED },
		{ 9, MAIL_ACCEPTED, "198.51.100.1", "a@moves", "b@y", MAIL_RECORDED },
		/* two networks, but each mail stays with one */
		{ 0, MAIL_REFUSED, "192.0.2.1", "a@stays", "b@y", MAIL_RECORDED },
		{ 9, MAIL_ACCEPTED, "192.0.2.2", "a@stays", "b@y", MAIL_RECORDED },
		{ 0, MAIL_ACCEPTED, "198.51.100.1", "c@stays", "b@y", MAIL_RECORDED },
		/* nothing is known of retries */
		{ 0, MAIL_ACCEPTED, "192.0.2.1", "a@many", "b@y", MAIL_RECORDED },
		{ 0, MAIL_ACCEPTED, "198.51.100.1", "c@many", "b@y", MAIL_RECORDED },
		{ 0, MAIL_ACCEPTED, "198.51.100.2", "c@many", "d@y", MAIL_RECORDED },
		/* one network, and a forger elsewhere */
		{ 0, MAIL_ACCEPTED, "2001:db8::1", "a@one", "b@y", MAIL_RECORDED },
		{ 0, MAIL_ACCEPTED, "2001:db8::2", "c@one", "b@y", MAIL_RECORDED },
		{ 0, MAIL_REFUSED, "198.51.100.9", "f@one", "b@y", MAIL_RECORDED },
		/* one, and a content filter that hands it back */
		{ 0, MAIL_ACCEPTED, "192.0.2.1", "a@filtered", "b@y", MAIL_BY_POSTFIX },
		{ 1, MAIL_ACCEPTED, "127.0.0.1", "a@filtered", "b@y", MAIL_BY_POSTFIX },
	};
	static const struct {
		const char *domain;
		int is_pool, clients;
	} cases[] = { { "moves", 1, 2 }, { "stays", 0, 3 }, { "many", 1, 3 }, { "one", 0, 2 },
		{ "filtered", 0, 1 } };
	struct mails *m = mails_of(steps, COUNT(steps));
	size_t i;
	uint32_t k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		for (k = 0; k < m->domains.n; k++) {
			if (strcmp(m->domains.all[k], cases[i].domain) != 0)
				continue;
			want_int(cases[i].domain, m->by_domain[k].is_pool, cases[i].is_pool);
			want_int(cases[i].domain, m->by_domain[k].n, cases[i].clients);
		}
	mails_free(m);
	end_cases();
}

/* ---- runs ---- */

struct stage {
	struct scratch scratch;
	struct config config;
	struct spf_known spf;
	struct result result, input;
	int64_t count_from_s;
	struct store *from; /* rules and domains */
};

static void
stage_open(struct stage *s)
{
	*s = (struct stage){ .count_from_s = INT64_MIN };
	scratch_make(&s->scratch);
	config_init(&s->config);
	free(s->config.database);
	s->config.database = xstrdup(s->scratch.database);
}

static void
stage_close(struct stage *s)
{
	result_clear(&s->result);
	result_clear(&s->input);
	spf_known_clear(&s->spf);
	store_close(s->from);
	config_clear(&s->config);
	scratch_remove(&s->scratch);
}

static void
stage_run(struct stage *s, const struct mails *m)
{
	struct schedule schedule = schedule_default();
	struct replay_run run = { .config = &s->config,
		.mails = m,
		.schedule = &schedule,
		.spf = &s->spf,
		.count_from_s = s->count_from_s };
	struct err err = { 0 };

	want_int("store", replay_make_store(s->scratch.database, s->from, T0 + 1000000, &err), 0);
	want_int("run", replay_run(&run, &s->result, &s->input, &err), 0);
	want_text("error", err.text, "");
}

static const struct step ordinary[] = {
	{ 0, MAIL_ACCEPTED, X1, "a@x.example", "b@y", MAIL_BY_POSTFIX },
	{ 500, MAIL_REFUSED, "203.0.113.9", "bot@z.example", "b@y", MAIL_BY_POSTFIX },
	{ 1000, MAIL_REFUSED, Z1, "a@z.example", "b@y", MAIL_BY_POSTFIX },
	{ 1100, MAIL_REFUSED, Z1, "a@z.example", "b@y", MAIL_BY_POSTFIX },
	{ 1400, MAIL_ACCEPTED, Z1, "a@z.example", "b@y", MAIL_BY_POSTFIX },
	{ 5000, MAIL_ACCEPTED, X1, "c@x.example", "d@y", MAIL_BY_POSTFIX },
	{ 6000, MAIL_ACCEPTED, "127.0.0.1", "me@y", "b@y", MAIL_BY_POSTFIX },
};

static void
numbers_by_hand(void **state)
{
	/* With a delay of 3 min the first mail passes at 300, the other one at its own 400. With 10
	 * min the first one passes at 900, the other one 1200 after its last real try: 1600. */
	static const struct {
		int64_t delay_s, once, delayed, median_s, p90_s, max_s, total_s, tries, same;
	} cases[] = {
		{ 180, 1, 2, 300, 400, 400, 700, 8, 6 },
		{ 600, 1, 2, 900, 1600, 1600, 2500, 10, 5 },
		{ 0, 1, 2, 100, 300, 300, 400, 7, 4 },
	};
	struct mails *m = mails_of(ordinary, COUNT(ordinary));
	struct stage s;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		stage_open(&s);
		s.config.greylist_delay_s = cases[i].delay_s;
		stage_run(&s, m);
		want_int("mails", s.result.mails_n, 3);
		want_int("at once", s.result.outcomes[OUTCOME_AT_ONCE], cases[i].once);
		want_int("delayed", s.result.outcomes[OUTCOME_DELAYED], cases[i].delayed);
		want_int("never", s.result.outcomes[OUTCOME_NEVER], 0);
		want_int("held back", s.result.outcomes[OUTCOME_HELD_BACK], 1);
		want_int("exempt", s.result.outcomes[OUTCOME_EXEMPT], 1);
		want_int("median", s.result.median_s, cases[i].median_s);
		want_int("p90", s.result.p90_s, cases[i].p90_s);
		want_int("max", s.result.max_s, cases[i].max_s);
		want_int("total", s.result.total_s, cases[i].total_s);
		want_int("tries", s.result.tries, cases[i].tries);
		want_int("same", s.result.same, cases[i].same);
		want_int("input: at once", s.input.outcomes[OUTCOME_AT_ONCE], 2);
		want_int("input: delayed", s.input.outcomes[OUTCOME_DELAYED], 1);
		want_int("input: total", s.input.total_s, 400);
		stage_close(&s);
	}
	mails_free(m);
	end_cases();
}

static void
the_domains_that_suffer(void **state)
{
	struct mails *m = mails_of(ordinary, COUNT(ordinary));
	struct stage s;

	(void)state;
	stage_open(&s);
	stage_run(&s, m);
	want_int("domains", (long long)s.result.suffering_n, 2);
	want_text("most", s.result.suffering[0]->name, "z.example");
	want_int("its delay", s.result.suffering[0]->total_s, 400);
	want_int("mails of the other", s.result.suffering[1]->mails, 2);
	want_int("slowest", s.result.slowest[0].delay_s, 400);
	want_int("tries", s.result.slowest[0].tries, 3);
	stage_close(&s);
	/* The first mail is not counted, but its client is known. */
	stage_open(&s);
	s.count_from_s = T0 + 400;
	stage_run(&s, m);
	want_int("mails", s.result.mails_n, 2);
	want_int("at once", s.result.outcomes[OUTCOME_AT_ONCE], 1);
	want_int("input", s.input.mails_n, 2);
	stage_close(&s);
	mails_free(m);
	end_cases();
}

static const struct step pool[] = {
	{ 0, MAIL_REFUSED, "203.0.113.1", "a@p.example", "b@y", MAIL_BY_POSTFIX },
	{ 300, MAIL_REFUSED, "198.51.100.1", "a@p.example", "b@y", MAIL_BY_POSTFIX },
	{ 900, MAIL_ACCEPTED, "192.0.2.1", "a@p.example", "b@y", MAIL_BY_POSTFIX },
};

static void
a_pool(void **state)
{
	struct mails *m = mails_of(pool, COUNT(pool));
	struct stage s;
	size_t i;

	(void)state;
	/* Three networks are three first contacts; whichever comes again 1200 s later has waited.
	 */
	stage_open(&s);
	stage_run(&s, m);
	want_int("without SPF", s.result.max_s, 2100);
	stage_close(&s);
	/* One pool: the second try passes for the first. */
	stage_open(&s);
	for (i = 0; i < COUNT(pool); i++)
		spf_known_put(&s.spf, slice_of(pool[i].address), SLICE("p.example"), SLICE("pass"));
	stage_run(&s, m);
	want_int("with SPF", s.result.max_s, 300);
	want_int("reason", s.result.reasons[REASON_POOL], 1);
	stage_close(&s);
	mails_free(m);
	end_cases();
}

static bool
keep_networks(void *arg, const struct domain *domain)
{
	*(int64_t *)arg = domain->networks;
	return true;
}

static void
rules_and_domains_are_copied(void **state)
{
	static const struct domain_network network = { SLICE("203.0.113.0/24"),
		SLICE("p.example") };
	struct mails *m = mails_of(pool, COUNT(pool));
	struct edit edit;
	struct stage s;
	struct domain domain = { .name = SLICE("p.example"), .created_s = T0 };
	struct rule rule = { .scope = SLICE("@."),
		.pattern = SLICE("203.0.113.1"),
		.action = RULE_BLOCK,
		.meta = { .created_s = T0, .expires_s = T0 + 10 } };
	char site[200];
	int64_t id, n = 0;

	(void)state;
	stage_open(&s);
	snprintf(site, sizeof(site), "%s/site.db", s.scratch.dir);
	s.from =
	    store_open(&(struct store_options){ .path = site, .mode = STORE_SERVER }, NULL, NULL);
	assert_non_null(s.from);
	edit = (struct edit){ .store = s.from, .author = SLICE("tester"), .now_s = T0 };
	want_int("rule", edit_rule_add(&edit, &rule, &id, NULL), 0);
	want_int("domain", edit_domain_add(&edit, &domain, &id, NULL), 0);
	want_int("begin", store_begin(s.from, NULL), 0);
	want_int("networks",
	    store_domain_replace(s.from, id, &network, 1, SLICE("ok"), T0, NULL, NULL, NULL), 0);
	want_int("commit", store_commit(s.from, NULL), 0);
	stage_run(&s, m);
	want_int("the expired rule does not block", s.result.outcomes[OUTCOME_AT_ONCE], 1);
	want_int("helpers", (long long)s.result.helper_n, 1);
	want_text("by", s.result.helpers[0].name, "domain p.example");
	want_int("mails", s.result.helpers[0].mails, 1);
	store_domain_get(s.from, id, keep_networks, &n, NULL);
	want_int("the source is as it was", n, 1);
	stage_close(&s);
	mails_free(m);
	end_cases();
}

/* ---- files ---- */

static void
complain(void *arg, const char *path, int64_t line, const char *text)
{
	(void)path;
	snprintf((char *)arg + strlen(arg), 200, "%lld: %s; ", (long long)line, text);
}

static void
read_text(const struct scratch *scratch, const char *text, struct mails *m, struct spf_known *spf,
    struct replay_file *file, char *errors)
{
	struct replay_reading reading = {
		.mails = m, .spf = spf, .complain = complain, .arg = errors
	};
	static char path[200];
	const char *paths[] = { path };
	FILE *out;

	snprintf(path, sizeof(path), "%s/input", scratch->dir);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	*errors = '\0';
	replay_read(&reading, paths, 1, file);
	mails_end(m, NULL, 0);
}

#define LOG(time, rest) "Nov 24 " time " mx postfix/" rest "\n"

static void
kinds_of_files(void **state)
{
	static const struct {
		const char *name, *text;
		enum replay_kind kind;
		int tries, mails, real;
		const char *errors;
	} cases[] = {
		{ "recording",
		    "time=12\tclient_address=192.0.2.1\tsender=a@x\trecipient=b@y\taction="
		    "greylist\n"
		    "time=x\tclient_address=192.0.2.1\tsender=a@x\trecipient=b@y\n"
		    "\n"
		    "time=400\tclient_address=192.0.2.1\tsender=a@x\trecipient=b@y\taction=pass\n"
		    "time=12\tclient_address=192.0.2.1\tspf=pass\tspf_domain=x.example\n"
		    "time=12\tclient_address=192.0.2.1\tspf=perhaps\tspf_domain=x.example\n",
		    REPLAY_RECORDING, 2, 1, 1,
		    "2: time is not in seconds since 1970; 6: spf is no result of SPF; " },
		{ "transcript",
		    "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=192.0.2.1\n"
		    "sender=a@x\nrecipient=b@y\ntime=12\n\n"
		    "protocol_state=DATA\nclient_address=192.0.2.1\nrecipient=b@y\ntime=13\n\n"
		    "sender=a@x\nnonsense\ntime=14\n\n"
		    "client_address=192.0.2.1\r\nsender=\r\nrecipient=b@y\r\ntime=15.5\r\n"
		    "action=451 later",
		    REPLAY_TRANSCRIPT, 2, 2, 1, "14: a line that is not NAME=VALUE; " },
		{ "log: a delivery, a login, a message in two goes",
		    LOG("09:00:00", "smtpd[1]: 4F9D195432: client=mx.x.example[192.0.2.1]") LOG(
			"09:00:00",
			"qmgr[2]: 4F9D195432: from=<a@x.example>, size=1, nrcpt=2 (queue active)")
			LOG("09:00:01", "lmtp[3]: 4F9D195432: to=<b@y>, relay=r, delay=1, "
					"delays=0/0/0/1, dsn=4.0.0, status=deferred (later)")
			    LOG("09:10:01", "lmtp[3]: 4F9D195432: to=<b@y>, relay=r, delay=601, "
					    "delays=0/0/0/1, dsn=2.0.0, status=sent (ok)")
				LOG("09:10:01",
				    "lmtp[3]: 4F9D195432: to=<c@y>, relay=r, delay=601, "
				    "delays=0/0/0/1, dsn=2.0.0, status=sent (ok)")
				    LOG("09:10:02", "qmgr[2]: 4F9D195432: removed") LOG("09:20:00",
					"lmtp[3]: 4F9D195499: to=<c@y>, relay=r, delay=1, "
					"delays=0/0/0/1, dsn=2.0.0, status=sent (ok)"),
		    REPLAY_LOG, 3, 2, 2, "" },
		{ "nothing", "\n\n", REPLAY_LOG, 0, 0, 0, "" },
	};
	struct scratch scratch;
	char errors[2000];
	size_t i;

	(void)state;
	setenv("TZ", "UTC", 1);
	scratch_make(&scratch);
	for (i = 0; i < COUNT(cases); i++) {
		struct mails *m = mails_new();
		struct spf_known spf = { .results = NULL };
		struct replay_file file;

		read_text(&scratch, cases[i].text, m, &spf, &file, errors);
		want_int(cases[i].name, file.kind, cases[i].kind);
		want_int(cases[i].name, file.tries, cases[i].tries);
		want_int(cases[i].name, (long long)m->mail_n, cases[i].mails);
		want_int(cases[i].name, (long long)m->real_n, cases[i].real);
		want_text(cases[i].name, errors, cases[i].errors);
		want_int(cases[i].name, spf_known_has(&spf, SLICE("192.0.2.1"), SLICE("x.example")),
		    cases[i].kind == REPLAY_RECORDING);
		spf_known_clear(&spf);
		mails_free(m);
	}
	scratch_remove(&scratch);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_line_without_room_is_left_out),
		cmocka_unit_test(broken_lines),
		cmocka_unit_test(tries_become_mails),
		cmocka_unit_test(schedules),
		cmocka_unit_test(retries),
		cmocka_unit_test(pools_are_known_by_their_networks),
		cmocka_unit_test(numbers_by_hand),
		cmocka_unit_test(the_domains_that_suffer),
		cmocka_unit_test(a_pool),
		cmocka_unit_test(rules_and_domains_are_copied),
		cmocka_unit_test(kinds_of_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
