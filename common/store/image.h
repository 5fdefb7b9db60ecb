/* image.h - rows as JSON objects: for lists, and for the audit. */
#ifndef COMMON_STORE_IMAGE_H
#define COMMON_STORE_IMAGE_H

#include "common/base/json.h"
#include "common/store/client.h"
#include "common/store/domain.h"
#include "common/store/policy.h"
#include "common/store/rule.h"
#include "common/store/store.h"
#include "common/store/triplet.h"

/* Write one row to a struct json and return true, as callbacks of store_rule_each() and its like.
 */
bool image_put_rule(void *json, const struct rule *rule);
bool image_put_policy(void *json, const struct policy *policy);
bool image_put_domain(void *json, const struct domain *domain);
bool image_put_triplet(void *json, const struct triplet *triplet);
bool image_put_client(void *json, const struct client *client);

/* The members alone, for an object that holds more. */
void image_put_domain_members(struct json *json, const struct domain *domain);

enum image_kind { IMAGE_RULE, IMAGE_POLICY, IMAGE_DOMAIN, IMAGE_TRIPLET, IMAGE_CLIENT, IMAGE_N };

/* The row as one JSON object; "" when there is none. *TEXT_OUT is freed by the caller. */
int image_take(
    struct store *store, enum image_kind kind, int64_t id, char **text_out, struct err *err);

#endif
