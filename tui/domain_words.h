/* domain_words.h - the state of a whitelisted domain and its networks in words; pure. */
#ifndef TUI_DOMAIN_WORDS_H
#define TUI_DOMAIN_WORDS_H

#include <stdbool.h>

#include "common/base/calendar.h"
#include "common/net/addr.h"
#include "common/store/domain.h"
#include "tui/term.h"

struct domain_state {
	char status[64];     /* "ok", "DNS failed", "kept since 11-22" */
	const char *trouble; /* what went wrong at the last reading, "" for nothing */
	bool kept;           /* the networks are those of an earlier reading */
	bool troubled;       /* worth a look: nothing was read, or nothing is listed */
	enum element element;
};

/* GRACE_S is spf.grace. */
void domain_state(
    const struct domain *domain, int64_t grace_s, int64_t now_s, struct domain_state *state_out);

/* "14:05" of today, else "11-22". */
const char *domain_day(int64_t time_s, int64_t now_s, char out[CALENDAR_TEXT_MAX]);
/* "2026-11-22 14:05" */
const char *domain_date(int64_t time_s, char out[CALENDAR_TEXT_MAX]);

#define GROUPED_MAX 32

/* Thousands with blanks between them: "73 728". */
const char *number_grouped(uint64_t number, char out[GROUPED_MAX]);

/* How many addresses NET has; of IPv6 the prefix says it: "/48". */
const char *network_size(const struct addr_net *net, char out[GROUPED_MAX]);

/* A path of terms: those that led to the record that has the last one, without the domain (empty:
 * it is the record of the domain itself), and that last one (empty: it names NET itself). Borrowed
 * from PATH. */
void path_split(
    struct slice path, const char *net, struct slice *group_out, struct slice *term_out);

#endif
