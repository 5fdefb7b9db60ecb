/* replay_json.c - see replay_report.h: the report as JSON. */
#include <stdlib.h>

#include "cli/replay_report.h"
#include "common/base/json.h"

static void
put_files(struct json *j, const struct replay_report *r)
{
	size_t i;

	json_array(j, "files");
	for (i = 0; i < r->file_n; i++) {
		const struct replay_file *file = &r->files[i];

		json_object(j, NULL);
		json_text(j, "path", file->path);
		json_text(j, "kind", replay_kind_name(file->kind));
		json_int(j, "lines", file->lines);
		json_int(j, "tries", file->tries);
		json_int(j, "unread", file->bad);
		json_text(j, "error", file->err.code == ERR_NONE ? NULL : file->err.text);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_reasons(struct json *j, const struct result *result)
{
	int reason;

	json_object(j, "answers");
	for (reason = 0; reason < REASON_N; reason++)
		if (result->reasons[reason] > 0)
			json_int(
			    j, reason_info((enum reason)reason)->name, result->reasons[reason]);
	json_end(j, '}');
}

static void
put_domain(struct json *j, const struct result_domain *d)
{
	json_object(j, NULL);
	json_text(j, "domain", d->name);
	json_int(j, "mails", d->mails);
	json_int(j, "at_once", d->at_once);
	json_int(j, "delayed", d->delayed);
	json_int(j, "never_passed", d->never);
	json_int(j, "total_s", d->total_s);
	json_int(j, "longest_s", d->longest_s);
	json_end(j, '}');
}

static size_t
rows(const struct replay_report *r, size_t n)
{
	return (int64_t)n > r->limit ? (size_t)r->limit : n;
}

static void
put_domains(struct json *j, const struct replay_report *r, const struct result *result)
{
	size_t n = rows(r, result->suffering_n), i;

	json_array(j, "domains");
	for (i = 0; i < n; i++)
		put_domain(j, result->suffering[i]);
	json_end(j, ']');
}

static void
put_slowest(struct json *j, const struct replay_report *r, const struct result *result)
{
	size_t n = rows(r, result->slowest_n), i;
	char saved_by[512];

	json_array(j, "slowest");
	for (i = 0; i < n; i++) {
		const struct result_wait *wait = &result->slowest[i];
		const struct mail_try *try = &r->mails->tries[r->mails->mails[wait->mail].first];
		struct mail_texts texts = mails_texts(r->mails, try);

		json_object(j, NULL);
		json_string(j, "sender", texts.sender);
		json_string(j, "recipient", texts.recipient);
		json_int(j, "first_s", try->time_s);
		json_int(j, "delay_s", wait->delay_s);
		json_int(j, "tries", wait->tries);
		json_text(j, "saved_by", replay_saved_by(r, wait, saved_by, sizeof(saved_by)));
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_helpers(struct json *j, const struct result *result)
{
	size_t i;

	json_array(j, "let_pass_by");
	for (i = 0; i < result->helper_n; i++) {
		json_object(j, NULL);
		json_text(j, "by", result->helpers[i].name);
		json_int(j, "mails", result->helpers[i].mails);
		json_end(j, '}');
	}
	json_end(j, ']');
}

/* IS_RUN: not what the input tells. */
static void
put_result(struct json *j, const struct replay_report *r, const char *key,
    const struct result *result, bool is_run)
{
	int outcome;

	json_object(j, key);
	json_int(j, "mails", result->mails_n);
	for (outcome = 0; outcome < OUTCOME_N; outcome++)
		json_int(j, outcome_name((enum outcome)outcome), result->outcomes[outcome]);
	json_int(j, "tries", result->tries);
	json_int(j, "median_s", result->median_s);
	json_int(j, "p90_s", result->p90_s);
	json_int(j, "max_s", result->max_s);
	json_int(j, "total_s", result->total_s);
	put_domains(j, r, result);
	if (is_run) {
		json_int(j, "same_answers", result->same);
		json_int(j, "other_answers", result->other);
		put_reasons(j, result);
		put_slowest(j, r, result);
		put_helpers(j, result);
	}
	json_end(j, '}');
}

static void
put_suggestions(struct json *j, const struct replay_report *r)
{
	size_t i;

	json_array(j, "suggestions");
	for (i = 0; i < r->suggestion_n; i++) {
		const struct suggestion *s = &r->suggestions[i];
		const struct result_domain *saving = replay_saving(r, s);

		json_object(j, NULL);
		json_text(j, "domain", s->name);
		json_text(j, "evidence", s->evidence);
		json_int(j, "saves_mails", saving == NULL ? 0 : saving->delayed + saving->never);
		json_int(j, "saves_s", saving == NULL ? 0 : saving->total_s);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_differences(struct json *j, const struct replay_report *r)
{
	struct replay_difference *all;
	size_t n, i;

	all = replay_differences(r, &n);
	n = rows(r, n);
	json_array(j, "differences");
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		json_text(j, "domain", all[i].a->name);
		json_int(j, "delay_s", all[i].delay_s);
		json_int(j, "delayed", all[i].delayed);
		json_int(j, "never_passed", all[i].never);
		json_end(j, '}');
	}
	json_end(j, ']');
	free(all);
}

void
replay_report_json(const struct replay_report *r)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	put_files(&j, r);
	json_int(&j, "first_s", r->mails->first_s);
	json_int(&j, "last_s", r->mails->last_s);
	json_bool(&j, "spf_of_today", r->asked_spf);
	put_result(&j, r, "input", &r->input, false);
	put_result(&j, r, "a", &r->a, true);
	if (r->compares) {
		put_result(&j, r, "b", &r->b, true);
		put_differences(&j, r);
	}
	put_suggestions(&j, r);
	json_end(&j, '}');
}
