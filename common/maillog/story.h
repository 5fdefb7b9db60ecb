/* story.h - what became of mail that was told to come again.
 *
 * Events in the order of time go in; refusals are gathered by sender and recipient, matched with a
 * later acceptance of the same two, and counted by sender domain and by day.
 *
 * A mail is one sender and one recipient. It is accepted when a policy server let it pass or a
 * message of that sender was delivered to that recipient, whichever client brought it. A try that
 * both Postfix and its policy server logged counts once. A refusal after an acceptance, or after
 * two days without one, is waited for anew; a mail counts with its longest wait.
 *
 * Memory: at most pairs_max mails, messages_max messages under way, and MAILLOG_NETS_MAX networks
 * of a domain are known apart. Beyond pairs_max the mail that was tried longest ago, a finished one
 * first, is folded into the counts of its domain: nothing is lost of it but that a later acceptance
 * is not seen and a later try counts as another mail. Folding a domain that has nothing but one
 * mail tried once moves it to story_totals.others. */
#ifndef COMMON_MAILLOG_STORY_H
#define COMMON_MAILLOG_STORY_H

#include "common/maillog/line.h"

#define MAILLOG_NETS_MAX 4096
#define STORY_SLOWEST_MAX 100
#define STORY_RECENT_S (4 * 3600) /* Postfix and Exim try again sooner */
#define STORY_TRIES_MAX 100000    /* of the domain that is looked at closely */

struct story_options {
	unsigned prefix_v4, prefix_v6; /* what one network is */
	size_t pairs_max;              /* 0: 500 000, up to 300 MiB when each has its own domain */
	size_t messages_max;           /* 0: 100 000 */
	const char *domain;            /* keep every try of it; NULL: of none */
};

/* Of tries that a client made whose verified name is below the sender's domain, or, for a domain of
 * data/domains.yaml, of any client with a name: what a forger cannot add to. */
struct story_evidence {
	int64_t mails, tries, networks;
	int64_t moved;     /* mails that came from several networks */
	int64_t hurt;      /* of moved: waited long, or never passed though they came again */
	int64_t longest_s; /* of moved: the longest wait, from the first of these tries on */
};

struct story_domain {
	const char *name; /* lower case; "<>" for the null sender, "-" for none */
	int64_t mails, tries, networks;
	int64_t passed;    /* mails that were accepted later */
	int64_t once;      /* came once, and never again */
	int64_t stuck;     /* came again, and never passed */
	int64_t waited_s;  /* by those that passed, all together */
	int64_t longest_s; /* wait of one that passed or is stuck */
	int64_t pain_s;    /* waits of all that have a client with a name */
	int64_t nameless;  /* tries of clients without a name */
	const char *hosts; /* all named clients are below it: looks like a pool; "": they are not */
	bool known;        /* a domain of data/domains.yaml */
	struct story_evidence evidence;
};

struct story_day {
	const char *date; /* 2026-11-24, local time */
	int64_t tries, mails, passed;
};

/* A mail that waited long for its acceptance. */
struct story_wait {
	char *sender, *recipient;
	int64_t wait_s, tries, first_s;
};

struct story_try {
	int64_t time_s;
	enum maillog_kind kind; /* REFUSED, or what accepted it: PASSED, DELIVERY */
	char *client;           /* name[address], not escaped; "" when unknown */
};

/* One mail of the domain that is looked at closely. */
struct story_mail {
	const char *sender, *recipient;
	int64_t tries, longest_s;
	bool passed;
	const struct story_try *tried; /* from first to last, also what accepted it */
	size_t tried_n;
};

struct story_totals {
	int64_t first_s, last_s; /* of events; 0: there was none */
	int64_t mails, tries, passed, once, stuck;
	int64_t recent; /* of once and stuck: tried in the last STORY_RECENT_S, and may come yet */
	int64_t domains;
	int64_t others; /* domains that were folded away with their one try */
	int64_t folded; /* mails */
	bool tries_cut; /* of the domain that is looked at closely */
};

struct story;

struct story *story_new(const struct story_options *options);
void story_free(struct story *story); /* NULL is fine */
void story_event(struct story *story, const struct maillog_event *event, int64_t time_s);

/* Ends it: what has not come back by now has not. No event may follow; what is read below before
 * that would be without the mails that are still known apart. */
void story_end(struct story *story);

const struct story_totals *story_totals(const struct story *story);
/* By pain, then by tries, then by name. *DOMAINS_OUT belongs to STORY, as all of it does. */
size_t story_domains(struct story *story, const struct story_domain ***domains_out);
size_t story_days(struct story *story, const struct story_day ***days_out); /* by date */
size_t story_slowest(const struct story *story, const struct story_wait **waits_out);
/* Mails of options.domain, the one with the latest try last. */
void story_each_mail(
    const struct story *story, void (*fn)(void *arg, const struct story_mail *mail), void *arg);

#endif
