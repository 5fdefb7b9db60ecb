/* policy.h - the policy protocol (Postfix SMTPD_POLICY_README) as pure functions: bytes to request,
 * verdict to reply. Knows nothing of sockets. */
#ifndef SERVER_POLICY_H
#define SERVER_POLICY_H

#include "common/base/str.h"
#include "common/greylist/request.h"

#define POLICY_REQUEST_MAX 65536 /* bytes with the empty line at the end, and those before */
#define POLICY_VALUE_MAX 2048    /* Postfix's own line limit */
#define POLICY_REPLY_MAX 512

enum policy_result {
	POLICY_MORE,    /* no whole request yet */
	POLICY_REQUEST, /* *REQUEST_OUT and *USED_OUT are filled */
	POLICY_TOO_LONG /* over POLICY_REQUEST_MAX without an end: close, there is no answer */
};

/* What was odd about a request that is answered nevertheless; bits. */
enum policy_fault {
	POLICY_FAULT_LINE = 1,    /* a line without '=' or without a name, ignored */
	POLICY_FAULT_VALUE = 2,   /* a value over POLICY_VALUE_MAX */
	POLICY_FAULT_REQUEST = 4, /* request= is missing or another than smtpd_access_policy */
};

struct policy_state {
	size_t scanned; /* bytes known to hold no end; 0 before each request */
};

/* Looks for one whole request at the front of BYTES; to be called again with more bytes after
 * POLICY_MORE. Empty lines before a request are skipped. The slices of *REQUEST_OUT borrow BYTES;
 * *USED_OUT is the length to drop from the front; STATE is ready for the next. A name that comes
 * twice: the first counts. */
enum policy_result policy_parse(struct policy_state *state, struct slice bytes,
    struct request *request_out, size_t *used_out, unsigned *faults_out);

/* Adds "action=TEXT" and the empty line. */
void policy_reply(struct buf *out, const char *text);

#endif
