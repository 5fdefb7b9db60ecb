/* log_report.c - see log_report.h: the report for people. */
#include "cli/log_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"
#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/greylist/suggested.h"

#define SLOWEST_ROWS 10

const char *
log_time(int64_t time_s, char out[32])
{
	return calendar_text(time_s, "%Y-%m-%d %H:%M:%S", out);
}

static const char *
plural(int64_t n, const char *one, const char *more)
{
	return n == 1 ? one : more;
}

/* ---- head ---- */

static void
put_head(const struct log_report *r)
{
	const struct story_totals *t = story_totals(r->story);
	char from[32], to[32];
	int64_t lines = 0;
	size_t i;

	for (i = 0; i < r->file_n; i++)
		lines += maillog_file(r->reader, i)->lines;
	printf("%zu %s, %" PRId64 " lines", r->file_n, plural((int64_t)r->file_n, "file", "files"),
	    lines);
	if (t->first_s != 0)
		printf(", %s to %s", log_time(t->first_s, from), log_time(t->last_s, to));
	printf(".\n%" PRId64 " %s of %" PRId64 " %s: %" PRId64 " passed later, %" PRId64
	       " came once and never again, %" PRId64 " came again and never passed.\n",
	    t->tries, plural(t->tries, "refusal", "refusals"), t->mails,
	    plural(t->mails, "mail", "mails"), t->passed, t->once, t->stuck);
	if (t->recent > 0)
		printf("%" PRId64
		       " of the last two kinds came in the last %d hours and may come again yet.\n",
		    t->recent, STORY_RECENT_S / 3600);
	if (t->folded > 0)
		printf("%" PRId64 " mails were too many to be known apart to the end; %" PRId64
		       " domains that sent one mail once are not listed.\n",
		    t->folded, t->others);
}

/* ---- domains ---- */

static const char *
mean_wait(const struct story_domain *d, char *out)
{
	return d->passed == 0 ? "-" : duration_format_human(d->waited_s / d->passed, out);
}

static const char *
clients_of(const struct story_domain *d, char *out, size_t len)
{
	if (d->nameless == d->tries)
		return "no name";
	if (d->hosts[0] == '\0')
		return "several";
	snprintf(out, len, "%s*.%s", d->networks > 1 ? "pool " : "", d->hosts);
	return out;
}

static void
put_domain(struct table *t, const struct story_domain *d)
{
	char text[DURATION_TEXT_MAX], clients[300];

	table_text(t, d->name);
	table_number(t, d->mails);
	table_number(t, d->tries);
	table_number(t, d->networks);
	table_number(t, d->passed);
	table_number(t, d->once);
	table_number(t, d->stuck);
	table_text(t, mean_wait(d, text));
	table_text(t,
	    d->longest_s == 0 && d->passed == 0 ? "-" : duration_format_human(d->longest_s, text));
	table_text(t, clients_of(d, clients, sizeof(clients)));
}

static struct table *
begin_table(const struct log_report *r, const struct table_column *columns, int n)
{
	struct table *t = xcalloc(1, sizeof(*t));

	table_init(t, columns, n, r->cli->width);
	return t;
}

static void
end_table(struct table *t, const char *empty, size_t n, size_t shown)
{
	table_end(t, empty);
	free(t);
	if (shown < n)
		printf("... and %zu more; --limit %zu shows them\n", n - shown, n);
}

static size_t
rows(const struct log_report *r, size_t n)
{
	return (int64_t)n > r->limit ? (size_t)r->limit : n;
}

static void
put_domains(const struct log_report *r)
{
	static const struct table_column columns[] = { { "SENDER DOMAIN", false, true },
		{ "MAILS", true, false }, { "TRIES", true, false }, { "NETS", true, false },
		{ "PASSED", true, false }, { "ONCE", true, false }, { "STUCK", true, false },
		{ "MEAN", true, false }, { "LONGEST", true, false }, { "CLIENTS", false, true } };
	struct table *t = begin_table(r, columns, 10);
	const struct story_domain **domains;
	size_t n = story_domains(r->story, &domains), shown = rows(r, n), i;

	printf("\n");
	for (i = 0; i < shown; i++)
		put_domain(t, domains[i]);
	end_table(t, "No mail was refused by greylisting.", n, shown);
}

/* ---- the slowest, days ---- */

static void
put_slowest(const struct log_report *r)
{
	static const struct table_column columns[] = { { "WAITED", true, false },
		{ "TRIES", true, false }, { "FIRST TRY", false, false }, { "SENDER", false, true },
		{ "RECIPIENT", false, true } };
	const struct story_wait *waits;
	size_t n = story_slowest(r->story, &waits), shown = rows(r, n), i;
	char text[DURATION_TEXT_MAX], first[32];
	struct table *t;

	if (n == 0)
		return;
	shown = shown < SLOWEST_ROWS ? shown : SLOWEST_ROWS;
	t = begin_table(r, columns, 5);
	printf("\nThe slowest that passed:\n");
	for (i = 0; i < shown; i++) {
		table_text(t, duration_format_human(waits[i].wait_s, text));
		table_number(t, waits[i].tries);
		table_text(t, log_time(waits[i].first_s, first));
		table_text(t, waits[i].sender[0] == '\0' ? "<>" : waits[i].sender);
		table_text(t, waits[i].recipient);
	}
	end_table(t, "", shown, shown);
}

