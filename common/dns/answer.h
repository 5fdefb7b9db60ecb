/* answer.h - a question to the DNS and what came back: values that many may hold, never changed
 * once made. Shared by reference, counted, for one thread. */
#ifndef COMMON_DNS_ANSWER_H
#define COMMON_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/net/addr.h"

/* Of RFC 1035 3.2.2 and RFC 3596. */
enum dns_type {
	DNS_TYPE_A = 1,
	DNS_TYPE_PTR = 12,
	DNS_TYPE_MX = 15,
	DNS_TYPE_TXT = 16,
	DNS_TYPE_AAAA = 28
};

const char *dns_type_name(enum dns_type type);

/* Names are absolute, lower case, without the final dot; labels are split at every dot and may hold
 * any other byte but NUL: nothing is escaped. */
#define DNS_NAME_MAX 253 /* characters */
#define DNS_LABEL_MAX 63

/* Whether NAME can be asked for: no empty label, none too long. */
bool dns_name_valid(struct slice name);

enum dns_status {
	DNS_FOUND,   /* at least one record of the type */
	DNS_NOTHING, /* NXDOMAIN, or no record of the type: "void" in RFC 7208 */
	DNS_FAILED   /* silence, SERVFAIL, REFUSED, garbage: nothing is known; WHY says more */
};

struct dns_record {
	struct addr addr;    /* A, AAAA */
	uint16_t preference; /* MX */
	struct slice text;   /* MX, PTR: the name; TXT: its strings joined, any bytes */
};

struct dns_answer {
	enum dns_status status;
	uint32_t ttl_s;     /* the least of the records used, those of the CNAMEs too */
	const char *why;    /* FAILED: a few words for people, static; else "" */
	bool alias;         /* the name asked for has a CNAME */
	bool authoritative; /* it came from a server of the zone, so the TTL is what the zone has */
	size_t record_n;
	struct dns_record *records; /* in the order they came; text belongs to the answer */
	unsigned refs;
};

/* Begins with one reference. The text of RECORDS is copied. */
struct dns_answer *dns_answer_new(enum dns_status status, uint32_t ttl_s, const char *why,
    const struct dns_record *records, size_t record_n);
size_t dns_answer_bytes(const struct dns_answer *answer);     /* memory it takes */
struct dns_answer *dns_answer_ref(struct dns_answer *answer); /* returns ANSWER */
void dns_answer_unref(struct dns_answer *answer);             /* NULL is fine */

#endif
