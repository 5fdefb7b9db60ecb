/* fuzz_sqldump.c - any bytes as a dump: it ends, and every row lies within what was read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/import/sqldump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const struct sqldump_row *row)
{
	size_t i, bytes = 0;

	if (row->n > SQLDUMP_COLUMNS_MAX || memchr(row->table, '\0', SQLDUMP_NAME_MAX) == NULL)
		abort();
	for (i = 0; i < row->n; i++) {
		if (row->values[i].text.len > SQLDUMP_TEXT_MAX)
			abort();
		for (bytes = 0; bytes < row->values[i].text.len; bytes++)
			(void)*(const volatile char *)(row->values[i].text.ptr + bytes);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sqldump_row row;
	struct sqldump *dump;
	struct lines lines;

	lines_from(&lines, (struct slice){ (const char *)data, size });
	dump = sqldump_new(&lines);
	while (sqldump_next(dump, &row))
		look_at(&row);
	sqldump_free(dump);
	lines_close(&lines);
	return 0;
}
