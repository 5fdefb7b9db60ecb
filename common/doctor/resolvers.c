/* resolvers.c - see resolvers.h. */
#include "common/doctor/resolvers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"

#define DNS_PORT 53
#define SLOW_MS 1000

static void
name_server(struct resolver *resolver)
{
	char address[ADDR_TEXT_MAX];
	struct buf b;

	buf_init(&b, resolver->text, sizeof(resolver->text));
	if (resolver->server.port == DNS_PORT)
		buf_add_text(&b, addr_format(&resolver->server.addr, address));
	else
		addr_port_add(&b, &resolver->server);
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
	resolver->all->open_n--;
	resolver->all->changed(resolver->all->arg);
}

static void
ask(struct resolver *resolver)
{
	struct dns_options options = { .servers = &resolver->server,
		.server_n = 1,
		.timeout_ms = resolver->all->timeout_ms,
		.parallel = 1 };

	if (resolver->query != NULL)
		return;
	resolver->sent_ms = clock_mono_ms();
	if (resolver->dns == NULL)
		resolver->dns = dns_start(resolver->all->loop, &options, NULL);
	if (resolver->dns == NULL) {
		settle(resolver, false, "no socket for it");
		return;
	}
	resolver->query =
	    dns_ask(resolver->dns, SLICE(RESOLVERS_NAME), DNS_TYPE_A, answered, resolver);
	resolver->all->open_n++;
}

void
resolvers_ask(struct resolvers *resolvers)
{
	size_t i;

	for (i = 0; i < resolvers->n; i++)
		ask(&resolvers->each[i]);
}

/* ---- what it means ---- */

static bool
is_loopback(const struct addr *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	return addr->family == ADDR_V4 ? addr->bytes[0] == 127 : memcmp(addr->bytes, one, 16) == 0;
}

/* One that does not answer costs time; where none does, no SPF record can be read. */
static void
check_failing(const struct resolver *resolver, bool all_fail, struct verdicts *v)
{
	const char *where = resolver->all->configured ? "dns.servers" : "/etc/resolv.conf";
	char advice[256];

	snprintf(advice, sizeof(advice),
	    all_fail ? "without DNS the networks of domains stay as they are, and mail of pools "
		       "waits for "
		       "each client: start the name server, or correct %s"
		     : "it costs time: correct %s",
	    where);
	verdict_advise(v, all_fail ? VERDICT_ERROR : VERDICT_WARNING, ERR_TEMP, advice,
	    "resolver %s: %s", resolver->text, resolver->why);
}

static void
check_answering(const struct resolver *resolver, struct verdicts *v)
{
	if (resolver->took_ms > SLOW_MS)
		verdict_advise(v, VERDICT_WARNING, 0, "",
		    "resolver %s takes %" PRId64 " ms to answer", resolver->text,
		    resolver->took_ms);
	else if (!is_loopback(&resolver->server.addr))
		verdict_advise(v, VERDICT_WARNING, 0, "unbound on loopback is better",
		    "resolver %s answers in %" PRId64
		    " ms, but is not on this machine: others may forge what it says",
		    resolver->text, resolver->took_ms);
	else
		verdict_advise(v, VERDICT_OK, 0, "", "resolver %s answers in %" PRId64 " ms",
		    resolver->text, resolver->took_ms);
}

void
resolvers_check(const struct resolvers *resolvers, struct verdicts *v)
{
	size_t failing = 0, i;

	v->check = "resolver";
	for (i = 0; i < resolvers->n; i++)
		failing += resolvers->each[i].state == RESOLVER_FAILS;
	for (i = 0; i < resolvers->n; i++)
		if (resolvers->each[i].state == RESOLVER_FAILS)
			check_failing(&resolvers->each[i], failing == resolvers->n, v);
		else if (resolvers->each[i].state == RESOLVER_ANSWERS)
			check_answering(&resolvers->each[i], v);
}

void
resolvers_list(const struct resolvers *resolvers, struct buf *out)
{
	size_t i;

	for (i = 0; i < resolvers->n; i++) {
		buf_add_text(out, i == 0 ? "" : ", ");
		buf_add_text(out, resolvers->each[i].text);
	}
}
