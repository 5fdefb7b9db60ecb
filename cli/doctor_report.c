/* doctor_report.c - see doctor_report.h. */
#include "cli/doctor_report.h"

#include <stdlib.h>

#include "common/base/xalloc.h"

static void
keep(void *arg, const struct verdict *verdict)
{
	struct doctor_report *report = arg;

	report->items = xreallocarray(report->items, report->n + 1, sizeof(*report->items));
	report->items[report->n++] = *verdict;
}

void
report_init(struct doctor_report *report, const char *domain)
{
	*report = (struct doctor_report){ .domain = domain };
	report->out = (struct verdicts){ .fn = keep, .arg = report };
}

void
report_clear(struct doctor_report *report)
{
	free(report->items);
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
		json_text(&j, "status", verdict_status_name(reports[i].out.worst));
		json_array(&j, "findings");
		for (k = 0; k < reports[i].n; k++)
			if (is_shown(cli, &reports[i].items[k]))
				put_verdict(&j, &reports[i].items[k]);
		json_end(&j, ']');
		json_end(&j, '}');
	}
	json_end(&j, ']');
	json_end(&j, '}');
}

/* ---- text ---- */

/* Texts are escaped already. A record begins its line: a blank there means something in a zone. */
static void
put_text(const struct cli *cli, const struct doctor_report *report)
{
	bool begun = false;
	size_t i;

	for (i = 0; i < report->n; i++) {
		const struct verdict *verdict = &report->items[i];

		if (!is_shown(cli, verdict))
			continue;
		if (!begun && report->title[0] != '\0')
			cli_say("%s", report->title);
		begun = true;
		printf("%-13s %-8s %s\n", verdict_status_name(verdict->status), verdict->check,
		    verdict->text);
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
		if (reports[i].out.worst > worst)
			worst = reports[i].out.worst;
	if (cli->json)
		put_json(cli, reports, n, worst);
	for (i = 0; !cli->json && i < n; i++) {
		if (i > 0 && cli_value(cli, "quiet") == NULL)
			printf("\n");
		put_text(cli, &reports[i]);
	}
}
