/* image.h - rows as JSON, for the audit; private to common/store. */
#ifndef COMMON_STORE_IMAGE_H
#define COMMON_STORE_IMAGE_H

#include "common/store/store.h"

enum image_kind { IMAGE_RULE, IMAGE_POLICY, IMAGE_TRIPLET };

/* The row as one JSON object; "" when there is none. *TEXT_OUT is freed by the caller. */
int image_take(
    struct store *store, enum image_kind kind, int64_t id, char **text_out, struct err *err);

#endif
