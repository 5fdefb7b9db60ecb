/* dict.h - values of one size by texts, in the order of their last use; for common/maillog and
 * common/replay.
 * Texts come from strangers, so they are placed by a keyed hash that nobody outside can aim at. */
#ifndef COMMON_MAILLOG_DICT_H
#define COMMON_MAILLOG_DICT_H

#include "common/base/str.h"

struct dict;

/* DROP (may be NULL) is called for a value before it goes. */
struct dict *dict_new(size_t value_size, void (*drop)(void *value));
void dict_free(struct dict *dict); /* NULL is fine */

void *dict_find(const struct dict *dict, struct slice key); /* NULL: not there */
/* The value of KEY, a new one of zeroes (*IS_NEW_OUT) where there is none; now the newest. It stays
 * where it is as long as it lives. */
void *dict_put(struct dict *dict, struct slice key, bool *is_new_out);
void dict_remove(struct dict *dict, void *value);

struct slice dict_key(const void *value); /* ended by NUL, too */
size_t dict_n(const struct dict *dict);
/* From the one that is longest unused to the newest; NULL at the end. */
void *dict_oldest(const struct dict *dict);
void *dict_next(const void *value);

#endif
