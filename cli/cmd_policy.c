/* cmd_policy.c - policy set, unset, list. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/entry.h"
#include "cli/table.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/store/image.h"

static const char *
sender_text(const struct cli *cli)
{
	const char *from = cli_value(cli, "from");

	return from == NULL ? "@." : from;
}

static int
on_or_off(const struct cli *cli, const char *option, int64_t *out, struct err *err)
{
	const char *value = cli_value(cli, option);

	if (value == NULL)
		return 0;
	if (slice_equal(slice_of(value), SLICE("on")))
		*out = 1;
	else if (slice_equal(slice_of(value), SLICE("off")))
		*out = 0;
	else
		return err_set(err, ERR_USAGE, "--%s %s: expected on or off", option, value);
	return 0;
}

static const char *const modes[] = {
	[CONFIG_SPF_KEY] = "key", [CONFIG_SPF_BYPASS] = "bypass", [CONFIG_SPF_IGNORE] = "ignore"
};

static int
spf_mode(const struct cli *cli, int64_t *out, struct err *err)
{
	const char *value = cli_value(cli, "spf");
	int i;

	if (value == NULL)
		return 0;
	for (i = 0; i < (int)(sizeof(modes) / sizeof(modes[0])); i++)
		if (slice_equal(slice_of(value), slice_of(modes[i]))) {
			*out = i;
			return 0;
		}
	return err_set(err, ERR_USAGE, "--spf %s: expected key, bypass or ignore", value);
}

static int
read_fields(const struct cli *cli, struct policy *p, struct err *err)
{
	p->greylist = p->training = p->spf = p->delay_s = p->window_s = p->lifetime_s =
	    POLICY_UNSET;
	if (on_or_off(cli, "greylist", &p->greylist, err) == -1 ||
	    on_or_off(cli, "training", &p->training, err) == -1 ||
	    spf_mode(cli, &p->spf, err) == -1 ||
	    cli_duration(cli, "delay", &p->delay_s, err) == -1 ||
	    cli_duration(cli, "window", &p->window_s, err) == -1 ||
	    cli_duration(cli, "lifetime", &p->lifetime_s, err) == -1)
		return -1;
	if (p->greylist == POLICY_UNSET && p->training == POLICY_UNSET && p->spf == POLICY_UNSET &&
	    p->delay_s == POLICY_UNSET && p->window_s == POLICY_UNSET &&
	    p->lifetime_s == POLICY_UNSET)
		return err_set(err, ERR_USAGE,
		    "a policy sets something: --greylist, --training, --spf, --delay, --window, "
		    "--lifetime");
	return 0;
}

/* With what comes from the configuration a retry must still be able to pass. */
static int
check_terms(const struct cli *cli, const struct policy *p, struct err *err)
{
	int64_t delay_s = p->delay_s == POLICY_UNSET ? cli->config.greylist_delay_s : p->delay_s;
	int64_t window_s = p->window_s == POLICY_UNSET ? cli->config.greylist_window_s
						       : p->window_s;

	if (delay_s >= window_s)
		return err_set(err, ERR_USAGE,
		    "the delay must be shorter than the window, or no retry could pass");
	return 0;
}

int
cmd_policy_set(struct cli *cli, struct err *err)
{
	struct pattern scope, sender;
	struct policy policy = { 0 };
	struct edit *edit = cli_edit(cli);
	int64_t id;

	if (entry_pattern(cli->args[0], PATTERN_SCOPE, &scope, err) == -1 ||
	    entry_pattern(sender_text(cli), PATTERN_SENDER, &sender, err) == -1 ||
	    read_fields(cli, &policy, err) == -1 || check_terms(cli, &policy, err) == -1 ||
	    entry_meta_of(cli, &policy.meta, err) == -1)
		return -1;
	policy.scope = slice_of(scope.text);
	policy.sender = slice_of(sender.text);
	if (edit_policy_set(edit, &policy, &id, err) == -1)
		return -1;
	cli_say("policy %" PRId64 ": %s from %s", id, scope.text, sender.text);
	return 0;
}

static int
find_policy(struct cli *cli, int64_t *id_out, struct err *err)
{
	struct pattern scope, sender;
	enum store_found found;

	if (cli_id(cli->args[0], id_out, NULL) == 0)
		return 0;
	if (entry_pattern(cli->args[0], PATTERN_SCOPE, &scope, err) == -1 ||
	    entry_pattern(sender_text(cli), PATTERN_SENDER, &sender, err) == -1)
		return -1;
	found =
	    store_policy_find(cli->store, slice_of(scope.text), slice_of(sender.text), id_out, err);
	if (found == STORE_NO)
		return err_set(err, ERR_NOINPUT,
		    "there is no policy for %s from %s; policy list shows all", scope.text,
		    sender.text);
	return found == STORE_YES ? 0 : -1;
}

int
cmd_policy_unset(struct cli *cli, struct err *err)
{
	struct edit *edit = cli_edit(cli);
	int64_t id;

	if (find_policy(cli, &id, err) == -1 || edit_policy_unset(edit, id, err) == -1)
		return -1;
	cli_say("policy %" PRId64 " is removed", id);
	return 0;
}

struct list {
	struct cli *cli;
	struct table *table;
};

static void
put_switch(struct table *t, int64_t value)
{
	table_text(t, value == POLICY_UNSET ? "-" : value ? "on" : "off");
}

static void
put_duration(struct table *t, int64_t value)
{
	char text[DURATION_TEXT_MAX];

	table_text(t, value == POLICY_UNSET ? "-" : duration_format(value, text));
}

static bool
table_row(void *arg, const struct policy *p)
{
	struct list *list = arg;
	char text[DURATION_TEXT_MAX];

	table_number(list->table, p->id);
	table_cell(list->table, p->scope);
	table_cell(list->table, p->sender);
	put_switch(list->table, p->greylist);
	put_switch(list->table, p->training);
	table_text(list->table, p->spf == POLICY_UNSET ? "-" : modes[p->spf]);
	put_duration(list->table, p->delay_s);
	put_duration(list->table, p->window_s);
	put_duration(list->table, p->lifetime_s);
	table_text(list->table, entry_expiry(list->cli, p->meta.expires_s, text, sizeof(text)));
	table_cell(list->table, p->meta.comment);
	return true;
}

int
cmd_policy_list(struct cli *cli, struct err *err)
{
	static const struct table_column columns[] = { { "ID", true, false },
		{ "RECIPIENTS", false, true }, { "SENDERS", false, true },
		{ "GREYLIST", false, false }, { "TRAINING", false, false }, { "SPF", false, false },
		{ "DELAY", true, false }, { "WINDOW", true, false }, { "LIFETIME", true, false },
		{ "EXPIRES", false, false }, { "COMMENT", false, true } };
	struct list list = { .cli = cli, .table = xcalloc(1, sizeof(*list.table)) };
	struct json json;
	int result;

	table_init(list.table, columns, 11, cli->width);
	json_init(&json, stdout);
	if (cli->json)
		json_array(&json, NULL);
	if (cli->json)
		result = store_policy_each(cli->store, 0, INT64_MAX, image_put_policy, &json, err);
	else
		result = store_policy_each(cli->store, 0, INT64_MAX, table_row, &list, err);
	if (cli->json)
		json_end(&json, ']');
	else
		table_end(list.table, "There are no policies: the configuration applies to all.");
	free(list.table);
	return result;
}
