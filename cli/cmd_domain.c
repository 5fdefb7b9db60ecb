/* cmd_domain.c - domain add, remove, list; domain_show.c and domain_refresh.c have the others. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/domain_names.h"
#include "cli/table.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/greylist/suggested.h"
#include "common/store/domain.h"
#include "common/store/image.h"

/* ---- add ---- */

struct adding {
	struct cli *cli;
	int added_n, there_n;
	int status;
};

static void
add_one(struct adding *a, struct slice name, struct slice comment, struct slice source)
{
	struct edit *edit = cli_edit(a->cli);
	struct domain domain = { .name = name,
		.comment = comment,
		.author = slice_of(a->cli->author),
		.source = source,
		.created_s = a->cli->now_s };
	struct err err = { 0 };
	int64_t id;

	if (edit_domain_add(edit, &domain, &id, &err) == -1) {
		cli_complain(&a->status, &err);
		return;
	}
	cli_say("%.*s is whitelisted (domain %" PRId64 ")%s%.*s", (int)name.len, name.ptr, id,
	    comment.len > 0 ? ": " : "", (int)comment.len, comment.ptr);
	a->added_n++;
}

/* What is there already stays as it is, without complaint: the command may be given again. */
static void
add_suggested(struct adding *a)
{
	const char *comment = cli_value(a->cli, "comment");
	enum store_found found;
	struct err err = { 0 };
	int64_t id;
	size_t i;

	for (i = 0; i < suggested_n; i++) {
		struct slice name = slice_of(suggested[i].name);

		found = store_domain_find(a->cli->store, name, &id, &err);
		if (found == STORE_ERROR)
			cli_complain(&a->status, &err);
		else if (found == STORE_YES)
			a->there_n++;
		else
			add_one(a, name, slice_of(comment == NULL ? suggested[i].reason : comment),
			    SLICE("suggested"));
	}
	if (a->there_n > 0)
		cli_say("%d of the suggested domains were there already", a->there_n);
}

static void
add_named(struct adding *a)
{
	const char *comment = cli_value(a->cli, "comment");
	char name[DOMAIN_TEXT_MAX];
	struct err err = { 0 };
	int i;

	for (i = 0; i < a->cli->arg_n; i++)
		if (domain_name_of(a->cli->args[i], name, &err) == -1)
			cli_complain(&a->status, &err);
		else
			add_one(a, slice_of(name), slice_of(comment), SLICE("manual"));
}

int
cmd_domain_add(struct cli *cli, struct err *err)
{
	struct adding a = { .cli = cli };
	bool all = cli_value(cli, "suggested") != NULL;

	if (cli->arg_n == 0 && !all)
		return err_set(err, ERR_USAGE,
		    "which domain? usage: greygate domain add NAME..., or greygate domain add "
		    "--suggested");
	add_named(&a);
	if (all)
		add_suggested(&a);
	if (a.added_n > 0 && cli_server_lives(cli))
		cli_say("The server reads %s within a second; greygate domain list shows what came "
			"of it.",
		    a.added_n == 1 ? "its SPF record" : "their SPF records");
	else if (a.added_n > 0)
		cli_say("No server runs: greygate domain refresh --now reads %s here, or greygated "
			"does when it starts.",
		    a.added_n == 1 ? "its SPF record" : "their SPF records");
	return a.status;
}

/* ---- remove ---- */

static int
remove_one(struct cli *cli, const char *text, struct err *err)
{
	struct edit *edit = cli_edit(cli);
	char name[DOMAIN_TEXT_MAX];
	enum store_found found;
	int64_t id;

	if (domain_name_of(text, name, err) == -1)
		return -1;
	found = store_domain_find(cli->store, slice_of(name), &id, err);
	if (found == STORE_NO)
		return err_set(err, ERR_NOINPUT,
		    "%s is not whitelisted; greygate domain list shows all", name);
	if (found == STORE_ERROR || edit_domain_remove(edit, id, err) == -1)
		return -1;
	cli_say("%s is removed, with its networks; its mail is greylisted again", name);
	return 0;
}

