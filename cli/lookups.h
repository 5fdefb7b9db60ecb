/* lookups.h - the DNS for a command: asks much at once, and waits in a loop of its own. */
#ifndef CLI_LOOKUPS_H
#define CLI_LOOKUPS_H

#include <ev.h>

#include "cli/cli.h"
#include "common/dns/dns.h"

struct lookups {
	struct ev_loop *loop;
	struct dns *dns;
	size_t under_way; /* counted up by who begins one, down when it is done */
};

/* By the configuration, and the option --dns of the command. */
int lookups_open(struct lookups *l, struct cli *cli, struct err *err);
void lookups_close(struct lookups *l); /* a zeroed one is fine */

/* Turns the loop until fewer than LIMIT are under way. */
void lookups_wait(struct lookups *l, size_t limit);

#endif
