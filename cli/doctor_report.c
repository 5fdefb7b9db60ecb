/* doctor_report.c - see doctor_report.h. */
#include "cli/doctor_report.h"

#include "cli/wrap.h"

void
report_init(struct doctor_report *report, const char *domain)
{
	*report = (struct doctor_report){ .domain = domain };
	verdict_list_init(&report->list);
}

void
report_clear(struct doctor_report *report)
{
	verdict_list_clear(&report->list);
}

static bool
is_shown(const struct cli *cli, const struct verdict *verdict)
{
	return cli_value(cli, "quiet") == NULL || verdict->status >= VERDICT_WARNING;
}

/* ---- JSON ---- */

static void
put_verdict(struct json *j, const struct verdict *verdict)
{
	json_object(j, NULL);
	json_text(j, "check", verdict->check);
	json_text(j, "status", verdict_status_name(verdict->status));
	json_text(j, "text", verdict->text);
	json_text(j, "advice", verdict->advice[0] == '\0' ? NULL : verdict->advice);
	json_text(j, "record", verdict->record[0] == '\0' ? NULL : verdict->record);
	json_end(j, '}');
}

static void
put_json(
    const struct cli *cli, const struct doctor_report *reports, size_t n, enum verdict_status worst)
{
	struct json j;
	size_t i, k;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "status", verdict_status_name(worst));
	json_array(&j, "subjects");
	for (i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_text(&j, "domain", reports[i].domain);
		json_text(&j, "status", verdict_status_name(reports[i].list.out.worst));
		json_array(&j, "findings");
		for (k = 0; k < reports[i].list.n; k++)
			if (is_shown(cli, &reports[i].list.items[k]))
				put_verdict(&j, &reports[i].list.items[k]);
		json_end(&j, ']');
		json_end(&j, '}');
	}
	json_end(&j, ']');
	json_end(&j, '}');
}

/* ---- text ---- */

#define STATUS_COLS 14
#define CHECK_COLS 9

/* Of greygate's own site they say themselves what they are about. */
static void
put_sentence(
    const struct cli *cli, const struct doctor_report *report, const struct verdict *verdict)
{
	char label[64], text[VERDICT_TEXT_MAX];
	bool own = report->domain == NULL;

	snprintf(label, sizeof(label), "%-*s%s", own ? 0 : STATUS_COLS,
	    verdict_status_name(verdict->status), own ? "" : verdict->check);
	verdict_print(verdict, text);
	wrap_row(stdout, label, text, own ? STATUS_COLS : STATUS_COLS + CHECK_COLS, cli->width);
}

/* A record begins its line: a blank there means something in a zone. */
static void
put_text(const struct cli *cli, const struct doctor_report *report)
{
	bool begun = false;
	size_t i;

	for (i = 0; i < report->list.n; i++) {
		const struct verdict *verdict = &report->list.items[i];

		if (!is_shown(cli, verdict))
			continue;
		if (!begun && report->title[0] != '\0')
			cli_say("%s", report->title);
		begun = true;
		put_sentence(cli, report, verdict);
		if (verdict->record[0] != '\0')
			printf("%s\n", verdict->record);
	}
}

void
report_put(const struct cli *cli, const struct doctor_report *reports, size_t n)
{
	enum verdict_status worst = VERDICT_OK;
	size_t i;

	for (i = 0; i < n; i++)
		if (reports[i].list.out.worst > worst)
			worst = reports[i].list.out.worst;
	if (cli->json)
		put_json(cli, reports, n, worst);
	for (i = 0; !cli->json && i < n; i++) {
		if (i > 0 && cli_value(cli, "quiet") == NULL)
			printf("\n");
		put_text(cli, &reports[i]);
	}
}
