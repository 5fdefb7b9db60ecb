/* export_rows.c - see export_rows.h. */
#include "tui/export_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/csv_text.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"

#define ESCAPED_MAX 4 /* bytes that one may become: \xNN */

static bool
is_time(const struct column *column)
{
	return column->kind == COLUMN_AGE || column->kind == COLUMN_UNTIL ||
	       column->kind == COLUMN_CLOCK;
}

/* The text as the screen would show it; to be freed. */
static char *
escaped(const char *text)
{
	size_t size = strlen(text) * ESCAPED_MAX + 1;
	char *out = xcalloc(size, 1);
	struct buf b;

	buf_init(&b, out, size);
	str_escape(&b, slice_of(text), ESCAPE_TEXT);
	return out;
}

/* ---- CSV ---- */

static void
put_csv_time(FILE *out, int64_t time_s)
{
	char text[CALENDAR_TEXT_MAX];

	if (time_s != 0)
		fputs(calendar_text(time_s, "%Y-%m-%d %H:%M:%S", text), out);
}

static void
put_csv_cell(FILE *out, const struct column *column, const struct cell *cell)
{
	if (cell->text != NULL)
		csv_text_put(out, slice_of(cell->text));
	else if (is_time(column))
		put_csv_time(out, cell->number);
	else if (column->kind != COLUMN_TEXT)
		fprintf(out, "%" PRId64, cell->number);
}

static void
write_csv(const struct list *list, FILE *out)
{
	size_t i, j;

	for (j = 0; j < list->column_n; j++)
		fprintf(out, "%s%s%s", j == 0 ? "" : ",", list->columns[j].name,
		    list->columns[j].kind == COLUMN_SPAN ? "_s" : "");
	fputs("\r\n", out);
	for (i = 0; i < list->shown_n; i++) {
		for (j = 0; j < list->column_n; j++) {
			fputs(j == 0 ? "" : ",", out);
			put_csv_cell(out, &list->columns[j], &list->shown[i]->cells[j]);
		}
		fputs("\r\n", out);
	}
}

/* ---- JSON ---- */

static void
put_json_cell(struct json *j, const struct column *column, const struct cell *cell)
{
	bool seconds = is_time(column) || column->kind == COLUMN_SPAN;
	char key[64];

	snprintf(key, sizeof(key), "%s%s", column->name, seconds ? "_s" : "");
	if (column->kind == COLUMN_TEXT)
		json_text(j, key, cell->text == NULL ? "" : cell->text);
	else if (is_time(column) && cell->number == 0)
		json_null(j, key);
	else
		json_int(j, key, cell->number);
}

static void
write_json(const struct list *list, FILE *out)
{
	struct json json;
	size_t i, j;

	json_init(&json, out);
	for (i = 0; i < list->shown_n; i++) {
		json_object(&json, NULL);
		for (j = 0; j < list->column_n; j++)
			put_json_cell(&json, &list->columns[j], &list->shown[i]->cells[j]);
		json_end(&json, '}');
	}
}

/* ---- text ---- */

/* Length without blanks at the end: charts have some. */
static size_t
without_end(const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == ' ')
		len--;
	return len;
}

static void
write_text(const struct list *list, FILE *out)
{
	size_t i;

	for (i = 0; i < list->shown_n; i++) {
		const char *text = list->shown[i]->cells[0].text;
		char *shown = escaped(text == NULL ? "" : text);

		fprintf(out, "%.*s\n", (int)without_end(shown), shown);
		free(shown);
	}
}

void
export_rows_write(const struct list *list, enum export_format format, FILE *out)
{
	static void (*const writers[])(const struct list *list, FILE *out) = {
		[EXPORT_CSV] = write_csv,
		[EXPORT_JSON] = write_json,
		[EXPORT_TEXT] = write_text,
	};

	writers[format](list, out);
}
