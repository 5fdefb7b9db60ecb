/* gzip.h - files packed and unpacked with zlib; private to common/store. */
#ifndef COMMON_STORE_GZIP_H
#define COMMON_STORE_GZIP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"

/* Called now and then with the bytes read so far; false stops. */
typedef bool gzip_tick_fn(void *arg, int64_t bytes);

/* Copies all of FROM to TO; both are open, at their beginnings, and stay open. NAME is that of what
 * fails. A call that was stopped is ERR_TEMP. */
int gzip_pack(int from, int to, const char *name, gzip_tick_fn *tick, void *arg, struct err *err);
/* As well from what is not packed, which is copied as it is. Damaged is ERR_DATA. */
int gzip_unpack(int from, int to, const char *name, gzip_tick_fn *tick, void *arg, struct err *err);
/* Reads FROM, packed, to its end and says whether it gives what PLAIN holds. */
int gzip_compare(
    int from, int plain, const char *name, gzip_tick_fn *tick, void *arg, struct err *err);

#endif
