/* remedy.c - see remedy.h. A table of cases; the first that holds has the word. */
#include "common/greylist/remedy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/greylist/suggested.h"
#include "common/net/domain.h"

#define PLAIN_MAX 200

bool
remedy_is_plain(struct slice text)
{
	static const char also[] = ".-_@+:";
	size_t i;

	if (text.len == 0 || text.len > PLAIN_MAX || text.ptr[0] == '-')
		return false;
	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    (c == '\0' || strchr(also, c) == NULL))
			return false;
	}
	return true;
}

bool
remedy_is_domain(struct slice text)
{
	char normal[DOMAIN_TEXT_MAX];

	return remedy_is_plain(text) && memchr(text.ptr, '.', text.len) != NULL &&
	       domain_normalise(text, normal) == 0 && slice_equal(text, slice_of(normal));
}

bool
remedy_is_command(const char *text)
{
	return strncmp(text, "greygate ", 9) == 0;
}

/* ---- cases ---- */

static bool
is_blocked(const struct remedy_case *c)
{
	return c->pool->blocked >= c->pool->waiting;
}

static bool
is_partly_blocked(const struct remedy_case *c)
{
	return c->pool->blocked > 0 && c->pool->settled + c->pool->released >= c->pool->waiting;
}

static bool
is_free(const struct remedy_case *c)
{
	return c->pool->settled + c->pool->released >= c->pool->waiting;
}

static bool
is_pool(const struct remedy_case *c)
{
	if (c->whitelisted || !remedy_is_domain(c->domain))
		return false;
	return suggested_find(c->domain) != NULL || (c->pool->spf_pass > 0 && c->pool->nets > 1);
}

static bool
is_young(const struct remedy_case *c)
{
	return c->pool->ready == 0;
}

static bool
is_once(const struct remedy_case *c)
{
	return c->pool->retried == 0 && c->pool->spf_pass == 0;
}

static bool
is_bots(const struct remedy_case *c)
{
	return is_once(c) && c->pool->open_s <= c->now_s - REMEDY_BOTS_S;
}

static bool
is_one(const struct remedy_case *c)
{
	return c->pool->waiting == 1 || !remedy_is_plain(slice_of(c->pool->domain));
}

static bool
is_any(const struct remedy_case *c)
{
	(void)c;
	return true;
}

/* What is put behind the text. */
enum object { NO_OBJECT, THE_DOMAIN, THE_OLDEST, THE_POOL };

static const char *const ways[REMEDY_BY_N] = {
	[REMEDY_DOMAIN] = "greygate release ",
	[REMEDY_SENDER] = "greygate deferred --from ",
	[REMEDY_CLIENT] = "greygate rule add allow ",
	[REMEDY_RECIPIENT] = "greygate deferred --to ",
};

static const struct remedy {
	bool (*holds)(const struct remedy_case *c);
	const char *text; /* NULL: by what it has in common */
	enum object object;
} remedies[] = {
	{ is_blocked, "nothing: a rule blocks it", NO_OBJECT },
	{ is_partly_blocked, "nothing: a rule blocks some, the rest passes", NO_OBJECT },
	{ is_free, "nothing: passes on its next try", NO_OBJECT },
	{ is_pool, "greygate domain add ", THE_DOMAIN },
	{ is_young, "nothing yet: its delay runs", NO_OBJECT },
	{ is_bots, "nothing: bots, no one tried again", NO_OBJECT },
	{ is_once, "nothing yet: no one has tried again", NO_OBJECT },
	{ is_one, "greygate release ", THE_OLDEST },
	{ is_any, NULL, THE_POOL },
};

const char *
remedy_text(const struct remedy_case *c, char *out, size_t len)
{
	const struct remedy *r = remedies;
	struct buf b;

	while (!r->holds(c))
		r++;
	buf_init(&b, out, len);
	buf_add_text(&b, r->text != NULL ? r->text : ways[c->by]);
	if (r->object == THE_DOMAIN)
		buf_add(&b, c->domain);
	else if (r->object == THE_OLDEST)
		buf_add_int(&b, c->pool->oldest_id);
	else if (r->object == THE_POOL)
		buf_add_text(&b, c->pool->domain);
	return out;
}
