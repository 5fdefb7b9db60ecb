/* entry_line.h - an entry as an operator types it; pure.
 *
 *   domain NAME... [# comment]
 *   allow|block|expect PATTERN [to RECIPIENTS] [for DURATION] [# comment]
 *   policy RECIPIENTS [from PATTERN] TERMS [for DURATION] [# comment]
 *   TERMS: greylist on|off, training on|off, spf key|bypass|ignore, delay, window, lifetime
 * DURATION
 *
 * What follows the first two words comes in any order, each once. Errors (ERR_USAGE) name the word
 * and what is possible. */
#ifndef TUI_ENTRY_LINE_H
#define TUI_ENTRY_LINE_H

#include "common/base/duration.h"
#include "common/net/domain.h"
#include "common/net/pattern.h"
#include "common/store/policy.h"
#include "tui/line.h"

#define ENTRY_DOMAINS_MAX 32
#define ENTRY_TERMS_MAX 160

enum entry_kind { ENTRY_DOMAIN, ENTRY_RULE, ENTRY_POLICY };

struct entry_line {
	enum entry_kind kind;
	enum rule_action action;
	char domains[ENTRY_DOMAINS_MAX][DOMAIN_TEXT_MAX]; /* normal form */
	size_t domain_n;
	struct pattern scope;  /* "@." when none was given */
	struct pattern sender; /* of a rule its pattern */
	struct policy terms;   /* its six fields alone */
	int64_t for_s;         /* 0: for good */
	struct slice comment;  /* borrowed from what was read */
	char
	    notice[PATTERN_NOTICE_MAX]; /* what was read differently from what was written, or "" */
};

int entry_line_parse(struct slice text, struct entry_line *line_out, struct err *err);

/* Words for the place after BEFORE. */
void entry_line_complete(struct slice before, line_add *add, void *add_arg);

/* The six fields of a policy, as above; at least one. What TEXT does not name is unset. */
int entry_terms_parse(struct slice text, struct policy *terms_out, struct err *err);
/* "delay 10m, spf bypass" with SEPARATOR between them; with a blank it is read back equal. */
const char *entry_terms_format(
    const struct policy *terms, const char *separator, char out[ENTRY_TERMS_MAX]);

/* "never", or how long from NOW_S. EXPIRES_OUT is 0 for never. */
int entry_until_parse(struct slice text, int64_t now_s, int64_t *expires_s_out, struct err *err);
/* The same for what is left: "never", "6d23h"; "expired", which is not read back. */
const char *entry_until_format(int64_t expires_s, int64_t now_s, char out[DURATION_TEXT_MAX]);

#endif
