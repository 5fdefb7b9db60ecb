/* packet.c - see packet.h: the question, and what an answer means; the bytes are read by wire.h. */
#include "common/dns/packet.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/dns/wire.h"

#define TYPE_NS 2
#define TYPE_CNAME 5
#define TYPE_SOA 6
#define TYPE_OPT 41
#define CHAIN_MAX 12     /* CNAMEs */
#define NOTHING_TTL_S 60 /* without an SOA */
#define NOTHING_TTL_MAX_S 300

enum { RCODE_OK = 0, RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

/* ---- queries ---- */

static size_t
put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return 2;
}

size_t
dns_packet_query(uint8_t out[DNS_PACKET_QUERY_MAX], uint16_t id, struct slice name,
    enum dns_type type, uint16_t udp_size)
{
	size_t at = WIRE_HEADER_LEN, length_at, i;

	if (!dns_name_valid(name))
		return 0;
	memset(out, 0, WIRE_HEADER_LEN);
	put16(out, id);
	out[2] = 0x01;     /* recursion desired */
	put16(out + 4, 1); /* one question */
	put16(out + 10, udp_size > 0);
	length_at = at++;
	for (i = 0; i < name.len; i++) {
		if (name.ptr[i] != '.') {
			out[at++] = (uint8_t)name.ptr[i];
			continue;
		}
		out[length_at] = (uint8_t)(at - length_at - 1);
		length_at = at++;
	}
	out[length_at] = (uint8_t)(at - length_at - 1);
	out[at++] = 0;
	at += put16(out + at, type);
	at += put16(out + at, WIRE_CLASS_IN);
	if (udp_size > 0) { /* RFC 6891 6.1.2: root, OPT, size, no flags, no options */
		out[at++] = 0;
		at += put16(out + at, TYPE_OPT);
		at += put16(out + at, udp_size);
		memset(out + at, 0, 6);
		at += 6;
	}
	return at;
}

/* ---- reading ---- */

static bool
same_name(const char *a, struct slice b)
{
	return slice_equal_nocase(slice_of(a), b);
}

bool
dns_packet_answers(
    const uint8_t *packet, size_t len, uint16_t id, struct slice name, enum dns_type type)
{
	struct wire m = { packet, len };
	char asked[DNS_NAME_MAX + 1];
	unsigned asked_type;
	size_t end;

	return wire_is_response(&m) && wire_get16(packet) == id &&
	       wire_question(&m, asked, &asked_type, &end) == 0 && asked_type == type &&
	       same_name(asked, name);
}

bool
dns_packet_truncated(const uint8_t *packet, size_t len)
{
	return len >= WIRE_HEADER_LEN && (packet[2] & 0x02) != 0;
}

/* ---- records ---- */

/* What is gathered while reading. */
struct reading {
	struct wire m;
	enum dns_type type;
	char name[DNS_NAME_MAX + 1]; /* at the end of the chain so far */
	uint32_t ttl_s;
	bool alias; /* a CNAME was followed */
	struct dns_record *records;
	char **texts; /* owned, one for each record, NULL for addresses */
	size_t n;
};

static struct dns_answer *
failed(const char *why)
{
	return dns_answer_new(DNS_FAILED, 0, why, NULL, 0);
}

static void
least_ttl(struct reading *r, uint32_t ttl_s)
{
	if (ttl_s < r->ttl_s)
		r->ttl_s = ttl_s;
}

static int
read_address(const struct reading *r, const struct wire_record *rr, struct dns_record *record)
{
	bool v4 = r->type == DNS_TYPE_A;

	if (rr->data_len != (v4 ? 4 : 16))
		return -1;
	record->addr.family = v4 ? ADDR_V4 : ADDR_V6;
	memcpy(record->addr.bytes, r->m.bytes + rr->data, rr->data_len);
	return 0;
}

