/* log_json.c - see log_report.h: the report as JSON. */
#include "cli/log_report.h"
#include "common/base/json.h"

static void
put_files(struct json *j, const struct log_report *r)
{
	size_t i;

	json_array(j, "files");
	for (i = 0; i < r->file_n; i++) {
		const struct maillog_file *file = maillog_file(r->reader, i);

		json_object(j, NULL);
		json_text(j, "path", file->path);
		json_int(j, "lines", file->lines);
		json_int(j, "bytes", file->bytes);
		json_int(j, "unread", file->unread);
		json_int(j, "too_long", file->too_long);
		json_text(j, "error", file->err.code == ERR_NONE ? NULL : file->err.text);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_totals(struct json *j, const struct story_totals *t)
{
	json_object(j, "totals");
	json_int(j, "first_s", t->first_s);
	json_int(j, "last_s", t->last_s);
	json_int(j, "mails", t->mails);
	json_int(j, "tries", t->tries);
	json_int(j, "passed", t->passed);
	json_int(j, "once", t->once);
	json_int(j, "stuck", t->stuck);
	json_int(j, "recent", t->recent);
	json_int(j, "domains", t->domains);
	json_int(j, "other_domains", t->others);
	json_int(j, "folded", t->folded);
	json_end(j, '}');
}

static void
put_domain(struct json *j, const struct story_domain *d)
{
	json_object(j, NULL);
	json_text(j, "domain", d->name);
	json_int(j, "mails", d->mails);
	json_int(j, "tries", d->tries);
	json_int(j, "networks", d->networks);
	json_int(j, "passed", d->passed);
	json_int(j, "once", d->once);
	json_int(j, "stuck", d->stuck);
	json_int(j, "waited_s", d->waited_s);
	json_int(j, "longest_s", d->longest_s);
	json_int(j, "nameless", d->nameless);
	json_text(j, "hosts", d->hosts);
	json_bool(j, "known", d->known);
	json_end(j, '}');
}

static size_t
rows(const struct log_report *r, size_t n)
{
	return (int64_t)n > r->limit ? (size_t)r->limit : n;
}

static void
put_domains(struct json *j, const struct log_report *r)
{
	const struct story_domain **domains;
	size_t n = rows(r, story_domains(r->story, &domains)), i;

	json_array(j, "domains");
	for (i = 0; i < n; i++)
		put_domain(j, domains[i]);
	json_end(j, ']');
}

static void
put_slowest(struct json *j, const struct log_report *r)
{
	const struct story_wait *waits;
	size_t n = rows(r, story_slowest(r->story, &waits)), i;

	json_array(j, "slowest");
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		json_text(j, "sender", waits[i].sender);
		json_text(j, "recipient", waits[i].recipient);
		json_int(j, "wait_s", waits[i].wait_s);
		json_int(j, "tries", waits[i].tries);
		json_int(j, "first_s", waits[i].first_s);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_days(struct json *j, const struct log_report *r)
{
	const struct story_day **days;
	size_t n = story_days(r->story, &days), i;

	json_array(j, "days");
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		json_text(j, "day", days[i]->date);
		json_int(j, "tries", days[i]->tries);
		json_int(j, "mails", days[i]->mails);
		json_int(j, "passed", days[i]->passed);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_mail(void *arg, const struct story_mail *mail)
{
	struct json *j = arg;
	size_t i;

	json_object(j, NULL);
	json_text(j, "sender", mail->sender);
	json_text(j, "recipient", mail->recipient);
	json_int(j, "tries", mail->tries);
	json_bool(j, "passed", mail->passed);
	json_int(j, "longest_s", mail->longest_s);
	json_array(j, "tried");
	for (i = 0; i < mail->tried_n; i++) {
		json_object(j, NULL);
		json_int(j, "time_s", mail->tried[i].time_s);
		json_bool(j, "accepted", mail->tried[i].kind != MAILLOG_REFUSED);
		json_text(j, "client", mail->tried[i].client);
		json_end(j, '}');
	}
	json_end(j, ']');
	json_end(j, '}');
}

static void
put_suggestions(struct json *j, const struct log_report *r)
{
	size_t i;

	json_array(j, "suggestions");
	for (i = 0; i < r->suggestion_n; i++) {
		const struct suggestion *s = &r->suggestions[i];

		json_object(j, NULL);
		json_text(j, "domain", s->name);
		json_text(j, "evidence", s->evidence);
		json_int(j, "tries", s->domain->evidence.tries);
		json_int(j, "networks", s->domain->evidence.networks);
		json_int(j, "mails", s->domain->evidence.mails);
		json_int(j, "longest_s", s->domain->evidence.longest_s);
		json_bool(j, "known", s->domain->known);
		json_bool(j, "whitelisted", r->there[i]);
		json_end(j, '}');
	}
	json_end(j, ']');
}

void
log_report_json(const struct log_report *r)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	put_files(&j, r);
	put_totals(&j, story_totals(r->story));
	put_domains(&j, r);
	put_slowest(&j, r);
	put_days(&j, r);
	if (r->domain != NULL) {
		json_array(&j, "mails");
		story_each_mail(r->story, put_mail, &j);
		json_end(&j, ']');
	}
	put_suggestions(&j, r);
	json_end(&j, '}');
}
