/* test_maillog_story.c - refusals and acceptances matched, counted, bounded; what is suggested. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/maillog/suggest.h"

#define T0 1795500000 /* 2026-11-24 05:20 UTC */
#define MINUTE 60
#define HOUR 3600
#define DAY 86400

/* One event; the strings are borrowed. */
struct step {
	int64_t at_s;
	enum maillog_kind kind;
	enum maillog_program program;
	const char *name, *address, *sender, *recipient;
	const char *queue_id, *host;
	int64_t delay_s;
};

static struct story *
begin(size_t pairs_max, const char *domain)
{
	struct story_options options = {
		.prefix_v4 = 24, .prefix_v6 = 64, .pairs_max = pairs_max, .domain = domain
	};

	setenv("TZ", "UTC", 1);
	return story_new(&options);
}

static void
play(struct story *story, const struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct maillog_event event = { .kind = steps[i].kind,
			.program = steps[i].program,
			.client_name = slice_of(steps[i].name),
			.client_address = slice_of(steps[i].address),
			.sender = slice_of(steps[i].sender),
			.recipient = slice_of(steps[i].recipient),
			.queue_id = slice_of(steps[i].queue_id),
			.host = slice_of(steps[i].host),
			.delay_s = steps[i].delay_s,
			.times = 1 };

		story_event(story, &event, T0 + steps[i].at_s);
	}
}

/* An ended story of STEPS alone. */
static struct story *
told(const struct step *steps, size_t n)
{
	struct story *story = begin(0, NULL);

	play(story, steps, n);
	story_end(story);
	return story;
}

static const struct story_domain *
domain(struct story *story, const char *name)
{
	const struct story_domain **domains;
	size_t n = story_domains(story, &domains), i;

	for (i = 0; i < n; i++)
		if (strcmp(domains[i]->name, name) == 0)
			return domains[i];
	fail_msg("no domain %s", name);
	return NULL;
}

#define REFUSED(at, name, address, sender)                                                         \
	{                                                                                          \
		at, MAILLOG_REFUSED, MAILLOG_POSTFIX, name, address, sender, "b@y.example", NULL,  \
		    NULL, -1                                                                       \
	}
#define GREYLISTED(at, program, name, address, sender)                                             \
	{                                                                                          \
		at, MAILLOG_REFUSED, program, name, address, sender, "b@y.example", NULL, NULL, -1 \
	}
#define PASSED(at, sender)                                                                         \
	{                                                                                          \
		at, MAILLOG_PASSED, MAILLOG_POSTGREY, "c.x.example", "192.0.2.9", sender,          \
		    "b@y.example", NULL, NULL, 5                                                   \
	}
#define QUEUE(at, kind, host, id, sender, recipient, delay)                                        \
	{                                                                                          \
		at, kind, MAILLOG_POSTFIX, "c.x.example", "192.0.2.9", sender, recipient, id,      \
		    host, delay                                                                    \
	}

static void
a_mail_that_passes_a_policy_server(void **state)
{
	static const struct step steps[] = {
		REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
		REFUSED(60, "c.x.example", "192.0.2.2", "A@X.example"),
		PASSED(400, "a@x.example"),
		PASSED(500, "a@x.example"),
	};
	struct story *story = told(steps, COUNT(steps));
	const struct story_domain *d = domain(story, "x.example");
	const struct story_wait *waits;

	(void)state;
	want_int("mails", d->mails, 1);
	want_int("tries", d->tries, 2);
	want_int("networks", d->networks, 1);
	want_int("passed", d->passed, 1);
	want_int("waited", d->waited_s, 400);
	want_int("longest", d->longest_s, 400);
	want_text("hosts", d->hosts, "x.example");
	want_int("slowest", (long long)story_slowest(story, &waits), 1);
	want_text("sender", waits[0].sender, "a@x.example");
	want_int("first", waits[0].first_s, T0);
	story_free(story);
	end_cases();
}

