/* fuzz_doctor.c - TXT records of strangers: keys, policies and tag lists are read, or refused with
 * a reason; a domain for which every TXT record is the input is looked at, and whatever is said of
 * it is harmless. What postconf prints goes the same way. */
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/doctor/dkim.h"
#include "common/doctor/dmarc.h"
#include "common/doctor/mail.h"
#include "common/doctor/postfix.h"
#include "common/doctor/tags.h"

#define BITS_MAX (65536 * 8)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_key(struct slice input)
{
	struct dkim_key key;
	struct err err = { 0 };
	unsigned bits;

	if (dkim_read(input, &key, &err) == -1 ? err.text[0] == '\0' : !dkim_is_key(input))
		abort();
	if (dkim_rsa_bits((const uint8_t *)input.ptr, input.len, &bits) == 0 &&
	    (bits == 0 || bits > BITS_MAX || bits > input.len * 8))
		abort();
}

static void
read_policies(struct slice input)
{
	struct dmarc dmarc;
	struct tags tags;
	struct err err = { 0 };

	if (dmarc_read(input, &dmarc, &err) == 0 &&
	    (dmarc.percent < 0 || dmarc.percent > 100 || !tags_are(input, "DMARC1")))
		abort();
	tls_report_check(input, &err);
	mta_sts_check(input, &err);
	if (tags_read(input, &tags, &err) == 0 && tags.n == 0)
		abort();
}

/* ---- a whole domain ---- */

static void
check_harmless(void *arg, const struct verdict *verdict)
{
	char shown[VERDICT_TEXT_MAX];
	struct slice text;
	const char *at;
	uint32_t cp;
	size_t n;

	(void)arg;
	verdict_print(verdict, shown);
	for (text = slice_of(shown); text.len > 0; text.ptr += n, text.len -= n)
		if ((n = str_utf8_next(text, &cp)) == 0 || cp < 0x20 || cp == 0x7f ||
		    str_is_invisible(cp))
			abort();
	for (at = verdict->record; *at != '\0'; at++)
		if (*at < 0x20 || *at > 0x7e)
			abort();
}

static struct dns_answer *
answer(struct slice input, const struct spf_question *question)
{
	struct dns_record record = { .preference = 10, .text = input };

	switch (question->type) {
	case DNS_TYPE_TXT: break;
	case DNS_TYPE_MX:
	case DNS_TYPE_PTR: record.text = SLICE("host.example"); break;
	case DNS_TYPE_A: addr_parse(SLICE("192.0.2.77"), &record.addr); break;
	case DNS_TYPE_AAAA: return dns_answer_new(DNS_NOTHING, 60, "", NULL, 0);
	}
	return dns_answer_new(DNS_FOUND, 60, "", &record, 1);
}

static void
answer_missing(struct slice input, struct spf_answers *answers)
{
	const struct spf_question *missing;
	size_t n = spf_answers_missing(answers, &missing), i;

	if (n == 0)
		abort();
	for (i = 0; i < n; i++) {
		struct spf_question question = missing[i];
		struct dns_answer *found = answer(input, &question);

		spf_answers_add(answers, slice_of(question.name), question.type, found);
		dns_answer_unref(found);
	}
}

static void
look_at_domain(struct slice input)
{
	static const struct mail_subject subject = { .domain = "start.example",
		.host = "host.example",
		.servers = "192.0.2.53:53",
		.limits = { 12, 29, 2, 1000 } };
	static struct mail_facts facts;
	struct spf_answers *answers = spf_answers_new();
	struct verdicts v = { .fn = check_harmless };

	while (!mail_gather(answers, &subject, &facts))
		answer_missing(input, answers);
	mail_check(&facts, &v);
	mail_facts_clear(&facts);
	spf_answers_free(answers);
}

static void
look_at_postfix(struct slice input)
{
	char *text = strndup(input.ptr, input.len);
	struct postfix_texts texts = { text, text, text };
	struct verdicts v = { .fn = check_harmless };
	struct config config;

	config_init(&config);
	postfix_check(&texts, &config, &v);
	config_clear(&config);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = { (const char *)data, size };

	if (size == 0)
		return 0;
	read_key(input);
	read_policies(input);
	look_at_domain(input);
	look_at_postfix(input);
	return 0;
}
