/* cmd_export.c - everything that is kept, as text. */
#include <errno.h>
#include <string.h>

#include "cli/cli.h"
#include "common/import/record_export.h"

#define ALL STAGING_N

static int
read_format(const struct cli *cli, enum record_format *format_out, struct err *err)
{
	const char *name = cli_value(cli, "format");
	int i;

	*format_out = RECORD_JSONL;
	if (name == NULL)
		return 0;
	for (i = 0; i < RECORD_FORMATS; i++)
		if (strcmp(name, record_format_names[i]) == 0) {
			*format_out = (enum record_format)i;
			return 0;
		}
	return err_set(err, ERR_USAGE, "--format %s: expected jsonl, csv or cidr", name);
}

static int
read_kind(const struct cli *cli, int *kind_out, struct err *err)
{
	int i;

	*kind_out = ALL;
	if (cli->arg_n == 0 || strcmp(cli->args[0], "all") == 0)
		return 0;
	for (i = 0; i < STAGING_N; i++)
		if (strcmp(cli->args[0], record_kinds[i].plural) == 0) {
			*kind_out = i;
			return 0;
		}
	return err_set(err, ERR_USAGE,
	    "%s: expected triplets, clients, rules, policies, domains, networks or all",
	    cli->args[0]);
}

static bool
goes_with(int kind, enum record_format format)
{
	if (format == RECORD_CIDR)
		return kind == ALL || kind == STAGING_NETWORK || kind == STAGING_RULE;
	return format == RECORD_JSONL || kind != ALL;
}

/* Rows that name others come after them; in a table where the first line counts rules come before
 * networks, as they do in a decision. */
static int
export_all(struct cli *cli, enum record_format format, struct err *err)
{
	int i, kind;

	for (i = 0; i < STAGING_N; i++) {
		kind = format == RECORD_CIDR ? STAGING_N - 1 - i : i;
		if (goes_with(kind, format) && record_export(cli->store, (enum staging_kind)kind,
						   format, cli->now_s, stdout, err) == -1)
			return -1;
	}
	return 0;
}

int
cmd_export(struct cli *cli, struct err *err)
{
	enum record_format format;
	int kind, result;

	if (read_format(cli, &format, err) == -1 || read_kind(cli, &kind, err) == -1)
		return -1;
	if (!goes_with(kind, format))
		return err_set(err, ERR_USAGE,
		    format == RECORD_CSV
			? "csv has one kind of rows: name it, such as greygate export rules "
			  "--format csv"
			: "a cidr table has networks and rules: name one of them, or neither");
	result = kind == ALL ? export_all(cli, format, err)
			     : record_export(cli->store, (enum staging_kind)kind, format,
				   cli->now_s, stdout, err);
	/* A reader that has seen enough is no error. */
	return result == -1 && err->code == ERR_IO && err->errnum == EPIPE ? 0 : result;
}
