/* fuzz_csv.c - any bytes as records and as lines. The first byte picks the kind. */
#include <stdint.h>
#include <stdlib.h>

#include "common/import/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_records(struct lines *lines, enum csv_kind kind)
{
	struct csv csv;
	size_t i;

	csv_init(&csv, lines, kind);
	while (csv_next(&csv)) {
		if (csv.n > CSV_FIELDS_MAX || csv.len > CSV_RECORD_MAX)
			abort();
		for (i = 0; i < csv.n; i++)
			if (csv.fields[i].text.len > 0 &&
			    (csv.fields[i].text.ptr < csv.text ||
				csv.fields[i].text.ptr + csv.fields[i].text.len >
				    csv.text + csv.len))
				abort();
	}
	csv_clear(&csv);
}

static void
read_lines(struct lines *lines, size_t size)
{
	struct slice line;
	size_t bytes = 0;

	while (lines_next(lines, &line))
		bytes += line.len;
	if (bytes > size || (size_t)lines->bytes != size)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines;

	if (size < 2)
		return 0;
	lines_from(&lines, (struct slice){ (const char *)data + 1, size - 1 });
	if (data[0] % 3 == 0)
		read_lines(&lines, size - 1);
	else
		read_records(&lines, data[0] % 3 == 1 ? CSV_COMMAS : CSV_TABS);
	lines_close(&lines);
	return 0;
}
