/* conn.c - see conn.h. */
#include "server/conn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "server/listener.h"
#include "server/server.h"
#include "server/spf.h"
#include "server/turn.h"

#define IN_FIRST 4096
#define COMPLAIN_MS 60000

static void wake(struct ev_loop *loop, ev_io *io, int events);

static void
watch(struct conn *conn, int events)
{
	if ((conn->io.events & (EV_READ | EV_WRITE)) == events)
		return;
	ev_io_stop(conn->server->loop, &conn->io);
	ev_io_modify(&conn->io, events);
	ev_io_start(conn->server->loop, &conn->io);
}

static void
set_deadline(struct conn *conn, int64_t seconds)
{
	conn->deadline_ms = seconds == 0 ? 0 : conn->server->now_ms + seconds * 1000;
}

void
conn_open(struct server *server, int fd)
{
	struct conn *conn = xcalloc(1, sizeof(*conn));

	conn->server = server;
	conn->in = xcalloc(IN_FIRST, 1);
	conn->in_cap = IN_FIRST;
	conn->next = server->conns;
	if (conn->next != NULL)
		conn->next->prev = conn;
	server->conns = conn;
	server->conn_n++;
	set_deadline(conn, server->config->limits_idle_s);
	ev_io_init(&conn->io, wake, fd, EV_READ);
	ev_io_start(server->loop, &conn->io);
}

void
conn_close(struct conn *conn)
{
	struct server *server = conn->server;

	spf_drop(conn);
	ev_io_stop(server->loop, &conn->io);
	close(conn->io.fd);
	if (conn->prev != NULL)
		conn->prev->next = conn->next;
	else
		server->conns = conn->next;
	if (conn->next != NULL)
		conn->next->prev = conn->prev;
	server->conn_n--;
	free(conn->in);
	free(conn);
	if (server->paused)
		listeners_resume(server);
}

bool
conn_is_writing(const struct conn *conn)
{
	return conn->out_done < conn->out_len;
}

static void
complain_fault(struct server *server, unsigned faults)
{
	uint64_t silent;

	if (faults == 0 ||
	    !log_limit_pass(&server->complaints.fault, server->now_ms, COMPLAIN_MS, &silent))
		return;
	log_warn("a policy request was malformed and answered DUNNO or read in part: "
		 "%s%s%s(%" PRIu64 " more since the last such line)",
	    faults & POLICY_FAULT_LINE ? "a line is not name=value; " : "",
	    faults & POLICY_FAULT_VALUE ? "a value is over 2048 bytes; " : "",
	    faults & POLICY_FAULT_REQUEST ? "request= is not smtpd_access_policy; " : "", silent);
}

static void
complain_too_long(struct server *server)
{
	uint64_t silent;

	if (log_limit_pass(&server->complaints.too_long, server->now_ms, COMPLAIN_MS, &silent))
		log_warn("a policy request is over %d bytes: connection closed (%" PRIu64
			 " more since the last such line)",
		    POLICY_REQUEST_MAX, silent);
}

/* Between requests: gives back memory that a long one took. */
static void
shrink(struct conn *conn)
{
	if (conn->in_len == 0 && conn->in_cap > IN_FIRST) {
		conn->in = xreallocarray(conn->in, IN_FIRST, 1);
		conn->in_cap = IN_FIRST;
	}
}

/* Looks for a whole request in what was read; may close the connection. */
static void
advance(struct conn *conn)
{
	struct slice bytes = { conn->in, conn->in_len };
	unsigned faults;

	switch (policy_parse(&conn->parser, bytes, &conn->request, &conn->used, &faults)) {
	case POLICY_REQUEST:
		complain_fault(conn->server, faults);
		conn->whole = true;
		turn_enqueue(conn->server, conn);
		break;
	case POLICY_TOO_LONG:
		complain_too_long(conn->server);
		conn_close(conn);
		break;
	case POLICY_MORE: shrink(conn); break;
	}
}

static void
make_room(struct conn *conn)
{
	if (conn->in_len < conn->in_cap)
		return;
	conn->in_cap *= 2; /* the parser refuses before POLICY_REQUEST_MAX is passed twice */
	conn->in = xreallocarray(conn->in, conn->in_cap, 1);
}

static void
read_more(struct conn *conn)
{
	bool fresh = conn->in_len == 0;
	ssize_t n;

	make_room(conn);
	n = read(conn->io.fd, conn->in + conn->in_len, conn->in_cap - conn->in_len);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_close(conn);
		return;
	}
	conn->in_len += (size_t)n;
	if (fresh)
		set_deadline(conn, conn->server->config->limits_request_s);
	advance(conn);
}

/* The answer is out: on to what the peer sent meanwhile. */
static void
next_request(struct conn *conn)
{
	const struct config *config = conn->server->config;

	conn->out_len = conn->out_done = 0;
	conn->in_len -= conn->used;
	memmove(conn->in, conn->in + conn->used, conn->in_len);
	conn->used = 0;
	set_deadline(conn, conn->in_len > 0 ? config->limits_request_s : config->limits_idle_s);
	watch(conn, EV_READ);
	advance(conn);
}

static void
write_out(struct conn *conn)
{
	ssize_t n = send(
	    conn->io.fd, conn->out + conn->out_done, conn->out_len - conn->out_done, MSG_NOSIGNAL);

	if (n == -1 && errno != EAGAIN && errno != EINTR) {
		conn_close(conn);
		return;
	}
	if (n > 0)
		conn->out_done += (size_t)n;
	if (conn_is_writing(conn))
		watch(conn, EV_WRITE);
	else
		next_request(conn);
}

void
conn_answer(struct conn *conn, const char *action)
{
	struct buf out;

	buf_init(&out, conn->out, sizeof(conn->out));
	policy_reply(&out, action);
	conn->out_len = out.len;
	conn->out_done = 0;
	conn->whole = false;
	conn->spf = (struct engine_spf){ .state = ENGINE_SPF_UNKNOWN };
	set_deadline(conn, conn->server->config->limits_write_s);
	write_out(conn);
}

static void
wake(struct ev_loop *loop, ev_io *io, int events)
{
	struct conn *conn = (struct conn *)((char *)io - offsetof(struct conn, io));

	(void)loop;
	if (events & EV_WRITE)
		write_out(conn);
	else if (conn->whole)
		watch(conn, 0); /* the request borrows the buffer: more is read after its answer */
	else
		read_more(conn);
}
