/* cmd_explain.c - the decision in sentences. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/wrap.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/greylist/explain.h"

static bool
progress(void *arg, int64_t done, int64_t total)
{
	(void)arg;
	progress_show("looking for the triplet: %d%%", (int)(done * 100 / total));
	return true;
}

static struct request
request_of(const struct cli *cli)
{
	const char *name = cli_value(cli, "name"), *helo = cli_value(cli, "helo");
	const char *sender = strcmp(cli->args[1], "<>") == 0 ? "" : cli->args[1];

	return (struct request){ .protocol_state = SLICE("RCPT"),
		.client_address = slice_of(cli->args[0]),
		.sender = slice_of(sender),
		.sender_present = true,
		.recipient = slice_of(cli->args[2]),
		.client_name = slice_of(name == NULL ? "unknown" : name),
		.helo_name = slice_of(helo == NULL ? "" : helo) };
}

static void
print_json(const struct explanation *e)
{
	struct json j;
	size_t i;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "action", action_name(e->decision.action));
	json_text(&j, "reason", reason_info(e->decision.reason)->name);
	json_int(&j, "wait_left_s", e->decision.wait_left_s);
	json_int(&j, "rule_id", e->rule_id);
	json_int(&j, "policy_id", e->policy_id);
	json_int(&j, "triplet_id", e->triplet_id);
	json_int(&j, "first_s", e->triplet.first_s);
	json_int(&j, "attempts", e->triplet.attempts);
	json_int(&j, "passed_s", e->triplet.passed_s);
	json_int(&j, "client_passes", e->client.passes);
	json_array(&j, "explanation");
	for (i = 0; i < e->line_n; i++)
		json_text(&j, NULL, e->lines[i]);
	json_end(&j, ']');
	json_end(&j, '}');
}

int
cmd_explain(struct cli *cli, struct err *err)
{
	struct request request = request_of(cli);
	struct explanation *e = xcalloc(1, sizeof(*e));
	struct rules *rules = rules_load(cli->store, NULL, err);
	struct addr addr;
	int result = -1;
	size_t i;

	if (addr_parse(request.client_address, &addr) == -1)
		err_set(err, ERR_USAGE,
		    "%s is not an address; usage: greygate explain IP SENDER RCPT", cli->args[0]);
	else if (rules != NULL)
		result = explain_request(
		    cli->store, &cli->config, rules, &request, cli->now_s, progress, NULL, e, err);
	progress_clear();
	if (result == 0 && cli->json)
		print_json(e);
	else if (result == 0)
		for (i = 0; i < e->line_n; i++)
			wrap_put(stdout, e->lines[i], 0, 2, cli->width);
	rules_free(rules);
	free(e);
	return result;
}
