/* dict.c - see dict.h: chains of entries, each one allocation that holds value and key. */
#include "common/maillog/dict.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

struct entry {
	struct entry *chain;
	struct entry *older, *newer;
	uint64_t hash;
	const char *key; /* behind the value */
	size_t key_len;
	max_align_t value[];
};

struct dict {
	size_t value_size;
	void (*drop)(void *value);
	struct entry **chains;
	size_t chain_n; /* a power of two */
	size_t n;
	struct entry *oldest, *newest;
	unsigned char secret[crypto_shorthash_KEYBYTES];
};

struct dict *
dict_new(size_t value_size, void (*drop)(void *value))
{
	struct dict *d = xcalloc(1, sizeof(*d));

	d->value_size = value_size;
	d->drop = drop;
	d->chain_n = 64;
	d->chains = xcalloc(d->chain_n, sizeof(*d->chains));
	randombytes_buf(d->secret, sizeof(d->secret));
	return d;
}

static struct entry *
entry_of(const void *value)
{
	return (struct entry *)((char *)(uintptr_t)value - offsetof(struct entry, value));
}

static uint64_t
hash_of(const struct dict *d, struct slice key)
{
	uint64_t hash;

	crypto_shorthash((unsigned char *)&hash,
	    (const unsigned char *)(key.len > 0 ? key.ptr : ""), key.len, d->secret);
	return hash;
}

static struct entry *
lookup(const struct dict *d, struct slice key, uint64_t hash)
{
	struct entry *e = d->chains[hash & (d->chain_n - 1)];

	while (e != NULL &&
	       (e->hash != hash || !slice_equal((struct slice){ e->key, e->key_len }, key)))
		e = e->chain;
	return e;
}

static void
chain_in(struct dict *d, struct entry *e)
{
	struct entry **chain = &d->chains[e->hash & (d->chain_n - 1)];

	e->chain = *chain;
	*chain = e;
}

static void
grow(struct dict *d)
{
	struct entry *e;

	free(d->chains);
	d->chain_n *= 2;
	d->chains = xcalloc(d->chain_n, sizeof(*d->chains));
	for (e = d->oldest; e != NULL; e = e->newer)
		chain_in(d, e);
}

static void
make_newest(struct dict *d, struct entry *e)
{
	e->older = d->newest;
	e->newer = NULL;
	*(d->newest == NULL ? &d->oldest : &d->newest->newer) = e;
	d->newest = e;
}

static void
take_out(struct dict *d, struct entry *e)
{
	*(e->older == NULL ? &d->oldest : &e->older->newer) = e->newer;
	*(e->newer == NULL ? &d->newest : &e->newer->older) = e->older;
}

static struct entry *
add(struct dict *d, struct slice key, uint64_t hash)
{
	struct entry *e = xcalloc(1, sizeof(*e) + d->value_size + key.len + 1);
	char *copy = (char *)e->value + d->value_size;

	if (key.len > 0)
		memcpy(copy, key.ptr, key.len);
	e->key = copy;
	e->key_len = key.len;
	e->hash = hash;
	if (d->n == d->chain_n)
		grow(d);
	chain_in(d, e);
	make_newest(d, e);
	d->n++;
	return e;
}

void *
dict_find(const struct dict *d, struct slice key)
{
	struct entry *e = lookup(d, key, hash_of(d, key));

	return e == NULL ? NULL : e->value;
}

void *
dict_put(struct dict *d, struct slice key, bool *is_new_out)
{
	uint64_t hash = hash_of(d, key);
	struct entry *e = lookup(d, key, hash);

	*is_new_out = e == NULL;
	if (e == NULL)
		return add(d, key, hash)->value;
	take_out(d, e);
	make_newest(d, e);
	return e->value;
}

void
dict_remove(struct dict *d, void *value)
{
	struct entry *e = entry_of(value), **at = &d->chains[e->hash & (d->chain_n - 1)];

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	take_out(d, e);
	d->n--;
	if (d->drop != NULL)
		d->drop(value);
	free(e);
}

void
dict_free(struct dict *d)
{
	if (d == NULL)
		return;
	while (d->oldest != NULL)
		dict_remove(d, d->oldest->value);
	free(d->chains);
	free(d);
}

struct slice
dict_key(const void *value)
{
	const struct entry *e = entry_of(value);

	return (struct slice){ e->key, e->key_len };
}

size_t
dict_n(const struct dict *d)
{
	return d->n;
}

void *
dict_oldest(const struct dict *d)
{
	return d->oldest == NULL ? NULL : d->oldest->value;
}

void *
dict_next(const void *value)
{
	struct entry *e = entry_of(value)->newer;

	return e == NULL ? NULL : e->value;
}
