/* check_config.c - see check_config.h. */
#include "cli/check_config.h"

#include <stdlib.h>

#include "common/base/xalloc.h"

static void
say(const struct config_report *report, enum verdict_status status,
    const struct config_error *error, struct verdicts *v)
{
	char line[1024];

	verdict_advise(v, status, ERR_CONFIG, "", "%s",
	    config_error_format(report, error, line, sizeof(line)));
}

void
check_config(const struct cli *cli, struct config *config_out, struct verdicts *v)
{
	struct config_report *report = xcalloc(1, sizeof(*report));
	bool good = config_read(cli->config_path, config_out, report) == 0;
	size_t i;

	v->check = "configuration";
	for (i = 0; i < report->notice_n; i++)
		say(report, VERDICT_WARNING, &report->notices[i], v);
	for (i = 0; i < report->error_n; i++)
		say(report, VERDICT_ERROR, &report->errors[i], v);
	if (good)
		verdict_advise(v, VERDICT_OK, 0, "", "configuration: %s", report->file);
	free(report);
}
