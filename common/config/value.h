/* value.h - the values of settings, from text and to text: a pair of functions for each type of
 * field; private to common/config. What fields.h says of all types goes through one table. */
#ifndef COMMON_CONFIG_VALUE_H
#define COMMON_CONFIG_VALUE_H

#include "common/config/fields.h"

/* One text. On -1 the member holds what it held, or what field_clear() can free. */
typedef int value_set(
    const struct field *field, struct config *config, struct slice text, struct err *err);
/* A list of N. */
typedef int value_set_list(const struct field *field, struct config *config,
    const struct slice *items, size_t n, char *notice_out, struct err *err);
typedef void value_put(const struct field *field, const struct config *config, struct buf *out);

/* Where FIELD is in CONFIG. */
void *value_member(const struct field *field, const struct config *config);

/* What becomes a string would be cut there. */
bool value_holds_nul(struct slice text);

/* A whole number in BASE, the whole of TEXT, without a sign. */
int value_number(struct slice text, int base, int64_t *number_out);

/* The place of TEXT among the words of FIELD; -1 with ERR, which names them. */
int value_word(const struct field *field, struct slice text, struct err *err);

/* ---- lists (value_list.c) ---- */

value_set_list value_set_listen, value_set_networks, value_set_servers, value_set_fold;
value_put value_put_listen, value_put_networks, value_put_servers, value_put_fold;
void value_clear_listen(struct config *config);

#endif
