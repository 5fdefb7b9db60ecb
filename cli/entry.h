/* entry.h - what rules and policies have in common on the command line. */
#ifndef CLI_ENTRY_H
#define CLI_ENTRY_H

#include "cli/cli.h"
#include "common/net/pattern.h"

/* Comment, author, creation and expiry from the options. */
int entry_meta_of(const struct cli *cli, struct entry_meta *meta_out, struct err *err);

/* Reads a pattern, and says what was understood differently from what was written. */
int entry_pattern(
    const char *text, enum pattern_side side, struct pattern *pattern_out, struct err *err);

/* "never", "in 3d 2h", "expired". */
const char *entry_expiry(const struct cli *cli, int64_t expires_s, char *out, size_t len);
const char *entry_last_hit(const struct cli *cli, const struct entry_meta *meta, char *out);

#endif
