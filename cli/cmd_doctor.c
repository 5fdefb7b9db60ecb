/* cmd_doctor.c - the records of mail domains, all asked for at once. */
#include <stdlib.h>
#include <string.h>

#include "cli/doctor_own.h"
#include "cli/doctor_report.h"
#include "cli/doctor_who.h"
#include "cli/lookups.h"
#include "common/base/xalloc.h"
#include "common/doctor/gather.h"
#include "common/doctor/mail.h"
#include "common/doctor/resolvers.h"
#include "common/greylist/refresh.h"

struct doctor {
	struct cli *cli;
	struct lookups lookups;
	struct mail_subject subject; /* what all domains have in common */
	char host[DOMAIN_TEXT_MAX];
	char selectors[MAIL_SELECTORS_MAX][DOMAIN_TEXT_MAX];
	char servers[512];
	struct patient *patients;
	struct doctor_report *reports; /* of each */
};

/* A domain that is looked at. */
struct patient {
	struct doctor *doctor;
	struct mail_subject subject;
	struct doctor_report *report;
};

/* ---- what is asked for ---- */

static int
take_address(void *arg, struct slice item, struct err *err)
{
	struct mail_subject *subject = arg;

	if (subject->addr_n == MAIL_ADDRS_MAX)
		return err_set(err, ERR_USAGE, "--address: at most %d", MAIL_ADDRS_MAX);
	if (addr_parse(item, &subject->addrs[subject->addr_n]) == -1)
		return err_set(
		    err, ERR_USAGE, "--address %.*s is not an address", (int)item.len, item.ptr);
	subject->addr_n++;
	return 0;
}

static int
take_selector(void *arg, struct slice item, struct err *err)
{
	struct doctor *d = arg;
	struct mail_subject *subject = &d->subject;

	if (subject->selector_n == MAIL_SELECTORS_MAX)
		return err_set(err, ERR_USAGE, "--selector: at most %d", MAIL_SELECTORS_MAX);
	if (domain_normalise(item, d->selectors[subject->selector_n]) == -1)
		return err_set(
		    err, ERR_USAGE, "--selector %.*s is no name", (int)item.len, item.ptr);
	subject->selectors[subject->selector_n] = d->selectors[subject->selector_n];
	subject->selector_n++;
	return 0;
}

static void
list_servers(struct doctor *d)
{
	struct resolvers resolvers;
	struct buf b;

	buf_init(&b, d->servers, sizeof(d->servers));
	resolvers_begin(&resolvers, d->lookups.loop, &d->cli->config, NULL, NULL);
	resolvers_list(&resolvers, &b);
	resolvers_end(&resolvers);
	d->subject.servers = d->servers;
}

static int
take_options(struct doctor *d, struct err *err)
{
	struct cli *cli = d->cli;

	if (cli_each_item(cli, "address", take_address, &d->subject, err) == -1 ||
	    cli_each_item(cli, "selector", take_selector, d, err) == -1)
		return -1;
	doctor_host(cli, d->host);
	list_servers(d);
	d->subject.host = d->host;
	d->subject.now_s = cli->now_s;
	d->subject.limits = refresh_limits(&cli->config);
	return 0;
}

static int
take_domain(struct doctor *d, int i, struct err *err)
{
	const char *arg = d->cli->args[i], *at = strrchr(arg, '@');
	struct patient *patient = &d->patients[i];

	*patient = (struct patient){ d, d->subject, &d->reports[i] };
	if (domain_normalise(slice_of(at == NULL ? arg : at + 1), patient->subject.domain) == -1)
		return err_set(err, ERR_USAGE, "%s is not a domain", arg);
	report_init(patient->report, patient->subject.domain);
	return 0;
}

/* ---- what is found ---- */

static void
set_title(const struct mail_facts *facts, struct doctor_report *report)
{
	char text[ADDR_TEXT_MAX];
	struct buf b;
	size_t i;

	buf_init(&b, report->title, sizeof(report->title));
	buf_printf(&b, "%s, sent by %s", facts->subject->domain, facts->subject->host);
	for (i = 0; i < facts->addr_n; i++)
		buf_printf(
		    &b, "%s%s", i == 0 ? " from " : ", ", addr_format(&facts->addrs[i], text));
}

static void
gathered(void *arg, const struct mail_facts *facts)
{
	struct patient *patient = arg;

	set_title(facts, patient->report);
	mail_check(facts, &patient->report->list.out);
	patient->doctor->lookups.under_way--;
}

static int
look_at_all(struct doctor *d, struct err *err)
{
	const struct config *config = &d->cli->config;
	enum verdict_status worst = VERDICT_OK;
	int n = d->cli->arg_n, i;

	if (lookups_open(&d->lookups, d->cli, err) == -1 || take_options(d, err) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (take_domain(d, i, err) == -1)
			return -1;
	for (i = 0; i < n; i++) {
		d->lookups.under_way++;
		gather_mail(d->lookups.dns, &d->patients[i].subject, config->spf_timeout_s * 1000,
		    gathered, &d->patients[i]);
	}
	lookups_wait(&d->lookups, 1);
	report_put(d->cli, d->reports, (size_t)n);
	for (i = 0; i < n; i++)
		if (d->reports[i].list.out.worst > worst)
			worst = d->reports[i].list.out.worst;
	return verdict_exit(worst);
}

int
cmd_doctor(struct cli *cli, struct err *err)
{
	struct doctor *d;
	int result, i;

	if (cli->arg_n == 0)
		return doctor_own(cli, err);
	d = xcalloc(1, sizeof(*d));
	d->cli = cli;
	d->patients = xcalloc((size_t)cli->arg_n, sizeof(*d->patients));
	d->reports = xcalloc((size_t)cli->arg_n, sizeof(*d->reports));
	result = look_at_all(d, err);
	for (i = 0; i < cli->arg_n; i++)
		report_clear(&d->reports[i]);
	lookups_close(&d->lookups);
	free(d->patients);
	free(d->reports);
	free(d);
	return result;
}
