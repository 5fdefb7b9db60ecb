/* pools.c - see pools.h. */
#include "common/greylist/pools.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/xalloc.h"

#define CLIENT_TEXT_MAX 400

struct pools {
	int64_t now_s;
	struct names domains; /* their numbers are the places in rows */
	struct names nets;    /* a domain's number and a network */
	struct names pairs; /* a domain's number, sender and recipient; when retries are watched */
	bool watch_retries;
	struct pool *rows;
	size_t cap;
	bool ranked;
};

struct pools *
pools_new(int64_t now_s)
{
	struct pools *pools = xcalloc(1, sizeof(*pools));

	pools->now_s = now_s;
	return pools;
}

void
pools_free(struct pools *pools)
{
	size_t i;

	if (pools == NULL)
		return;
	for (i = 0; i < pools->domains.n; i++)
		free(pools->rows[i].client);
	free(pools->rows);
	names_clear(&pools->domains);
	names_clear(&pools->nets);
	names_clear(&pools->pairs);
	free(pools);
}

void
pools_watch_retries(struct pools *pools)
{
	pools->watch_retries = true;
}

const char *
pool_client_text(const struct triplet *t, char *out, size_t len)
{
	snprintf(out, len, "%.*s[%.*s]", t->client_name.len == 0 ? 7 : (int)t->client_name.len,
	    t->client_name.len == 0 ? "unknown" : t->client_name.ptr, (int)t->client_address.len,
	    t->client_address.ptr);
	return out;
}

/* ---- adding ---- */

static size_t
place_of(struct pools *pools, const struct scan_row *row)
{
	size_t known = pools->domains.n, at = names_number(&pools->domains, row->sender_domain);
	char client[CLIENT_TEXT_MAX];

	if (at < known)
		return at;
	if (at == pools->cap) {
		pools->cap = pools->cap == 0 ? 64 : pools->cap * 2;
		pools->rows = xreallocarray(pools->rows, pools->cap, sizeof(*pools->rows));
	}
	pools->rows[at] = (struct pool){ .oldest_s = INT64_MAX,
		.may_pass_s = INT64_MAX,
		.client = xstrdup(pool_client_text(row->triplet, client, sizeof(client))) };
	return at;
}

static bool
is_new_net(struct pools *pools, size_t place, struct slice net)
{
	size_t known = pools->nets.n;
	char pair[128];
	struct buf b;

	buf_init(&b, pair, sizeof(pair));
	buf_add_int(&b, (int64_t)place);
	buf_add_char(&b, ' ');
	buf_add(&b, net);
	return names_number(&pools->nets, buf_slice(&b)) == known;
}

/* A retry from another network of the sender is a row of its own: then its pair is known. */
static bool
is_retry(struct pools *pools, size_t place, const struct triplet *t)
{
	size_t known = pools->pairs.n;
	char pair[2048];
	struct buf b;

	if (!pools->watch_retries)
		return false;
	buf_init(&b, pair, sizeof(pair));
	buf_add_int(&b, (int64_t)place);
	buf_add_char(&b, ' ');
	buf_add(&b, t->key.sender);
	buf_add_char(&b, '\n'); /* is in no address */
	buf_add(&b, t->key.recipient);
	return (!b.cut && names_number(&pools->pairs, buf_slice(&b)) < known) ||
	       t->state.attempts > 1;
}

static void
note_spf(struct pool *pool, struct slice spf)
{
	if (spf.len == 0)
		return;
	pool->spf_known++;
	if (slice_equal(spf, SLICE("pass")))
		pool->spf_pass++;
	else if (pool->spf_other[0] != '\0' && !slice_equal(spf, slice_of(pool->spf_other)))
		snprintf(pool->spf_other, sizeof(pool->spf_other), "mixed");
	else
		snprintf(pool->spf_other, sizeof(pool->spf_other), "%.*s", (int)spf.len, spf.ptr);
}

static void
note_times(struct pool *pool, const struct scan_row *row, int64_t now_s)
{
	const struct triplet_state *state = &row->triplet->state;
	int64_t may_pass_s = row->next == ACTION_REJECT ? INT64_MAX
			     : row->wait_left_s == 0    ? 0
							: now_s + row->wait_left_s;

	if (state->first_s < pool->oldest_s) {
		pool->oldest_s = state->first_s;
		pool->oldest_id = row->triplet->id;
	}
	if (state->last_s > pool->newest_s)
		pool->newest_s = state->last_s;
	if (!scan_row_settled(row) && (pool->open_s == 0 || state->first_s < pool->open_s))
		pool->open_s = state->first_s;
	if (may_pass_s < pool->may_pass_s)
		pool->may_pass_s = may_pass_s;
}

bool
pools_add(void *arg, const struct scan_row *row)
{
	struct pools *pools = arg;
	size_t place = place_of(pools, row);
	struct pool *pool = &pools->rows[place];

	assert(!pools->ranked);
	pool->waiting++;
	pool->nets += is_new_net(pools, place, row->triplet->key.net);
	pool->retried += is_retry(pools, place, row->triplet);
	pool->listed += row->reason == REASON_DOMAIN_NETWORK;
	pool->settled += scan_row_settled(row);
	pool->blocked += row->next == ACTION_REJECT;
	pool->released += row->triplet->state.released_s != 0;
	pool->ready += row->next == ACTION_PASS;
	note_times(pool, row, pools->now_s);
	note_spf(pool, row->triplet->spf);
	return true;
}

/* ---- ranking ---- */

int64_t
pool_pain(const struct pool *pool, int64_t now_s)
{
	return (pool->waiting - pool->settled) * (now_s - pool->open_s + 1);
}

struct ranked {
	int64_t pain;
	struct pool pool;
};

static int
compare_pain(const void *a_, const void *b_)
{
	const struct ranked *a = a_, *b = b_;

	if (a->pain != b->pain)
		return a->pain < b->pain ? 1 : -1;
	return strcmp(a->pool.domain, b->pool.domain);
}

static void
sort(struct pools *pools)
{
	size_t n = pools->domains.n, i;
	struct ranked *ranked = xcalloc(n, sizeof(*ranked));

	for (i = 0; i < n; i++) {
		pools->rows[i].domain = pools->domains.texts[i];
		ranked[i] =
		    (struct ranked){ pool_pain(&pools->rows[i], pools->now_s), pools->rows[i] };
	}
	qsort(ranked, n, sizeof(*ranked), compare_pain);
	for (i = 0; i < n; i++)
		pools->rows[i] = ranked[i].pool;
	free(ranked);
}

size_t
pools_rank(struct pools *pools, const struct pool **pools_out)
{
	if (!pools->ranked && pools->domains.n > 0)
		sort(pools);
	pools->ranked = true;
	*pools_out = pools->rows;
	return pools->domains.n;
}

const char *
pool_spf_text(const struct pool *pool, char *out, size_t len)
{
	if (pool->spf_known == 0)
		return "-";
	if (pool->spf_pass == 0)
		return pool->spf_other;
	if (pool->spf_pass == pool->waiting)
		return "pass";
	snprintf(out, len, "pass %" PRId64 "/%" PRId64, pool->spf_pass, pool->waiting);
	return out;
}
