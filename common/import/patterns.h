/* patterns.h - the Perl patterns of other programs' whitelists, as far as our forms can hold them.
 * Nothing is ever matched by a pattern here: it becomes a name, or it is refused with the reason.
 */
#ifndef COMMON_IMPORT_PATTERNS_H
#define COMMON_IMPORT_PATTERNS_H

#include "common/base/err.h"
#include "common/base/str.h"

#define PATTERNS_TEXT_MAX 512

/* A pattern over host names, without its slashes: "^.*\.example\.org$" is the name example.org and
 * all below. What a rule would widen (mail\d+\.example\.org) is refused, with the suffix that an
 * operator might want named in ERR. *NOTICE_OUT is what a rule for the name does otherwise, or "".
 */
int patterns_host(
    struct slice regex, char out[PATTERNS_TEXT_MAX], const char **notice_out, struct err *err);

/* A pattern over mail addresses: ^postmaster@ , @example\.org$ , ^user@example\.org$ become
 * postmaster@*, @example.org, user@example.org. */
int patterns_address(struct slice regex, char out[PATTERNS_TEXT_MAX], struct err *err);

#endif
