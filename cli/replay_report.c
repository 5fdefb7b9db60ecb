/* replay_report.c - see replay_report.h: the report for people. */
#include "cli/replay_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/log_report.h"
#include "cli/table.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"

#define SLOWEST_ROWS 10

static const char *
plural(int64_t n, const char *one, const char *more)
{
	return n == 1 ? one : more;
}

static struct table *
begin_table(const struct replay_report *r, const struct table_column *columns, int n)
{
	struct table *t = xcalloc(1, sizeof(*t));

	table_init(t, columns, n, r->cli->width);
	printf("\n");
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
rows(const struct replay_report *r, size_t n)
{
	return (int64_t)n > r->limit ? (size_t)r->limit : n;
}

static void
table_duration(struct table *t, int64_t seconds)
{
	char text[DURATION_TEXT_MAX];

	table_text(t, duration_format_human(seconds, text));
}

/* ---- head ---- */

static void
put_difference(void *arg, const char *key, const char *from, const char *to, bool needs_restart)
{
	(void)needs_restart;
	cli_say("%s%s: %s instead of %s", (const char *)arg, key, to, from);
}

/* What A and B change of the present configuration. */
static void
put_configs(struct replay_report *r)
{
	static const char *const words[] = { "A has ", "B has " };
	char whole[] = "With ";
	int i;

	for (i = 0; i < (r->compares ? 2 : 1); i++)
		config_diff(&r->cli->config, &r->configs[i], put_difference,
		    r->compares ? (char *)(uintptr_t)words[i] : whole);
}

static void
put_head(struct replay_report *r)
{
	char from[32], to[32];
	int64_t lines = 0;
	size_t i;

	for (i = 0; i < r->file_n; i++)
		lines += r->files[i].lines;
	printf("%zu %s, %" PRId64 " lines: %zu %s of %zu %s, %zu of them real, from %s to %s.\n",
	    r->file_n, plural((int64_t)r->file_n, "file", "files"), lines, r->mails->try_n,
	    plural((int64_t)r->mails->try_n, "try", "tries"), r->mails->mail_n,
	    plural((int64_t)r->mails->mail_n, "mail", "mails"), r->mails->real_n,
	    log_time(r->mails->first_s, from), log_time(r->mails->last_s, to));
	put_configs(r);
	if (r->asked_spf)
		printf("SPF is by the records of today, also for mails of the past.\n");
}

/* ---- numbers ---- */

enum row_kind { ROW_COUNT, ROW_DURATION };

/* A number of a result. */
struct row {
	const char *name;
	size_t offset;
	enum row_kind kind;
};

#define OUTCOME(outcome) (offsetof(struct result, outcomes) + (outcome) * sizeof(int64_t))

static const struct row all_rows[] = {
	{ "mails", offsetof(struct result, mails_n), ROW_COUNT },
	{ "  accepted at once", OUTCOME(OUTCOME_AT_ONCE), ROW_COUNT },
	{ "  delayed", OUTCOME(OUTCOME_DELAYED), ROW_COUNT },
	{ "  never passed", OUTCOME(OUTCOME_NEVER), ROW_COUNT },
	{ "added delay: median", offsetof(struct result, median_s), ROW_DURATION },
	{ "  nine of ten within", offsetof(struct result, p90_s), ROW_DURATION },
	{ "  longest", offsetof(struct result, max_s), ROW_DURATION },
	{ "  all together", offsetof(struct result, total_s), ROW_DURATION },
	{ "came once: held back", OUTCOME(OUTCOME_HELD_BACK), ROW_COUNT },
	{ "  let in", OUTCOME(OUTCOME_LET_IN), ROW_COUNT },
	{ "rejected", OUTCOME(OUTCOME_REJECTED), ROW_COUNT },
	{ "tries", offsetof(struct result, tries), ROW_COUNT },
};

static int64_t
number_of(const struct result *result, const struct row *row)
{
	return *(const int64_t *)((const char *)result + row->offset);
}

static void
put_number(struct table *t, const struct row *row, int64_t number)
{
	if (row->kind == ROW_COUNT)
		table_number(t, number);
	else
		table_duration(t, number);
}

static void
put_numbers(const struct replay_report *r)
{
	static const struct table_column one[] = { { "", false, false },
		{ "AS IT WAS", true, false }, { "REPLAYED", true, false } },
					 two[] = { { "", false, false },
						 { "AS IT WAS", true, false }, { "A", true, false },
						 { "B", true, false }, { "B - A", true, false } };
	struct table *t = begin_table(r, r->compares ? two : one, r->compares ? 5 : 3);
	size_t i;

	for (i = 0; i < sizeof(all_rows) / sizeof(all_rows[0]); i++) {
		const struct row *row = &all_rows[i];

		table_text(t, row->name);
		put_number(t, row, number_of(&r->input, row));
		put_number(t, row, number_of(&r->a, row));
		if (!r->compares)
			continue;
		put_number(t, row, number_of(&r->b, row));
		put_number(t, row, number_of(&r->b, row) - number_of(&r->a, row));
	}
	end_table(t, "", 0, 0);
}

static void
put_answers(const struct result *result, const char *whose)
{
	if (result->same + result->other > 0)
		printf("%s: %" PRId64 " of %" PRId64 " answers are as they were.\n", whose,
		    result->same, result->same + result->other);
}

/* ---- domains ---- */

static void
put_domains(const struct replay_report *r)
{
	static const struct table_column columns[] = { { "SENDER DOMAIN", false, true },
		{ "MAILS", true, false }, { "AT ONCE", true, false }, { "DELAYED", true, false },
		{ "NEVER", true, false }, { "ALL DELAYS", true, false },
		{ "LONGEST", true, false } };
	struct table *t = begin_table(r, columns, 7);
	size_t n = r->a.suffering_n, shown = rows(r, n), i;

	for (i = 0; i < shown; i++) {
		const struct result_domain *d = r->a.suffering[i];

		table_text(t, d->name);
		table_number(t, d->mails);
		table_number(t, d->at_once);
		table_number(t, d->delayed);
		table_number(t, d->never);
		table_duration(t, d->total_s);
		table_duration(t, d->longest_s);
	}
	end_table(t, "No mail would be delayed.", n, shown);
}

static void
put_both(const struct replay_report *r)
{
	static const struct table_column columns[] = { { "SENDER DOMAIN", false, true },
		{ "MAILS", true, false }, { "DELAYED A", true, false },
		{ "DELAYED B", true, false }, { "DELAYS A", true, false },
		{ "DELAYS B", true, false }, { "B - A", true, false } };
	struct table *t = begin_table(r, columns, 7);
	size_t n, shown, i;
	struct replay_difference *all = replay_differences(r, &n);

	shown = rows(r, n);
	for (i = 0; i < shown; i++) {
		table_text(t, all[i].a->name);
		table_number(t, all[i].a->mails);
		table_number(t, all[i].a->delayed + all[i].a->never);
		table_number(t, all[i].b->delayed + all[i].b->never);
		table_duration(t, all[i].a->total_s);
		table_duration(t, all[i].b->total_s);
		table_duration(t, all[i].delay_s);
	}
	end_table(t, "A and B do the same to the mail of every domain.", n, shown);
	free(all);
}

/* ---- single mails, and what would help ---- */

static void
put_slowest(const struct replay_report *r)
{
	static const struct table_column columns[] = { { "DELAY", true, false },
		{ "TRIES", true, false }, { "FIRST TRY", false, false }, { "SENDER", false, true },
		{ "RECIPIENT", false, true }, { "WOULD BE SAVED BY", false, true } };
	size_t n = r->a.slowest_n < SLOWEST_ROWS ? r->a.slowest_n : SLOWEST_ROWS, i;
	char first[32], saved_by[512];
	struct table *t;

	if (n == 0)
		return;
	t = begin_table(r, columns, 6);
	for (i = 0; i < n; i++) {
		const struct result_wait *wait = &r->a.slowest[i];
		const struct mail_try *try = &r->mails->tries[r->mails->mails[wait->mail].first];
		struct mail_texts texts = mails_texts(r->mails, try);

		table_duration(t, wait->delay_s);
		table_number(t, wait->tries);
		table_text(t, log_time(try->time_s, first));
		table_cell(t, texts.sender.len == 0 ? SLICE("<>") : texts.sender);
		table_cell(t, texts.recipient);
		table_text(t, replay_saved_by(r, wait, saved_by, sizeof(saved_by)));
	}
	end_table(t, "", n, n);
}

static void
put_helpers(const struct replay_report *r)
{
	static const struct table_column columns[] = { { "LET PASS AT ONCE BY", false, true },
		{ "MAILS", true, false } };
	size_t n = r->a.helper_n, shown = rows(r, n), i;
	struct table *t;

	if (n == 0)
		return;
	t = begin_table(r, columns, 2);
	for (i = 0; i < shown; i++) {
		table_text(t, r->a.helpers[i].name);
		table_number(t, r->a.helpers[i].mails);
	}
	end_table(t, "", n, shown);
}

static void
put_suggestions(const struct replay_report *r)
{
	char text[DURATION_TEXT_MAX];
	size_t i;

	if (r->suggestion_n == 0)
		return;
	printf("\nWhitelisting these would help:\n\n    greygate domain add");
	for (i = 0; i < r->suggestion_n; i++)
		printf(" %s", r->suggestions[i].name);
	printf("\n\n");
	for (i = 0; i < r->suggestion_n; i++) {
		const struct suggestion *s = &r->suggestions[i];
		const struct result_domain *saving = replay_saving(r, s);

		cli_say("%s: %s; would save %s for %" PRId64 " %s", s->name, s->evidence,
		    duration_format_human(saving == NULL ? 0 : saving->total_s, text),
		    saving == NULL ? 0 : saving->delayed + saving->never,
		    plural(saving == NULL ? 0 : saving->delayed + saving->never, "mail", "mails"));
	}
}

void
replay_report_text(struct replay_report *r)
{
	put_head(r);
	put_numbers(r);
	put_answers(&r->a, r->compares ? "A" : "Replayed");
	if (r->compares) {
		put_answers(&r->b, "B");
		put_both(r);
		return;
	}
	put_domains(r);
	put_slowest(r);
	put_helpers(r);
	put_suggestions(r);
}
