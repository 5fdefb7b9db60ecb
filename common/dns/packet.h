/* packet.h - DNS messages (RFC 1035 4) to answers, bounds-checked; pure. */
#ifndef COMMON_DNS_PACKET_H
#define COMMON_DNS_PACKET_H

#include <stdbool.h>

#include "common/base/err.h"
#include "common/dns/answer.h"

#define DNS_PACKET_QUERY_MAX 512
#define DNS_PACKET_RECORDS_MAX 1024 /* of the type asked for; more make the answer FAILED */

/* A query with recursion desired and an EDNS size of UDP_SIZE (0: without EDNS), as TCP needs it.
 * Returns its length, or 0 when NAME is not dns_name_valid(). */
size_t dns_packet_query(uint8_t out[DNS_PACKET_QUERY_MAX], uint16_t id, struct slice name,
    enum dns_type type, uint16_t udp_size);

/* Whether PACKET is a response with that id and exactly that question. */
bool dns_packet_answers(
    const uint8_t *packet, size_t len, uint16_t id, struct slice name, enum dns_type type);
bool dns_packet_truncated(const uint8_t *packet, size_t len);

/* Whether a server that is not recursive names others instead of answering: no answer, NS without
 * an SOA, neither RA nor AA. It says nothing about the name. */
bool dns_packet_refers(const uint8_t *packet, size_t len);

/* The answer in PACKET: follows the CNAMEs from NAME (a chain over 12 or a loop is FAILED), takes
 * the records of TYPE at its end. A broken record, name or length makes the whole answer FAILED,
 * and so does one that is truncated, no response, or of a server that refers to others. */
struct dns_answer *dns_packet_read(
    const uint8_t *packet, size_t len, struct slice name, enum dns_type type);

#endif
