/* request.h - one question of the policy protocol (Postfix SMTPD_POLICY_README), and what is
 * remembered of the message it belongs to. */
#ifndef COMMON_GREYLIST_REQUEST_H
#define COMMON_GREYLIST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"

/* Attribute values as sent, borrowed from the reader's buffer; a missing attribute is an empty
 * slice. PRESENT tells a missing attribute from an empty one where it matters. */
struct request {
	struct slice protocol_state;
	struct slice client_address;
	struct slice client_name; /* verified name, or "unknown" */
	struct slice helo_name;
	struct slice sender; /* present and empty: the null sender */
	struct slice recipient;
	struct slice sasl_username;
	struct slice instance;
	struct slice queue_id;
	bool sender_present;
	bool
	    malformed; /* wrong or no request=, or a value over the limit: answered, never judged */
};

/* One message has one instance and several recipients, asked one after the other on the same
 * connection. What happened once for the message is kept here, one struct for a connection. */
struct message {
	uint64_t instance_hash; /* of the instance now in progress; 0: none yet */
	uint64_t counted;       /* reasons (bits of enum reason) already counted */
	bool header_given;      /* the X-Greylist header was handed out */
	bool client_counted;    /* the client earned its pass */
};

#endif
