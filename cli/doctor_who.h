/* doctor_who.h - who our mail server is, and which resolvers are asked. */
#ifndef CLI_DOCTOR_WHO_H
#define CLI_DOCTOR_WHO_H

#include "cli/cli.h"
#include "common/dns/dns.h"
#include "common/net/domain.h"

/* What our mail server says in HELO: by option, of Postfix, or the name of this machine. */
void doctor_host(const struct cli *cli, char host[DOMAIN_TEXT_MAX]);
/* The resolvers that are asked. Returns how many. */
size_t doctor_servers(const struct cli *cli, struct addr_port servers[DNS_SERVERS_MAX]);
/* "127.0.0.1:53", "[::1]:53" */
void doctor_server_text(const struct addr_port *server, struct buf *out);

#endif
