/* run.h - what check_host() and the walk share: records, names and addresses of terms, and the
 * limits of RFC 7208 4.6.4; private to common/spf. */
#ifndef COMMON_SPF_RUN_H
#define COMMON_SPF_RUN_H

#include "common/spf/answers.h"
#include "common/spf/check.h"
#include "common/spf/macro.h"
#include "common/spf/parse.h"

/* STOP: an answer is missing (run->pending), or run->trouble says what went wrong for good. */
enum spf_found { SPF_STOP = -1, SPF_NO = 0, SPF_YES = 1 };

struct spf_run {
	struct spf_answers *answers;
	struct spf_macro_values values; /* values.domain: the one whose record is at hand */
	unsigned voids_max;
	unsigned lookups, voids;
	bool pending;
	enum spf_result trouble; /* TEMPERROR or PERMERROR */
	char trouble_text[SPF_TEXT_MAX];
	bool ttl_known;
	uint32_t min_ttl_s;
};

/* A name with room for it. */
struct spf_name {
	char text[DNS_NAME_MAX + 1];
	size_t len;
};
struct slice spf_name_slice(const struct spf_name *name);

struct spf_addrs {
	struct addr *items;
	size_t n;
};

/* Notes the trouble and returns SPF_STOP. */
enum spf_found spf_run_stop(struct spf_run *run, enum spf_result trouble, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* YES with the answer, borrowed, when there are records. */
enum spf_found spf_run_ask(
    struct spf_run *run, struct slice name, enum dns_type type, const struct dns_answer **answer);

/* The SPF record of DOMAIN, parsed; NO when it has none. On YES the caller clears RECORD_OUT; its
 * text lives as long as the answers. */
enum spf_found spf_run_record(
    struct spf_run *run, struct slice domain, struct spf_record *record_out);

/* Counts a term that asks the DNS; the eleventh stops. */
enum spf_found spf_run_count(struct spf_run *run);

/* The name that a term means: its domain-spec expanded, or the current domain. */
enum spf_found spf_run_target(struct spf_run *run, struct slice spec, struct spf_name *name_out);

/* Addresses of FAMILY that NAME has (a), or the hosts of its MX (mx). Freed by the caller on any
 * result. A void answer to the term's own question is counted; the third stops. */
enum spf_found spf_run_a(
    struct spf_run *run, struct slice name, enum addr_family family, struct spf_addrs *addrs_out);
enum spf_found spf_run_mx(
    struct spf_run *run, struct slice name, enum addr_family family, struct spf_addrs *addrs_out);

/* exists: an A record, whatever the family of the client. */
enum spf_found spf_run_exists(struct spf_run *run, struct slice name);

/* The validated names of values.ip (RFC 7208 5.5), asked for in the DNS: YES and a name at or
 * below TARGET when there is one. With ANY another validated name does, when none is there. */
enum spf_found spf_run_validated(
    struct spf_run *run, struct slice target, bool any, struct spf_name *name_out);

#endif
