/* doctor_who.c - see doctor_who.h. */
#include "cli/doctor_who.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/program.h"

/* The name as others see it; what is no name is looked at as it is, and found wrong. */
static void
take_host(const char *name, char host[DOMAIN_TEXT_MAX])
{
	char text[DOMAIN_TEXT_MAX];

	if (domain_normalise(slice_of(name), text) == -1)
		snprintf(text, sizeof(text), "%s", name);
	memcpy(host, text, DOMAIN_TEXT_MAX);
}

void
doctor_host(const struct cli *cli, char host[DOMAIN_TEXT_MAX])
{
	static const char *const argv[] = { "postconf", "-h", "myhostname", NULL };
	const char *named = cli_value(cli, "host");
	char name[256] = "", *said = NULL;

	if (named == NULL && (said = program_read(argv, NULL)) != NULL)
		said[strcspn(said, "\n")] = '\0';
	if (named == NULL && said == NULL && gethostname(name, sizeof(name) - 1) == -1)
		name[0] = '\0';
	take_host(named != NULL ? named : said != NULL ? said : name, host);
	free(said);
}

size_t
doctor_servers(const struct cli *cli, struct addr_port servers[DNS_SERVERS_MAX])
{
	const struct config *config = &cli->config;
	size_t n = 0;

	if (config->dns_servers_n == 0)
		return dns_resolv_conf(NULL, servers);
	for (; n < config->dns_servers_n && n < DNS_SERVERS_MAX; n++)
		servers[n] = config->dns_servers[n];
	return n;
}

void
doctor_server_text(const struct addr_port *server, struct buf *out)
{
	bool v6 = server->addr.family == ADDR_V6;
	char text[ADDR_TEXT_MAX];

	buf_printf(out, "%s%s%s:%u", v6 ? "[" : "", addr_format(&server->addr, text), v6 ? "]" : "",
	    (unsigned)server->port);
}
