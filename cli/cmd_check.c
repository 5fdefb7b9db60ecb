/* cmd_check.c - everything that can be looked at from outside; each finding is one line. */
#include "cli/check_config.h"
#include "cli/wrap.h"
#include "common/doctor/site.h"

#define LABEL_COLS 9

static void
say_verdict(void *arg, const struct verdict *verdict)
{
	static const char *const labels[] = { [VERDICT_OK] = "ok",
		[VERDICT_INFO] = "info",
		[VERDICT_WARNING] = "note",
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_ERROR] = "error" };

	const struct cli *cli = arg;
	char text[VERDICT_TEXT_MAX];

	verdict_print(verdict, text);
	wrap_row(stdout, labels[verdict->status], text, LABEL_COLS, cli->width);
}

int
cmd_check(struct cli *cli, struct err *err)
{
	struct verdicts v = { .fn = say_verdict, .arg = cli };

	(void)err;
	check_config(cli, &cli->config, &v);
	if (v.code == 0)
		doctor_site(&cli->config, NULL, cli->now_s, true, &v);
	return v.code;
}