static void
a_mail_that_is_delivered(void **state)
{
	static const struct {
		const char *name;
		struct step steps[5];
		int64_t passed, longest_s;
	} cases[] = {
		{ "by its client line",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(600, MAILLOG_CLIENT, "mx", "AAAAA", NULL, NULL, -1),
			QUEUE(600, MAILLOG_SENDER, "mx", "AAAAA", "a@x.example", NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx", "AAAAA", NULL, "b@y.example", 300) },
		    1, 600 },
		{ "by its delay where that was not seen",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(600, MAILLOG_SENDER, "mx", "AAAAA", "a@x.example", NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx", "AAAAA", NULL, "b@y.example", 300) },
		    1, 600 },
		{ "to another recipient",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(600, MAILLOG_SENDER, "mx", "AAAAA", "a@x.example", NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx", "AAAAA", NULL, "c@y.example", 300) },
		    0, 0 },
		{ "from another sender",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(600, MAILLOG_SENDER, "mx", "AAAAA", "z@x.example", NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx", "AAAAA", NULL, "b@y.example", 300) },
		    0, 0 },
		{ "with the queue id of another host",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(600, MAILLOG_SENDER, "mx1", "AAAAA", "a@x.example", NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx2", "AAAAA", NULL, "b@y.example", 300) },
		    0, 0 },
		{ "after its removal",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(600, MAILLOG_SENDER, "mx", "AAAAA", "a@x.example", NULL, -1),
			QUEUE(601, MAILLOG_REMOVED, "mx", "AAAAA", NULL, NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx", "AAAAA", NULL, "b@y.example", 300) },
		    0, 0 },
		{ "a queue id that is used again",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(600, MAILLOG_SENDER, "mx", "AAAAA", "a@x.example", NULL, -1),
			QUEUE(700, MAILLOG_CLIENT, "mx", "AAAAA", NULL, NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx", "AAAAA", NULL, "b@y.example", 300) },
		    0, 0 },
		{ "accepted before it was refused",
		    { REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
			QUEUE(1, MAILLOG_SENDER, "mx", "AAAAA", "a@x.example", NULL, -1),
			QUEUE(900, MAILLOG_DELIVERY, "mx", "AAAAA", NULL, "b@y.example", 1200) },
		    0, 0 },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct story *story;

		for (n = 0; n < 5 && cases[i].steps[n].kind != MAILLOG_NOTHING; n++)
			continue;
		story = told(cases[i].steps, n);
		want_int(cases[i].name, domain(story, "x.example")->passed, cases[i].passed);
		want_int(cases[i].name, domain(story, "x.example")->longest_s, cases[i].longest_s);
		story_free(story);
	}
	end_cases();
}

static void
what_came_at_the_end_may_come_again(void **state)
{
	static const struct step steps[] = {
		REFUSED(0, "c.x.example", "192.0.2.1", "old@x.example"),
		REFUSED(10, "c.x.example", "192.0.2.1", "stuck@x.example"),
		REFUSED(20, "c.x.example", "192.0.2.1", "passed@x.example"),
		PASSED(STORY_RECENT_S, "passed@x.example"),
		REFUSED(STORY_RECENT_S, "c.x.example", "192.0.2.1", "stuck@x.example"),
		REFUSED(STORY_RECENT_S, "c.x.example", "192.0.2.1", "new@x.example"),
	};
	struct story *story = told(steps, COUNT(steps));
	const struct story_totals *t = story_totals(story);

	(void)state;
	want_int("once", t->once, 2);
	want_int("stuck", t->stuck, 1);
	want_int("recent", t->recent, 2);
	story_free(story);
	end_cases();
}

static void
a_try_that_is_logged_twice_counts_once(void **state)
{
	static const struct step steps[] = {
		GREYLISTED(0, MAILLOG_SQLGREY, "", "192.0.2.1", "a@x.example"),
		REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
		GREYLISTED(2, MAILLOG_SQLGREY, "", "192.0.2.1", "a@x.example"),
		GREYLISTED(2, MAILLOG_SQLGREY, "", "192.0.2.1", "a@x.example"),
		REFUSED(3, "c.x.example", "192.0.2.1", "a@x.example"),
		REFUSED(3, "c.x.example", "192.0.2.1", "a@x.example"),
		/* others: another network, and much later */
		REFUSED(4, "c.x.example", "192.0.9.1", "a@x.example"),
		GREYLISTED(60, MAILLOG_SQLGREY, "", "192.0.9.1", "a@x.example"),
	};
	struct story *story = told(steps, COUNT(steps));
	const struct story_domain *d = domain(story, "x.example");

	(void)state;
	want_int("tries", d->tries, 5);
	want_int("all tries", story_totals(story)->tries, 5);
	want_int("nameless", d->nameless, 1);
	want_int("evidence", d->evidence.tries, 4);
	story_free(story);
	end_cases();
}

static void
what_never_passes(void **state)
{
	static const struct step steps[] = {
		REFUSED(0, "", "198.51.100.1", "bot@spam.example"),
		REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
		REFUSED(HOUR, "c.x.example", "192.0.2.1", "a@x.example"),
		REFUSED(2 * HOUR, "", "2001:db8::1", ""),
		REFUSED(2 * HOUR, "", "nonsense", "root"),
	};
	struct story *story = told(steps, COUNT(steps));
	const struct story_day **days;

	(void)state;
	want_int("once", domain(story, "spam.example")->once, 1);
	want_int("stuck", domain(story, "x.example")->stuck, 1);
	want_int("for", domain(story, "x.example")->longest_s, HOUR);
	want_int("null sender", domain(story, "<>")->once, 1);
	want_int("no domain", domain(story, "-")->networks, 1);
	want_int("days", (long long)story_days(story, &days), 1);
	want_text("day", days[0]->date, "2026-11-24");
	want_int("tries of the day", days[0]->tries, 5);
	want_int("mails of the day", days[0]->mails, 4);
	story_free(story);
	end_cases();
}

/* A pause of days is no wait, and a mail counts once, with its longest wait. */
static void
mail_of_the_same_two_again(void **state)
{
	static const struct step steps[] = {
		REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
		PASSED(600, "a@x.example"),
		REFUSED(DAY, "c.x.example", "192.0.2.1", "a@x.example"),
		PASSED(DAY + 300, "a@x.example"),
		REFUSED(0, "c.x.example", "192.0.2.1", "b@x.example"),
		REFUSED(10 * DAY, "c.x.example", "192.0.2.1", "b@x.example"),
		PASSED(10 * DAY + 240, "b@x.example"),
	};
	struct story *story = told(steps, COUNT(steps));
	const struct story_domain *d = domain(story, "x.example");
	const struct story_wait *waits;

	(void)state;
	want_int("mails", d->mails, 2);
	want_int("tries", d->tries, 4);
	want_int("passed", d->passed, 2);
	want_int("waited", d->waited_s, 840);
	want_int("longest", d->longest_s, 600);
	want_int("waits", (long long)story_slowest(story, &waits), 3);
	want_int("the least", waits[2].wait_s, 240);
	story_free(story);
	end_cases();
}

static void
memory_is_bounded(void **state)
{
	struct story *story = begin(10, NULL);
	const struct story_domain **domains;
	char sender[64], address[32];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		struct step step = REFUSED(i, "", address, sender);

		snprintf(sender, sizeof(sender), "a%d@%s%d.example", i, i % 2 ? "spam" : "x",
		    i % 2 ? i : 0);
		snprintf(address, sizeof(address), "10.%d.%d.1", i / 256, i % 256);
		play(story, &step, 1);
	}
	story_end(story);
	want_int("mails", story_totals(story)->mails, 1000);
	want_int("tries", story_totals(story)->tries, 1000);
	want_int("once", story_totals(story)->once, 1000);
	want_int("folded", story_totals(story)->folded, 990);
	want_int("other domains", story_totals(story)->others, 495);
	want_int("domains", (long long)story_domains(story, &domains), 6);
	want_int("mails of one", domain(story, "x0.example")->mails, 500);
	want_int("its networks", domain(story, "x0.example")->networks, 500);
	story_free(story);
	end_cases();
}

/* A mail that passed goes before one that waits, whichever is older. */
static void
what_waits_is_kept(void **state)
{
	static const struct step steps[] = {
		REFUSED(0, "c.x.example", "192.0.2.1", "a@x.example"),
		REFUSED(10, "c.x.example", "192.0.2.1", "b@x.example"),
		PASSED(400, "b@x.example"),
		REFUSED(500, "c.x.example", "192.0.2.1", "c@x.example"),
		PASSED(900, "a@x.example"),
	};
	struct story *story = begin(2, NULL);

	(void)state;
	play(story, steps, COUNT(steps));
	story_end(story);
	want_int("folded", story_totals(story)->folded, 1);
	want_int("passed", domain(story, "x.example")->passed, 2);
	story_free(story);
	end_cases();
}

static void
keep_mail(void *arg, const struct story_mail *mail)
{
	snprintf(arg, 256, "%s %s %lld %zu %s %s", mail->sender, mail->recipient,
	    (long long)mail->tries, mail->tried_n, mail->tried[0].client,
	    mail->tried[mail->tried_n - 1].kind == MAILLOG_REFUSED ? "refused" : "accepted");
}

static void
one_domain_closely(void **state)
{
	static const struct step steps[] = {
		REFUSED(0, "c.z.example", "192.0.2.1", "a@z.example"),
		GREYLISTED(5, MAILLOG_SQLGREY, "", "192.0.2.1", "a@x.example"),
		REFUSED(5, "c.x.example", "192.0.2.1", "a@x.example"),
		REFUSED(60, "c.x.example", "192.0.2.1", "a@x.example"),
		PASSED(400, "a@x.example"),
	};
	struct story *story = begin(0, "x.example");
	char text[256] = "";

	(void)state;
	play(story, steps, COUNT(steps));
	story_end(story);
	story_each_mail(story, keep_mail, text);
	want_text("mail", text, "a@x.example b@y.example 2 3 c.x.example[192.0.2.1] accepted");
	story_free(story);
	end_cases();
}

/* ---- suggestions ---- */

static void
suggestions(void **state)
{
	static const struct {
		const char *name;
		struct step steps[6];
		const char *want;
	} cases[] = {
		{ "a pool that waits long",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(HOUR, "m2.x.example", "198.51.100.1", "a@x.example"),
			PASSED(15 * HOUR + 24 * MINUTE, "a@x.example") },
		    "x.example: 2 tries from 2 networks, 1 mail, longest 15 h 24 min" },
		{ "a pool that never passes",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(10 * MINUTE, "M2.X.example", "198.51.100.1", "a@x.example") },
		    "x.example: 2 tries from 2 networks, 1 mail, longest 10 min" },
		{ "days",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(DAY, "m2.x.example", "198.51.100.1", "a@x.example"),
			PASSED(2 * DAY + 3 * HOUR, "a@x.example") },
		    "x.example: 2 tries from 2 networks, 1 mail, longest 2 d 3 h" },
		{ "a pool that passes soon",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(60, "m2.x.example", "198.51.100.1", "a@x.example"),
			PASSED(10 * MINUTE, "a@x.example") },
		    "" },
		{ "one host that waits long",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(HOUR, "m1.x.example", "192.0.2.1", "a@x.example") },
		    "" },
		{ "two mails, one network each",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(HOUR, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(0, "m2.x.example", "198.51.100.1", "b@x.example"),
			REFUSED(HOUR, "m2.x.example", "198.51.100.1", "b@x.example") },
		    "" },
		{ "bots",
		    { REFUSED(0, "", "192.0.2.1", "a@x.example"),
			REFUSED(HOUR, "", "198.51.100.1", "a@x.example"),
			REFUSED(2 * HOUR, "", "203.0.113.1", "a@x.example") },
		    "" },
		{ "names of somebody else",
		    { REFUSED(0, "dsl1.isp.example", "192.0.2.1", "a@x.example"),
			REFUSED(HOUR, "dsl2.isp.example", "198.51.100.1", "a@x.example") },
		    "" },
		{ "a name that only looks like it",
		    { REFUSED(0, "evilx.example", "192.0.2.1", "a@x.example"),
			REFUSED(HOUR, "notx.example", "198.51.100.1", "a@x.example") },
		    "" },
		{ "a domain known to be sent by others",
		    { REFUSED(0, "m1.qq.com", "192.0.2.1", "a@foxmail.com"),
			REFUSED(HOUR, "m2.qq.com", "198.51.100.1", "a@foxmail.com") },
		    "foxmail.com: 2 tries from 2 networks, 1 mail, longest 1 h 0 min" },
		{ "a known domain, forged by bots",
		    { REFUSED(0, "", "192.0.2.1", "a@qq.com"),
			REFUSED(HOUR, "", "198.51.100.1", "a@qq.com") },
		    "" },
		{ "bots do not make it look worse",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(HOUR, "m2.x.example", "198.51.100.1", "a@x.example"),
			REFUSED(0, "", "203.0.113.1", "a@x.example"),
			REFUSED(0, "", "203.0.114.1", "b@x.example") },
		    "x.example: 2 tries from 2 networks, 1 mail, longest 1 h 0 min" },
		{ "a forger who came long before does not make it look worse",
		    { REFUSED(0, "", "203.0.113.1", "a@x.example"),
			REFUSED(5 * HOUR, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(5 * HOUR + 60, "m2.x.example", "198.51.100.1", "a@x.example"),
			PASSED(5 * HOUR + 10 * MINUTE, "a@x.example") },
		    "" },
		{ "nor one who comes after it",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(60, "m2.x.example", "198.51.100.1", "a@x.example"),
			REFUSED(HOUR, "dsl.isp.example", "203.0.113.1", "a@x.example") },
		    "" },
		{ "a wait that was given up counts",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", "a@x.example"),
			REFUSED(10 * MINUTE, "m2.x.example", "198.51.100.1", "a@x.example"),
			REFUSED(9 * DAY, "m2.x.example", "198.51.100.1", "a@x.example") },
		    "x.example: 3 tries from 2 networks, 1 mail, longest 10 min" },
		{ "what a shell would take for an option",
		    { REFUSED(0, "m1.--apply.example", "192.0.2.1", "a@--apply.example"),
			REFUSED(HOUR, "m2.--apply.example", "198.51.100.1", "a@--apply.example") },
		    "" },
		{ "the null sender",
		    { REFUSED(0, "m1.x.example", "192.0.2.1", ""),
			REFUSED(HOUR, "m2.x.example", "198.51.100.1", "") },
		    "" },
		{ "a single label",
		    { REFUSED(0, "m1.local", "192.0.2.1", "a@local"),
			REFUSED(HOUR, "m2.local", "198.51.100.1", "a@local") },
		    "" },
		{ "no domain name",
		    { REFUSED(0, "m1.x..y", "192.0.2.1", "a@x..y"),
			REFUSED(HOUR, "m2.x..y", "198.51.100.1", "a@x..y") },
		    "" },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct suggestion *list;
		struct story *story;
		char text[512] = "";

		for (n = 0; n < 6 && cases[i].steps[n].kind != MAILLOG_NOTHING; n++)
			continue;
		story = told(cases[i].steps, n);
		n = suggest_domains(story, &list);
		if (n > 0)
			snprintf(text, sizeof(text), "%s: %s", list[0].name, list[0].evidence);
		want_text(cases[i].name, text, cases[i].want);
		want_int(cases[i].name, (long long)n, cases[i].want[0] != '\0');
		free(list);
		story_free(story);
	}
	end_cases();
}

