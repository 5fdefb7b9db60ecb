/* cmd_check.c - everything that can be looked at from outside; each finding is one line. */
#include <stdlib.h>

#include "cli/cli.h"
#include "common/base/xalloc.h"
#include "common/doctor/site.h"

/* Every complaint about the file. Returns the exit status, 0 when the configuration is good. */
static int
check_config(struct cli *cli)
{
	struct config_report *report = xcalloc(1, sizeof(*report));
	bool good = config_read(cli->config_path, &cli->config, report) == 0;
	char line[1024];
	size_t i;

	for (i = 0; i < report->notice_n; i++)
		cli_say("note     %s",
		    config_error_format(report, &report->notices[i], line, sizeof(line)));
	for (i = 0; i < report->error_n; i++)
		cli_say("error    %s",
		    config_error_format(report, &report->errors[i], line, sizeof(line)));
	if (good)
		cli_say("ok       configuration: %s", report->file);
	free(report);
	return good ? 0 : ERR_CONFIG;
}

static void
say_finding(void *arg, const struct doctor_finding *finding)
{
	static const char *const labels[] = {
		[DOCTOR_OK] = "ok", [DOCTOR_NOTE] = "note", [DOCTOR_WRONG] = "error"
	};

	(void)arg;
	printf("%-9s%s%s%s\n", labels[finding->level], finding->text,
	    finding->advice[0] == '\0' ? "" : "; ", finding->advice);
}

int
cmd_check(struct cli *cli, struct err *err)
{
	int status = check_config(cli);

	(void)err;
	if (status != 0)
		return status;
	return doctor_site(&cli->config, NULL, cli->now_s, true, say_finding, NULL);
}
