/* dbdump.h - the text that db_dump makes of a Berkeley database, print or bytevalue: pairs of key
 * and value. Several dumps may follow each other in a file. */
#ifndef COMMON_IMPORT_DBDUMP_H
#define COMMON_IMPORT_DBDUMP_H

#include "common/import/lines.h"

#define DBDUMP_TEXT_MAX 8192

enum dbdump_found {
	DBDUMP_END,
	DBDUMP_PAIR,
	DBDUMP_BAD,    /* a pair that cannot be read: WHY says why; the next one may */
	DBDUMP_FOREIGN /* no dump at all */
};

struct dbdump {
	struct lines *lines; /* borrowed */
	bool in_data, hex;
	bool ended; /* the last dump was whole: DATA=END was there */
	char key[DBDUMP_TEXT_MAX], value[DBDUMP_TEXT_MAX];
	size_t key_len, value_len;
	int64_t line; /* of the key */
	const char *why;
};

void dbdump_init(struct dbdump *dump, struct lines *lines);
enum dbdump_found dbdump_next(struct dbdump *dump);

#endif
