/* lookups.c - see lookups.h. */
#include "cli/lookups.h"

#define CACHE_BYTES (16 << 20)

int
lookups_open(struct lookups *l, struct cli *cli, struct err *err)
{
	const char *chosen = cli_value(cli, "dns");
	struct config *config = &cli->config;
	struct dns_options options;

	*l = (struct lookups){ .loop = NULL };
	if (chosen != NULL && config_set(config, "dns.servers", chosen, err) == -1) {
		err->code = ERR_USAGE;
		return err_wrap(err, "--dns %s", chosen);
	}
	l->loop = ev_loop_new(EVFLAG_AUTO);
	if (l->loop == NULL)
		return err_set(err, ERR_OS, "the event loop cannot be made");
	options = (struct dns_options){ .servers = config->dns_servers,
		.server_n = config->dns_servers_n,
		.timeout_ms = config->dns_timeout_s * 1000,
		.parallel = (size_t)config->dns_parallel,
		.cache_bytes = CACHE_BYTES };
	l->dns = dns_start(l->loop, &options, err);
	if (l->dns == NULL)
		lookups_close(l);
	return l->dns == NULL ? -1 : 0;
}

void
lookups_close(struct lookups *l)
{
	dns_stop(l->dns);
	if (l->loop != NULL)
		ev_loop_destroy(l->loop);
	*l = (struct lookups){ .loop = NULL };
}

void
lookups_wait(struct lookups *l, size_t limit)
{
	while (l->under_way >= limit)
		ev_run(l->loop, EVRUN_ONCE);
}
