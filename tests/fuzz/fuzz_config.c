/* fuzz_config.c - any bytes as a configuration: taken or refused with at least one error. */
#include <stdlib.h>

#include "common/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config_report report;
	struct config config;

	if (config_read_text("fuzz", (const char *)data, size, &config, &report) == 0)
		config_clear(&config);
	else if (report.error_n == 0)
		abort();
	return 0;
}
