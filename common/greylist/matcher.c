/* matcher.c - see matcher.h.
 *
 * A mail has few candidates on each side: its address, its local part, its domain and the domains
 * above, anyone. So scopes and exact sender forms live in one hash table, keyed by the scope, the
 * kind of pattern and its name, and a find looks each candidate up, from specific to general.
 * Networks are in a trie for each scope; addresses with stars, of which nobody has many, in a list
 * by rank. */
#include "common/greylist/matcher.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/domain.h"
#include "common/net/email.h"
#include "common/net/trie.h"

#define NONE UINT32_MAX
#define NO_SCOPE UINT32_MAX /* the key of scopes themselves */
#define ANY_PREFIX 129      /* above every prefix length */

struct key {
	uint32_t scope; /* index of the scope, or NO_SCOPE */
	enum pattern_kind kind;
	struct slice name;
};

struct entry {
	struct key key; /* its name belongs to the entry */
	uint32_t value; /* of a scope: its index; else of the pair */
	int64_t expires_s;
};

struct net_value {
	int64_t expires_s;
	uint32_t value;
};

struct wildcard {
	struct pattern pattern;
	int64_t expires_s;
	uint32_t value;
};

struct scope {
	struct trie *nets; /* of indexes into net_values */
	struct wildcard *wildcards;
	uint32_t wildcard_n;
	unsigned kinds; /* bits: what is in the table with this scope */
};

struct matcher {
	struct entry *entries;
	uint32_t entry_n, entry_cap;
	uint32_t *table; /* indexes of entries, open addressing; a power of two */
	uint32_t table_size;
	struct scope *scopes;
	uint32_t scope_n;
	unsigned scope_kinds; /* as scope.kinds, of the scopes themselves */
	struct net_value *net_values;
	uint32_t net_value_n;
};

struct matcher *
matcher_new(void)
{
	struct matcher *m = xcalloc(1, sizeof(*m));

	m->table_size = 64;
	m->table = xcalloc(m->table_size, sizeof(*m->table));
	memset(m->table, 0xff, m->table_size * sizeof(*m->table));
	return m;
}

void
matcher_free(struct matcher *m)
{
	uint32_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->entry_n; i++)
		free((char *)m->entries[i].key.name.ptr);
	for (i = 0; i < m->scope_n; i++) {
		trie_free(m->scopes[i].nets);
		free(m->scopes[i].wildcards);
	}
	free(m->entries);
	free(m->table);
	free(m->scopes);
	free(m->net_values);
	free(m);
}

/* FNV-1a. The names in the table come from operators, so nobody outside can choose them to collide.
 */
static uint32_t
hash_of(const struct key *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ key->scope ^ (uint64_t)key->kind << 32;
	size_t i;

	for (i = 0; i < key->name.len; i++)
		hash = (hash ^ (unsigned char)key->name.ptr[i]) * UINT64_C(0x100000001b3);
	return (uint32_t)(hash ^ hash >> 32);
}

/* Where KEY is in the table, or the free place where it would go. */
static uint32_t
place_of(const struct matcher *m, const struct key *key)
{
	uint32_t at = hash_of(key) & (m->table_size - 1);

	while (m->table[at] != NONE) {
		const struct key *there = &m->entries[m->table[at]].key;

		if (there->scope == key->scope && there->kind == key->kind &&
		    slice_equal(there->name, key->name))
			break;
		at = (at + 1) & (m->table_size - 1);
	}
	return at;
}

/* Most rules are of one or two kinds: names are hashed for those only. */
static const struct entry *
lookup(const struct matcher *m, uint32_t scope, enum pattern_kind kind, struct slice name)
{
	unsigned kinds = scope == NO_SCOPE ? m->scope_kinds : m->scopes[scope].kinds;
	uint32_t at;

	if ((kinds & 1u << kind) == 0)
		return NULL;
	at = place_of(m, &(struct key){ scope, kind, name });
	return m->table[at] == NONE ? NULL : &m->entries[m->table[at]];
}

static void
grow_table(struct matcher *m)
{
	uint32_t i;

	m->table_size *= 2;
	m->table = xreallocarray(m->table, m->table_size, sizeof(*m->table));
	memset(m->table, 0xff, m->table_size * sizeof(*m->table));
	for (i = 0; i < m->entry_n; i++)
		m->table[place_of(m, &m->entries[i].key)] = i;
}

