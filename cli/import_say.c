/* import_say.c - see import_say.h. */
#include "cli/import_say.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/table.h"
#include "common/base/xalloc.h"
#include "common/import/record.h"

/* ---- what is told while it is read ---- */

static void
put_told_json(struct json *j, const char *place, const char *text)
{
	json_object(j, NULL);
	json_text(j, "place", *place == '\0' ? NULL : place);
	json_text(j, "text", text);
	json_end(j, '}');
}

static void
put_told_text(const char *indent, const char *place, const char *text)
{
	cli_say("%s%s%s%s", indent, place, *place == '\0' ? "" : ": ", text);
}

void
import_say_begin(struct import_say *say, const struct cli *cli)
{
	*say = (struct import_say){ .cli = cli, .all_refused = cli_value(cli, "refused") != NULL };
	if (!cli->json)
		return;
	json_init(&say->json, stdout);
	json_object(&say->json, NULL);
	json_text(&say->json, "source", cli->args[0]);
	json_array(&say->json, "refused_rows");
	say->in_rows = true;
}

void
import_say_told(struct import_say *say, enum import_told what, const char *place, const char *text)
{
	struct import_told_lines *told = &say->told[what];

	if (what == IMPORT_REFUSED && say->cli->json) {
		if (say->all_refused || told->n < TOLD_FIRST)
			put_told_json(&say->json, place, text);
	} else if (what == IMPORT_REFUSED && say->all_refused) {
		cli_say("%s: refused: %s", place, text);
		return;
	} else if (told->n < TOLD_FIRST) {
		told->places[told->n] = xstrdup(place);
		told->texts[told->n] = xstrdup(text);
	}
	told->n++;
}

/* ---- JSON ---- */

static void
put_list_json(struct import_say *say, const char *key, enum import_told what)
{
	const struct import_told_lines *told = &say->told[what];
	int64_t i;

	json_array(&say->json, key);
	for (i = 0; i < told->n && i < TOLD_FIRST; i++)
		put_told_json(&say->json, told->places[i], told->texts[i]);
	json_end(&say->json, ']');
}

static void
put_kinds_json(struct json *j, const struct import_report *report)
{
	int kind;

	json_object(j, "kinds");
	for (kind = STAGING_N - 1; kind >= 0; kind--) {
		const struct staging_count *n = &report->counts[kind];

		json_object(j, record_kinds[kind].plural);
		json_int(j, "found", n->staged);
		json_int(j, "new", n->fresh);
		json_int(j, "longer_life", n->changed);
		json_int(j, "there_already", n->staged - n->fresh - n->changed);
		json_end(j, '}');
	}
	json_end(j, '}');
}

static void
put_report_json(struct import_say *say, const struct import_report *report)
{
	struct json *j = &say->json;

	json_end(j, ']');
	say->in_rows = false;
	json_int(j, "read", report->read);
	json_int(j, "expired", report->expired);
	json_int(j, "refused", report->refused);
	put_kinds_json(j, report);
	put_list_json(say, "notes", IMPORT_NOTE);
	put_list_json(say, "hints", IMPORT_HINT);
}

/* ---- text ---- */

static void
put_told(const struct import_say *say, enum import_told what, const char *head, const char *more)
{
	const struct import_told_lines *told = &say->told[what];
	int64_t i;

	if (told->n == 0)
		return;
	printf("\n%s\n", head);
	for (i = 0; i < told->n && i < TOLD_FIRST; i++)
		put_told_text("  ", told->places[i], told->texts[i]);
	if (told->n > TOLD_FIRST)
		cli_say("  ... and %" PRId64 " more%s", told->n - TOLD_FIRST, more);
}

static void
put_counts(const struct cli *cli, const struct import_report *report)
{
	static const struct table_column columns[] = { { "KIND", false, false },
		{ "FOUND", true, false }, { "NEW", true, false }, { "LONGER LIFE", true, false },
		{ "THERE ALREADY", true, false } };
	struct table *table = xcalloc(1, sizeof(*table));
	int kind;

	table_init(table, columns, 5, cli->width);
	for (kind = STAGING_N - 1; kind >= 0; kind--) {
		const struct staging_count *n = &report->counts[kind];

		if (n->staged == 0)
			continue;
		table_text(table, record_kinds[kind].plural);
		table_number(table, n->staged);
		table_number(table, n->fresh);
		table_number(table, n->changed);
		table_number(table, n->staged - n->fresh - n->changed);
	}
	printf("\n");
	table_end(table, "");
	free(table);
}

static void
put_samples(const struct import_report *report)
{
	int kind, i;

	printf("\n");
	for (kind = STAGING_N - 1; kind >= 0; kind--) {
		if (report->samples[kind][0][0] == '\0')
			continue;
		cli_say("%s, for example:", record_kinds[kind].plural);
		for (i = 0; i < IMPORT_SAMPLES && report->samples[kind][i][0] != '\0'; i++)
			cli_say("  %s", report->samples[kind][i]);
	}
}

static void
put_report(const struct import_say *say, const struct import_report *report)
{
	cli_say("%" PRId64 " rows read, %" PRId64 " expired, %" PRId64 " refused", report->read,
	    report->expired, report->refused);
	if (import_rows_found(report) > 0) {
		put_counts(say->cli, report);
		put_samples(report);
	}
	put_told(say, IMPORT_REFUSED, "Refused:", " (--refused shows all)");
	put_told(say, IMPORT_NOTE, "Taken, but:", "");
	put_told(say, IMPORT_HINT, "Besides:", "");
	printf("\n");
}

/* ---- all ---- */

void
import_say_report(struct import_say *say, const struct import_report *report)
{
	if (say->cli->json)
		put_report_json(say, report);
	else
		put_report(say, report);
}

void
import_say_change(struct import_say *say, int64_t change_id, const char *why)
{
	if (say->cli->json && change_id == 0)
		json_null(&say->json, "change");
	else if (say->cli->json)
		json_int(&say->json, "change", change_id);
	else if (change_id == 0)
		cli_say("%s", why);
	else
		cli_say("Done: change %" PRId64 "; greygate undo takes it back.", change_id);
}

void
import_say_end(struct import_say *say)
{
	int what, i;

	if (say->in_rows)
		json_end(&say->json, ']');
	if (say->cli->json)
		json_end(&say->json, '}');
	for (what = 0; what <= IMPORT_HINT; what++)
		for (i = 0; i < TOLD_FIRST; i++) {
			free(say->told[what].places[i]);
			free(say->told[what].texts[i]);
		}
}
