/* packed.h - a copy of the database as a packed file: made, unpacked and compared, each telling how
 * far it is; private to common/store. */
#ifndef COMMON_STORE_PACKED_H
#define COMMON_STORE_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"

/* Called now and then with the bytes, unpacked, so far; false stops. */
typedef bool packed_tick_fn(void *arg, int64_t bytes);

/* Copies all of FROM to TO; both are open, are used from their beginnings, and stay open. NAME is
 * that of what fails. A call that was stopped is ERR_TEMP. */
int packed_make(
    int from, int to, const char *name, packed_tick_fn *tick, void *arg, struct err *err);
/* As well from what is not packed, which is copied as it is. Damaged is ERR_DATA. */
int packed_unpack(
    int from, int to, const char *name, packed_tick_fn *tick, void *arg, struct err *err);
/* Reads FROM, packed, to its end and says whether it gives what PLAIN holds. */
int packed_compare(
    int from, int plain, const char *name, packed_tick_fn *tick, void *arg, struct err *err);

#endif
