/* facts.h - all that the DNS says of a mail domain and of the server that sends for it: questions
 * with their answers, and what SPF makes of them. Gathered by a pure function over answers
 * (common/spf/answers.h); gather.h drives it. */
#ifndef COMMON_DOCTOR_FACTS_H
#define COMMON_DOCTOR_FACTS_H

#include <stdbool.h>

#include "common/net/domain.h"
#include "common/spf/answers.h"
#include "common/spf/check.h"
#include "common/spf/walk.h"

#define MAIL_ADDRS_MAX 16
#define MAIL_SELECTORS_MAX 32
#define MAIL_PTR_MAX 10 /* names of one address that are looked at (RFC 7208 5.5 says ten, too) */
#define MAIL_MX_MAX 20

/* What is to be looked at. Texts are borrowed. */
struct mail_subject {
	char domain[DOMAIN_TEXT_MAX]; /* normal form */
	const char *host;             /* what our server says in HELO */
	struct addr addrs[MAIL_ADDRS_MAX];
	size_t addr_n; /* 0: those that the DNS has for the host, but for mail_is_inside() */
	const char *selectors[MAIL_SELECTORS_MAX];
	size_t selector_n;   /* 0: the common ones are tried */
	const char *servers; /* that are asked, for messages: "127.0.0.1:53" */
	int64_t now_s;
	struct spf_walk_limits limits;
};

/* What a question is about; one bit each. */
enum mail_role {
	MAIL_HOST = 1 << 0,    /* addresses of the host */
	MAIL_PTR = 1 << 1,     /* names of own address OF */
	MAIL_FORWARD = 1 << 2, /* addresses of one of those names, of own address OF */
	MAIL_MX = 1 << 3,
	MAIL_MX_HOST = 1 << 4, /* addresses of MX record OF */
	MAIL_DOMAIN = 1 << 5,  /* addresses of the domain, where it has no MX */
	MAIL_TXT = 1 << 6,
	MAIL_DKIM = 1 << 7, /* selector OF */
	MAIL_DMARC = 1 << 8,
	MAIL_DMARC_ABOVE = 1 << 9, /* of domains above, from the nearest */
	MAIL_TLS_REPORT = 1 << 10,
	MAIL_STS = 1 << 11
};

struct mail_fact {
	enum mail_role role;
	enum dns_type type;
	size_t of;
	char name[DNS_NAME_MAX + 1];     /* that was asked for */
	const struct dns_answer *answer; /* borrowed from the answers */
};

struct mail_facts {
	const struct mail_subject *subject;
	struct mail_fact *items;
	size_t n;
	bool missing; /* while it is gathered */
	struct addr addrs[MAIL_ADDRS_MAX];
	size_t addr_n;
	/* With exactly one SPF record: */
	bool has_spf;
	struct spf_check checks[MAIL_ADDRS_MAX]; /* of each own address */
	struct spf_walk walk;                    /* of the whole record */
};

/* The selectors of the subject, or the common ones. Returns how many. */
size_t mail_selectors(const struct mail_subject *subject, const char *const **selectors_out);

/* False: answers are missing, ask for them and call again. FACTS is zeroed before the first call,
 * borrows SUBJECT and ANSWERS, and is cleared at the end. */
bool mail_gather(
    struct spf_answers *answers, const struct mail_subject *subject, struct mail_facts *facts);
void mail_facts_clear(struct mail_facts *facts);

/* The facts of a role, one after the other: the first for NULL; NULL at the end. */
const struct mail_fact *mail_next(
    const struct mail_facts *facts, enum mail_role role, const struct mail_fact *after);
/* Whether a question of one of ROLES has failed; of MAIL_FORWARD and the like: about any OF. */
bool mail_failed(const struct mail_facts *facts, unsigned roles);
/* Whether FACT has that address. */
bool mail_has_addr(const struct mail_fact *fact, const struct addr *addr);
/* How many SPF records FACT holds, and the first of them. */
size_t mail_spf_records(const struct mail_fact *txt, struct slice *first_out);
/* RFC 7505: the domain says that it takes no mail. */
bool mail_is_null_mx(const struct mail_fact *mx);
/* Whether no receiver sees ADDR: a resolver of the house may give it for a name of the house. */
bool mail_is_inside(const struct addr *addr);
/* The name that has the PTR record of ADDR. */
void mail_reverse_name(const struct addr *addr, char out[DNS_NAME_MAX + 1]);

#endif
