/* pools.h - waiting mail gathered by sender domain, and whose waiting hurts most. */
#ifndef COMMON_GREYLIST_POOLS_H
#define COMMON_GREYLIST_POOLS_H

#include <stddef.h>

#include "common/greylist/scan.h"

/* The waiting mail of one sender domain. */
struct pool {
	const char *domain; /* "<>" for the null sender */
	int64_t waiting;    /* triplets */
	int64_t nets;       /* distinct client networks */
	int64_t listed;     /* of waiting: from networks that are whitelisted by now */
	int64_t released;   /* of waiting */
	int64_t settled;    /* of waiting: by rules and the like (scan.h), listed ones among them */
	int64_t blocked;    /* of settled: the next try is rejected */
	int64_t ready;      /* of waiting: the next try passes */
	int64_t retried;    /* of waiting: not the first try; see pools_watch_retries() */
	int64_t oldest_id;  /* the triplet of the oldest */
	int64_t oldest_s;   /* first contact of the oldest */
	int64_t newest_s;   /* last contact of the newest */
	int64_t open_s;     /* first contact of the oldest that is not settled; 0: all are */
	int64_t
	    may_pass_s; /* when the first of them may pass; 0: now, INT64_MAX: all are blocked */
	int64_t spf_known, spf_pass;
	char spf_other[16]; /* what SPF said where it was no pass; "mixed" for several results */
	char *client;       /* of the newest: name[address] */
};

struct pools;

struct pools *pools_new(int64_t now_s);
void pools_free(struct pools *pools); /* NULL is fine */

/* Before the first row: count retries, too, also those from another client. It costs memory for
 * each pair of sender and recipient. */
void pools_watch_retries(struct pools *pools);

/* Adds a waiting row, newest first: a scan_fn, always true. Time and memory are linear. */
bool pools_add(void *pools, const struct scan_row *row);

/* Sorts them in the order of their pain, then by domain, and returns how many; *POOLS_OUT (NULL for
 * none) belongs to POOLS. Nothing can be added afterwards. */
size_t pools_rank(struct pools *pools, const struct pool **pools_out);

/* Triplets times how long the oldest has waited. What is settled hurts nobody: it passes on its
 * next try, or is not wanted. */
int64_t pool_pain(const struct pool *pool, int64_t now_s);

/* "pass", "pass 3/7", another result, "mixed", or "-" where nobody has asked yet. OUT may be used
 * for it. */
const char *pool_spf_text(const struct pool *pool, char *out, size_t len);

/* "name[address]" of the last client of TRIPLET, not escaped. Returns OUT. */
const char *pool_client_text(const struct triplet *triplet, char *out, size_t len);

#endif
