/* reach.h - what an SPF record, or one term of it, amounts to: the sets of addresses of one family
 * that it passes, decides and lists, and how those of terms make up those of a record. Pure, and
 * private to common/spf.
 *
 * What a record passes is exactly what check_host() would decide; what is listed may be less. A
 * skipped term lists nothing and hides nothing of what later terms list, but where its record
 * stands behind a "-include" it hides all that check_host() would have refused. */
#ifndef COMMON_SPF_REACH_H
#define COMMON_SPF_REACH_H

#include "common/net/ranges.h"
#include "common/spf/parse.h"

/* A part of what is listed, with the line of the term that it comes from. */
struct spf_piece {
	struct range range;
	size_t line;
};

/* A zeroed struct reaches nothing. */
struct spf_reach {
	struct ranges passes;  /* check_host() passes these */
	struct ranges decided; /* some term has matched these */
	struct ranges hidden;  /* later terms list none of these */
	struct spf_piece *listed;
	size_t listed_n;
};

void spf_reach_clear(struct spf_reach *reach);
void spf_reach_list(struct spf_reach *reach, struct range range, size_t line);

/* What TERM reaches, less what earlier terms have decided, becomes part of RECORD. */
void spf_reach_merge(
    struct spf_reach *record, enum spf_qualifier qualifier, const struct spf_reach *term);

/* Puts what is listed in the order of addresses. */
void spf_reach_sort(struct spf_reach *reach);

#endif
