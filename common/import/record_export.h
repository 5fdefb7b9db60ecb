/* record_export.h - everything that is kept, as text: for another greygate, a spreadsheet,
 * postscreen. */
#ifndef COMMON_IMPORT_RECORD_EXPORT_H
#define COMMON_IMPORT_RECORD_EXPORT_H

#include <stdio.h>

#include "common/import/record.h"

enum record_format {
	RECORD_JSONL, /* an object a line, with its "kind": greygate import greygate reads it */
	RECORD_CSV,   /* RFC 4180 with a head; what a spreadsheet would compute gets a ' */
	RECORD_CIDR,  /* a cidr: table of Postfix: networks and rules for addresses */
	RECORD_FORMATS
};
extern const char *const record_format_names[RECORD_FORMATS];

/* Writes rows of KIND to OUT, in pages: no snapshot is kept, and memory does not grow. For
 * RECORD_CIDR the kind is STAGING_NETWORK or STAGING_RULE; of rules those for all recipients that
 * are not over at NOW_S, the longest networks first, because there the first line counts; they
 * belong before networks. -1 with ERR when the store fails or OUT does. */
int record_export(struct store *store, enum staging_kind kind, enum record_format format,
    int64_t now_s, FILE *out, struct err *err);

#endif
