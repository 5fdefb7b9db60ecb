/* macro.h - macro strings of RFC 7208 7; pure. */
#ifndef COMMON_SPF_MACRO_H
#define COMMON_SPF_MACRO_H

#include <stdbool.h>

#include "common/base/str.h"
#include "common/net/addr.h"

/* What the letters stand for. */
struct spf_macro_values {
	struct slice sender;        /* s; l and o are its parts */
	struct slice local;         /* l */
	struct slice sender_domain; /* o */
	struct slice domain;        /* d: the one whose record this is */
	struct slice helo;          /* h */
	struct addr ip;             /* i, c, v */
	struct slice validated;     /* p: a validated name of ip, or "unknown" */
	struct slice receiver;      /* r: our host name, or "unknown"; explanations only */
	int64_t now_s;              /* t; explanations only */
};

enum spf_macro_use {
	SPF_MACRO_DOMAIN,     /* a domain-spec: ends in a macro, or a dot and a top label */
	SPF_MACRO_STRING,     /* any macro-string */
	SPF_MACRO_EXPLANATION /* blanks and the letters c, r, t are allowed */
};
/* Whether TEXT is what its use demands. */
bool spf_macro_valid(struct slice text, enum spf_macro_use use);

/* Whether some letter depends on the message: anything but d, o and the escapes. */
bool spf_macro_dynamic(struct slice text);
/* Whether TEXT needs VALUES.validated, which costs queries. */
bool spf_macro_needs_validated(struct slice text);

/* Adds the expansion of TEXT, which is valid. For SPF_MACRO_DOMAIN labels are dropped from the left
 * until 253 characters are left (RFC 7208 7.3), and letters are turned to lower case. */
void spf_macro_expand(struct buf *out, struct slice text, const struct spf_macro_values *values,
    enum spf_macro_use use);

#endif
