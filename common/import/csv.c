/* csv.c - see csv.h. */
#include "common/import/csv.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

void
csv_init(struct csv *csv, struct lines *lines, enum csv_kind kind)
{
	*csv = (struct csv){ .lines = lines, .kind = kind };
	csv->text = xcalloc(1, CSV_RECORD_MAX);
}

void
csv_clear(struct csv *csv)
{
	free(csv->text);
	*csv = (struct csv){ .lines = NULL };
}

/* ---- escapes ---- */

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return 16;
}

/* Digits of BASE, at most MAX of them. */
static size_t
read_number(const char *text, size_t len, int base, size_t max, char *out)
{
	size_t n = 0;
	int value = 0;

	while (n < len && n < max && digit(text[n]) < base)
		value = value * base + digit(text[n++]);
	*out = (char)value;
	return n;
}

/* What follows a backslash; returns how much of it was read. */
static size_t
read_escape(const char *text, size_t len, char *out)
{
	static const char letters[] = "bfnrtv0Z", means[] = "\b\f\n\r\t\v\0\032";
	const char *found = memchr(letters, text[0], sizeof(letters) - 1);
	size_t n;

	if (text[0] == 'x' && (n = read_number(text + 1, len - 1, 16, 2, out)) > 0)
		return n + 1;
	if ((n = read_number(text, len, 8, 3, out)) > 1)
		return n;
	*out = found != NULL ? means[found - letters] : text[0];
	return 1;
}

size_t
csv_unescape(char *text, size_t len)
{
	size_t in = 0, out = 0;

	while (in < len) {
		if (text[in] == '\\' && in + 1 < len) {
			size_t n = read_escape(text + in + 1, len - in - 1, &text[out++]);

			in += 1 + n;
		} else {
			text[out++] = text[in++];
		}
	}
	return out;
}

static struct csv_field
tab_field(char *text, size_t len)
{
	struct slice raw = { text, len };

	if (slice_equal(raw, SLICE("\\N")) || slice_equal(raw, SLICE("NULL")))
		return (struct csv_field){ SLICE_NONE, true };
	return (struct csv_field){ { text, csv_unescape(text, len) }, false };
}

size_t
csv_split_tabs(char *line, size_t len, struct csv_field *fields, size_t max)
{
	size_t n = 0, at = 0, end;

	while (n < max && at <= len) {
		const char *tab = at < len ? memchr(line + at, '\t', len - at) : NULL;

		end = tab == NULL ? len : (size_t)(tab - line);
		fields[n++] = tab_field(line + at, end - at);
		at = end + 1;
	}
	return at <= len ? max + 1 : n;
}

/* ---- records ---- */

static bool
next_tabs(struct csv *csv)
{
	struct slice line;

	do {
		if (!lines_next(csv->lines, &line))
			return false;
	} while (line.len == 0);
	csv->cut = csv->lines->cut || line.len > CSV_RECORD_MAX;
	csv->len = line.len > CSV_RECORD_MAX ? CSV_RECORD_MAX : line.len;
	csv->line = csv->lines->line;
	memcpy(csv->text, line.ptr, csv->len);
	csv->n = csv_split_tabs(csv->text, csv->len, csv->fields, CSV_FIELDS_MAX);
	if (csv->n > CSV_FIELDS_MAX) {
		csv->n = CSV_FIELDS_MAX;
		csv->cut = true;
	}
	return true;
}

static void
add(struct csv *csv, int c)
{
	if (csv->len < CSV_RECORD_MAX)
		csv->text[csv->len++] = (char)c;
	else
		csv->cut = true;
}

/* After the opening quote, to the closing one; a doubled one is one. */
static void
read_quoted(struct csv *csv)
{
	int c;

	while ((c = lines_getc(csv->lines)) != EOF) {
		if (c == '"' && (c = lines_getc(csv->lines)) != '"') {
			if (c != EOF)
				lines_ungetc(csv->lines);
			return;
		}
		add(csv, c);
	}
	csv->cut = true; /* it never ended */
}

/* One field; returns what ended it. */
static int
read_field(struct csv *csv)
{
	size_t from = csv->len;
	int c = lines_getc(csv->lines);

	if (c == '"') {
		read_quoted(csv);
		c = lines_getc(csv->lines);
	}
	for (; c != EOF && c != ',' && c != '\n'; c = lines_getc(csv->lines))
		add(csv, c);
	if (c == '\n' && csv->len > from && csv->text[csv->len - 1] == '\r')
		csv->len--;
	if (csv->n == CSV_FIELDS_MAX)
		csv->cut = true;
	else
		csv->fields[csv->n++] =
		    (struct csv_field){ { csv->text + from, csv->len - from }, false };
	return c;
}

static bool
next_commas(struct csv *csv)
{
	int end;

	do {
		csv->n = csv->len = 0;
		csv->cut = false;
		if (lines_getc(csv->lines) == EOF)
			return false;
		csv->line = csv->lines->line;
		lines_ungetc(csv->lines);
		do
			end = read_field(csv);
		while (end == ',');
	} while (csv->n == 1 && csv->len == 0);
	return true;
}

bool
csv_next(struct csv *csv)
{
	return csv->kind == CSV_TABS ? next_tabs(csv) : next_commas(csv);
}
