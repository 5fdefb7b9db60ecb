/* fuzz_dns.c - answers of strangers: whatever comes, reading stays within the packet, and what is
 * found has the shape that its type has. The first byte picks the type. */
#include <stdlib.h>
#include <string.h>

#include "common/dns/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const struct dns_answer *answer, enum dns_type type)
{
	size_t i;

	if ((answer->status == DNS_FOUND) != (answer->record_n > 0) ||
	    answer->record_n > DNS_PACKET_RECORDS_MAX)
		abort();
	for (i = 0; i < answer->record_n; i++) {
		const struct dns_record *record = &answer->records[i];

		if (type == DNS_TYPE_A && record->addr.family != ADDR_V4)
			abort();
		if ((type == DNS_TYPE_MX || type == DNS_TYPE_PTR) &&
		    record->text.len > DNS_NAME_MAX)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_TYPE_A, DNS_TYPE_AAAA, DNS_TYPE_MX, DNS_TYPE_PTR,
		DNS_TYPE_TXT };
	struct slice name = SLICE("a.example");
	struct dns_answer *answer;
	enum dns_type type;
	uint8_t *packet;

	if (size < 2)
		return 0;
	type = types[data[0] % 5];
	packet = malloc(size - 1); /* its end is where a sanitizer sees it */
	memcpy(packet, data + 1, size - 1);
	dns_packet_answers(packet, size - 1, 1, name, type);
	dns_packet_truncated(packet, size - 1);
	answer = dns_packet_read(packet, size - 1, name, type);
	look_at(answer, type);
	dns_answer_unref(answer);
	free(packet);
	return 0;
}