/* The entry of KEY, a new one with value NONE when there was none. */
static struct entry *
enter(struct matcher *m, struct key key)
{
	uint32_t at = place_of(m, &key);

	if (m->table[at] != NONE)
		return &m->entries[m->table[at]];
	if (m->entry_n == m->entry_cap) {
		m->entry_cap = m->entry_cap == 0 ? 32 : m->entry_cap * 2;
		m->entries = xreallocarray(m->entries, m->entry_cap, sizeof(*m->entries));
	}
	if (key.scope == NO_SCOPE)
		m->scope_kinds |= 1u << key.kind;
	else
		m->scopes[key.scope].kinds |= 1u << key.kind;
	key.name = (struct slice){ xslicedup(key.name), key.name.len };
	m->entries[m->entry_n] = (struct entry){ key, NONE, 0 };
	m->table[at] = m->entry_n++;
	if (m->entry_n * 2 > m->table_size)
		grow_table(m);
	return &m->entries[m->entry_n - 1];
}

static uint32_t
scope_index(struct matcher *m, const struct pattern *pattern)
{
	struct entry *entry =
	    enter(m, (struct key){ NO_SCOPE, pattern->kind, pattern_name(pattern) });

	if (entry->value == NONE) {
		m->scopes = xreallocarray(m->scopes, m->scope_n + 1, sizeof(*m->scopes));
		m->scopes[m->scope_n] = (struct scope){ .nets = trie_new() };
		entry->value = m->scope_n++;
	}
	return entry->value;
}

static void
add_net(struct matcher *m, struct scope *scope, const struct pattern *sender, int64_t expires_s,
    uint32_t value)
{
	m->net_values = xreallocarray(m->net_values, m->net_value_n + 1, sizeof(*m->net_values));
	m->net_values[m->net_value_n] = (struct net_value){ expires_s, value };
	trie_add(scope->nets, &sender->net, m->net_value_n++);
}

static void
add_wildcard(struct scope *scope, const struct pattern *sender, int64_t expires_s, uint32_t value)
{
	uint32_t at = scope->wildcard_n++;

	scope->wildcards =
	    xreallocarray(scope->wildcards, scope->wildcard_n, sizeof(*scope->wildcards));
	while (at > 0 && pattern_rank(&scope->wildcards[at - 1].pattern) < pattern_rank(sender)) {
		scope->wildcards[at] = scope->wildcards[at - 1];
		at--;
	}
	scope->wildcards[at] = (struct wildcard){ *sender, expires_s, value };
}

void
matcher_add(struct matcher *m, const struct pattern *scope_pattern, const struct pattern *sender,
    int64_t expires_s, uint32_t value)
{
	uint32_t scope = scope_index(m, scope_pattern);
	struct entry *entry;

	if (sender->kind == PATTERN_ADDR || sender->kind == PATTERN_NET) {
		add_net(m, &m->scopes[scope], sender, expires_s, value);
	} else if (sender->kind == PATTERN_WILDCARD) {
		add_wildcard(&m->scopes[scope], sender, expires_s, value);
	} else {
		entry = enter(m, (struct key){ scope, sender->kind, pattern_name(sender) });
		entry->value = value;
		entry->expires_s = expires_s;
	}
}

void
matcher_seal(struct matcher *m)
{
	uint32_t i;

	for (i = 0; i < m->scope_n; i++)
		trie_seal(m->scopes[i].nets);
}

/* A find under way: what is looked for, and the scope that is being tried. */
struct search {
	const struct matcher *m;
	const struct pattern_subject *sender;
	int64_t now_s;
	uint32_t scope;
	uint32_t value;
};

static bool
alive(const struct search *search, int64_t expires_s)
{
	return expires_s == 0 || expires_s > search->now_s;
}

/* Tries one candidate: among the scopes it names one to search, in a scope it is the answer. */
typedef bool try_candidate(struct search *search, enum pattern_kind kind, struct slice name);

static bool
try_sender(struct search *search, enum pattern_kind kind, struct slice name)
{
	const struct entry *entry = lookup(search->m, search->scope, kind, name);

	if (entry == NULL || !alive(search, entry->expires_s))
		return false;
	search->value = entry->value;
	return true;
}

