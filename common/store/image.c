/* image.c - see image.h. */
#include "common/store/image.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/xalloc.h"

static void
put_meta(struct json *j, const struct entry_meta *meta)
{
	json_string(j, "comment", meta->comment);
	json_string(j, "author", meta->author);
	json_string(j, "source", meta->source);
	json_int(j, "created_s", meta->created_s);
	json_int(j, "expires_s", meta->expires_s);
	json_int(j, "hits", meta->hits);
	json_int(j, "last_hit_s", meta->last_hit_s);
}

bool
image_put_rule(void *json, const struct rule *rule)
{
	struct json *j = json;

	json_object(j, NULL);
	json_int(j, "id", rule->id);
	json_string(j, "scope", rule->scope);
	json_string(j, "pattern", rule->pattern);
	json_text(j, "action", rule_action_name(rule->action));
	put_meta(j, &rule->meta);
	json_end(j, '}');
	return true;
}

static void
put_optional(struct json *j, const char *key, int64_t value)
{
	if (value == POLICY_UNSET)
		json_null(j, key);
	else
		json_int(j, key, value);
}

bool
image_put_policy(void *json, const struct policy *policy)
{
	struct json *j = json;

	json_object(j, NULL);
	json_int(j, "id", policy->id);
	json_string(j, "scope", policy->scope);
	json_string(j, "sender", policy->sender);
	put_optional(j, "greylist", policy->greylist);
	put_optional(j, "training", policy->training);
	put_optional(j, "spf", policy->spf);
	put_optional(j, "delay_s", policy->delay_s);
	put_optional(j, "window_s", policy->window_s);
	put_optional(j, "lifetime_s", policy->lifetime_s);
	put_meta(j, &policy->meta);
	json_end(j, '}');
	return true;
}

static void
put_text_or_null(struct json *j, const char *key, struct slice text)
{
	if (text.len == 0)
		json_null(j, key);
	else
		json_string(j, key, text);
}

bool
image_put_triplet(void *json, const struct triplet *triplet)
{
	const struct triplet_state *state = &triplet->state;
	struct json *j = json;

	json_object(j, NULL);
	json_int(j, "id", triplet->id);
	json_string(j, "net", triplet->key.net);
	json_string(j, "sender_key", triplet->key.sender);
	json_string(j, "recipient_key", triplet->key.recipient);
	json_string(j, "sender", triplet->sender);
	json_string(j, "recipient", triplet->recipient);
	json_string(j, "client_address", triplet->client_address);
	json_string(j, "client_name", triplet->client_name);
	json_string(j, "helo", triplet->helo);
	json_int(j, "first_s", state->first_s);
	json_int(j, "last_s", state->last_s);
	json_int(j, "attempts", state->attempts);
	json_int(j, "passes", state->passes);
	json_int(j, "passed_s", state->passed_s);
	json_int(j, "released_s", state->released_s);
	put_text_or_null(j, "spf", triplet->spf);
	put_text_or_null(j, "spf_domain", triplet->spf_domain);
	json_end(j, '}');
	return true;
}

void
image_put_domain_members(struct json *j, const struct domain *domain)
{
	json_int(j, "id", domain->id);
	json_string(j, "name", domain->name);
	json_string(j, "comment", domain->comment);
	json_string(j, "author", domain->author);
	json_string(j, "source", domain->source);
	json_int(j, "created_s", domain->created_s);
	json_string(j, "status", domain->status);
	json_string(j, "from", domain->from);
	json_string(j, "error", domain->error);
	json_int(j, "refreshed_s", domain->refreshed_s);
	json_int(j, "good_s", domain->good_s);
	json_int(j, "next_s", domain->next_s);
	json_int(j, "failures", domain->failures);
	json_int(j, "lookups", domain->lookups);
	json_int(j, "min_ttl_s", domain->min_ttl_s);
	json_int(j, "networks", domain->networks);
}

bool
image_put_domain(void *json, const struct domain *domain)
{
	struct json *j = json;

	json_object(j, NULL);
	image_put_domain_members(j, domain);
	json_end(j, '}');
	return true;
}

bool
image_put_client(void *json, const struct client *client)
{
	struct json *j = json;

	json_object(j, NULL);
	json_int(j, "id", client->id);
	json_string(j, "address", client->address);
	json_string(j, "name", client->name);
	json_int(j, "first_s", client->state.first_s);
	json_int(j, "last_s", client->state.last_s);
	json_int(j, "passes", client->state.passes);
	json_end(j, '}');
	return true;
}

static enum store_found
put_row(struct store *store, enum image_kind kind, int64_t id, struct json *j, struct err *err)
{
	switch (kind) {
	case IMAGE_RULE: return store_rule_get(store, id, image_put_rule, j, err);
	case IMAGE_POLICY: return store_policy_get(store, id, image_put_policy, j, err);
	case IMAGE_DOMAIN: return store_domain_get(store, id, image_put_domain, j, err);
	case IMAGE_TRIPLET: return store_triplet_get(store, id, image_put_triplet, j, err);
	case IMAGE_CLIENT: return store_client_get(store, id, image_put_client, j, err);
	case IMAGE_N: break;
	}
	return STORE_NO;
}

int
image_take(struct store *store, enum image_kind kind, int64_t id, char **text_out, struct err *err)
{
	enum store_found found;
	struct json j;
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);

	if (stream == NULL)
		return err_errno(err, ERR_OS, "memory for the audit");
	json_init(&j, stream);
	found = put_row(store, kind, id, &j, err);
	if (fclose(stream) == EOF) {
		free(text);
		return err_errno(err, ERR_OS, "memory for the audit");
	}
	if (len > 0)
		text[len - 1] = '\0'; /* the newline */
	*text_out = text;
	return found == STORE_ERROR ? -1 : 0;
}