/* PTR, and MX with its preference before the name, which must fill the data. */
static int
read_host(const struct reading *r, const struct wire_record *rr, struct dns_record *record,
    char **text_out)
{
	size_t at = rr->data, end;
	char name[DNS_NAME_MAX + 1];

	if (r->type == DNS_TYPE_MX) {
		if (rr->data_len < 3)
			return -1;
		record->preference = (uint16_t)wire_get16(r->m.bytes + at);
		at += 2;
	}
	if (wire_name(&r->m, at, name, &end) == -1 || end != rr->end)
		return -1;
	*text_out = xstrdup(name);
	record->text = slice_of(*text_out);
	return 0;
}

/* Strings of one record are joined without anything between (RFC 7208 3.3). */
static int
read_text(const struct reading *r, const struct wire_record *rr, struct dns_record *record,
    char **text_out)
{
	size_t at = rr->data, len = 0;
	char *text = xcalloc(1, rr->data_len + 1);

	*text_out = text;
	while (at < rr->end) {
		size_t part = r->m.bytes[at++];

		if (at + part > rr->end)
			return -1;
		memcpy(text + len, r->m.bytes + at, part);
		len += part;
		at += part;
	}
	record->text = (struct slice){ text, len };
	return 0;
}

static int
read_data(const struct reading *r, const struct wire_record *rr, struct dns_record *record,
    char **text_out)
{
	switch (r->type) {
	case DNS_TYPE_A:
	case DNS_TYPE_AAAA: return read_address(r, rr, record);
	case DNS_TYPE_MX:
	case DNS_TYPE_PTR: return read_host(r, rr, record, text_out);
	case DNS_TYPE_TXT: return read_text(r, rr, record, text_out);
	}
	return -1;
}

static int
add_record(struct reading *r, const struct wire_record *rr)
{
	if (r->n == DNS_PACKET_RECORDS_MAX)
		return -1;
	r->records = xreallocarray(r->records, r->n + 1, sizeof(*r->records));
	r->texts = xreallocarray(r->texts, r->n + 1, sizeof(*r->texts));
	r->records[r->n] = (struct dns_record){ .text = SLICE_NONE };
	r->texts[r->n] = NULL;
	r->n++;
	least_ttl(r, rr->ttl_s);
	return read_data(r, rr, &r->records[r->n - 1], &r->texts[r->n - 1]);
}

/* One pass over the answer section: the records of the name, or its CNAME. 1: a CNAME was followed;
 * 0: done; -1: broken. */
static int
read_section(struct reading *r, size_t at, unsigned count)
{
	char target[DNS_NAME_MAX + 1];
	bool is_alias = false;
	struct wire_record rr;
	size_t end;

	for (; count > 0; count--, at = rr.end) {
		if (wire_record(&r->m, at, &rr) == -1)
			return -1;
		if (rr.class != WIRE_CLASS_IN || strcmp(rr.name, r->name) != 0)
			continue;
		if (rr.type == TYPE_CNAME && !is_alias) {
			if (wire_name(&r->m, rr.data, target, &end) == -1 || end != rr.end)
				return -1;
			is_alias = true;
			least_ttl(r, rr.ttl_s);
		} else if (rr.type == r->type && add_record(r, &rr) == -1) {
			return -1;
		}
	}
	if (!is_alias || r->n > 0)
		return 0;
	memcpy(r->name, target, sizeof(r->name));
	return 1;
}

/* What the authority section says where there is no answer (RFC 2308 2.2, 5). */
struct authority {
	bool has_ns, has_soa;
	uint32_t ttl_s; /* how long it may be remembered that there is nothing */
};

