/* wire.h - the parts of a DNS message in place (RFC 1035 4.1): every read knows where the message
 * ends; private to common/dns. Positions count from its first byte. */
#ifndef COMMON_DNS_WIRE_H
#define COMMON_DNS_WIRE_H

#include "common/dns/answer.h"

#define WIRE_HEADER_LEN 12
#define WIRE_CLASS_IN 1

struct wire {
	const uint8_t *bytes;
	size_t len;
};

/* A resource record in place. */
struct wire_record {
	char name[DNS_NAME_MAX + 1];
	unsigned type, class;
	uint32_t ttl_s;
	size_t data, data_len;
	size_t end; /* of the record */
};

/* Numbers at P, which the caller knows to be inside. */
unsigned wire_get16(const uint8_t *p);
uint32_t wire_get32(const uint8_t *p);

/* Whether it has a header, and that of a response. */
bool wire_is_response(const struct wire *m);

/* The name at AT, lower case, "" for the root; *END_OUT is behind it in place. -1: broken, or a
 * label holds a dot or a NUL and so cannot be written. */
int wire_name(const struct wire *m, size_t at, char out[DNS_NAME_MAX + 1], size_t *end_out);
/* The record at AT. -1: broken. */
int wire_record(const struct wire *m, size_t at, struct wire_record *rr);
/* The question, and where it ends. -1: there is not one of class IN, or it is broken. */
int wire_question(
    const struct wire *m, char name[DNS_NAME_MAX + 1], unsigned *type_out, size_t *end_out);

#endif