/* The newest days. */
static void
put_days(const struct log_report *r)
{
	static const struct table_column columns[] = { { "DAY", false, false },
		{ "TRIES", true, false }, { "NEW MAILS", true, false }, { "PASSED", true, false } };
	struct table *t = begin_table(r, columns, 4);
	const struct story_day **days;
	size_t n = story_days(r->story, &days), shown = rows(r, n), i;

	printf("\n");
	for (i = n - shown; i < n; i++) {
		table_text(t, days[i]->date);
		table_number(t, days[i]->tries);
		table_number(t, days[i]->mails);
		table_number(t, days[i]->passed);
	}
	end_table(t, "", n, shown);
}

/* ---- one domain ---- */

static void
put_try(const struct story_try *try)
{
	char when[32];

	cli_say("  %s  %s  %s", log_time(try->time_s, when),
	    try->kind == MAILLOG_REFUSED ? "refused " : "accepted", try->client);
}

static void
put_mail(void *arg, const struct story_mail *mail)
{
	char text[DURATION_TEXT_MAX];
	size_t i;

	(void)arg;
	printf("\n");
	cli_say("%s -> %s: %s %s, %" PRId64 " %s", mail->sender[0] == '\0' ? "<>" : mail->sender,
	    mail->recipient, mail->passed ? "passed, waited" : "never passed, in",
	    duration_format_human(mail->longest_s, text), mail->tries,
	    plural(mail->tries, "try", "tries"));
	for (i = 0; i < mail->tried_n; i++)
		put_try(&mail->tried[i]);
}

static void
put_summary(const struct story_domain *d)
{
	char longest[DURATION_TEXT_MAX], clients[300];

	cli_say("%s: %" PRId64 " %s, %" PRId64 " %s from %" PRId64 " %s; %" PRId64
		" passed, %" PRId64 " came once and never again, %" PRId64
		" came again and never passed; longest wait %s; clients: %s",
	    d->name, d->mails, plural(d->mails, "mail", "mails"), d->tries,
	    plural(d->tries, "try", "tries"), d->networks,
	    plural(d->networks, "network", "networks"), d->passed, d->once, d->stuck,
	    duration_format_human(d->longest_s, longest), clients_of(d, clients, sizeof(clients)));
}

static void
put_one_domain(const struct log_report *r)
{
	const struct story_domain **domains;
	size_t n = story_domains(r->story, &domains), i;

	for (i = 0; i < n && strcmp(domains[i]->name, r->domain) != 0; i++)
		continue;
	if (i == n) {
		cli_say("No mail of %s was refused by greylisting.", r->domain);
		return;
	}
	put_summary(domains[i]);
	story_each_mail(r->story, put_mail, NULL);
	if (story_totals(r->story)->tries_cut)
		printf("... and more tries than can be listed\n");
}

/* ---- suggestions ---- */

static void
put_command(const struct log_report *r)
{
	bool any = false;
	size_t i;

	for (i = 0; i < r->suggestion_n; i++) {
		if (r->there[i])
			continue;
		printf("%s %s",
		    any ? "" : "Whitelisting these would help:\n\n    greygate domain add",
		    r->suggestions[i].name);
		any = true;
	}
	if (any)
		printf("\n\n");
}

static void
put_suggestions(const struct log_report *r)
{
	size_t i;

	printf("\n");
	if (r->suggestion_n == 0)
		printf("No domain is worth whitelisting by this log.\n");
	put_command(r);
	for (i = 0; i < r->suggestion_n; i++) {
		const struct suggestion *s = &r->suggestions[i];
		const struct suggested *known = suggested_find(slice_of(s->name));

		cli_say("%s: %s%s%s%s", s->name, s->evidence,
		    known == NULL ? "" : "; known: ", known == NULL ? "" : known->reason,
		    r->there[i] ? "; whitelisted already" : "");
	}
}

static void
put_unread(const struct log_report *r)
{
	int64_t unread = 0, too_long = 0;
	size_t i;

	for (i = 0; i < r->file_n; i++) {
		unread += maillog_file(r->reader, i)->unread;
		too_long += maillog_file(r->reader, i)->too_long;
	}
	if (unread > 0)
		printf("\n%" PRId64 " %s but could not be read; --unread prints %s.\n", unread,
		    plural(unread, "line looks like a refusal", "lines look like refusals"),
		    plural(unread, "it", "them"));
	if (too_long > 0)
		printf("\n%" PRId64 " %s longer than 1 MiB and left out.\n", too_long,
		    plural(too_long, "line is", "lines are"));
}

void
log_report_text(const struct log_report *r)
{
	if (r->domain != NULL) {
		put_one_domain(r);
		put_unread(r);
		return;
	}
	put_head(r);
	put_domains(r);
	if (story_totals(r->story)->mails > 0) {
		put_slowest(r);
		put_days(r);
		put_suggestions(r);
	}
	put_unread(r);
}
