/* fuzz_dbdump.c - any bytes as the text of db_dump: it ends, and pairs are no longer than they may
 * be. */
#include <stdint.h>
#include <stdlib.h>

#include "common/import/dbdump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dbdump dump;
	enum dbdump_found found;
	struct lines lines;

	lines_from(&lines, (struct slice){ (const char *)data, size });
	dbdump_init(&dump, &lines);
	while ((found = dbdump_next(&dump)) == DBDUMP_PAIR || found == DBDUMP_BAD)
		if (dump.key_len > DBDUMP_TEXT_MAX || dump.value_len > DBDUMP_TEXT_MAX ||
		    (found == DBDUMP_BAD) != (dump.why != NULL))
			abort();
	lines_close(&lines);
	return 0;
}
