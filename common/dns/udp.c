/* udp.c - see udp.h.
 *
 * What libudns 0.4 does by itself is not enough in these places: a truncated or failed answer is
 * dropped without being shown, so each answer is taken where its debug hook sees it; a cancelled
 * query is never freed, so one that nobody waits for runs to its end. Its timers count whole
 * seconds of the wall clock; deadlines are the caller's. */
#include "common/dns/udp.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <udns.h>

#include "common/base/xalloc.h"
#include "common/net/sockaddr.h"

#define REPEAT_S 2 /* the first time; 1 may fire at once, as the seconds are those of the clock */
#define TRIES 3
#define UDP_SIZE 1232 /* what passes unfragmented (DNS flag day 2020); more comes by TCP */

struct udp {
	struct ev_loop *loop;
	struct dns_ctx *context;
	udp_judge *is_useless;
	ev_io io;
	ev_timer timer;
	struct udp_query *queries; /* all that libudns has */
};

struct udp_query {
	struct udp *udp;
	struct udp_query *prev, *next;
	udp_done *done; /* NULL: forgotten */
	void *arg;
	uint8_t *packet;
	size_t len;
	bool truncated;
	struct addr_port server;
};

/* The debug hook: code 0 is an answer that libudns has matched to a query, whose data is last. */
static void
note_packet(int code, const struct sockaddr *from, unsigned from_len, dnscc_t *packet, int len,
    const struct dns_query *unused, void *data)
{
	struct udp_query *query = data;

	(void)from_len;
	(void)unused;
	if (code != 0 || query == NULL || len <= 0)
		return;
	free(query->packet);
	query->packet = xcalloc(1, (size_t)len);
	memcpy(query->packet, packet, (size_t)len);
	query->len = (size_t)len;
	query->truncated = len >= DNS_HSIZE && dns_tc(packet) != 0;
	query->server = addr_port_of(from);
	/* libudns would be content with it; told in its own buffer that the server failed, it asks
	 * the next one. */
	if (query->udp->is_useless(packet, (size_t)len))
		((dnsc_t *)packet)[DNS_H_F2] |= DNS_R_SERVFAIL;
}

static void
query_free(struct udp_query *query)
{
	if (query->prev != NULL)
		query->prev->next = query->next;
	else
		query->udp->queries = query->next;
	if (query->next != NULL)
		query->next->prev = query->prev;
	free(query->packet);
	free(query);
}

static void
ended(struct dns_ctx *context, void *result, void *data)
{
	struct udp_query *query = data;
	udp_done *done = query->done;
	void *arg = query->arg;
	uint8_t *packet = query->packet;
	size_t len = query->len;
	struct addr_port server = query->server;

	(void)context;
	free(result);
	query->packet = NULL;
	query_free(query);
	if (done != NULL)
		done(arg, packet, len, &server);
	free(packet);
}

/* Sends what was asked, repeats what is late, and comes again when the next is due. */
static void
tend(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct udp *udp = timer->data;
	int next_s = dns_timeouts(udp->context, -1, 0);

	(void)events;
	ev_timer_stop(loop, timer);
	if (next_s < 0)
		return;
	ev_timer_set(timer, next_s == 0 ? 0.1 : next_s, 0);
	ev_timer_start(loop, timer);
}

static void
tend_soon(struct udp *udp)
{
	ev_timer_stop(udp->loop, &udp->timer);
	ev_timer_set(&udp->timer, 0, 0);
	ev_timer_start(udp->loop, &udp->timer);
}

/* A truncated answer is as good as there is over UDP; libudns would ask the other servers, too, and
 * wait for those that are dead. */
static void
hand_over_truncated(struct udp *udp)
{
	struct udp_query *query = udp->queries;
	udp_done *done;

	while (query != NULL) {
		if (query->done == NULL || !query->truncated) {
			query = query->next;
			continue;
		}
		done = query->done;
		query->done = NULL;
		done(query->arg, query->packet, query->len, &query->server);
		query = udp->queries; /* others may have come */
	}
}

static void
readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct udp *udp = io->data;

	(void)loop;
	(void)events;
	dns_ioevent(udp->context, 0);
	hand_over_truncated(udp);
	tend_soon(udp); /* a failure sends the question to the next server */
}

/* From a template without the servers, search list and options that the environment or resolv.conf
 * would bring. */
static struct dns_ctx *
context_new(const struct addr_port *servers, size_t n)
{
	struct dns_ctx *context;
	size_t i;

	dns_reset(NULL);
	context = dns_new(NULL);
	if (context == NULL)
		return NULL;
	dns_add_serv(context, NULL);
	for (i = 0; i < n && i < UDP_SERVERS_MAX; i++) {
		struct sockaddr_storage address;

		sockaddr_of(&servers[i], &address);
		dns_add_serv_s(context, (struct sockaddr *)&address);
	}
	dns_set_opt(context, DNS_OPT_TIMEOUT, REPEAT_S);
	dns_set_opt(context, DNS_OPT_NTRIES, TRIES);
	dns_set_opt(context, DNS_OPT_UDPSIZE, UDP_SIZE);
	dns_set_dbgfn(context, note_packet);
	return context;
}

struct udp *
udp_open(struct ev_loop *loop, const struct addr_port *servers, size_t n, udp_judge *is_useless,
    struct err *err)
{
	struct udp *udp = xcalloc(1, sizeof(*udp));
	int fd;

	udp->loop = loop;
	udp->context = context_new(servers, n);
	udp->is_useless = is_useless;
	if (udp->context == NULL || (fd = dns_open(udp->context)) == -1) {
		err_errno(err, ERR_OS, "a socket for the DNS");
		if (udp->context != NULL)
			dns_free(udp->context);
		free(udp);
		return NULL;
	}
	ev_io_init(&udp->io, readable, fd, EV_READ);
	ev_timer_init(&udp->timer, tend, 0, 0);
	udp->io.data = udp->timer.data = udp;
	ev_io_start(loop, &udp->io);
	return udp;
}

void
udp_close(struct udp *udp)
{
	if (udp == NULL)
		return;
	ev_io_stop(udp->loop, &udp->io);
	ev_timer_stop(udp->loop, &udp->timer);
	dns_free(udp->context);
	while (udp->queries != NULL)
		query_free(udp->queries);
	free(udp);
}

/* Label by label: the text form of libudns would take a backslash for an escape. */
static void
wire_name(struct slice name, uint8_t out[DNS_MAXDN + 1])
{
	size_t length_at = 0, at = 1, i;

	for (i = 0; i < name.len; i++) {
		if (name.ptr[i] != '.') {
			out[at++] = (uint8_t)name.ptr[i];
			continue;
		}
		out[length_at] = (uint8_t)(at - length_at - 1);
		length_at = at++;
	}
	out[length_at] = (uint8_t)(at - length_at - 1);
	out[at] = 0;
}

struct udp_query *
udp_ask(struct udp *udp, struct slice name, int type, udp_done *done, void *arg)
{
	struct udp_query *query = xcalloc(1, sizeof(*query));
	uint8_t wire[DNS_MAXDN + 1];

	query->udp = udp;
	query->done = done;
	query->arg = arg;
	wire_name(name, wire);
	if (dns_submit_dn(udp->context, wire, DNS_C_IN, type, DNS_NOSRCH, NULL, ended, query) ==
	    NULL) {
		free(query);
		return NULL;
	}
	query->next = udp->queries;
	if (query->next != NULL)
		query->next->prev = query;
	udp->queries = query;
	tend_soon(udp);
	return query;
}

void
udp_forget(struct udp_query *query)
{
	query->done = NULL;
}
