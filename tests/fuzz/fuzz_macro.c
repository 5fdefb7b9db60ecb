/* fuzz_macro.c - macro strings: what is valid expands within the bounds of its use. */
#include <stdlib.h>
#include <string.h>

#include "common/dns/answer.h"
#include "common/spf/macro.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct spf_macro_values values = { .sender = SLICE("strong-bad+x=y@email.example.com"),
		.local = SLICE("strong-bad+x=y"),
		.sender_domain = SLICE("email.example.com"),
		.domain = SLICE("email.example.com"),
		.helo = text,
		.validated = SLICE("mx.example.org"),
		.receiver = SLICE("receiver.example"),
		.now_s = 1 };
	char storage[16384];
	int use;

	for (use = SPF_MACRO_DOMAIN; use <= SPF_MACRO_EXPLANATION; use++) {
		struct buf out;

		values.ip.family = size % 2 == 0 ? ADDR_V4 : ADDR_V6;
		if (!spf_macro_valid(text, (enum spf_macro_use)use))
			continue;
		spf_macro_dynamic(text);
		buf_init(&out, storage, sizeof(storage));
		spf_macro_expand(&out, text, &values, (enum spf_macro_use)use);
		if (use == SPF_MACRO_DOMAIN && out.len > DNS_NAME_MAX)
			abort();
	}
	return 0;
}
