/* exchange.c - see exchange.h. */
#include "common/dns/exchange.h"

#include "common/dns/packet.h"
#include "common/dns/tcp.h"

void
exchange_stop(struct exchange *x)
{
	if (x->ways == NULL)
		return;
	if (x->udp != NULL)
		udp_forget(x->udp);
	if (x->tcp != NULL)
		tcp_forget(x->tcp);
	ev_timer_stop(x->ways->loop, &x->deadline);
	x->ways = NULL;
	x->udp = NULL;
	x->tcp = NULL;
}

static void
finish(struct exchange *x, struct dns_answer *answer)
{
	exchange_stop(x);
	x->done(x->arg, answer);
}

static void
fail(struct exchange *x, const char *why)
{
	finish(x, dns_answer_new(DNS_FAILED, 0, why, NULL, 0));
}

static const struct addr_port *
next_server(struct exchange *x)
{
	return x->tcp_next < x->ways->server_n ? &x->ways->servers[x->tcp_next++] : NULL;
}

static void tcp_answered(void *arg, const uint8_t *packet, size_t len);

/* The server that truncated comes first, then all in their order: one without TCP, or that fails
 * over it, is not the end where others have it. */
static void
ask_by_tcp(struct exchange *x, const struct addr_port *server)
{
	while (server != NULL) {
		x->ways->tcp_n++;
		x->tcp = tcp_ask(x->ways->loop, server, x->name, x->type, tcp_answered, x);
		if (x->tcp != NULL)
			return;
		server = next_server(x);
	}
	fail(x, "no answer over TCP");
}

static void
tcp_answered(void *arg, const uint8_t *packet, size_t len)
{
	struct exchange *x = arg;
	const struct addr_port *server;
	struct dns_answer *answer;

	x->tcp = NULL;
	if (packet == NULL) {
		ask_by_tcp(x, next_server(x));
		return;
	}
	answer = dns_packet_read(packet, len, x->name, x->type);
	server = answer->status == DNS_FAILED ? next_server(x) : NULL;
	if (server == NULL) {
		finish(x, answer);
		return;
	}
	dns_answer_unref(answer);
	ask_by_tcp(x, server);
}

static void
udp_answered(void *arg, const uint8_t *packet, size_t len, const struct addr_port *server)
{
	struct exchange *x = arg;

	x->udp = NULL;
	if (packet == NULL)
		fail(x, "no answer");
	else if (dns_packet_truncated(packet, len))
		ask_by_tcp(x, server);
	else
		finish(x, dns_packet_read(packet, len, x->name, x->type));
}

static void
expire(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	fail(timer->data, "no answer in time");
}

void
exchange_begin(struct exchange *x, struct exchange_ways *ways, struct slice name,
    enum dns_type type, exchange_done *done, void *arg)
{
	*x =
	    (struct exchange){ .ways = ways, .name = name, .type = type, .done = done, .arg = arg };
	ev_timer_init(&x->deadline, expire, (double)ways->timeout_ms / 1000, 0);
	x->deadline.data = x;
	ev_timer_start(ways->loop, &x->deadline);
	/* Where libudns refuses, the deadline answers. */
	x->udp = udp_ask(ways->udp, name, type, udp_answered, x);
}
