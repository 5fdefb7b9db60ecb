/* mail.h - what an input tells of each mail: who brought it when, what became of it, and when it
 * would come again where the input ends.
 *
 * A mail is the tries of one sender for one recipient up to an acceptance; after two days without
 * a try the next one begins another mail. A mail that was accepted, or that came more than once, is
 * real: it comes again when it is deferred. Any other was never retried (a bot, mostly), and
 * whether it would be now is not known. Memory is bounded by mails and their tries. */
#ifndef COMMON_REPLAY_MAIL_H
#define COMMON_REPLAY_MAIL_H

#include "common/base/err.h"
#include "common/net/addr.h"
#include "common/replay/texts.h"

#define MAIL_PAUSE_S (2 * 86400)
#define MAIL_GIVE_UP_S (5 * 86400) /* after the first try: Postfix's maximal_queue_lifetime */
#define SCHEDULE_MAX 64

/* Pauses between tries: the last one is repeated, or no try follows it. */
struct schedule {
	int64_t pauses[SCHEDULE_MAX];
	size_t n;
	bool repeats;
};

struct schedule schedule_default(void);
/* "5m,10m,20m,...": -1 with ERR_USAGE. */
int schedule_parse(const char *text, struct schedule *schedule_out, struct err *err);

enum mail_answer { MAIL_REFUSED, MAIL_ACCEPTED, MAIL_REJECTED };

/* Who logged it: one try may be told by both. */
enum mail_origin { MAIL_BY_POSTFIX, MAIL_BY_POLICY, MAIL_RECORDED };

/* A try as an input tells it. */
struct mail_contact {
	int64_t time_s;
	struct slice address, name, helo, sasl; /* of the client */
	struct slice sender, recipient, instance;
	enum mail_answer answer;
	bool answer_known; /* else ANSWER is a guess */
	enum mail_origin origin;
};

struct mail_try {
	int64_t time_s;
	uint32_t seq; /* order of the input */
	uint32_t pair, client;
	uint32_t instance; /* hash; 0: none */
	uint8_t answer, origin;
	bool answer_known;
};

struct mail {
	uint32_t first, try_n; /* its tries, in order */
	uint32_t domain;       /* of the sender */
	bool accepted, real;
};

/* Clients that brought real mail of a sender domain. */
struct mail_domain {
	uint32_t first, n; /* in mails.domain_clients */
	bool is_pool;      /* its mail comes again from any of them */
};

struct mails {
	struct texts pairs, clients, domains;
	struct mail_try *tries;
	size_t try_n, try_cap;
	/* after mails_end() */
	struct mail *mails; /* by their first try */
	size_t mail_n;
	struct mail_domain *by_domain; /* by number */
	uint32_t *domain_clients;
	size_t real_n;
	int64_t first_s, last_s;
};

struct mails *mails_new(void);
void mails_free(struct mails *m); /* NULL is fine */
void mails_add(struct mails *m, const struct mail_contact *contact);
/* All is there: finds the mails, and the domains that are pools: their mail came from several
 * networks (/24, /64), and nothing shows that it stays with one. Clients in TRUSTED, such as a
 * content filter that hands mail back, or authenticated do not count for that. */
void mails_end(struct mails *m, const struct addr_net *trusted, size_t trusted_n);

/* The try after MADE of them, the last of which was at LAST_S: the real ones as far as they reach,
 * then by SCHEDULE, from the same client or any of its pool. False: it does not come again. */
bool mails_next(const struct mails *m, const struct mail *mail, const struct schedule *schedule,
    uint32_t made, int64_t last_s, struct mail_try *try_out);

/* The texts of a try. */
struct mail_texts {
	struct slice sender, recipient, address, name, helo, sasl;
};
struct mail_texts mails_texts(const struct mails *m, const struct mail_try *try);
const char *mails_domain(const struct mails *m, const struct mail *mail); /* "<>" for none */

#endif
