/* doctor_own.h - greygate doctor without a domain. */
#ifndef CLI_DOCTOR_OWN_H
#define CLI_DOCTOR_OWN_H

#include "cli/cli.h"

/* greygate's own site: what `greygate check` looks at, resolvers, domains, Postfix. */
int doctor_own(struct cli *cli, struct err *err);

#endif