/* The answers begin at AT. A section that is broken says as much as none. */
static struct authority
read_authority(const struct wire *m, size_t at)
{
	const struct authority none = { .ttl_s = NOTHING_TTL_S };
	unsigned answers = wire_get16(m->bytes + 6), count = answers + wire_get16(m->bytes + 8), i;
	struct authority authority = none;
	uint32_t minimum;
	struct wire_record rr;

	for (i = 0; i < count; i++, at = rr.end) {
		if (wire_record(m, at, &rr) == -1)
			return none;
		if (i < answers)
			continue;
		authority.has_ns = authority.has_ns || rr.type == TYPE_NS;
		if (rr.type != TYPE_SOA || rr.data_len < 22)
			continue;
		authority.has_soa = true;
		minimum = wire_get32(m->bytes + rr.end - 4);
		authority.ttl_s = rr.ttl_s < minimum ? rr.ttl_s : minimum;
	}
	if (authority.ttl_s > NOTHING_TTL_MAX_S)
		authority.ttl_s = NOTHING_TTL_MAX_S;
	return authority;
}

static bool
is_recursive(const struct wire *m)
{
	return (m->bytes[3] & 0x80) != 0;
}

static bool
is_authoritative(const struct wire *m)
{
	return (m->bytes[2] & 0x04) != 0;
}

/* Where nothing was found: whether the server would not look further. It may know an alias and not
 * what that leads to. */
static bool
refers(const struct wire *m, const struct authority *authority, bool alias)
{
	return !is_recursive(m) && !authority->has_soa &&
	       (alias || (authority->has_ns && !is_authoritative(m)));
}

bool
dns_packet_refers(const uint8_t *packet, size_t len)
{
	struct wire m = { packet, len };
	char name[DNS_NAME_MAX + 1];
	struct authority authority;
	unsigned type;
	size_t end;

	if (!wire_is_response(&m) || (packet[3] & 0x0f) != RCODE_OK ||
	    wire_get16(packet + 6) != 0 || wire_question(&m, name, &type, &end) == -1)
		return false;
	authority = read_authority(&m, end);
	return refers(&m, &authority, false);
}

static void
reading_clear(struct reading *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		free(r->texts[i]);
	free(r->texts);
	free(r->records);
}

static struct dns_answer *
read_answers(struct reading *r, size_t at)
{
	unsigned count = wire_get16(r->m.bytes + 6);
	struct authority authority;
	int chain = 0, step;

	while ((step = read_section(r, at, count)) == 1)
		if (++chain > CHAIN_MAX)
			return failed("a chain of aliases without end");
	r->alias = chain > 0;
	if (step == -1)
		return failed("a broken answer");
	if (r->n > 0)
		return dns_answer_new(DNS_FOUND, r->ttl_s, "", r->records, r->n);
	authority = read_authority(&r->m, at);
	if (refers(&r->m, &authority, r->alias))
		return failed("not recursive, the server only refers to others");
	return dns_answer_new(DNS_NOTHING, authority.ttl_s, "", NULL, 0);
}

struct dns_answer *
dns_packet_read(const uint8_t *packet, size_t len, struct slice name, enum dns_type type)
{
	struct reading r = { .m = { packet, len }, .type = type, .ttl_s = UINT32_MAX };
	struct dns_answer *answer;
	unsigned asked_type;
	size_t end;

	if (!wire_is_response(&r.m) || wire_question(&r.m, r.name, &asked_type, &end) == -1 ||
	    asked_type != type || !same_name(r.name, name))
		return failed("a broken answer");
	if (dns_packet_truncated(packet, len)) /* what is missing is no "nothing" */
		return failed("a truncated answer");
	switch (packet[3] & 0x0f) {
	case RCODE_OK: break;
	case RCODE_NXDOMAIN:
		return dns_answer_new(DNS_NOTHING, read_authority(&r.m, end).ttl_s, "", NULL, 0);
	case RCODE_SERVFAIL: return failed("server failure");
	case RCODE_REFUSED: return failed("refused");
	default: return failed("an error of the server");
	}
	answer = read_answers(&r, end);
	answer->alias = r.alias;
	answer->authoritative = is_authoritative(&r.m);
	reading_clear(&r);
	return answer;
}
