/* fuzz_address.c - the forms of addresses: a normal form is read again as itself. */
#include <stdlib.h>
#include <string.h>

#include "common/net/domain.h"
#include "common/net/email.h"
#include "common/net/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same(const char *a, const char *b)
{
	if (strcmp(a, b) != 0)
		abort();
}

static void
check_network(struct slice text)
{
	char first[ADDR_NET_TEXT_MAX], second[ADDR_NET_TEXT_MAX];
	struct addr_net net, again;

	if (addr_net_parse(text, &net, NULL, NULL) == -1)
		return;
	addr_net_format(&net, first);
	if (addr_net_parse(slice_of(first), &again, NULL, NULL) == -1)
		abort();
	same(first, addr_net_format(&again, second));
}

static void
check_domain(struct slice text)
{
	char first[DOMAIN_TEXT_MAX], second[DOMAIN_TEXT_MAX];

	if (domain_normalise(text, first) == -1)
		return;
	if (domain_normalise(slice_of(first), second) == -1)
		abort();
	same(first, second);
}

static void
check_pattern(struct slice text, enum pattern_side side)
{
	static struct pattern first, second;
	struct pattern_subject subject = { .mailbox = text };

	if (pattern_parse(text, side, &first, NULL, NULL) == -1)
		return;
	if (pattern_parse(slice_of(first.text), side, &second, NULL, NULL) == -1)
		abort();
	same(first.text, second.text);
	pattern_match(&first, &subject);
}

static void
check_email(struct slice text, unsigned fold)
{
	char storage[EMAIL_TEXT_MAX];
	struct buf key;

	buf_init(&key, storage, sizeof(storage));
	email_key(&key, text, fold);
	buf_reset(&key);
	str_escape(&key, text, ESCAPE_FIELD);
	if (!str_is_utf8(buf_slice(&key)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	switch (data[0] % 5) {
	case 0: check_network(text); break;
	case 1: check_domain(text); break;
	case 2: check_pattern(text, PATTERN_SENDER); break;
	case 3: check_pattern(text, PATTERN_SCOPE); break;
	default: check_email(text, data[0] / 5); break;
	}
	return 0;
}
