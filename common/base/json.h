/* json.h - writes JSON to a stream; strings may hold any bytes (invalid UTF-8 becomes U+FFFD).
 * What could act on a terminal or deceive a reader is written as \uNNNN, which means the same. */
#ifndef COMMON_BASE_JSON_H
#define COMMON_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/str.h"

#define JSON_DEPTH_MAX 16

struct json {
	FILE *out;
	unsigned depth;
	bool more[JSON_DEPTH_MAX]; /* a comma is due at this depth */
};

/* KEY is NULL inside an array and at the top. A closed top value is ended by a newline. */
void json_init(struct json *j, FILE *out);
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j, char bracket); /* '}' or ']' */
void json_string(struct json *j, const char *key, struct slice value);
void json_text(struct json *j, const char *key, const char *value); /* NULL gives null */
void json_int(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_raw(struct json *j, const char *key, struct slice json); /* text that is JSON already */

#endif
