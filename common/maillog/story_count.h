/* story_count.h - what story.c counts in; private to common/maillog. */
#ifndef COMMON_MAILLOG_STORY_COUNT_H
#define COMMON_MAILLOG_STORY_COUNT_H

#include "common/maillog/dict.h"
#include "common/maillog/story.h"
#include "common/maillog/wait.h"

/* Numbers of networks, up to MAILLOG_NETS_MAX. */
struct net_set {
	uint64_t *slots; /* 0 is a free one */
	size_t size;     /* a power of two */
	size_t n;
};

struct domain_count {
	struct story_domain shown;
	struct net_set nets, evidence_nets;
	int64_t pairs; /* that are still known apart */
	char *hosts;   /* as shown; NULL: none yet */
	bool hosts_mixed;
};

/* A mail: a sender and a recipient, which are the key of its entry with a NUL between them. */
struct pair {
	struct domain_count *domain;
	struct wait all, evidence; /* of all its tries, and of those that are evidence */
	bool waits;                /* the newest has not ended in an acceptance */
	bool evidence_waits;       /* and holds evidence */
	bool passed;               /* at least one has */
	bool named;                /* a client had a name */
	bool moved;                /* evidence came from several networks */
	int64_t tries, evidence_tries;
	uint64_t evidence_net; /* of the first */
	/* Tries that one of Postfix and its policy server logged and the other did not yet. */
	struct {
		bool by_postfix, nameless;
		int64_t n, time_s;
		uint64_t net;
	} echo;
	struct story_try *tried; /* with options.domain */
	size_t tried_n, tried_cap;
};

/* One message between its client= line and its removal. */
struct message {
	int64_t client_s; /* 0: its client= line was not seen */
	char *client;     /* with options.domain */
	char *sender;     /* NULL: not known yet */
};

struct story {
	struct story_options options;
	struct story_totals totals;
	struct dict *domains, *pairs, *messages, *days;
	struct story_day *day; /* of the last event */
	int64_t day_begin_s, day_end_s;
	struct story_wait slowest[STORY_SLOWEST_MAX];
	size_t slowest_n;
	size_t tried_n;
	const struct story_domain **domain_list;
	const struct story_day **day_list;
};

void net_set_add(struct net_set *set, uint64_t net);
void net_set_clear(struct net_set *set);

/* The network of ADDRESS as a number, never 0. */
uint64_t count_net(const struct story_options *options, struct slice address);
/* The counts of the domain of SENDER, which is in lower case. */
struct domain_count *count_domain(struct story *s, struct slice sender);
void count_domain_drop(void *domain);
struct story_day *count_day(struct story *s, int64_t time_s);

/* TIMES tries from NET of a client of D called NAME; true when they are evidence. */
bool count_client(struct domain_count *d, struct slice name, uint64_t net, int64_t times);
/* What became of PAIR, into the counts of its domain and into all. */
void count_pair(struct story *s, const struct pair *pair);
/* A wait that ended. */
void count_wait(struct story *s, const struct pair *pair, int64_t wait_s);

#endif
