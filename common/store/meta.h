/* meta.h - single values of the file; private to common/store. */
#ifndef COMMON_STORE_META_H
#define COMMON_STORE_META_H

#include <stdint.h>

#include "common/store/store.h"

/* A missing value is 0. */
int meta_get_int(struct store *store, const char *name, int64_t *value_out, struct err *err);
int meta_set_int(struct store *store, const char *name, int64_t value, struct err *err);

#endif
