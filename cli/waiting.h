/* waiting.h - the triplets that a command is about, newest first, with progress on a terminal. */
#ifndef CLI_WAITING_H
#define CLI_WAITING_H

#include "cli/cli.h"
#include "common/greylist/scan.h"

/* Scans all (scan.h). --from, --to and the argument DOMAIN of the command choose among the rows. FN
 * returns false to stop. */
int walk_triplets(
    struct cli *cli, enum scan_wanted wanted, scan_fn *fn, void *arg, struct err *err);

#endif
