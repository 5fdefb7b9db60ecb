/* fuzz_spf.c - records of strangers: what parses is walked and checked, against a DNS that answers
 * with parts of the same input. The walk must list nothing that check_host() refuses. */
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/spf/check.h"
#include "common/spf/parse.h"
#include "common/spf/walk.h"

#define ASKED_MAX 500

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as lines; the question picks one, so that the same question has the same answer. */
static struct slice
line_of(struct slice input, unsigned number)
{
	struct slice line = input;

	while (number-- > 0) {
		const char *end = memchr(line.ptr, '\n', line.len);

		if (end == NULL)
			return input;
		line.len -= (size_t)(end + 1 - line.ptr);
		line.ptr = end + 1;
	}
	if (memchr(line.ptr, '\n', line.len) != NULL)
		line.len = (size_t)((const char *)memchr(line.ptr, '\n', line.len) - line.ptr);
	return line;
}

static struct dns_answer *
answer(struct slice input, const struct spf_question *question)
{
	size_t len = strlen(question->name);
	struct dns_record record = { .preference = 1 };
	unsigned number = (unsigned)len + (unsigned char)question->name[0];

	if (number % 5 == 4)
		return dns_answer_new(DNS_NOTHING, 0, "", NULL, 0);
	switch (question->type) {
	case DNS_TYPE_TXT: record.text = line_of(input, number % 7); break;
	case DNS_TYPE_MX:
	case DNS_TYPE_PTR: record.text = SLICE("host.example"); break;
	case DNS_TYPE_A: addr_parse(SLICE("192.0.2.77"), &record.addr); break;
	case DNS_TYPE_AAAA: addr_parse(SLICE("2001:db8::77"), &record.addr); break;
	}
	return dns_answer_new(DNS_FOUND, 60, "", &record, 1);
}

static void
answer_missing(struct slice input, struct spf_answers *answers, unsigned *asked)
{
	const struct spf_question *missing;
	size_t n = spf_answers_missing(answers, &missing), i;

	*asked += (unsigned)n;
	if (n == 0 || *asked > ASKED_MAX)
		abort();
	for (i = 0; i < n; i++) {
		struct spf_question question = missing[i];
		struct dns_answer *found = answer(input, &question);

		spf_answers_add(answers, slice_of(question.name), question.type, found);
		dns_answer_unref(found);
	}
}

static void
evaluate(struct slice input)
{
	static const struct spf_walk_limits limits = { 12, 29, 2, 1000 };
	struct spf_identity identity = {
		.sender = SLICE("user@start.example"), .helo = SLICE("h.example"), .voids_max = 2
	};
	struct spf_answers *answers = spf_answers_new();
	static struct spf_check check;
	struct spf_walk walk;
	unsigned asked = 0;
	size_t i;

	while (!spf_walk(answers, SLICE("start.example"), &limits, &walk))
		answer_missing(input, answers, &asked);
	for (i = 0; i < walk.network_n && i < 4; i++) {
		identity.ip = walk.networks[i].net.addr;
		while (!spf_check(answers, &identity, &check))
			answer_missing(input, answers, &asked);
		/* A refusing term that depends on the message cannot be subtracted. */
		if (check.result != SPF_PASS && walk.skip_n == 0 && walk.source == SPF_SOURCE_SPF)
			abort();
	}
	spf_walk_clear(&walk);
	spf_answers_free(answers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = { (const char *)data, size };
	struct spf_record record;
	struct err err;

	if (spf_is_record(input) && spf_parse(input, &record, &err) == 0)
		spf_record_clear(&record);
	if (size > 0)
		evaluate(input);
	return 0;
}
