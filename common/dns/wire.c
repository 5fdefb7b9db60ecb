/* wire.c - see wire.h. */
#include "common/dns/wire.h"

#include <string.h>

#define POINTERS_MAX 64 /* of one name */

unsigned
wire_get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

uint32_t
wire_get32(const uint8_t *p)
{
	return (uint32_t)wire_get16(p) << 16 | wire_get16(p + 2);
}

int
wire_name(const struct wire *m, size_t at, char out[DNS_NAME_MAX + 1], size_t *end_out)
{
	size_t len = 0, limit = at;
	bool jumped = false;
	int pointers = 0;

	for (;;) {
		unsigned label;

		if (at >= m->len)
			return -1;
		label = m->bytes[at];
		if (label >= 0xc0) {
			size_t target;

			if (at + 2 > m->len || ++pointers > POINTERS_MAX)
				return -1;
			target = wire_get16(m->bytes + at) & 0x3fff;
			if (!jumped)
				*end_out = at + 2;
			/* Only back, so that it ends. */
			if (target >= limit)
				return -1;
			jumped = true;
			at = limit = target;
			continue;
		}
		if (label == 0)
			break;
		if (label > DNS_LABEL_MAX || at + 1 + label > m->len ||
		    len + label + 1 > DNS_NAME_MAX + 1 ||
		    memchr(m->bytes + at + 1, '.', label) != NULL ||
		    memchr(m->bytes + at + 1, '\0', label) != NULL)
			return -1;
		memcpy(out + len, m->bytes + at + 1, label);
		len += label;
		out[len++] = '.';
		at += 1 + label;
	}
	if (!jumped)
		*end_out = at + 1;
	if (len > 0)
		len--;
	str_lower(out, len);
	out[len] = '\0';
	return 0;
}

int
wire_record(const struct wire *m, size_t at, struct wire_record *rr)
{
	size_t fixed;

	if (wire_name(m, at, rr->name, &fixed) == -1 || fixed + 10 > m->len)
		return -1;
	rr->type = wire_get16(m->bytes + fixed);
	rr->class = wire_get16(m->bytes + fixed + 2);
	rr->ttl_s = wire_get32(m->bytes + fixed + 4);
	if (rr->ttl_s > INT32_MAX) /* RFC 2181 8 */
		rr->ttl_s = 0;
	rr->data_len = wire_get16(m->bytes + fixed + 8);
	rr->data = fixed + 10;
	rr->end = rr->data + rr->data_len;
	return rr->end > m->len ? -1 : 0;
}

int
wire_question(
    const struct wire *m, char name[DNS_NAME_MAX + 1], unsigned *type_out, size_t *end_out)
{
	if (m->len < WIRE_HEADER_LEN || wire_get16(m->bytes + 4) != 1 ||
	    wire_name(m, WIRE_HEADER_LEN, name, end_out) == -1 || *end_out + 4 > m->len ||
	    wire_get16(m->bytes + *end_out + 2) != WIRE_CLASS_IN)
		return -1;
	*type_out = wire_get16(m->bytes + *end_out);
	*end_out += 4;
	return 0;
}

bool
wire_is_response(const struct wire *m)
{
	return m->len >= WIRE_HEADER_LEN && (m->bytes[2] & 0x80) != 0;
}
