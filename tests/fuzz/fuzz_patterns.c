/* fuzz_patterns.c - any bytes as a pattern of a whitelist: a name or a reason. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/import/patterns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice regex = { (const char *)data, size };
	char out[PATTERNS_TEXT_MAX];
	const char *notice = NULL;
	struct err err = { .text = "" };

	if (patterns_host(regex, out, &notice, &err) == 0 ? notice == NULL : err.text[0] == '\0')
		abort();
	err.text[0] = '\0';
	if (patterns_address(regex, out, &err) == 0 ? strchr(out, '@') == NULL
						    : err.text[0] == '\0')
		abort();
	return 0;
}
