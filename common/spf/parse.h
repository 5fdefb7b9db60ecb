/* parse.h - an SPF record (RFC 7208 4.5, 4.6, 5, 6, 12) to terms; pure. */
#ifndef COMMON_SPF_PARSE_H
#define COMMON_SPF_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/net/addr.h"

enum spf_qualifier { SPF_PLUS, SPF_MINUS, SPF_TILDE, SPF_QUESTION };

enum spf_mechanism { SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_IP4, SPF_IP6, SPF_EXISTS };

/* Slices borrow the text of the record. */
struct spf_term {
	enum spf_qualifier qualifier;
	enum spf_mechanism mechanism;
	struct slice text;             /* as written */
	struct slice domain;           /* domain-spec with its macros; empty: the current domain */
	struct addr_net net;           /* IP4, IP6; host bits masked */
	unsigned prefix_v4, prefix_v6; /* A, MX */
};

struct spf_record {
	struct spf_term *terms;
	size_t term_n;
	struct slice redirect, exp; /* domain-spec; empty: none */
};

/* Whether a TXT text is an SPF record: "v=spf1" in any case, alone or followed by a blank. */
bool spf_is_record(struct slice text);

/* TEXT is spf_is_record(). The whole record is checked; the first bad term is named in ERR
 * ("ipv4:192.0.2.83 (unknown mechanism)", ERR_DATA). RECORD_OUT is freed by spf_record_clear(). */
int spf_parse(struct slice text, struct spf_record *record_out, struct err *err);
void spf_record_clear(struct spf_record *record);

#endif
