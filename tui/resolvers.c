/* resolvers.c - see resolvers.h. */
#include "tui/resolvers.h"

#include <stdio.h>

#include "common/base/clock.h"

#define DNS_PORT 53

static void
name_server(struct resolver *resolver)
{
	char address[ADDR_TEXT_MAX];

	addr_format(&resolver->server.addr, address);
	if (resolver->server.port == DNS_PORT)
		snprintf(resolver->text, sizeof(resolver->text), "%s", address);
	else if (resolver->server.addr.family == ADDR_V6)
		snprintf(resolver->text, sizeof(resolver->text), "[%s]:%u", address,
		    resolver->server.port);
	else
		snprintf(resolver->text, sizeof(resolver->text), "%s:%u", address,
		    resolver->server.port);
}

void
resolvers_begin(struct resolvers *resolvers, struct ev_loop *loop, const struct config *config,
    void (*changed)(void *arg), void *arg)
{
	struct addr_port found[DNS_SERVERS_MAX];
	const struct addr_port *servers = config->dns_servers;
	size_t n = config->dns_servers_n, i;

	*resolvers = (struct resolvers){ .loop = loop,
		.configured = n > 0,
		.timeout_ms = config->dns_timeout_s * 1000,
		.changed = changed,
		.arg = arg };
	if (n == 0) {
		n = dns_resolv_conf(NULL, found);
		servers = found;
	}
	resolvers->n = n < DNS_SERVERS_MAX ? n : DNS_SERVERS_MAX;
	for (i = 0; i < resolvers->n; i++) {
		resolvers->each[i].all = resolvers;
		resolvers->each[i].server = servers[i];
		name_server(&resolvers->each[i]);
	}
}

void
resolvers_end(struct resolvers *resolvers)
{
	size_t i;

	for (i = 0; i < resolvers->n; i++)
		dns_stop(resolvers->each[i].dns);
	resolvers->n = 0;
}

static void
settle(struct resolver *resolver, bool answers, const char *why)
{
	resolver->query = NULL;
	resolver->state = answers ? RESOLVER_ANSWERS : RESOLVER_FAILS;
	resolver->took_ms = clock_mono_ms() - resolver->sent_ms;
	resolver->why = why;
}

static void
answered(void *arg, struct dns_answer *answer)
{
	struct resolver *resolver = arg;

	settle(resolver, answer->status != DNS_FAILED, answer->why);
	resolver->all->changed(resolver->all->arg);
}

static void
ask(struct resolver *resolver)
{
	struct dns_options options = { .servers = &resolver->server,
		.server_n = 1,
		.timeout_ms = resolver->all->timeout_ms,
		.parallel = 1 };

	resolver->sent_ms = clock_mono_ms();
	if (resolver->dns == NULL)
		resolver->dns = dns_start(resolver->all->loop, &options, NULL);
	if (resolver->dns == NULL)
		settle(resolver, false, "no socket for it");
	else if (resolver->query == NULL)
		resolver->query =
		    dns_ask(resolver->dns, SLICE(RESOLVERS_NAME), DNS_TYPE_A, answered, resolver);
}

void
resolvers_ask(struct resolvers *resolvers, int64_t now_ms)
{
	size_t i;

	if (resolvers->asked_ms != 0 && now_ms - resolvers->asked_ms < RESOLVERS_EVERY_MS)
		return;
	resolvers->asked_ms = now_ms;
	for (i = 0; i < resolvers->n; i++)
		ask(&resolvers->each[i]);
}
