/* domain_names.h - names of whitelisted domains on the command line. */
#ifndef CLI_DOMAIN_NAMES_H
#define CLI_DOMAIN_NAMES_H

#include "cli/cli.h"
#include "common/net/domain.h"

/* The domain that TEXT means: a name, in any spelling, or the one of an address. Says what was
 * understood differently from what was written. */
int domain_name_of(const char *text, char out[DOMAIN_TEXT_MAX], struct err *err);

#endif
