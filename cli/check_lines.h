/* check_lines.h - greygate spf check -: questions as JSON lines on standard input. */
#ifndef CLI_CHECK_LINES_H
#define CLI_CHECK_LINES_H

#include "cli/lookups.h"
#include "common/spf/check.h"

/* What a line asks; its texts are borrowed by the identity. SENDER may be <>, too. */
struct spf_identity check_identity(
    const struct cli *cli, const struct addr *ip, struct slice sender, struct slice helo);

/* {"result": ..., "explanation": ...} */
void check_put_json(FILE *out, const struct spf_check *check);

/* Answers every line in its place, while more are read. The exit status: ERR_DATA when some line
 * was no question. */
int check_lines(struct cli *cli, struct lookups *lookups, struct err *err);

#endif
