/* cmd_rule.c - rule add, remove, list. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/entry.h"
#include "cli/table.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/store/image.h"

static const char *
scope_text(const struct cli *cli)
{
	const char *to = cli_value(cli, "to");

	return to == NULL ? "@." : to;
}

int
cmd_rule_add(struct cli *cli, struct err *err)
{
	struct pattern scope, pattern;
	struct rule rule = { 0 };
	struct edit *edit = cli_edit(cli);
	int64_t id;

	if (rule_action_parse(slice_of(cli->args[0]), &rule.action) == -1)
		return err_set(err, ERR_USAGE, "%s: expected allow, block or expect", cli->args[0]);
	if (entry_pattern(cli->args[1], PATTERN_SENDER, &pattern, err) == -1 ||
	    entry_pattern(scope_text(cli), PATTERN_SCOPE, &scope, err) == -1 ||
	    entry_meta_of(cli, &rule.meta, err) == -1)
		return -1;
	rule.scope = slice_of(scope.text);
	rule.pattern = slice_of(pattern.text);
	if (edit_rule_add(edit, &rule, &id, err) == -1)
		return -1;
	cli_say("rule %" PRId64 ": %s %s to %s", id, rule_action_name(rule.action), pattern.text,
	    scope.text);
	return 0;
}

static int
find_rule(struct cli *cli, int64_t *id_out, struct err *err)
{
	struct pattern scope, pattern;
	enum store_found found;

	if (cli_id(cli->args[0], id_out, NULL) == 0)
		return 0;
	if (entry_pattern(cli->args[0], PATTERN_SENDER, &pattern, err) == -1 ||
	    entry_pattern(scope_text(cli), PATTERN_SCOPE, &scope, err) == -1)
		return -1;
	found =
	    store_rule_find(cli->store, slice_of(scope.text), slice_of(pattern.text), id_out, err);
	if (found == STORE_NO)
		return err_set(err, ERR_NOINPUT,
		    "there is no rule for %s to %s; rule list shows all", pattern.text, scope.text);
	return found == STORE_YES ? 0 : -1;
}

int
cmd_rule_remove(struct cli *cli, struct err *err)
{
	struct edit *edit = cli_edit(cli);
	int64_t id;

	if (find_rule(cli, &id, err) == -1 || edit_rule_remove(edit, id, err) == -1)
		return -1;
	cli_say("rule %" PRId64 " is removed", id);
	return 0;
}

struct list {
	struct cli *cli;
	struct table *table;
};

static bool
table_row(void *arg, const struct rule *rule)
{
	struct list *list = arg;
	char text[DURATION_TEXT_MAX];

	table_number(list->table, rule->id);
	table_text(list->table, rule_action_name(rule->action));
	table_cell(list->table, rule->pattern);
	table_cell(list->table, rule->scope);
	table_number(list->table, rule->meta.hits);
	table_text(list->table, entry_last_hit(list->cli, &rule->meta, text));
	table_text(list->table, entry_expiry(list->cli, rule->meta.expires_s, text, sizeof(text)));
	table_cell(list->table, rule->meta.author);
	table_cell(list->table, rule->meta.comment);
	return true;
}

int
cmd_rule_list(struct cli *cli, struct err *err)
{
	static const struct table_column columns[] = { { "ID", true, false },
		{ "ACTION", false, false }, { "PATTERN", false, true }, { "TO", false, true },
		{ "HITS", true, false }, { "LAST", true, false }, { "EXPIRES", false, false },
		{ "BY", false, true }, { "COMMENT", false, true } };
	struct list list = { .cli = cli, .table = xcalloc(1, sizeof(*list.table)) };
	struct json json;
	int result;

	table_init(list.table, columns, 9, cli->width);
	json_init(&json, stdout);
	if (cli->json)
		json_array(&json, NULL);
	if (cli->json)
		result = store_rule_each(cli->store, 0, INT64_MAX, image_put_rule, &json, err);
	else
		result = store_rule_each(cli->store, 0, INT64_MAX, table_row, &list, err);
	if (cli->json)
		json_end(&json, ']');
	else
		table_end(list.table, "There are no rules.");
	free(list.table);
	return result;
}