/* The address and its local part, each with and without "+ext": priorities 100 and 90. */
static bool
try_mailbox(struct search *search, struct slice mailbox, try_candidate *try)
{
	struct email parts = email_split(mailbox);
	struct slice plain = pattern_without_extension(parts.local);
	char storage[EMAIL_TEXT_MAX];
	struct buf without;

	if (mailbox.len == 0)
		return try(search, PATTERN_MAILBOX, SLICE("<>"));
	if (try(search, PATTERN_MAILBOX, mailbox))
		return true;
	if (parts.domain.len == 0)
		return false;
	if (plain.len < parts.local.len) {
		buf_init(&without, storage, sizeof(storage));
		buf_add(&without, plain);
		buf_add_char(&without, '@');
		buf_add(&without, parts.domain);
		if (try(search, PATTERN_MAILBOX, buf_slice(&without)) ||
		    try(search, PATTERN_LOCAL, parts.local))
			return true;
	}
	return try(search, PATTERN_LOCAL, plain);
}

/* NAME and each name above it with a dot, as KIND, the longest first. The last label is left in
 * *TOP_OUT. */
static bool
try_upwards(struct search *search, enum pattern_kind kind, struct slice name, try_candidate *try,
    struct slice *top_out)
{
	struct slice parent;

	while ((parent = domain_parent(name)).len > 0) {
		if (try(search, kind, name))
			return true;
		name = parent;
	}
	*top_out = name;
	return false;
}

/* The domain of MAILBOX, those above it, anyone: priorities 60 to 0. */
static bool
try_domains(struct search *search, struct slice mailbox, try_candidate *try)
{
	struct slice domain = email_split(mailbox).domain, top;

	if (domain.len > 0 && (try(search, PATTERN_DOMAIN, domain) ||
				  try_upwards(search, PATTERN_SUBDOMAINS, domain, try, &top) ||
				  try(search, PATTERN_TLD, top)))
		return true;
	return try(search, PATTERN_ANYONE, SLICE_NONE);
}

/* The longest living network below BELOW_PREFIX; *PREFIX_OUT is 0 when there is none. */
static bool
find_net(
    struct search *search, const struct scope *scope, unsigned below_prefix, unsigned *prefix_out)
{
	const struct net_value *found;
	uint32_t at;

	while (
	    trie_find_below(scope->nets, search->sender->addr, below_prefix, &at, &below_prefix)) {
		found = &search->m->net_values[at];
		if (alive(search, found->expires_s)) {
			search->value = found->value;
			*prefix_out = below_prefix;
			return true;
		}
	}
	return false;
}

static const struct wildcard *
find_wildcard(const struct search *search, const struct scope *scope)
{
	uint32_t i;

	for (i = 0; i < scope->wildcard_n; i++)
		if (alive(search, scope->wildcards[i].expires_s) &&
		    pattern_match(&scope->wildcards[i].pattern, search->sender))
			return &scope->wildcards[i];
	return NULL;
}

/* The address itself, networks and addresses with stars, by fixed bits: priorities 80 and 70. */
static bool
try_address(struct search *search)
{
	const struct scope *scope = &search->m->scopes[search->scope];
	const struct wildcard *wildcard;
	unsigned prefix = 0, wildcard_bits;
	bool net;

	if (search->sender->addr == NULL)
		return false;
	net = find_net(search, scope, ANY_PREFIX, &prefix);
	if (net && prefix == addr_bits(search->sender->addr->family))
		return true;
	wildcard = find_wildcard(search, scope);
	if (wildcard == NULL)
		return net;
	wildcard_bits = pattern_rank(&wildcard->pattern) % PATTERN_RANK_STEP;
	if (!net || wildcard_bits > prefix)
		search->value = wildcard->value;
	return true;
}

/* A scope that exists for the recipient: looks for the sender in it, from specific to general. */
static bool
try_scope(struct search *search, enum pattern_kind kind, struct slice name)
{
	const struct entry *entry = lookup(search->m, NO_SCOPE, kind, name);
	const struct pattern_subject *sender = search->sender;
	struct slice top = SLICE_NONE;

	if (entry == NULL)
		return false;
	search->scope = entry->value;
	return try_mailbox(search, sender->mailbox, try_sender) || try_address(search) ||
	       try_upwards(search, PATTERN_HOST, sender->host, try_sender, &top) ||
	       try_domains(search, sender->mailbox, try_sender);
}

bool
matcher_find(const struct matcher *m, struct slice recipient, const struct pattern_subject *sender,
    int64_t now_s, uint32_t *value_out)
{
	struct search search = { .m = m, .sender = sender, .now_s = now_s };

	if (m->scope_n == 0 || !(try_mailbox(&search, recipient, try_scope) ||
				   try_domains(&search, recipient, try_scope)))
		return false;
	*value_out = search.value;
	return true;
}