int
cmd_domain_remove(struct cli *cli, struct err *err)
{
	struct err one = { 0 };
	int status = 0, i;

	(void)err;
	for (i = 0; i < cli->arg_n; i++)
		if (remove_one(cli, cli->args[i], &one) == -1)
			cli_complain(&status, &one);
	return status;
}

/* ---- list ---- */

struct list {
	struct cli *cli;
	struct table *table;
};

static const char *
ago(const struct cli *cli, int64_t time_s, char *out)
{
	return time_s == 0 ? "never" : duration_format_human(cli->now_s - time_s, out);
}

static const char *
until(const struct cli *cli, int64_t time_s, char *out)
{
	return time_s <= cli->now_s ? "now" : duration_format_human(time_s - cli->now_s, out);
}

static bool
table_row(void *arg, const struct domain *d)
{
	struct list *list = arg;
	char text[DURATION_TEXT_MAX];

	table_cell(list->table, d->name);
	table_cell(list->table, d->status);
	table_number(list->table, d->networks);
	table_text(list->table, ago(list->cli, d->refreshed_s, text));
	table_text(list->table, until(list->cli, d->next_s, text));
	table_cell(list->table, d->source);
	table_cell(list->table, d->error);
	return true;
}

static int
list_rows(struct cli *cli, struct err *err)
{
	static const struct table_column columns[] = { { "NAME", false, false },
		{ "STATUS", false, false }, { "NETS", true, false }, { "LAST", true, false },
		{ "NEXT", true, false }, { "SOURCE", false, false }, { "ERROR", false, true } };
	struct list list = { .cli = cli, .table = xcalloc(1, sizeof(*list.table)) };
	int result;

	table_init(list.table, columns, 7, cli->width);
	result = store_domain_each(cli->store, SLICE(""), INT64_MAX, table_row, &list, err);
	table_end(list.table,
	    "No domain is whitelisted; greygate domain add --suggested takes those "
	    "known to need it.");
	free(list.table);
	return result;
}

static int
list_json(struct cli *cli, struct err *err)
{
	struct json json;
	int result;

	json_init(&json, stdout);
	json_array(&json, NULL);
	result = store_domain_each(cli->store, SLICE(""), INT64_MAX, image_put_domain, &json, err);
	json_end(&json, ']');
	return result;
}

static void
suggested_json(struct json *json, const struct suggested *row, bool is_there)
{
	json_object(json, NULL);
	json_text(json, "name", row->name);
	json_text(json, "reason", row->reason);
	json_text(json, "date", row->date);
	json_bool(json, "whitelisted", is_there);
	json_end(json, '}');
}

static void
suggested_row(struct table *table, const struct suggested *row, bool is_there)
{
	table_text(table, row->name);
	table_text(table, is_there ? "yes" : "no");
	table_text(table, row->date);
	table_text(table, row->reason);
}

static int
list_suggested(struct cli *cli, struct err *err)
{
	static const struct table_column columns[] = { { "NAME", false, true },
		{ "WHITELISTED", false, false }, { "DATE", false, false },
		{ "REASON", false, true } };
	struct table *table = xcalloc(1, sizeof(*table));
	enum store_found found = STORE_NO;
	struct json json;
	int64_t id;
	size_t i;

	table_init(table, columns, 4, cli->width);
	json_init(&json, stdout);
	if (cli->json)
		json_array(&json, NULL);
	for (i = 0; i < suggested_n && found != STORE_ERROR; i++) {
		found = store_domain_find(cli->store, slice_of(suggested[i].name), &id, err);
		if (cli->json)
			suggested_json(&json, &suggested[i], found == STORE_YES);
		else
			suggested_row(table, &suggested[i], found == STORE_YES);
	}
	if (cli->json)
		json_end(&json, ']');
	else
		table_end(table, "");
	free(table);
	return found == STORE_ERROR ? -1 : 0;
}

int
cmd_domain_list(struct cli *cli, struct err *err)
{
	if (cli_value(cli, "suggested") != NULL)
		return list_suggested(cli, err);
	return cli->json ? list_json(cli, err) : list_rows(cli, err);
}
