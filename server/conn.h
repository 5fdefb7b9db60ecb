/* conn.h - one client of the policy socket: its bytes, its deadline, one request at a time. */
#ifndef SERVER_CONN_H
#define SERVER_CONN_H

#include <ev.h>
#include <sys/queue.h>

#include "common/greylist/engine.h"
#include "server/policy.h"

struct server;
struct spf_lookup;

/* A connection reads until a whole request is there, then waits for its answer, then writes it,
 * then looks for the next: never two at once. A peer that does not read is so not read either. */
struct conn {
	struct server *server;
	struct conn *prev, *next;
	ev_io io;
	char *in; /* in_cap bytes */
	size_t in_len, in_cap;
	struct policy_state parser;
	struct request request;        /* borrows IN; while WHOLE */
	size_t used;                   /* bytes of the request */
	bool whole;                    /* a request is at the front, unanswered */
	STAILQ_ENTRY(conn) in_queue;   /* of requests; while it does not wait for SPF */
	struct engine_spf spf;         /* of the request */
	struct spf_lookup *spf_lookup; /* it waits for this */
	char out[POLICY_REPLY_MAX];
	size_t out_len, out_done;
	int64_t deadline_ms; /* 0: none */
	struct message message;
};

/* Takes the descriptor FD, which does not block. */
void conn_open(struct server *server, int fd);
void conn_close(struct conn *conn);

/* The answer to its request: writes it or keeps it until the peer takes it, then goes on. May close
 * the connection. */
void conn_answer(struct conn *conn, const char *action);

bool conn_is_writing(const struct conn *conn);

#endif
