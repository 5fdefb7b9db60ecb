/* doctor_who.h - who our mail server is. */
#ifndef CLI_DOCTOR_WHO_H
#define CLI_DOCTOR_WHO_H

#include "cli/cli.h"
#include "common/net/domain.h"

/* What our mail server says in HELO: by option, of Postfix, or the name of this machine. */
void doctor_host(const struct cli *cli, char host[DOMAIN_TEXT_MAX]);

#endif
