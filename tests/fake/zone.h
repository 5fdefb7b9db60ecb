/* zone.h - a name server in memory, for evaluations that need no socket.
 *
 * A line of its text is "NAME TYPE DATA": A, AAAA, MX (preference and host), PTR, CNAME, TXT
 * (quoted strings, joined; \ooo is a byte), and FAIL, for which every question about the name
 * fails, or TYPE:FAIL for one type. The TTL of a record is 3600 unless a number stands before TYPE.
 * Lines that begin with ; are remarks. */
#ifndef TESTS_FAKE_ZONE_H
#define TESTS_FAKE_ZONE_H

#include "common/spf/check.h"
#include "common/spf/walk.h"

struct zone;

struct zone *zone_new(const char *text); /* a line that cannot be read aborts */
void zone_free(struct zone *zone);

/* With one reference for the caller. */
struct dns_answer *zone_answer(const struct zone *zone, struct slice name, enum dns_type type);

/* Evaluations run to their end; the questions they asked are counted. */
void zone_check(const struct zone *zone, const struct spf_identity *identity,
    struct spf_check *check_out, unsigned *asked_out);
void zone_walk(const struct zone *zone, const char *domain, const struct spf_walk_limits *limits,
    struct spf_walk *walk_out, unsigned *asked_out);

#endif
