/* doctor_own.c - see doctor_own.h. */
#include "cli/doctor_own.h"

#include "cli/check_config.h"
#include "cli/doctor_report.h"
#include "cli/lookups.h"
#include "common/doctor/postconf.h"
#include "common/doctor/resolvers.h"
#include "common/doctor/site.h"

struct own {
	struct resolvers resolvers;
	struct postconf postconf;
};

/* The loop comes to its end by itself: each has its deadline. */
static void
changed(void *arg)
{
	(void)arg;
}

static void
ask_all(struct own *own, struct ev_loop *loop, const struct config *config)
{
	resolvers_begin(&own->resolvers, loop, config, changed, own);
	postconf_begin(&own->postconf, loop, config, changed, own);
	resolvers_ask(&own->resolvers);
	postconf_ask(&own->postconf);
}

static void
wait_for_all(struct own *own, struct ev_loop *loop)
{
	while (own->resolvers.open_n > 0 || own->postconf.under_way)
		ev_run(loop, EVRUN_ONCE);
}

static void
end_all(struct own *own)
{
	resolvers_end(&own->resolvers);
	postconf_end(&own->postconf);
}

int
doctor_own(struct cli *cli, struct err *err)
{
	struct own own = { .resolvers = { .n = 0 } };
	struct config again; /* for what is said about it */
	struct doctor_report report;
	struct lookups lookups;
	int status;

	if (cli_value(cli, "address") != NULL || cli_value(cli, "selector") != NULL)
		return err_set(err, ERR_USAGE, "--address and --selector are about a DOMAIN");
	if (lookups_open(&lookups, cli, err) == -1)
		return -1;
	report_init(&report, NULL);
	ask_all(&own, lookups.loop, &cli->config);
	check_config(cli, &again, &report.list.out);
	doctor_site(&cli->config, NULL, cli->now_s, true, &report.list.out);
	wait_for_all(&own, lookups.loop);
	resolvers_check(&own.resolvers, &report.list.out);
	postconf_check(&own.postconf, &report.list.out);
	report_put(cli, &report, 1);
	status = verdict_exit(report.list.out.worst);
	report_clear(&report);
	end_all(&own);
	config_clear(&again);
	lookups_close(&lookups);
	return status;
}