/* No address is as long as a line may be, and none holds a NUL, but a log may be damaged. */
static void
overlong(void **state)
{
	static char sender[10000];
	const struct step steps[] = {
		{ 0, MAILLOG_REFUSED, MAILLOG_POSTGREY, "a.b.example", "192.0.2.1", sender,
		    "u@w.example", "", "", -1 },
		{ HOUR, MAILLOG_PASSED, MAILLOG_POSTGREY, "a.b.example", "192.0.2.1", sender,
		    "u@w.example", "", "", -1 },
		{ 0, MAILLOG_REFUSED, MAILLOG_GREYGATE, "a.b.example", "192.0.2.1",
		    "a\\x00b@b.example", "v@w.example", "", "", -1 },
		{ DAY, MAILLOG_PASSED, MAILLOG_GREYGATE, "a.b.example", "192.0.2.1",
		    "a\\x00b@b.example", "v@w.example", "", "", -1 },
	};
	const struct story_wait *waits;
	struct story *story;

	(void)state;
	memset(sender, 's', sizeof(sender) - 1);
	story = told(steps, COUNT(steps));
	want_int("waits", (int)story_slowest(story, &waits), 2);
	want_text("after NUL", waits[0].recipient, "v@w.example");
	want_text("overlong", waits[1].recipient, "u@w.example");
	story_free(story);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlong),
		cmocka_unit_test(a_mail_that_passes_a_policy_server),
		cmocka_unit_test(a_mail_that_is_delivered),
		cmocka_unit_test(what_came_at_the_end_may_come_again),
		cmocka_unit_test(a_try_that_is_logged_twice_counts_once),
		cmocka_unit_test(what_never_passes),
		cmocka_unit_test(mail_of_the_same_two_again),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(what_waits_is_kept),
		cmocka_unit_test(one_domain_closely),
		cmocka_unit_test(suggestions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
