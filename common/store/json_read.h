/* json_read.h - reads JSON with the parser that comes with the engine of the store: what greygate
 * reads of it (lines on standard input, lists in columns) is not worth a parser of its own. */
#ifndef COMMON_STORE_JSON_READ_H
#define COMMON_STORE_JSON_READ_H

#include <stdbool.h>

#include "common/base/err.h"
#include "common/base/str.h"

struct json_reader;

struct json_reader *json_reader_new(void);
void json_reader_free(struct json_reader *reader); /* NULL is fine */

/* A value that holds no others. */
struct json_leaf {
	struct slice path; /* of what holds it: "$" for the whole, "$[2]" */
	struct slice key;  /* its name there, or its place from 0 */
	struct slice text; /* what a string means; numbers as written, true and false as 1 and 0 */
	bool is_string;
};

/* LEAF is borrowed until FN returns; false stops. */
typedef bool json_leaf_fn(void *arg, const struct json_leaf *leaf);

/* Whether a string in TEXT means a NUL (\u0000, unless the backslash is itself escaped). The parser
 * ends the string there and says nothing. */
bool json_holds_nul(struct slice text);

/* Calls FN for each leaf of TEXT, in order. -1 with ERR_DATA when TEXT is not JSON. */
int json_read(
    struct json_reader *reader, struct slice text, json_leaf_fn *fn, void *arg, struct err *err);

#endif
