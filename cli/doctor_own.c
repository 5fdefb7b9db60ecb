/* doctor_own.c - see doctor_own.h. */
#include "cli/doctor_own.h"

#include <stdlib.h>

#include "cli/doctor_report.h"
#include "cli/doctor_who.h"
#include "cli/program.h"
#include "common/doctor/own.h"
#include "common/doctor/postfix.h"
#include "common/doctor/site.h"

/* A finding of greygate check; its text is escaped. */
static void
take_finding(void *arg, const struct doctor_finding *finding)
{
	static const enum verdict_status statuses[] = { [DOCTOR_OK] = VERDICT_OK,
		[DOCTOR_NOTE] = VERDICT_WARNING,
		[DOCTOR_WRONG] = VERDICT_ERROR };
	struct verdicts *v = arg;
	struct verdict verdict = { .status = statuses[finding->level], .check = v->check };

	snprintf(verdict.text, sizeof(verdict.text), "%s%s%s", finding->text,
	    finding->advice[0] == '\0' ? "" : "; ", finding->advice);
	verdict_add(v, &verdict);
}

static void
look_at_site(struct cli *cli, struct verdicts *v)
{
	struct store_options options = { .path = cli->config.database, .mode = STORE_READ };
	struct store *store;

	v->check = "site";
	doctor_site(&cli->config, NULL, cli->now_s, true, take_finding, v);
	store = store_open(&options, NULL, NULL); /* why not is among the findings */
	if (store != NULL)
		own_check_domains(store, &cli->config, v);
	store_close(store);
}

static void
probe_resolvers(struct cli *cli, struct verdicts *v, struct ev_loop *loop)
{
	struct gather_probe probes[DNS_SERVERS_MAX] = { { .took_ms = 0 } };
	struct addr_port servers[DNS_SERVERS_MAX];
	size_t n = doctor_servers(cli, servers), i;
	char host[DOMAIN_TEXT_MAX];
	struct err err;

	doctor_host(cli, host);
	for (i = 0; i < n; i++)
		probes[i].server = servers[i];
	v->check = "resolver";
	if (gather_probes(
		loop, probes, n, slice_of(host), cli->config.dns_timeout_s * 1000, &err) == -1)
		verdict_say(
		    v, VERDICT_UNKNOWN, NULL, "the resolvers cannot be asked: %s", err.text);
	else
		own_check_resolvers(probes, n, v);
}

static void
look_at_resolvers(struct cli *cli, struct verdicts *v)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);

	if (loop == NULL)
		return;
	probe_resolvers(cli, v, loop);
	ev_loop_destroy(loop);
}

static void
look_at_postfix(struct cli *cli, struct verdicts *v)
{
	static const char *const commands_of_it[][3] = { { "postconf", "-x", NULL },
		{ "postconf", "-M", NULL }, { "postconf", "-Px", NULL } };
	char *said[3] = { NULL, NULL, NULL };
	struct err err = { 0 };
	int i;

	v->check = "postfix";
	for (i = 0; i < 3 && (i == 0 || said[i - 1] != NULL); i++)
		said[i] = program_read(commands_of_it[i], &err);
	if (said[2] == NULL)
		verdict_say(
		    v, VERDICT_UNKNOWN, NULL, "what Postfix does is not known: %s", err.text);
	else
		postfix_check(
		    &(struct postfix_texts){ said[0], said[1], said[2] }, &cli->config, v);
	for (i = 0; i < 3; i++)
		free(said[i]);
}

int
doctor_own(struct cli *cli, struct err *err)
{
	const char *dns = cli_value(cli, "dns");
	struct doctor_report report;
	int status;

	if (cli_value(cli, "address") != NULL || cli_value(cli, "selector") != NULL)
		return err_set(err, ERR_USAGE, "--address and --selector are about a DOMAIN");
	if (dns != NULL && config_set(&cli->config, "dns.servers", dns, err) == -1) {
		err->code = ERR_USAGE;
		return err_wrap(err, "--dns %s", dns);
	}
	report_init(&report, NULL);
	look_at_site(cli, &report.out);
	look_at_resolvers(cli, &report.out);
	look_at_postfix(cli, &report.out);
	report_put(cli, &report, 1);
	status = verdict_exit(report.out.worst);
	report_clear(&report);
	return status;
}
