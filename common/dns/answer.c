/* answer.c - see answer.h. Records and their texts lie behind the answer in one allocation. */
#include "common/dns/answer.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"

const char *
dns_type_name(enum dns_type type)
{
	switch (type) {
	case DNS_TYPE_A: return "A";
	case DNS_TYPE_PTR: return "PTR";
	case DNS_TYPE_MX: return "MX";
	case DNS_TYPE_TXT: return "TXT";
	case DNS_TYPE_AAAA: return "AAAA";
	}
	return "?";
}

bool
dns_name_valid(struct slice name)
{
	size_t label = 0, i;

	if (name.len == 0 || name.len > DNS_NAME_MAX)
		return false;
	for (i = 0; i < name.len; i++) {
		if (name.ptr[i] != '.') {
			if (++label > DNS_LABEL_MAX)
				return false;
		} else if (label == 0) {
			return false;
		} else {
			label = 0;
		}
	}
	return label > 0;
}

struct dns_answer *
dns_answer_new(enum dns_status status, uint32_t ttl_s, const char *why,
    const struct dns_record *records, size_t record_n)
{
	struct dns_answer *answer;
	size_t texts = 0, i;
	char *place;

	for (i = 0; i < record_n; i++)
		texts += records[i].text.len;
	answer = xcalloc(1, sizeof(*answer) + record_n * sizeof(*records) + texts);
	*answer = (struct dns_answer){ .status = status,
		.ttl_s = ttl_s,
		.why = why,
		.record_n = record_n,
		.records = (struct dns_record *)(answer + 1),
		.refs = 1 };
	place = (char *)(answer->records + record_n);
	for (i = 0; i < record_n; i++) {
		answer->records[i] = records[i];
		answer->records[i].text.ptr = place;
		if (records[i].text.len > 0)
			memcpy(place, records[i].text.ptr, records[i].text.len);
		place += records[i].text.len;
	}
	return answer;
}

size_t
dns_answer_bytes(const struct dns_answer *answer)
{
	size_t bytes = sizeof(*answer) + answer->record_n * sizeof(*answer->records), i;

	for (i = 0; i < answer->record_n; i++)
		bytes += answer->records[i].text.len;
	return bytes;
}

struct dns_answer *
dns_answer_ref(struct dns_answer *answer)
{
	answer->refs++;
	return answer;
}

void
dns_answer_unref(struct dns_answer *answer)
{
	if (answer != NULL && --answer->refs == 0)
		free(answer);
}
