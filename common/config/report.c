/* report.c - see report.h. */
#include "common/config/report.h"

#include <stdio.h>
#include <string.h>

#include "common/base/str.h"

void
report_begin(struct config_report *report, const char *name)
{
	memset(report, 0, sizeof(*report));
	snprintf(report->file, sizeof(report->file), "%s", name);
}

static void
fill_error(struct config_error *error, struct report_place place, const char *key, const char *text)
{
	struct buf b;

	*error =
	    (struct config_error){ .line = (unsigned)place.line, .column = (unsigned)place.column };
	buf_init(&b, error->key, sizeof(error->key));
	str_escape(&b, slice_of(key), ESCAPE_TEXT);
	buf_init(&b, error->text, sizeof(error->text));
	str_escape(&b, slice_of(text), ESCAPE_TEXT);
}

void
report_error(
    struct config_report *report, struct report_place place, const char *key, const char *text)
{
	if (report->error_n == CONFIG_ERRORS_MAX)
		report->more = true;
	else
		fill_error(&report->errors[report->error_n++], place, key, text);
}

void
report_notice(
    struct config_report *report, struct report_place place, const char *key, const char *text)
{
	if (report->notice_n < CONFIG_ERRORS_MAX)
		fill_error(&report->notices[report->notice_n++], place, key, text);
}

const char *
config_error_format(
    const struct config_report *report, const struct config_error *error, char *out, size_t out_len)
{
	struct buf b;

	buf_init(&b, out, out_len);
	buf_add_text(&b, report->file);
	if (error->line != 0)
		buf_printf(&b, ":%u:%u", error->line, error->column);
	if (error->key[0] != '\0')
		buf_printf(&b, ": %s", error->key);
	buf_printf(&b, ": %s", error->text);
	return out;
}
