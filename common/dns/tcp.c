/* tcp.c - see tcp.h. */
#include "common/dns/tcp.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "common/dns/packet.h"
#include "common/net/sockaddr.h"

#define PACKET_MAX 65535

struct tcp_query {
	struct ev_loop *loop;
	ev_io io;
	uint16_t id;
	enum dns_type type;
	char name[DNS_NAME_MAX + 1];
	tcp_done *done;
	void *arg;
	uint8_t out[2 + DNS_PACKET_QUERY_MAX]; /* length, query */
	size_t out_len, out_done;
	uint8_t *in; /* length, answer */
	size_t in_len;
};

static void
query_free(struct tcp_query *query)
{
	ev_io_stop(query->loop, &query->io);
	close(query->io.fd);
	free(query->in);
	free(query);
}

static void
finish(struct tcp_query *query, bool answered)
{
	tcp_done *done = query->done;
	void *arg = query->arg;
	uint8_t *in = query->in;
	size_t len = query->in_len;

	query->in = NULL;
	query_free(query);
	done(arg, answered ? in + 2 : NULL, answered ? len - 2 : 0);
	free(in);
}

static void
write_more(struct tcp_query *query)
{
	ssize_t n = send(query->io.fd, query->out + query->out_done,
	    query->out_len - query->out_done, MSG_NOSIGNAL);

	if (n == -1 && errno != EAGAIN && errno != EINTR) {
		finish(query, false);
		return;
	}
	if (n > 0)
		query->out_done += (size_t)n;
	if (query->out_done < query->out_len)
		return;
	ev_io_stop(query->loop, &query->io);
	ev_io_modify(&query->io, EV_READ);
	ev_io_start(query->loop, &query->io);
}

/* Bytes still to come: first the length, then as many as it says. */
static size_t
wanted(const struct tcp_query *query)
{
	if (query->in_len < 2)
		return 2 - query->in_len;
	return 2 + ((size_t)query->in[0] << 8 | query->in[1]) - query->in_len;
}

static void
read_more(struct tcp_query *query)
{
	ssize_t n = recv(query->io.fd, query->in + query->in_len, wanted(query), 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		finish(query, false);
		return;
	}
	query->in_len += (size_t)n;
	if (query->in_len >= 2 && wanted(query) == 0)
		finish(query, dns_packet_answers(query->in + 2, query->in_len - 2, query->id,
				  slice_of(query->name), query->type));
}

static void
wake(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	if (events & EV_WRITE)
		write_more(io->data);
	else
		read_more(io->data);
}

static int
connect_to(const struct addr_port *server)
{
	struct sockaddr_storage address;
	socklen_t len = sockaddr_of(server, &address);
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, len) == 0 || errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

struct tcp_query *
tcp_ask(struct ev_loop *loop, const struct addr_port *server, struct slice name, enum dns_type type,
    tcp_done *done, void *arg)
{
	struct tcp_query *query;
	int fd = connect_to(server);
	size_t len;

	if (fd == -1)
		return NULL;
	query = xcalloc(1, sizeof(*query));
	query->loop = loop;
	query->id = (uint16_t)randombytes_uniform(65536);
	query->type = type;
	query->done = done;
	query->arg = arg;
	memcpy(query->name, name.ptr, name.len);
	len = dns_packet_query(query->out + 2, query->id, name, type, 0);
	query->out[0] = (uint8_t)(len >> 8);
	query->out[1] = (uint8_t)len;
	query->out_len = len + 2;
	query->in = xcalloc(1, 2 + PACKET_MAX);
	ev_io_init(&query->io, wake, fd, EV_WRITE);
	query->io.data = query;
	ev_io_start(loop, &query->io);
	return query;
}

void
tcp_forget(struct tcp_query *query)
{
	query_free(query);
}
