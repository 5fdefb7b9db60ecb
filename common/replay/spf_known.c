/* spf_known.c - see spf_known.h. */
#include "common/replay/spf_known.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/maillog/dict.h"
#include "common/net/email.h"
#include "common/spf/check.h"

#define KEY_MAX 1024

void
spf_known_clear(struct spf_known *k)
{
	texts_clear(&k->keys);
	free(k->results);
	*k = (struct spf_known){ .results = NULL };
}

/* Addresses are keyed in one form. */
static struct slice
key_of(struct buf *b, struct slice address, struct slice domain)
{
	char text[ADDR_TEXT_MAX];
	struct addr addr;

	if (addr_parse(address, &addr) == 0)
		address = slice_of(addr_format(&addr, text));
	buf_add(b, address);
	buf_add_char(b, ' ');
	buf_add(b, domain);
	str_lower(b->ptr, b->len);
	return buf_slice(b);
}

/* The static text of RESULT, NULL for none. */
static const char *
result_of(struct slice result)
{
	enum spf_result parsed;

	if (slice_equal(result, SLICE("open")))
		return "open";
	return spf_result_parse(result, &parsed) == 0 ? spf_result_name(parsed) : NULL;
}

int
spf_known_put(struct spf_known *k, struct slice address, struct slice domain, struct slice result)
{
	const char *text = result_of(result);
	char storage[KEY_MAX];
	struct buf key;
	uint32_t number;

	if (text == NULL)
		return -1;
	buf_init(&key, storage, sizeof(storage));
	number = texts_number(&k->keys, key_of(&key, address, domain));
	if (number >= k->cap) {
		k->cap = k->cap == 0 ? 64 : k->cap * 2;
		k->results = xreallocarray(k->results, k->cap, sizeof(*k->results));
	}
	k->results[number] = text;
	return 0;
}

static const char *
find(const struct spf_known *k, struct slice address, struct slice domain)
{
	char storage[KEY_MAX];
	const uint32_t *number;
	struct buf key;

	if (k->keys.dict == NULL || domain.len == 0)
		return NULL;
	buf_init(&key, storage, sizeof(storage));
	number = dict_find(k->keys.dict, key_of(&key, address, domain));
	return number == NULL ? NULL : k->results[*number];
}

bool
spf_known_has(const struct spf_known *k, struct slice address, struct slice domain)
{
	return find(k, address, domain) != NULL;
}

bool
spf_known_get(
    const struct spf_known *k, struct slice address, struct slice domain, struct engine_spf *out)
{
	const char *result = find(k, address, domain);

	*out = (struct engine_spf){ .state = ENGINE_SPF_GIVEN_UP };
	if (result == NULL || strcmp(result, "temperror") == 0)
		return false;
	*out = (struct engine_spf){
		.state = ENGINE_SPF_KNOWN, .pass = strcmp(result, "pass") == 0, .result = result
	};
	return true;
}

void
spf_known_domain(struct slice sender, struct slice helo, char out[DOMAIN_TEXT_MAX])
{
	struct slice name = sender.len == 0 ? helo : email_split(sender).domain;

	if (domain_normalise(name, out) == -1 || strchr(out, '.') == NULL)
		out[0] = '\0';
}
