/* cmd_spf.c - spf walk, spf check: what SPF says, without database and server. */
#include <string.h>

#include "cli/check_lines.h"
#include "cli/walk_text.h"
#include "common/greylist/refresh.h"
#include "common/net/domain.h"
#include "common/spf/lookup.h"

/* One question, and the status of its answer. */
struct asking {
	struct cli *cli;
	struct lookups lookups;
	int status;
};

static void
walked(void *arg, const struct spf_walk *walk)
{
	struct asking *a = arg;
	struct json j;

	if (a->cli->json) {
		json_init(&j, stdout);
		walk_put_json(&j, walk);
	} else {
		walk_put_text(stdout, walk);
	}
	a->status = walk->status == SPF_WALK_TEMPERROR ? ERR_TEMP : 0;
	a->lookups.under_way--;
}

int
cmd_spf_walk(struct cli *cli, struct err *err)
{
	struct spf_walk_limits limits = refresh_limits(&cli->config);
	struct asking a = { .cli = cli };
	const char *at = strrchr(cli->args[0], '@'), *name = at == NULL ? cli->args[0] : at + 1;
	char domain[DOMAIN_TEXT_MAX];

	if (domain_normalise(slice_of(name), domain) == -1)
		return err_set(err, ERR_USAGE, "%s is not a domain", cli->args[0]);
	if (lookups_open(&a.lookups, cli, err) == -1)
		return -1;
	a.lookups.under_way++;
	spf_lookup_walk(
	    a.lookups.dns, slice_of(domain), &limits, cli->config.spf_timeout_s * 1000, walked, &a);
	lookups_wait(&a.lookups, 1);
	lookups_close(&a.lookups);
	return a.status;
}

static void
put_check(const struct spf_check *check, bool open)
{
	const char *domain = check->domain;

	cli_say("Result       %s", spf_result_name(check->result));
	cli_say("Domain       %s", domain[0] == '\0' ? "none: no domain to ask for" : domain);
	if (check->matched[0] != '\0')
		cli_say("Decided by   %s", check->matched);
	cli_say("Lookups      %u of %d", check->lookups, SPF_LOOKUPS_MAX);
	if (check->explanation[0] != '\0')
		cli_say("Explanation  %s", check->explanation);
	if (check->error[0] != '\0')
		cli_say("Error        %s", check->error);
	if (open)
		cli_say("Note         the record passes so much of the Internet that its pass "
			"means nothing; greygate ignores it");
}

static void
checked(void *arg, const struct spf_check *check, bool open)
{
	struct asking *a = arg;

	if (a->cli->json)
		check_put_json(stdout, check);
	else
		put_check(check, open);
	a->status = check->result == SPF_TEMPERROR ? ERR_TEMP : 0;
	a->lookups.under_way--;
}

static int
check_one(struct asking *a, struct err *err)
{
	struct cli *cli = a->cli;
	struct spf_walk_limits limits = refresh_limits(&cli->config);
	const char *helo = cli->arg_n > 2 ? cli->args[2] : "";
	struct spf_identity identity;
	struct addr ip;

	if (cli->arg_n < 2)
		return err_set(err, ERR_USAGE,
		    "usage: greygate spf check IP SENDER [HELO], or "
		    "greygate spf check - --json");
	if (addr_parse(slice_of(cli->args[0]), &ip) == -1)
		return err_set(err, ERR_USAGE, "%s is not an address", cli->args[0]);
	identity = check_identity(cli, &ip, slice_of(cli->args[1]), slice_of(helo));
	a->lookups.under_way++;
	spf_lookup_check(a->lookups.dns, &identity, cli->json ? NULL : &limits,
	    cli->config.spf_timeout_s * 1000, checked, a);
	lookups_wait(&a->lookups, 1);
	return a->status;
}

int
cmd_spf_check(struct cli *cli, struct err *err)
{
	struct asking a = { .cli = cli };
	bool lines = strcmp(cli->args[0], "-") == 0;
	int result;

	if (lines && (!cli->json || cli->arg_n > 1))
		return err_set(err, ERR_USAGE,
		    "lines are read and written as JSON: greygate spf "
		    "check - --json");
	if (lookups_open(&a.lookups, cli, err) == -1)
		return -1;
	result = lines ? check_lines(cli, &a.lookups, err) : check_one(&a, err);
	lookups_close(&a.lookups);
	return result;
}
